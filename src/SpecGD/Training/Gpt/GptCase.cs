using System.Text.Json.Nodes;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Records;

namespace SpecGD.Training.Gpt;

/// <summary>
/// A recorded case of the NanoGPT model to be held to: BASE.json with settings, losses and measures, BASE.safetensors with parameters
/// (<c>param.*</c>), tokens, gradients (<c>grad.*</c>) and the parameters after some steps (<c>after.*</c>).
/// </summary>
internal sealed class GptCase : IDisposable
{
    private readonly string _path;
    private readonly JsonObject _record;
    private readonly SafetensorsFile _tensors;

    private GptCase(string path, JsonObject record, SafetensorsFile tensors)
    {
        _path = path;
        _record = record;
        _tensors = tensors;
        Shape = new GptShape
        {
            Vocabulary = Setting("vocab", 1),
            Layers = Setting("layers", 1),
            Heads = Setting("heads", 1),
            Width = Setting("dim", 1),
            EndOfText = Setting("eot", 0),
        };
        (Length, Window, Steps) = (Setting("seq", 1), Setting("window", 0), Setting("steps", 0));
        StartsAtZero = _record["config"]!["init"] is JsonValue init && init.TryGetValue(out string? text) && text == "official";
        var tokens = tensors.Entry("tokens");
        if (tokens.Shape is not [var rows, var columns] || rows < Steps + 1 || columns != Length + 1)
            throw new BadInputException(
                $"{tensors.Path}: 'tokens' is {tokens.ShapeText}; {Counted.Of(Steps + 1, "sequence")} of {Counted.Of(Length + 1, "token")} {Counted.Noun(Length + 1, "was")} expected from {_path}.");
    }

    public GptShape Shape { get; }

    /// <summary>Tokens of a sequence.</summary>
    public int Length { get; }

    /// <summary>Long window in blocks.</summary>
    public int Window { get; }

    /// <summary>Training steps recorded.</summary>
    public int Steps { get; }

    /// <summary>True where head, output projections and c_proj start at zero, as the snapshot initialises.</summary>
    public bool StartsAtZero { get; }

    /// <summary>Opens BASE.json and BASE.safetensors; one of the endings may be given along.</summary>
    /// <exception cref="BadInputException">One of them cannot be used.</exception>
    public static GptCase Open(string path)
    {
        string stem = Path.GetExtension(path) is ".json" or ".safetensors" ? Path.ChangeExtension(path, null) : path;
        var record = LenientJson.ReadObject(stem + ".json", "a recorded NanoGPT case");
        if (record["config"] is not JsonObject)
            throw new BadInputException($"{stem}.json is no recorded NanoGPT case: it has no object 'config'.");
        var tensors = SafetensorsFile.Open(stem + ".safetensors");
        try
        {
            return new GptCase(stem + ".json", record, tensors);
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    /// <summary>A number of the record.</summary>
    public double Number(string key) =>
        JsonNumber.Of(_record[key]) ?? throw new BadInputException($"{_path}: '{key}' must be a number.");

    /// <summary>A list of numbers of the record.</summary>
    public double[] Numbers(string key) =>
        _record[key] is JsonArray array ? JsonNumber.All(array) : throw new BadInputException($"{_path}: '{key}' must be a list of numbers.");

    /// <summary>Numbers by name, null where one does not exist.</summary>
    public IReadOnlyDictionary<string, double?> Measures(string key) =>
        _record[key] is JsonObject { Count: > 0 } values
            ? values.ToDictionary(v => v.Key, v => JsonNumber.Of(v.Value))
            : throw new BadInputException($"{_path}: '{key}' must be an object of numbers by name.");

    /// <summary>The tensor of a parameter, as a matrix of that parameter's shape.</summary>
    /// <param name="prefix"><c>param.</c>, <c>grad.</c> or <c>after.</c></param>
    /// <param name="name">The parameter.</param>
    /// <param name="shape">Its sizes.</param>
    public Matrix<double> Tensor(string prefix, string name, IReadOnlyList<int> shape)
    {
        var entry = _tensors.Entry(prefix + name);
        if (!entry.Shape.SequenceEqual(shape.Select(size => (long)size)))
            throw new BadInputException($"{_tensors.Path}: tensor '{entry.Name}' is {entry.ShapeText}; [{string.Join(", ", shape)}] was expected.");
        return _tensors.ReadMatrix<double>(entry.Name);
    }

    /// <summary>A sequence of Length + 1 tokens: the inputs and, one on, their targets.</summary>
    public int[] Tokens(int row)
    {
        int[] tokens = new int[Length + 1];
        long[] all = _tensors.ReadIntegers("tokens");
        for (int t = 0; t < tokens.Length; t++)
        {
            long token = all[((long)row * tokens.Length) + t];
            tokens[t] = token is >= 0 and < int.MaxValue ? (int)token : throw new BadInputException($"{_tensors.Path}: 'tokens' holds {token}.");
        }
        return tokens;
    }

    public void Dispose() => _tensors.Dispose();

    private int Setting(string name, int smallest) =>
        JsonNumber.Of(_record["config"]![name]) is { } value && value == Math.Floor(value) && value >= smallest && value <= int.MaxValue
            ? (int)value
            : throw new BadInputException($"{_path}: 'config.{name}' must be a whole number from {smallest} on.");
}
