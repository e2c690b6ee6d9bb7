namespace SpecGD.Hardening.Fuzzing;

/// <summary>One parser that is given damaged files.</summary>
/// <param name="Name">What it reads, for tables.</param>
/// <param name="FileName">Name of the file that it is given.</param>
/// <param name="Seeds">Whole files, as bytes; the first must be accepted.</param>
/// <param name="Mutate">Makes a damaged file of the whole ones.</param>
/// <param name="Parse">Reads the file at a path, all of it. It must return, or throw <see cref="BadInputException"/>.</param>
public sealed record FuzzParser(
    string Name, string FileName, IReadOnlyList<byte[]> Seeds, Func<Random, IReadOnlyList<byte[]>, byte[]> Mutate, Action<string> Parse)
{
    /// <summary>Its share of the inputs, as against 1 of the others: less for those that take long.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Writes what else must lie in the folder of the file.</summary>
    public Action<string> Prepare { get; init; } = static _ => { };

    private static readonly Lazy<IReadOnlyList<FuzzParser>> Created = new(FuzzParsers.Create);

    /// <summary>Names of all parsers, without making their whole files.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "safetensors", "npz", "npy", "shard", "token folder", "sweep", "log", "manifest", "attempts", "events", "capture", "optimizer", "JSON line", "BPE ids",
        "BPE merges", "BPE ranks", "gzip", "Zstandard", "Parquet",
    ];

    /// <summary>Every parser of files that come from elsewhere, or that a crash may have damaged.</summary>
    public static IReadOnlyList<FuzzParser> All => Created.Value;

    /// <summary>The parser of this name.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public static FuzzParser Named(string name) => All.FirstOrDefault(p => p.Name == name)
        ?? throw new BadInputException($"There is no parser '{name}'; there are {string.Join(", ", Names)}.{Spelling.Hint(name, Names)}");
}
