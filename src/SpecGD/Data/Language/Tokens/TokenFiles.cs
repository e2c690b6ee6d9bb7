using System.IO.Enumeration;

namespace SpecGD.Data.Language.Tokens;

/// <summary>Finds shards: a file, a folder, or a pattern such as <c>data/*/*_train_*.bin</c>. Several are in the order of their names.</summary>
public static class TokenFiles
{
    /// <summary>Which shards of a folder.</summary>
    public const string All = "*.bin", Training = "*_train_*.bin", Validation = "*_val_*.bin";

    /// <summary>The files that <paramref name="place"/> stands for.</summary>
    /// <param name="place">A file, a folder, or a pattern with * or ? in its name or in those of folders.</param>
    /// <param name="within">What is taken of a folder: <see cref="All"/>, <see cref="Training"/> or <see cref="Validation"/>.</param>
    /// <exception cref="BadInputException">There is no such file.</exception>
    public static IReadOnlyList<string> Find(string place, string within = All)
    {
        ArgumentException.ThrowIfNullOrEmpty(place);
        if (File.Exists(place))
            return [place];
        if (Directory.Exists(place))
            return Match(place, within, $"The folder {place} has no token shard named {within}.");
        if (!IsPattern(place))
            throw new BadInputException($"There is no token shard and no folder at {place}.");
        string folder = Path.GetDirectoryName(place) ?? "", name = Path.GetFileName(place);
        string[] folders = [.. Folders(folder)];
        string[] files = [.. folders.SelectMany(each => Matching(Directory.EnumerateFiles(each.Length > 0 ? each : "."), name))];
        return files.Length > 0 ? files
            : folders.Length > 0 ? throw new BadInputException($"No file matches {place}.")
            : throw new BadInputException($"No file matches {place}: {(IsPattern(folder) ? $"no folder matches {folder}" : $"there is no folder {folder}")}.");
    }

    private static bool IsPattern(string place) => place.AsSpan().IndexOfAny('*', '?') >= 0;

    /// <summary>The folders that a path stands for, each part of which may be a pattern; the empty path is the folder in which the program runs.</summary>
    private static IEnumerable<string> Folders(string path)
    {
        if (path.Length == 0 || !IsPattern(path))
            return path.Length == 0 || Directory.Exists(path) ? [path] : [];
        string name = Path.GetFileName(path);
        return Folders(Path.GetDirectoryName(path) ?? "").SelectMany(above => IsPattern(name)
            ? Matching(Directory.EnumerateDirectories(above.Length > 0 ? above : "."), name)
            : new[] { Path.Combine(above, name) }.Where(Directory.Exists));
    }

    private static string[] Match(string folder, string pattern, string complaint) =>
        Matching(Directory.EnumerateFiles(folder), pattern) is { Length: > 0 } files ? files : throw new BadInputException(complaint);

    private static string[] Matching(IEnumerable<string> entries, string pattern) =>
        [.. entries.Where(entry => FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(entry), ignoreCase: false)).Order(StringComparer.Ordinal)];
}
