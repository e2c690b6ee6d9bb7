using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SpecGD.Numerics.Platform;
using SpecGD.Records;

namespace SpecGD.Training.Gpt;

/// <summary>
/// Checkpoints in a folder, one folder each: <c>step-000250/</c> with <c>model.safetensors</c>, <c>optimizer.safetensors</c>, <c>state.json</c>
/// and, written last, <c>manifest.json</c> with the length and SHA-256 of each. The last two are kept. A damaged one is passed over for the one
/// before.
/// </summary>
public sealed class GptCheckpoints
{
    /// <summary>Names of the files.</summary>
    public const string ModelName = "model.safetensors", OptimizerName = "optimizer.safetensors";

    /// <inheritdoc cref="ModelName"/>
    public const string StateName = "state.json", ManifestName = "manifest.json";

    private const int Kept = 2;

    private const string Prefix = "step-";

    /// <summary>Where all that these checkpoints write lies below their folder, in the order in which it is deleted; a * stands for any characters.</summary>
    internal static IReadOnlyList<string> Patterns => [.. Parts.Prepend(ManifestName).Select(name => $"{Prefix}*/{name}")];

    private static readonly string[] Parts = [ModelName, OptimizerName, StateName];

    private readonly string _directory;
    private readonly HashSet<string> _damaged = [];

    /// <summary>Checkpoints in <paramref name="directory"/>, which is made where it is missing.</summary>
    /// <exception cref="BadInputException">It cannot be written.</exception>
    public GptCheckpoints(string directory)
    {
        _directory = RunFolder.Prepare(directory).DirectoryPath;
        foreach (string folder in Folders)
            AtomicFile.SweepStale(folder);
    }

    /// <summary>The checkpoints there are, whole or not, newest first.</summary>
    public IReadOnlyList<string> Folders => FoldersIn(_directory);

    /// <summary>Deletes every checkpoint: those of another run must not be taken for this one's.</summary>
    public void Clear()
    {
        foreach (string folder in Folders)
            Drop(folder);
    }

    /// <summary>
    /// Writes a checkpoint of the trainer, then deletes those older than the last two, and those that were never finished or that
    /// <see cref="Restore"/> found damaged: they must not take the place of a whole one. The same files whatever the number of ranks. Called on
    /// rank 0; the others call <see cref="Contribute"/> at the same time.
    /// </summary>
    /// <exception cref="IOException">The disk is full; the checkpoints before are untouched.</exception>
    public void Keep<T>(GptTrainer<T> trainer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(trainer);
        string folder = Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{trainer.Optimizer.Steps:000000}"));
        Directory.CreateDirectory(folder);
        DirectoryDurability.Flush(_directory);
        AtomicFile.Delete(Path.Combine(folder, ManifestName)); // of an earlier run: until the new one is there, the folder is not whole
        var metadata = new Dictionary<string, string> { ["step"] = trainer.Optimizer.Steps.ToString(CultureInfo.InvariantCulture) };
        GptWeights.Write(Path.Combine(folder, ModelName), trainer.Parameters, trainer.Info);
        SafetensorsWriter.Write(
            Path.Combine(folder, OptimizerName), [.. trainer.Optimizer.Slots.Select(s => SafetensorsTensor.Of(s.Name, s.Rows, s.Columns, s.Collect))], metadata);
        AtomicFile.Write(Path.Combine(folder, StateName), trainer.CaptureState().ToJsonString());
        AtomicFile.Write(Path.Combine(folder, ManifestName), Manifest(folder).ToJsonString());
        string[] useless = [.. Folders.Where(f => f != folder && (_damaged.Contains(f) || !File.Exists(Path.Combine(f, ManifestName))))];
        foreach (string old in useless.Concat(Folders.Except(useless).Skip(Kept).Where(f => f != folder)))
            Drop(old);
        _damaged.Clear();
    }

    /// <summary>Deletes a checkpoint, the manifest first: killed in the middle, it is known not to be whole.</summary>
    private static void Drop(string folder)
    {
        AtomicFile.Delete(Path.Combine(folder, ManifestName));
        AtomicFile.SweepStale(folder);
        foreach (string part in Parts)
            File.Delete(Path.Combine(folder, part));
        EmptyFolder.Delete(folder); // what a user has put there stays
    }

    /// <summary>Sends this rank's part of the optimizer's state to the checkpoint that rank 0 writes.</summary>
    public static void Contribute<T>(GptTrainer<T> trainer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(trainer);
        foreach (var slot in trainer.Optimizer.Slots)
            slot.Collect();
    }

    /// <summary>The newest whole checkpoint in a folder of checkpoints, without changing anything there.</summary>
    /// <returns>Its folder, null where there is none, and a sentence for each damaged one that was passed over.</returns>
    public static (string? Folder, IReadOnlyList<string> PassedOver) FindNewest(string directory)
    {
        var sentences = new List<string>();
        foreach (string folder in Directory.Exists(directory) ? FoldersIn(directory) : [])
        {
            if (Damage(folder) is not { } damage)
                return (folder, sentences);
            sentences.Add($"The checkpoint {folder} is passed over: {damage}.");
        }
        return (null, sentences);
    }

    /// <summary>Puts the newest whole checkpoint into the trainer, on every rank; rank 0 alone reads it.</summary>
    /// <param name="checkpoints">The checkpoints on rank 0; null on the others.</param>
    /// <param name="trainer">What they are put into.</param>
    /// <returns>
    /// Whether there was a whole one, on every rank alike; and sentences: on rank 0 which were damaged and passed over, and at which step the run goes
    /// on; none where there is no checkpoint.
    /// </returns>
    /// <exception cref="BadInputException">A checkpoint is whole but of another model.</exception>
    public static (bool IsRestored, IReadOnlyList<string> Sentences) Restore<T>(GptCheckpoints? checkpoints, GptTrainer<T> trainer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(trainer);
        var (folder, passedOver) = checkpoints is null ? (null, []) : FindNewest(checkpoints._directory);
        checkpoints?._damaged.UnionWith(checkpoints.Folders.TakeWhile(f => f != folder));
        if (!trainer.Collective.Any(folder is not null))
            return (false, passedOver);
        Load(folder, trainer);
        return (true, folder is null ? [] : [.. passedOver, $"Going on from {folder}, after step {trainer.Optimizer.Steps}."]);
    }

    /// <summary>Folders that these checkpoints have written; copies and notes of a user, under other names, are none.</summary>
    private static string[] FoldersIn(string directory) =>
    [
        .. Directory.EnumerateDirectories(directory, Prefix + "*")
            .Where(folder => Path.GetFileName(folder)[Prefix.Length..].All(char.IsAsciiDigit))
            .OrderByDescending(Path.GetFileName, StringComparer.Ordinal),
    ];

    /// <summary>Reads a checkpoint on rank 0, where <paramref name="folder"/> is not null, and gives every rank what it needs.</summary>
    private static void Load<T>(string? folder, GptTrainer<T> trainer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var collective = trainer.Collective;
        using var model = collective.Agree(() => Open(folder, ModelName));
        using var optimizer = collective.Agree(() => Open(folder, OptimizerName));
        collective.Agree(() =>
        {
            if (model is not null)
                GptWeights.Load(model, trainer.Parameters);
            if (optimizer is not null)
                foreach (var slot in trainer.Optimizer.Slots)
                    Require(optimizer, slot.Name, slot.Rows, slot.Columns);
        });
        trainer.ShareParameters();
        foreach (var slot in trainer.Optimizer.Slots)
            slot.Distribute(matrix => optimizer!.ReadInto(optimizer.Entry(slot.Name), matrix));
        string state = collective.TextFrom(() => LenientJson.ReadObject(Path.Combine(folder!, StateName), "the state of a checkpoint").ToJsonString());
        collective.Agree(() => trainer.RestoreState((JsonObject)JsonNode.Parse(state)!));
    }

    private static SafetensorsFile? Open(string? folder, string name) => folder is null ? null : SafetensorsFile.Open(Path.Combine(folder, name));

    private static void Require(SafetensorsFile file, string name, int rows, int columns)
    {
        var entry = file.Entry(name);
        if (!entry.Shape.SequenceEqual([rows, columns]))
            throw new BadInputException($"{file.Path}: tensor '{name}' is {entry.ShapeText}; this model has [{rows}, {columns}].");
    }

    private static JsonObject Manifest(string folder) =>
        new(Parts.Select(part => KeyValuePair.Create(part, (JsonNode?)Fingerprint(Path.Combine(folder, part)))));

    private static JsonObject Fingerprint(string path)
    {
        using var stream = File.OpenRead(path);
        return new JsonObject { ["bytes"] = stream.Length, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(stream)) };
    }

    /// <summary>Why the checkpoint cannot be used, in a clause; null where it is whole.</summary>
    private static string? Damage(string folder)
    {
        string manifest = Path.Combine(folder, ManifestName);
        if (!File.Exists(manifest))
            return "it was not finished";
        try
        {
            var expected = LenientJson.ReadObject(manifest, "the manifest of a checkpoint");
            foreach (string part in Parts)
            {
                string path = Path.Combine(folder, part);
                if (!File.Exists(path))
                    return $"{part} is missing";
                if (!JsonNode.DeepEquals(Fingerprint(path), expected[part]))
                    return $"{part} is not what was written";
            }
            return null;
        }
        catch (BadInputException e)
        {
            return e.Message.TrimEnd('.');
        }
    }
}
