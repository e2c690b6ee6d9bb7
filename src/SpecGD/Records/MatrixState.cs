using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using SpecGD.Numerics;

namespace SpecGD.Records;

/// <summary>
/// Matrices as leaves of a state, beside the numbers and texts that JSON has: a leaf refers to the matrix and copies nothing.
/// <see cref="StateFile"/> writes states that have such leaves.
/// </summary>
public static class MatrixState
{
    private static readonly JsonTypeInfo<Matrix<double>> Leaf = JsonMetadataServices.CreateValueInfo<Matrix<double>>(JsonSerializerOptions.Default, new NoText());

    /// <summary>The matrix as a leaf; the state is to be written before the matrix changes.</summary>
    public static JsonValue Capture(Matrix<double> matrix) => JsonValue.Create(matrix, Leaf)!;

    /// <summary>The matrix that was captured.</summary>
    /// <exception cref="FormatException">The state is not one of a matrix.</exception>
    public static Matrix<double> Restore(JsonNode? state) =>
        state is JsonValue leaf && leaf.TryGetValue(out Matrix<double> matrix) ? matrix : throw new FormatException("A saved matrix is missing.");

    /// <summary>Named matrices as one object.</summary>
    public static JsonObject Capture(IEnumerable<KeyValuePair<string, Matrix<double>>> matrices) =>
        new(matrices.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)Capture(m.Value))));

    /// <summary>The named matrices that were captured.</summary>
    public static Dictionary<string, Matrix<double>> RestoreNamed(JsonNode? state) =>
        (state as JsonObject ?? []).ToDictionary(m => m.Key, m => Restore(m.Value));

    /// <summary>A matrix is no text: whoever asks for one has a state that belongs into a <see cref="StateFile"/>.</summary>
    private sealed class NoText : JsonConverter<Matrix<double>>
    {
        public override Matrix<double> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw Unsupported();

        public override void Write(Utf8JsonWriter writer, Matrix<double> value, JsonSerializerOptions options) => throw Unsupported();

        private static NotSupportedException Unsupported() => new($"A state with matrices is written and read by {nameof(StateFile)}.");
    }
}
