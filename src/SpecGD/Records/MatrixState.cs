using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using SpecGD.Numerics;

namespace SpecGD.Records;

/// <summary>Matrices as JSON, bit by bit: <c>{rows, columns, data}</c>, the data in base 64, row by row.</summary>
public static class MatrixState
{
    /// <summary>The matrix as JSON.</summary>
    public static JsonObject Capture(Matrix<double> matrix)
    {
        byte[] data = new byte[matrix.Rows * matrix.Columns * sizeof(double)];
        int width = matrix.Columns * sizeof(double);
        for (int i = 0; i < matrix.Rows; i++)
            MemoryMarshal.AsBytes(matrix.Row(i)).CopyTo(data.AsSpan(i * width));
        return new JsonObject { ["rows"] = matrix.Rows, ["columns"] = matrix.Columns, ["data"] = Convert.ToBase64String(data) };
    }

    /// <summary>The matrix that was captured.</summary>
    /// <exception cref="FormatException">The state is not one of a matrix.</exception>
    public static Matrix<double> Restore(JsonNode? state)
    {
        if (state is not JsonObject { } captured || JsonNumber.Of(captured["rows"]) is not { } rows || JsonNumber.Of(captured["columns"]) is not { } columns)
            throw new FormatException("A kept matrix lacks its shape.");
        var matrix = new Matrix<double>((int)rows, (int)columns);
        byte[] data = Convert.FromBase64String((string?)captured["data"] ?? "");
        int width = matrix.Columns * sizeof(double);
        if (data.Length != matrix.Rows * width)
            throw new FormatException($"A kept {matrix} matrix holds {data.Length} bytes instead of {matrix.Rows * width}.");
        for (int i = 0; i < matrix.Rows; i++)
            MemoryMarshal.Cast<byte, double>(data.AsSpan(i * width, width)).CopyTo(matrix.Row(i));
        return matrix;
    }

    /// <summary>Named matrices as one object.</summary>
    public static JsonObject Capture(IEnumerable<KeyValuePair<string, Matrix<double>>> matrices) =>
        new(matrices.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)Capture(m.Value))));

    /// <summary>The named matrices that were captured.</summary>
    public static Dictionary<string, Matrix<double>> RestoreNamed(JsonNode? state) =>
        (state as JsonObject ?? []).ToDictionary(m => m.Key, m => Restore(m.Value));
}
