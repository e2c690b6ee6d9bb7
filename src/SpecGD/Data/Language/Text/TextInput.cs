using SpecGD.Data.Language.Tokens;

namespace SpecGD.Data.Language.Text;

/// <summary>
/// One file of text to make tokens of. What it is compressed with, and whether it is Parquet, is seen in its first bytes; whether it holds JSON
/// Lines, which begin like any text, in its name.
/// </summary>
/// <param name="Path">The file.</param>
/// <param name="Length">Its length in bytes, compressed where it is.</param>
/// <param name="Layout">How documents stand in it.</param>
/// <param name="Packing">What it is compressed with as a whole.</param>
public sealed record TextInput(string Path, long Length, TextLayout Layout, TextPacking Packing)
{
    private const string ParquetEnding = ".parquet";

    private static readonly string[] JsonLinesEndings = [".jsonl", ".ndjson", ".json"]; // C4 and Dolma call their JSON Lines .json
    private static readonly string[] TextEndings = [".txt", ".text", ".md"];

    private static readonly (string Ending, TextPacking Packing)[] PackedEndings =
    [
        (".gz", TextPacking.Gzip), (".zst", TextPacking.Zstandard), (".zstd", TextPacking.Zstandard),
    ];

    /// <summary>Whether each line is a JSON object with a document.</summary>
    internal bool IsJsonLines => Layout == TextLayout.JsonLines;

    /// <summary>
    /// The files that the names stand for. A folder stands for every file in and below it that is named as text, JSON Lines or Parquet, in the order
    /// of their paths. A file that several names stand for comes once, in the place of the first.
    /// </summary>
    /// <exception cref="BadInputException">A name stands for nothing, or a file cannot be read.</exception>
    public static IReadOnlyList<TextInput> Find(IEnumerable<string> places)
    {
        ArgumentNullException.ThrowIfNull(places);
        return [.. Once(places).SelectMany(InPlace).DistinctBy(input => System.IO.Path.GetFullPath(input.Path))];
    }

    /// <summary>The files that several of the places stand for, and that <see cref="Find"/> gives once.</summary>
    public static IReadOnlyList<string> NamedAgain(IEnumerable<string> places)
    {
        ArgumentNullException.ThrowIfNull(places);
        return
        [
            .. places.SelectMany(place => Directory.Exists(place) ? FilesIn(place).Where(IsNamedAsText) : [place])
                .GroupBy(System.IO.Path.GetFullPath).Where(same => same.Count() > 1).Select(same => same.First()).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The places without those that are another one again, under whatever name.</summary>
    private static IEnumerable<string> Once(IEnumerable<string> places) =>
        places.DistinctBy(place => System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(place)));

    /// <summary>The files in folders among the places that <see cref="Find"/> passes over, because they are not named as text.</summary>
    public static IReadOnlyList<string> PassedOver(IEnumerable<string> places)
    {
        ArgumentNullException.ThrowIfNull(places);
        string[] named = [.. places];
        var read = named.Where(File.Exists).Select(System.IO.Path.GetFullPath).ToHashSet(); // by its own name, whatever that is
        return
        [
            .. Once(named.Where(Directory.Exists)).SelectMany(FilesIn).Where(file => !IsNamedAsText(file) && !read.Contains(System.IO.Path.GetFullPath(file)))
                .DistinctBy(System.IO.Path.GetFullPath).Order(StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<string> FilesIn(string folder) =>
        Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true })
            .Where(file => System.IO.Path.GetFileName(file) != TokenFolder.FileName); // beside shards that were made before

    private static bool IsNamedAsText(string file) => Endings(file, JsonLinesEndings) || Endings(file, TextEndings) || EndsIn(file, ParquetEnding);

    private static IEnumerable<TextInput> InPlace(string place)
    {
        if (File.Exists(place))
            return [Of(place)];
        if (!Directory.Exists(place))
            throw new BadInputException($"There is no file and no folder at {place}.");
        TextInput[] found =
        [
            .. FilesIn(place).Where(IsNamedAsText).Order(StringComparer.Ordinal).Select(Of),
        ];
        return found.Length > 0
            ? found
            : throw new BadInputException($"The folder {place} has no text: files ending in "
                + $"{string.Join(", ", [.. TextEndings, .. JsonLinesEndings])} are read, also with "
                + $"{string.Join(" or ", PackedEndings.Select(packed => packed.Ending))} behind, and {ParquetEnding}; name others one by one.");
    }

    /// <summary>One file, which is there.</summary>
    /// <exception cref="BadInputException">It cannot be read, or is named as Parquet and is none.</exception>
    internal static TextInput Of(string path)
    {
        Span<byte> bytes = stackalloc byte[FileSignature.Length];
        using var file = TextFile.Open(path);
        if (!file.CanSeek)
            throw new BadInputException($"{path} is a pipe or a device; text is read from files, so write it to one first.");
        var beginning = bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        bool isParquet = FileSignature.IsParquet(beginning);
        if (!isParquet && !beginning.IsEmpty && EndsIn(path, ParquetEnding))
            throw new BadInputException($"{path} is named as a Parquet file and is none by its first bytes, which are no 'PAR1'.");
        var layout = isParquet ? TextLayout.Parquet : Endings(path, JsonLinesEndings) ? TextLayout.JsonLines : TextLayout.Plain;
        var packing = isParquet || beginning.IsEmpty ? TextPacking.None : FileSignature.PackingOf(beginning) ?? PackingByName(path);
        return new TextInput(path, file.Length, layout, packing);
    }

    /// <summary>A file that is named as compressed must be that; where it is not, unpacking it says so.</summary>
    private static TextPacking PackingByName(string path) => PackedEndings.FirstOrDefault(packed => EndsIn(path, packed.Ending)).Packing;

    private static bool Endings(string path, string[] endings)
    {
        string? packed = PackedEndings.Select(p => p.Ending).FirstOrDefault(ending => EndsIn(path, ending));
        string plain = packed is null ? path : path[..^packed.Length];
        return endings.Any(ending => EndsIn(plain, ending));
    }

    private static bool EndsIn(string path, string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
