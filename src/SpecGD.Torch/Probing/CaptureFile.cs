using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using SpecGD.Diagnosis;
using SpecGD.Numerics;
using SpecGD.Records;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>Writes captures (docs/capture-format.md): a description, and the matrices of each layer, made when they are written, one at a time.</summary>
internal static class CaptureFile
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Writes <paramref name="pieces"/> to <paramref name="path"/>.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<CapturePiece> pieces, IReadOnlyList<string> others, long step, int rank, int ranks)
    {
        var document = new CaptureDocument
        {
            Format = CaptureDocument.FormatName,
            Step = step,
            Rank = rank,
            Ranks = ranks,
            Producer = $"SpecGD.Torch, libtorch {TorchLibrary.RequiredVersion}",
            Layers = [.. pieces.Select(piece => piece.Entry)],
            OtherParameters = others,
        };
        var tensors = pieces.SelectMany(TensorsOf).DistinctBy(tensor => tensor.Name); // parts of a fused projection share their activations
        SafetensorsWriter.Write(path, [.. tensors], new Dictionary<string, string> { ["specgd"] = JsonSerializer.Serialize(document, Json) });
    }

    private static IEnumerable<SafetensorsTensor> TensorsOf(CapturePiece piece)
    {
        var entry = piece.Entry;
        if (entry.Gradient is { } gradient)
            yield return OfGradient(gradient, piece);
        if (entry.GradientGram is { } gradientGram)
        {
            int smaller = (int)entry.Shape!.Min();
            yield return SafetensorsTensor.Of(gradientGram, smaller, smaller, () => Read<double>(() => SmallerGram(piece.Gradient()!)));
        }
        if (entry.Gram is { } gram)
            yield return SafetensorsTensor.Of(gram, (int)piece.Gram()!.shape[0], (int)piece.Gram()!.shape[0], () => Read<double>(() => piece.Gram()!));
        if (entry.RowSample is { } rows)
        {
            yield return SafetensorsTensor.Of(rows, piece.Rows()!.Value);
            yield return SafetensorsTensor.Of(entry.RowUnits!, piece.RowUnits);
        }
        if (entry.TokenCounts is { } counts)
            yield return SafetensorsTensor.Of(counts, piece.Counts()!);
    }

    private static SafetensorsTensor OfGradient(string name, CapturePiece piece)
    {
        using var scope = NewDisposeScope();
        var gradient = piece.Gradient()!;
        var (rows, columns) = ((int)gradient.shape[0], (int)gradient.shape[1]);
        return gradient.dtype == ScalarType.Float64
            ? SafetensorsTensor.Of(name, rows, columns, () => Read<double>(() => piece.Gradient()!))
            : SafetensorsTensor.Of(name, rows, columns, () => Read<float>(() => piece.Gradient()!));
    }

    private static Tensor SmallerGram(Tensor gradient)
    {
        var wide = gradient.to(ScalarType.Float64);
        return wide.shape[0] <= wide.shape[1] ? wide.matmul(wide.mT) : wide.mT.matmul(wide);
    }

    private static Matrix<T> Read<T>(Func<Tensor> make)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var scope = NewDisposeScope();
        var tensor = make().cpu().contiguous();
        var matrix = new Matrix<T>((int)tensor.shape[0], (int)tensor.shape[1]);
        T[] values = tensor.data<T>().ToArray();
        for (int i = 0; i < matrix.Rows; i++)
            values.AsSpan(i * matrix.Columns, matrix.Columns).CopyTo(matrix.Row(i));
        return matrix;
    }
}
