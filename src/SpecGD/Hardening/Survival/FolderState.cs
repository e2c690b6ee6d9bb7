using System.Globalization;
using System.Security.Cryptography;
using SpecGD.Data.Language.Tokens;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Hardening.Survival;

/// <summary>What a folder holds at one moment, as another program would find it.</summary>
/// <param name="Finished">What is finished and must never be lost or made again: its path and its content's SHA-256.</param>
/// <param name="Checkpoint">Steps of the newest whole checkpoint; −1 where there is none.</param>
/// <param name="HasKeptParts">Whether parts of an unfinished run are kept.</param>
/// <param name="HalfWritten">A sentence for each file that stands under its own name and is not whole.</param>
internal sealed record FolderState(IReadOnlyDictionary<string, string> Finished, int Checkpoint, bool HasKeptParts, IReadOnlyList<string> HalfWritten)
{
    private const string CheckpointPrefix = "step-";

    /// <summary>Looks at the folder.</summary>
    public static FolderState Of(string folder)
    {
        var finished = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var torn = new List<string>();
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [];
        foreach (string file in files)
        {
            if (Damage(file) is { } damage)
                torn.Add(damage);
            else if (IsFinished(file, files))
                finished.Add(Path.GetRelativePath(folder, file), HashOf(file));
        }
        string[] checkpoints = [.. files.Where(f => IsCheckpointManifest(f)).Select(f => Path.GetDirectoryName(f)!)];
        int newest = -1;
        foreach (string parent in checkpoints.Select(c => Path.GetDirectoryName(c)!).Distinct())
        {
            var (found, passedOver) = GptCheckpoints.FindNewest(parent);
            torn.AddRange(passedOver.Where(sentence => !sentence.EndsWith("it was not finished.", StringComparison.Ordinal)));
            if (found is not null)
                newest = Math.Max(newest, int.Parse(Path.GetFileName(found)[CheckpointPrefix.Length..], CultureInfo.InvariantCulture));
        }
        bool kept = files.Any(f => Path.GetFileName(f).StartsWith("part-", StringComparison.Ordinal)
            && !f.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal));
        return new FolderState(finished, newest, kept, torn);
    }

    /// <summary>What a folder that is done must not hold: temporary files, unfinished parts, partial downloads, journals.</summary>
    public static IReadOnlyList<string> LeftIn(string folder) =>
    [
        .. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .Where(path => path.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal)
                || path.EndsWith(".partial", StringComparison.Ordinal)
                || path.EndsWith("-journal", StringComparison.Ordinal)
                || Path.GetFileName(path) is KeptWork.FolderName or "figures-unfinished.txt")
            .Select(path => $"{path} was left behind."),
    ];

    /// <summary>The SHA-256 of every file that <paramref name="isResult"/> counts, by its path within the folder.</summary>
    public static IReadOnlyDictionary<string, string> Result(string folder, Func<string, bool> isResult) => Directory
        .EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Where(isResult)
        .ToDictionary(path => path, path => HashOf(Path.Combine(folder, path)));

    /// <summary>What <paramref name="earlier"/> had and this state lacks, in sentences.</summary>
    public IEnumerable<string> LostSince(FolderState earlier)
    {
        foreach (var (path, hash) in earlier.Finished)
            if (!Finished.TryGetValue(path, out string? now))
                yield return $"{path} was finished and is gone.";
            else if (now != hash)
                yield return $"{path} was finished and was made again.";
        if (Checkpoint < earlier.Checkpoint)
            yield return $"The checkpoint after step {earlier.Checkpoint} is gone; the newest whole one is after step {Checkpoint}.";
    }

    private static bool IsCheckpointManifest(string file) => Path.GetFileName(file) == GptCheckpoints.ManifestName
        && Path.GetFileName(Path.GetDirectoryName(file)!).StartsWith(CheckpointPrefix, StringComparison.Ordinal);

    /// <summary>A run's log and manifest once the manifest says that it finished, and a shard that is not being replaced.</summary>
    private static bool IsFinished(string file, string[] files)
    {
        if (file.EndsWith(".bin", StringComparison.Ordinal))
            return !TokenFolder.IsLeftover(Path.GetDirectoryName(file)!);
        if (IsCheckpointManifest(file) || Path.GetFileName(file) is not (RunFolder.ManifestName or RunFolder.LogName))
            return false;
        string folder = Path.GetDirectoryName(file)!, manifest = Path.Combine(folder, RunFolder.ManifestName);
        return files.Contains(manifest)
            && !Directory.Exists(Path.Combine(folder, "checkpoints")) // whose run writes log and manifest again whenever it is called
            && Manifest.Read(manifest).Status == RunStatus.Finished;
    }

    /// <summary>Why a file is not whole, in a sentence; null where it is, or where its kind is written line by line and so may end in one.</summary>
    private static string? Damage(string file)
    {
        try
        {
            switch (Path.GetExtension(file))
            {
                case ".json":
                    LenientJson.ReadObject(file, "a JSON file");
                    return null;
                case ".safetensors":
                    SafetensorsFile.Open(file).Dispose();
                    return null;
                case ".bin":
                    TokenShard.Open(file, ushort.MaxValue + 1).Dispose();
                    return null;
                case ".csv":
                    return File.ReadAllText(file).EndsWith('\n') ? null : $"{file} does not end with the end of a line.";
                case ".html":
                    return File.ReadAllText(file).TrimEnd().EndsWith("</html>", StringComparison.Ordinal) ? null : $"{file} does not end.";
                default:
                    return Path.GetFileName(file).StartsWith(EventFile.Prefix, StringComparison.Ordinal) ? EventDamage(file) : null;
            }
        }
        catch (BadInputException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // processes that outlived their parent for a moment still tidy up
        }
    }

    /// <summary>Events are appended, so the last may be cut short; what stands before it must be right.</summary>
    private static string? EventDamage(string file)
    {
        _ = EventFileReader.Read(file, "an event file", out _);
        return null;
    }

    private static string HashOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
