using SpecGD.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Torch.Tests;

/// <summary>Tensors for tests: seeded, and as matrices of the library.</summary>
internal static class Tensors
{
    public static Tensor Normal(int seed, params long[] shape) => randn(shape, ScalarType.Float64, generator: new Generator((ulong)seed));

    public static Parameter Weight(Tensor value) => new(value.clone());

    public static Parameter Weight(int seed, params long[] shape) => Weight(Normal(seed, shape));

    public static double[,] Array(Tensor matrix)
    {
        double[] values = Values(matrix);
        var result = new double[matrix.shape[0], matrix.shape[1]];
        for (int i = 0; i < values.Length; i++)
            result[i / matrix.shape[1], i % matrix.shape[1]] = values[i];
        return result;
    }

    public static Matrix<double> Matrix(Tensor matrix) => Numerics.Matrix.From(Array(matrix));

    public static Tensor Tensor(Matrix<double> matrix)
    {
        var values = new double[matrix.Rows, matrix.Columns];
        for (int i = 0; i < matrix.Rows; i++)
            for (int j = 0; j < matrix.Columns; j++)
                values[i, j] = matrix[i, j];
        return tensor(values);
    }

    public static double[] Values(Tensor any) => any.detach().cpu().to(ScalarType.Float64).contiguous().data<double>().ToArray();

    /// <summary>The largest difference of two tensors, relative to the largest entry of the second.</summary>
    public static double Deviation(Tensor actual, Tensor expected)
    {
        double[] a = Values(actual), e = Values(expected);
        a.Length.ShouldBe(e.Length);
        double largest = e.Max(Math.Abs);
        return a.Zip(e, (x, y) => Math.Abs(x - y)).Max() / (largest > 0 ? largest : 1);
    }

    public static bool AreSameBits(Tensor one, Tensor other) =>
        one.dtype == other.dtype && one.shape.SequenceEqual(other.shape) && one.detach().cpu().contiguous().bytes.SequenceEqual(other.detach().cpu().contiguous().bytes);
}
