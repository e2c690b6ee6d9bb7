using System.Numerics;
using SpecGD.Numerics.Random;

namespace SpecGD.Numerics.Tests;

/// <summary>Matrices to test with, from fixed seeds, and the plain loops that judge what is computed from them.</summary>
internal static class TestMatrices
{
    /// <summary>Independent normal entries.</summary>
    public static Matrix<T> Gaussian<T>(int rows, int columns, ulong seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var drawn = new TorchRandom(seed).Normal(rows, columns);
        var matrix = new Matrix<T>(rows, columns);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                matrix[i, j] = T.CreateChecked(drawn[i, j]);
        return matrix;
    }

    /// <summary>A Gaussian matrix that is a block of a larger one, so that its rows have gaps between them.</summary>
    public static Framed<T> FramedGaussian<T>(int rows, int columns, ulong seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => new(Gaussian<T>(rows, columns, seed));

    /// <summary>A symmetric matrix of normal entries.</summary>
    public static Matrix<T> Symmetric<T>(int n, ulong seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var matrix = Gaussian<T>(n, n, seed);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < i; j++)
                matrix[j, i] = matrix[i, j];
        return matrix;
    }

    /// <summary>0, 1, 2, … in row-major order: every element tells its place.</summary>
    public static Matrix<T> Counting<T>(int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var matrix = new Matrix<T>(rows, columns);
        for (int i = 0; i < matrix.Count; i++)
            matrix[i / columns, i % columns] = T.CreateChecked(i);
        return matrix;
    }

    /// <summary>The elements row by row, in double.</summary>
    public static double[] Elements<T>(this Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var elements = new double[matrix.Count];
        for (int i = 0; i < elements.Length; i++)
            elements[i] = double.CreateChecked(matrix[i / matrix.Columns, i % matrix.Columns]);
        return elements;
    }

    /// <summary>op(M), in double.</summary>
    public static double[,] InDouble<T>(this Matrix<T> matrix, bool transpose = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var result = new double[transpose ? matrix.Columns : matrix.Rows, transpose ? matrix.Rows : matrix.Columns];
        for (int i = 0; i < matrix.Rows; i++)
            for (int j = 0; j < matrix.Columns; j++)
                result[transpose ? j : i, transpose ? i : j] = double.CreateChecked(matrix[i, j]);
        return result;
    }

    /// <summary>The product by three loops, and, for the error bound, the product of the magnitudes.</summary>
    public static (double[,] Product, double[,] Magnitude) NaiveProduct(double[,] a, double[,] b)
    {
        int rows = a.GetLength(0), inner = a.GetLength(1), columns = b.GetLength(1);
        var product = new double[rows, columns];
        var magnitude = new double[rows, columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                for (int l = 0; l < inner; l++)
                {
                    product[i, j] += a[i, l] * b[l, j];
                    magnitude[i, j] += Math.Abs(a[i, l] * b[l, j]);
                }
        return (product, magnitude);
    }

    /// <summary>‖M‖_F of the elements that <paramref name="element"/> gives for every place.</summary>
    public static double FrobeniusNorm(int rows, int columns, Func<int, int, double> element)
    {
        double sum = 0;
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                sum += element(i, j) * element(i, j);
        return Math.Sqrt(sum);
    }

    /// <summary>‖A − B‖_F.</summary>
    public static double Distance(double[,] a, double[,] b) =>
        FrobeniusNorm(a.GetLength(0), a.GetLength(1), (i, j) => a[i, j] - b[i, j]);

    /// <summary>Distance of the rows of <paramref name="vectors"/> from being orthonormal, ‖V Vᵀ − I‖_F.</summary>
    public static double RowsFromOrthonormal(double[,] vectors)
    {
        int n = vectors.GetLength(0), length = vectors.GetLength(1);
        return FrobeniusNorm(n, n, (i, j) =>
        {
            double dot = i == j ? -1 : 0;
            for (int l = 0; l < length; l++)
                dot += vectors[i, l] * vectors[j, l];
            return dot;
        });
    }
}
