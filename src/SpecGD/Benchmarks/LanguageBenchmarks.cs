using SpecGD.Experiments.NanoGpt;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Spectral;

namespace SpecGD.Benchmarks;

/// <summary>Forward and backward of one sequence in every preset that fits, and Muon's orthogonalization of all its matrices.</summary>
internal static class LanguageBenchmarks
{
    private const int Length = 1024;

    /// <summary>All of them.</summary>
    public static IEnumerable<Benchmark> All =>
    [
        Sequence("gpt-tiny", "tiny", 128, goal: null, peer: null, runs: 9),
        Sequence("gpt-nano", "nano", Length, goal: 2500, peer: 500, runs: 5),
        Sequence("gpt-124M", "124M", Length, goal: 200, peer: 110, runs: 3),
        MuonOf("muon-124M", "124M"),
    ];

    private static Benchmark Sequence(string name, string preset, int length, double? goal, double? peer, int runs)
    {
        var shape = NanoGptPreset.Named(preset).Shape;
        return new()
        {
            Name = name,
            Description = $"forward and backward of {Counted.Of(length, "token")}, {Counted.Of(shape.Layers, "layer")}, width {shape.Width}, vocabulary {shape.PaddedVocabulary}",
            Kind = BenchmarkKind.Language,
            SinglePrecision = true,
            Precision = GptEngines.DefaultPrecision(shape.Width, GptEngines.Processor),
            LeastFlops = Flops.Gpt(shape, length, length / AttentionMask.BlockSize),
            Tokens = length,
            GoalSeconds = length / goal,
            Peer = peer is { } rate ? new Peer("PyTorch 1.13.1 eager, 2 cores of an AMD EPYC", length / rate) : null,
            Runs = runs,
            Prepare = () => TrainingPass(shape, length, length / AttentionMask.BlockSize),
        };
    }

    /// <summary>Forward and backward of one sequence of random tokens, with a long attention window of so many blocks.</summary>
    internal static Action TrainingPass(GptShape shape, int length, int window)
    {
        var parameters = new GptParameters<float>(shape);
        parameters.Initialise(new TorchRandom(1));
        string precision = GptEngines.DefaultPrecision(shape.Width, GptEngines.Processor);
        var model = GptEngines.Of<float>(precision, GptEngines.Processor).Model(parameters, length);
        var random = new TorchRandom(2);
        var tokens = new int[length + 1];
        for (int i = 1; i <= length; i++)
            tokens[i] = (int)(random.NextUniform() * shape.EndOfText);
        tokens[0] = shape.EndOfText;
        return () =>
        {
            parameters.ClearGradients();
            model.LossAndGradient(tokens.AsSpan(0, length), tokens.AsSpan(1), window);
        };
    }

    private static Benchmark MuonOf(string name, string preset)
    {
        var shape = NanoGptPreset.Named(preset).Shape;
        int attention = Enumerable.Range(0, shape.Layers).Count(GptShape.HasAttention) * 4, mlp = shape.Layers * (shape.MlpParts + 1);
        return new()
        {
            Name = name,
            Description = $"five quintic steps over {attention} matrices of {shape.Width}×{shape.Width} and {mlp} of {shape.Width}×{shape.HiddenWidth}, one a thread",
            Kind = BenchmarkKind.Language,
            SinglePrecision = true,
            Precision = GptEngines.F32,
            LeastFlops = (attention * Flops.QuinticSteps(shape.Width, shape.Width, Orthogonalization.MuonSteps))
                + (mlp * Flops.QuinticSteps(shape.HiddenWidth, shape.Width, Orthogonalization.MuonSteps)),
            GoalSeconds = 7,
            Peer = new Peer("PyTorch 1.13.1, 2 cores of an AMD EPYC", 15),
            Runs = 3,
            Prepare = () => Orthogonalize(shape, attention, mlp),
        };
    }

    /// <summary>The matrices side by side, one a thread, as an update in training has them; all gradients and directions are in memory at once.</summary>
    private static Action Orthogonalize(GptShape shape, int attention, int mlp)
    {
        var random = new TorchRandom(4);
        var square = KernelBenchmarks.Single(random.Normal(shape.Width, shape.Width));
        var wide = KernelBenchmarks.Single(random.Normal(shape.Width, shape.HiddenWidth));
        (Matrix<float> Of, Matrix<float> Into)[] all =
        [
            .. Enumerable.Range(0, mlp).Select(_ => (wide.Clone(), new Matrix<float>(shape.Width, shape.HiddenWidth))),
            .. Enumerable.Range(0, attention).Select(_ => (square.Clone(), new Matrix<float>(shape.Width, shape.Width))),
        ];
        return () => ThreadBudget.ForEach(all, static matrix => Orthogonalization.NewtonSchulz(matrix.Of, matrix.Into));
    }
}
