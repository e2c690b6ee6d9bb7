using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;

namespace SpecGD.Tests.Spectral;

/// <summary>Matrices whose singular values and directions are known because they are built from them.</summary>
internal static class Spectra
{
    /// <summary>Independent normal entries.</summary>
    public static Matrix<double> Gaussian(int rows, int columns, ulong seed) => new TorchRandom(seed).Normal(rows, columns);

    /// <summary>Orthonormal columns, rows ≥ columns: the Q of a Gaussian matrix.</summary>
    public static Matrix<double> Orthonormal(int rows, int columns, ulong seed) => Linear.Qr(Gaussian(rows, columns, seed)).Q;

    /// <summary>U diag(s) Vᵀ with random directions; s holds min(rows, columns) values.</summary>
    public static Matrix<double> WithSpectrum(int rows, int columns, ReadOnlySpan<double> s, ulong seed)
    {
        var (u, vt) = Directions(rows, columns, seed);
        return Compose(u, s, vt);
    }

    /// <summary>U (rows × k, orthonormal columns) and Vᵀ (k × columns, orthonormal rows), k the shorter side.</summary>
    public static (Matrix<double> U, Matrix<double> Vt) Directions(int rows, int columns, ulong seed)
    {
        int k = Math.Min(rows, columns);
        return (Orthonormal(rows, k, seed), Orthonormal(columns, k, seed + 1_000_003).Transposed());
    }

    /// <summary>U diag(s) Vᵀ.</summary>
    public static Matrix<double> Compose(Matrix<double> u, ReadOnlySpan<double> s, Matrix<double> vt)
    {
        var scaled = vt.Clone();
        for (int i = 0; i < s.Length; i++)
            scaled.RowSlice(i, 1).Scale(s[i]);
        return Linear.Product(u, scaled);
    }

    /// <summary>A square or rectangular matrix with the given entries on its diagonal.</summary>
    public static Matrix<double> Diagonal(params double[] entries)
    {
        var matrix = new Matrix<double>(entries.Length, entries.Length);
        for (int i = 0; i < entries.Length; i++)
            matrix[i, i] = entries[i];
        return matrix;
    }

    /// <summary>Every entry the same.</summary>
    public static Matrix<double> Constant(int rows, int columns, double value)
    {
        var matrix = new Matrix<double>(rows, columns);
        matrix.Fill(value);
        return matrix;
    }

    /// <summary>factor · M, as a new matrix.</summary>
    public static Matrix<T> Times<T>(this Matrix<T> matrix, T factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var result = matrix.Clone();
        result.Scale(factor);
        return result;
    }

    /// <summary>The same matrix rounded to single precision.</summary>
    public static Matrix<float> ToSingle(this Matrix<double> matrix)
    {
        var result = new Matrix<float>(matrix.Rows, matrix.Columns);
        for (int i = 0; i < matrix.Rows; i++)
            for (int j = 0; j < matrix.Columns; j++)
                result[i, j] = (float)matrix[i, j];
        return result;
    }

    /// <summary>The same matrix in double precision, exactly.</summary>
    public static Matrix<double> ToDouble<T>(this Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var result = new Matrix<double>(matrix.Rows, matrix.Columns);
        for (int i = 0; i < matrix.Rows; i++)
            for (int j = 0; j < matrix.Columns; j++)
                result[i, j] = double.CreateChecked(matrix[i, j]);
        return result;
    }

    /// <summary>Row-major elements.</summary>
    public static double[] Elements<T>(this Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => matrix.ToDouble().AsSpan().ToArray();

    /// <summary>‖A − B‖_F, in double.</summary>
    public static double Distance<T>(Matrix<T> a, Matrix<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Matrix<double> difference = a.ToDouble();
        difference.AddScaled(-1, b.ToDouble());
        return Math.Sqrt(difference.SumOfSquares());
    }
}
