namespace SpecGD.Benchmarks;

/// <summary>What a command costs before it does anything.</summary>
internal static class StartupBenchmarks
{
    private static readonly string[] SmallestRun =
        ["run", "random-feature", "--dim", "2", "--feature-dim", "2", "--num-samples", "8", "--steps", "1", "--no-figures"];

    /// <summary>All of them.</summary>
    public static IEnumerable<Benchmark> All =>
    [
        Of("help", "'specgd --help', from a built tree", goal: 0.4, ["--help"]),
        Of("smallest-run", "a run that does next to nothing, run folder included: the overhead of every run", goal: 1, SmallestRun),
    ];

    private static Benchmark Of(string name, string description, double goal, IReadOnlyList<string> command) => new()
    {
        Name = name,
        Description = description,
        Kind = BenchmarkKind.Startup,
        GoalSeconds = goal,
        Command = command,
        Runs = 7,
    };
}
