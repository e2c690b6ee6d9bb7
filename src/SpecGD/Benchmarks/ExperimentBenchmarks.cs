namespace SpecGD.Benchmarks;

/// <summary>Whole experiments at the settings of the paper, each a command of the program.</summary>
internal static class ExperimentBenchmarks
{
    private const string Authors = "the authors' script, PyTorch 1.13.1, 2 cores of an AMD EPYC";

    private const int Steps = 400, Samples = 512, ManySamples = 8196, ManySteps = 10;

    /// <summary>All of them.</summary>
    public static IEnumerable<Benchmark> All =>
    [
        Of("random-feature-relu", "Figure 3: 1000 steps, 12 trajectories, figure drawn", goal: 3, peer: 18.2, runs: 3, ["run", "random-feature"]),
        Of("random-feature-swiglu", "Figure 11: 400 steps, figure drawn", goal: 1, peer: 5.2, runs: 3,
            ["run", "random-feature", "--activation", "swiglu", "--steps", "400"]),
        Of("stable-rank-sweep", "8 values of λ, dim 200, 400 steps", goal: 12, peer: 61, runs: 1,
            ["run", "stable-rank-sweep", "--dim", "200", "--steps", "400", "--no-figures"]),
        Of("relu-spectrum", "all singular values for d = 128, 256, 512, 1024", goal: 3, peer: 8, runs: 3,
            ["run", "relu-spectrum", "--dims", "128", "256", "512", "1024", "--no-figures"]),
        Of("sparse-regression-relu-square", "ReLU², 512 samples, 400 steps, both methods, everything logged", goal: 35, peer: 290, runs: 1,
            ["run", "sparse-regression", "--activation", "relu_square", "--steps", $"{Steps}", "--no-figures",
                "--method-lr", "gradient_descent=0.081", "--method-lr", "specgd=0.1"]) with
        {
            LeastFlops = Steps * SparseRegressionStep(gate: 1),
        },
        Of("sparse-regression-swiglu", "SwiGLU, 512 samples, 400 steps, both methods, everything logged", goal: 60, peer: 350, runs: 1,
            ["run", "sparse-regression", "--activation", "swiglu", "--steps", $"{Steps}", "--no-figures",
                "--method-lr", "gradient_descent=0.01", "--method-lr", "specgd=0.025"]) with
        {
            LeastFlops = Steps * SparseRegressionStep(gate: 2),
        },
        Of("sparse-regression-swiglu-8196", "SwiGLU, 8196 samples, one step of one method", goal: 0.75, peer: 2, runs: 1,
            ["run", "sparse-regression", "--activation", "swiglu", "--batch-size", $"{ManySamples}", "--steps", $"{ManySteps}", "--no-figures",
                "--method-lr", "gradient_descent=0.0035", "--method-lr", "specgd=0.0015"]) with
        {
            Pieces = 2 * ManySteps,
            LeastFlops = Network(ManySamples, gate: 2),
        },
    ];

    private static Benchmark Of(string name, string description, double goal, double peer, int runs, IReadOnlyList<string> command) => new()
    {
        Name = name,
        Description = description,
        Kind = BenchmarkKind.Experiment,
        GoalSeconds = goal,
        Peer = new Peer(Authors, peer),
        Runs = runs,
        Command = command,
    };

    /// <summary>
    /// A step of both methods: the network twice; for gradient descent the nuclear norms of three gradients, for SpecGD one nuclear norm and two
    /// polar factors.
    /// </summary>
    private static double SparseRegressionStep(int gate)
    {
        double wide = gate * 512, first = Flops.NuclearNorm(wide, 128), hidden = Flops.NuclearNorm(wide, 512);
        return (2 * Network(Samples, gate)) + (2 * first) + (2 * hidden) + (2 * Flops.PolarFactor(wide, 512));
    }

    private static double Network(int samples, int gate) =>
        Flops.Training(samples, (gate * 512, 128), (gate * 512, 512), (gate * 512, 512), (1, 512));
}
