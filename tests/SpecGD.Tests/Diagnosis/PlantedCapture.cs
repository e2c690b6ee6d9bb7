using System.Text.Json.Nodes;
using SpecGD.Diagnosis;
using SpecGD.Numerics;
using SpecGD.Records;

namespace SpecGD.Tests.Diagnosis;

/// <summary>Captures with known ranks, written as a capturing program writes them.</summary>
public sealed class PlantedCapture : IDisposable
{
    private readonly List<SafetensorsTensor> _tensors = [];
    private readonly JsonArray _layers = [];
    private int _files;

    public string Folder { get; } = Directory.CreateTempSubdirectory("specgd-planted-").FullName;

    /// <summary>Many samples, so that nothing is uncertain.</summary>
    public const long Plenty = 1_000_000;

    /// <summary>A matrix whose first entries of the diagonal are one: nr and st are that many.</summary>
    public static Matrix<double> Flat(int rows, int columns, int rank)
    {
        var matrix = new Matrix<double>(rows, columns);
        for (int i = 0; i < rank; i++)
            matrix[i, i] = 1;
        return matrix;
    }

    /// <summary>Adds a layer; what is null is left out.</summary>
    public PlantedCapture Layer(
        string name, Matrix<double>? gradient, Matrix<double>? gram, string kind = "linear", long samples = Plenty, string? more = null, long[]? tokens = null)
    {
        var entry = new JsonObject { ["name"] = name, ["kind"] = kind, ["samples"] = samples, ["rows"] = samples, ["units"] = samples, ["parameter"] = name + ".weight" };
        Add(entry, "gradient", name, gradient);
        Add(entry, "gram", name, gram);
        if (tokens is not null)
        {
            _tensors.Add(SafetensorsTensor.Of(name + "/token_counts", tokens));
            entry["token_counts"] = name + "/token_counts";
        }
        foreach (var (key, value) in more is null ? [] : JsonNode.Parse(more)!.AsObject())
            entry[key] = value?.DeepClone();
        _layers.Add(entry);
        return this;
    }

    /// <summary>Writes what was added, begins anew, and gives the path.</summary>
    public string Write(long? step = 1, int rank = 0, string? json = null)
    {
        string path = Path.Combine(Folder, $"c{_files++}x.safetensors");
        var document = new JsonObject { ["format"] = "specgd-capture", ["version"] = 1, ["step"] = step, ["rank"] = rank, ["layers"] = _layers.DeepClone() };
        SafetensorsWriter.Write(path, _tensors, new Dictionary<string, string> { ["specgd"] = json ?? document.ToJsonString() });
        _tensors.Clear();
        _layers.Clear();
        return path;
    }

    /// <summary>The diagnosis of what was added.</summary>
    public NetworkDiagnosis Diagnose(double parameterCurvature = 0) => Diagnosing.Run([Write()], new LayerJudge(parameterCurvature));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Add(JsonObject entry, string role, string name, Matrix<double>? matrix)
    {
        if (matrix is not { } m)
            return;
        _tensors.Add(SafetensorsTensor.Of($"{name}/{role}", m));
        entry[role] = $"{name}/{role}";
    }
}
