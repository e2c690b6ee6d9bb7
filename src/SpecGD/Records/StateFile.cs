using System.Text.Json;
using System.Text.Json.Nodes;
using SpecGD.Numerics;

namespace SpecGD.Records;

/// <summary>
/// A state in a file, bit by bit: safetensors with the matrices as tensors of F64 named by their place in the state (a JSON path), and the rest of
/// the state as JSON in a tensor of bytes, since the format bounds its header. Written from where the matrices are and read into where they will be.
/// </summary>
public static class StateFile
{
    private const string StateKey = "state";

    /// <summary>The only member of the object that stands in the JSON for a matrix; its value is the tensor's name.</summary>
    private const string TensorKey = "$tensor";

    /// <summary>Writes the state to <paramref name="path"/>, whole or not at all. The state is used up: references take the place of its matrices.</summary>
    /// <exception cref="IOException">The disk is full or the place cannot be written; the previous file is untouched.</exception>
    public static void Write(string path, JsonNode state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var tensors = new List<SafetensorsTensor>();
        ReplaceEach(state, node => node is JsonValue value && value.TryGetValue(out Matrix<double> matrix) ? Reference(value.GetPath(), matrix) : null);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(state);
        SafetensorsWriter.Write(path, [.. tensors, SafetensorsTensor.Of(StateKey, json)]);

        JsonObject Reference(string name, Matrix<double> matrix)
        {
            tensors.Add(SafetensorsTensor.Of(name, matrix));
            return new JsonObject { [TensorKey] = name };
        }
    }

    /// <summary>The state in the file at <paramref name="path"/>.</summary>
    /// <exception cref="BadInputException">The file cannot be read or holds no state.</exception>
    public static JsonObject Read(string path)
    {
        using var file = SafetensorsFile.Open(path);
        var state = file.Entries.TryGetValue(StateKey, out var entry) && entry.Element == SafetensorsElement.U8 ? LenientJson.TryParse(file.ReadBytes(entry)) : null;
        if (state is null)
            throw new BadInputException($"{path} holds no state: it lacks a JSON object in a tensor of bytes called '{StateKey}'.");
        ReplaceEach(state, node => node is JsonObject { Count: 1 } only && only[TensorKey] is JsonValue value && value.TryGetValue(out string? name)
            ? MatrixState.Capture(file.ReadMatrix<double>(name))
            : null);
        return state;
    }

    /// <summary>Puts in the place of each node below <paramref name="parent"/> what is given for it; looks below those for which nothing is.</summary>
    private static void ReplaceEach(JsonNode? parent, Func<JsonNode, JsonNode?> replacement)
    {
        switch (parent)
        {
            case JsonObject members:
                foreach (var (name, node) in members.ToArray())
                    if (node is not null && replacement(node) is { } other)
                        members[name] = other;
                    else
                        ReplaceEach(node, replacement);
                break;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++)
                    if (items[i] is { } item && replacement(item) is { } other)
                        items[i] = other;
                    else
                        ReplaceEach(items[i], replacement);
                break;
            default:
                break;
        }
    }
}
