namespace SpecGD.Benchmarks;

/// <summary>Every benchmark, in the order in which they are run.</summary>
public static class BenchmarkCatalog
{
    /// <summary>Kernels, parts of language training, whole experiments.</summary>
    public static IReadOnlyList<Benchmark> All { get; } = [.. KernelBenchmarks.All, .. UpdateBenchmarks.All, .. LanguageBenchmarks.All, .. StartupBenchmarks.All, .. ExperimentBenchmarks.All];

    /// <summary>Words that stand where a benchmark's name does: the kinds, and the commands beside.</summary>
    private static readonly string[] Others = [.. Enum.GetNames<BenchmarkKind>().Select(kind => kind.ToLowerInvariant()), "memory", "scaling"];

    /// <summary>The benchmark called <paramref name="name"/>, or all of that kind: kernel, language, startup, experiment.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public static IReadOnlyList<Benchmark> Named(string name)
    {
        Benchmark[] chosen = [.. All.Where(b => b.Name == name || b.Kind.ToString().Equals(name, StringComparison.OrdinalIgnoreCase))];
        return chosen.Length > 0
            ? chosen
            : throw new BadInputException(
                $"There is no benchmark '{name}'; there are {string.Join(", ", All.Select(b => b.Name))}, and the kinds kernel, language, startup and experiment.{Spelling.Hint(name, [.. All.Select(b => b.Name), .. Others])}");
    }
}
