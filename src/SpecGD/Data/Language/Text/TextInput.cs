using SpecGD.Data.Language.Tokens;

namespace SpecGD.Data.Language.Text;

/// <summary>One file of text to make tokens of.</summary>
/// <param name="Path">The file.</param>
/// <param name="Length">Its length in bytes, compressed where it is.</param>
/// <param name="IsJsonLines">Whether each line is a JSON object with a document; else the whole file is one document.</param>
/// <param name="IsCompressed">Whether it is unpacked with gzip.</param>
public sealed record TextInput(string Path, long Length, bool IsJsonLines, bool IsCompressed)
{
    private const string Gzip = ".gz";

    private static readonly string[] JsonLinesEndings = [".jsonl", ".ndjson", ".json"]; // C4 and Dolma call their JSON Lines .json
    private static readonly string[] TextEndings = [".txt", ".text", ".md"];

    /// <summary>
    /// The files that the names stand for. A folder stands for every text and JSON Lines file in and below it, in the order of their paths.
    /// </summary>
    /// <exception cref="BadInputException">A name stands for nothing.</exception>
    public static IReadOnlyList<TextInput> Find(IEnumerable<string> places)
    {
        ArgumentNullException.ThrowIfNull(places);
        return [.. places.SelectMany(InPlace)];
    }

    private static IEnumerable<TextInput> InPlace(string place)
    {
        if (File.Exists(place))
            return [Of(place)];
        if (!Directory.Exists(place))
            throw new BadInputException($"There is no file and no folder at {place}.");
        TextInput[] found =
        [
            .. Directory.EnumerateFiles(place, "*", new EnumerationOptions { RecurseSubdirectories = true })
                .Where(file => Endings(file, JsonLinesEndings) || Endings(file, TextEndings))
                .Where(file => System.IO.Path.GetFileName(file) != TokenFolder.FileName) // beside shards that were made before
                .Order(StringComparer.Ordinal)
                .Select(Of),
        ];
        return found.Length > 0
            ? found
            : throw new BadInputException($"The folder {place} has no text: files ending in "
                + $"{string.Join(", ", [.. TextEndings, .. JsonLinesEndings])} are read, also with {Gzip} behind; name others one by one.");
    }

    /// <summary>One file, which is there.</summary>
    internal static TextInput Of(string path) =>
        new(path, new FileInfo(path).Length, Endings(path, JsonLinesEndings), path.EndsWith(Gzip, StringComparison.OrdinalIgnoreCase));

    private static bool Endings(string path, string[] endings)
    {
        string plain = path.EndsWith(Gzip, StringComparison.OrdinalIgnoreCase) ? path[..^Gzip.Length] : path;
        return endings.Any(ending => plain.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
    }
}
