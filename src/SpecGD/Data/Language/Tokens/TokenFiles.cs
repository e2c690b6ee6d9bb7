using System.IO.Enumeration;

namespace SpecGD.Data.Language.Tokens;

/// <summary>Finds shards: a file, a folder, or a pattern such as <c>data/*_train_*.bin</c>. Several are in the order of their names.</summary>
public static class TokenFiles
{
    /// <summary>Which shards of a folder.</summary>
    public const string All = "*.bin", Training = "*_train_*.bin", Validation = "*_val_*.bin";

    /// <summary>The files that <paramref name="place"/> stands for.</summary>
    /// <param name="place">A file, a folder, or a pattern with * or ? in its last part.</param>
    /// <param name="within">What is taken of a folder: <see cref="All"/>, <see cref="Training"/> or <see cref="Validation"/>.</param>
    /// <exception cref="BadInputException">There is no such file.</exception>
    public static IReadOnlyList<string> Find(string place, string within = All)
    {
        ArgumentException.ThrowIfNullOrEmpty(place);
        if (File.Exists(place))
            return [place];
        if (Directory.Exists(place))
            return Match(place, within, $"The folder {place} has no token shard named {within}.");
        string name = Path.GetFileName(place);
        if (name.AsSpan().IndexOfAny('*', '?') < 0)
            throw new BadInputException($"There is no token shard and no folder at {place}.");
        string folder = Path.GetDirectoryName(place) is { Length: > 0 } directory ? directory : ".";
        return Directory.Exists(folder)
            ? Match(folder, name, $"No file matches {place}.")
            : throw new BadInputException($"No file matches {place}: there is no folder {folder}.");
    }

    private static string[] Match(string folder, string pattern, string complaint)
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(folder)
                .Where(file => FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(file), ignoreCase: false))
                .Order(StringComparer.Ordinal),
        ];
        return files.Length > 0 ? files : throw new BadInputException(complaint);
    }
}
