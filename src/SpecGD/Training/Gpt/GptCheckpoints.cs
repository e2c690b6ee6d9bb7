using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SpecGD.Numerics;
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

    private static readonly string[] Parts = [ModelName, OptimizerName, StateName];

    private readonly string _directory;

    /// <summary>Checkpoints in <paramref name="directory"/>, which is made where it is missing.</summary>
    /// <exception cref="BadInputException">It cannot be written.</exception>
    public GptCheckpoints(string directory) => _directory = RunFolder.Prepare(directory).DirectoryPath;

    /// <summary>The checkpoints there are, whole or not, newest first.</summary>
    public IReadOnlyList<string> Folders =>
        [.. Directory.EnumerateDirectories(_directory, Prefix + "*").OrderByDescending(Path.GetFileName, StringComparer.Ordinal)];

    /// <summary>Deletes every checkpoint: those of another run must not be taken for this one's.</summary>
    public void Clear()
    {
        foreach (string folder in Folders)
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>Writes a checkpoint of the trainer and deletes those older than the last two.</summary>
    /// <exception cref="IOException">The disk is full; the checkpoints before are untouched.</exception>
    public void Keep<T>(GptTrainer<T> trainer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(trainer);
        string folder = Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{trainer.Optimizer.Steps:000000}"));
        Directory.CreateDirectory(folder);
        DirectoryDurability.Flush(_directory);
        File.Delete(Path.Combine(folder, ManifestName)); // of an earlier run: until the new one is there, the folder is not whole
        var metadata = new Dictionary<string, string> { ["step"] = trainer.Optimizer.Steps.ToString(CultureInfo.InvariantCulture) };
        SafetensorsWriter.Write(
            Path.Combine(folder, ModelName),
            [.. trainer.Parameters.All.Select(t => SafetensorsTensor.Of(t.Name, t.Value, [.. t.Shape.Select(size => (long)size)]))],
            metadata);
        SafetensorsWriter.Write(
            Path.Combine(folder, OptimizerName), [.. trainer.Optimizer.State.Select(s => SafetensorsTensor.Of(s.Name, s.Matrix))], metadata);
        AtomicFile.Write(Path.Combine(folder, StateName), trainer.CaptureState().ToJsonString());
        AtomicFile.Write(Path.Combine(folder, ManifestName), Manifest(folder).ToJsonString());
        foreach (string old in Folders.Skip(Kept).Where(f => f != folder))
            Directory.Delete(old, recursive: true);
    }

    /// <summary>Puts the newest whole checkpoint into the trainer.</summary>
    /// <returns>Sentences: which were damaged and passed over, and at which step the run goes on; empty where there is no checkpoint.</returns>
    /// <exception cref="BadInputException">A checkpoint is whole but of another model.</exception>
    public IReadOnlyList<string> Restore<T>(GptTrainer<T> trainer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(trainer);
        var sentences = new List<string>();
        foreach (string folder in Folders)
        {
            if (Damage(folder) is { } damage)
            {
                sentences.Add($"The checkpoint {folder} is passed over: {damage}.");
                continue;
            }
            Load(folder, trainer);
            sentences.Add($"Going on from {folder}, after step {trainer.Optimizer.Steps}.");
            break;
        }
        return sentences;
    }

    private static void Load<T>(string folder, GptTrainer<T> trainer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var model = SafetensorsFile.Open(Path.Combine(folder, ModelName));
        using var optimizer = SafetensorsFile.Open(Path.Combine(folder, OptimizerName));
        foreach (var tensor in trainer.Parameters.All)
            ReadInto(model, tensor.Name, tensor.Value, tensor.Shape);
        foreach (var (name, matrix) in trainer.Optimizer.State)
            ReadInto(optimizer, name, matrix, [matrix.Rows, matrix.Columns]);
        trainer.RestoreState(LenientJson.ReadObject(Path.Combine(folder, StateName), "the state of a checkpoint"));
    }

    private static void ReadInto<T>(SafetensorsFile file, string name, Matrix<T> into, IReadOnlyList<int> shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var entry = file.Entry(name);
        if (!entry.Shape.SequenceEqual(shape.Select(size => (long)size)))
            throw new BadInputException($"{file.Path}: tensor '{name}' is {entry.ShapeText}; this model has [{string.Join(", ", shape)}].");
        file.ReadInto(entry, into);
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
