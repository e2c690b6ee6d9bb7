using BenchmarkDotNet.Attributes;

namespace SpecGD.Benchmarks.Host;

/// <summary>The work that <c>specgd bench kernel</c> and <c>specgd bench language</c> time, each under BenchmarkDotNet, with what it allocates.</summary>
[MemoryDiagnoser]
public class Kernels
{
    /// <summary>Larger models than this would take minutes for each benchmark; <c>specgd bench language</c> times them.</summary>
    private const double MostFlops = 1e12;

    private Action _work = () => { };

    /// <summary>The benchmarks that run within a process.</summary>
    public static IEnumerable<string> Names =>
        BenchmarkCatalog.All.Where(b => b.Prepare is not null && !(b.LeastFlops > MostFlops)).Select(b => b.Name);

    /// <summary>Name of the work, as <c>specgd bench --list</c> has it.</summary>
    [ParamsSource(nameof(Names))]
    public string Name { get; set; } = "";

    /// <summary>Makes matrices and models ready.</summary>
    [GlobalSetup]
    public void Prepare() => _work = BenchmarkCatalog.Named(Name)[0].Prepare!();

    /// <summary>One piece of the work.</summary>
    [Benchmark]
    public void Run() => _work();
}
