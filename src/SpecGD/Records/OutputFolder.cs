using System.Text.Json.Nodes;

namespace SpecGD.Records;

/// <summary>
/// The folder that a command writes into and that is no run folder: for figures, a diagnosis, token shards. It may be new, empty, or one that the same
/// command made of the same things before, which a mark in it tells; whatever else it holds is not the command's to write over.
/// </summary>
public sealed class OutputFolder
{
    /// <summary>The file that says what made the folder; hidden, since it is nobody's result.</summary>
    internal const string MarkName = ".specgd-output.json";

    /// <summary>Names of foreign files that a message lists.</summary>
    private const int MostNamed = 3;

    private readonly string _path, _kind;
    private readonly IReadOnlyList<OutputSource> _sources;

    private OutputFolder(string path, string kind, IReadOnlyList<OutputSource> sources) => (_path, _kind, _sources) = (path, kind, sources);

    /// <summary>Throws where the folder is not for what is to be written. Nothing is written.</summary>
    /// <param name="path">The folder, which need not exist.</param>
    /// <param name="kind">What is written, in words that follow "holds": "figures".</param>
    /// <param name="sources">What it is made of. A folder that was made of some of these may be written again.</param>
    /// <param name="own">Names by which files are known as such ones without a mark; a ? stands for a character and a * for any number of them.</param>
    /// <param name="ownRun">The folder of the run that is shown, within which a new folder may be; null for none.</param>
    /// <exception cref="BadInputException">It is of another run or of other sources, lies in the folder of a run, or holds files that no command wrote.</exception>
    public static OutputFolder Require(
        string path, string kind, IReadOnlyList<OutputSource> sources, IReadOnlyList<string>? own = null, string? ownRun = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(sources);
        RequireOutsideRuns(path, ownRun);
        var folder = new OutputFolder(path, kind, sources);
        if (folder.IsMarked(out string? others))
            return folder;
        string[] foreign = [.. ForeignFiles(path, own ?? [])];
        if (foreign.Length > 0 && others is not null)
            throw new BadInputException($"{path} holds {others}, and would be written over: name another --output, a new or empty folder.");
        if (foreign.Length > 0)
            throw new BadInputException($"{path} holds {Listed(foreign)}, and nothing there says that this command wrote it: name another --output, a new or empty folder.");
        return folder;
    }

    /// <summary>Makes the folder where it is missing, proves that it can be written, and marks it, so that the same command may write it again.</summary>
    /// <exception cref="BadInputException">It cannot be written.</exception>
    public void Prepare()
    {
        RunFolder.Prepare(_path);
        AtomicFile.Write(Path.Combine(_path, MarkName), new JsonObject
        {
            ["holds"] = _kind,
            ["of"] = new JsonArray([.. _sources.Select(source => source.ToJson())]),
        }.ToJsonString() + "\n");
    }

    /// <summary>Throws where a folder is that of a run, or lies within one: what is written there would be taken for the run's, or replaced with it.</summary>
    /// <param name="path">The folder, which need not exist.</param>
    /// <param name="ownRun">The folder of a run within which it may lie; null for none.</param>
    /// <exception cref="BadInputException">It is, or does.</exception>
    internal static void RequireOutsideRuns(string path, string? ownRun = null)
    {
        if (File.Exists(Path.Combine(path, RunFolder.ManifestName)))
            throw new BadInputException($"{path} is the folder of a run, which would be written over: name another --output.");
        string? own = ownRun is null ? null : Path.GetFullPath(ownRun);
        for (var above = new DirectoryInfo(Path.GetFullPath(path)).Parent; above is not null; above = above.Parent)
            if (above.FullName != own && IsRun(above.FullName))
                throw new BadInputException($"{path} lies in {above.FullName}, the folder of a run: name another --output.");
    }

    /// <summary>What of a folder has none of the names of ours: no hidden files, and none that a crash left.</summary>
    internal static IEnumerable<string> ForeignFiles(string path, IReadOnlyList<string> ours)
    {
        if (File.Exists(path) || !Directory.Exists(path))
            return [];
        try
        {
            return
            [
                .. Directory.EnumerateFileSystemEntries(path).Select(entry => Path.GetFileName(entry))
                    .Where(name => !name.StartsWith('.') && !name.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal) && !ours.Any(own => IsNamed(name, own)))
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (UnauthorizedAccessException)
        {
            return []; // it cannot be written either, which is told with the system's words
        }
    }

    /// <summary>The first of the names, and a mark where there are more.</summary>
    internal static string Listed(string[] names) => string.Join(", ", names.Take(MostNamed)) + (names.Length > MostNamed ? ", …" : "");

    private static bool IsNamed(string name, string own) => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(own, name, ignoreCase: false);

    /// <summary>Whether a folder above is that of a run: by both of its files, since a manifest.json alone may be anyone's.</summary>
    private static bool IsRun(string folder) =>
        (File.Exists(Path.Combine(folder, RunFolder.ManifestName)) && File.Exists(Path.Combine(folder, RunFolder.LogName)))
        || RunFolder.IdentityNames.Any(name => File.Exists(Path.Combine(folder, name)));

    /// <summary>Whether the mark in the folder says that it is for this; what it holds where the mark says something else.</summary>
    private bool IsMarked(out string? others)
    {
        others = null;
        string mark = Path.Combine(_path, MarkName);
        if (!File.Exists(mark))
            return false;
        try
        {
            var written = LenientJson.ReadObject(mark, "the mark of an output folder");
            OutputSource[] before = [.. (written["of"] as JsonArray ?? []).Select(OutputSource.FromJson)];
            if ($"{written["holds"]}" == _kind && before.All(source => _sources.Any(source.IsOf)))
                return true;
            others = $"{written["holds"]}{(before.Length > 0 ? " of " + string.Join(", ", before.Take(MostNamed).Select(source => source.Place)) : "")}";
            return false;
        }
        catch (BadInputException)
        {
            return false; // without a mark that can be read it is for its files to tell
        }
    }
}
