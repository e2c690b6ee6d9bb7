using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Spectral;

/// <summary>The polar factor by its definition, from a thin singular value decomposition.</summary>
internal static class PolarBySvd
{
    /// <summary>The factor over the directions with s above <paramref name="floor"/>; by default ε·max(m, n)·s₁, which is the numerical range.</summary>
    public static PolarSummary Write<T>(Matrix<T> matrix, Matrix<T> factor, T? floor = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int k = Math.Min(matrix.Rows, matrix.Columns);
        using var uLease = MatrixPool<T>.Rent(matrix.Rows, k);
        using var vtLease = MatrixPool<T>.Rent(k, matrix.Columns);
        using var valuesLease = MatrixPool<T>.Rent(1, k);
        var s = valuesLease.Matrix.Row(0);
        Linear.SingularValueDecomposition(matrix, uLease.Matrix, s, vtLease.Matrix);
        T lowest = floor ?? s[0] * T.CreateChecked(ExactMeasures.NumericalRange<T>(matrix.Rows, matrix.Columns));
        int rank = 0;
        double nuclear = 0;
        foreach (T value in s)
        {
            if (!(value > lowest))
                break; // they descend, and the rest is rounding
            nuclear += double.CreateChecked(value);
            rank++;
        }
        Linear.Multiply(T.One, uLease.Matrix.ColumnSlice(0, rank), false, vtLease.Matrix.RowSlice(0, rank), false, T.Zero, factor);
        return new PolarSummary(nuclear, double.CreateChecked(s[0]), rank);
    }
}
