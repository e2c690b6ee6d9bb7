using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Spectral;

/// <summary>The measures by their definitions, from all singular values of a full decomposition: slow, and the judge of the fast ones.</summary>
public static class ExactMeasures
{
    /// <summary>Operator norm ‖M‖_op = s₁.</summary>
    public static double OperatorNorm<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        SingularValues(matrix) is [var top, ..] ? top : 0;

    /// <summary>Nuclear norm ‖M‖_* = Σ s.</summary>
    public static double NuclearNorm<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var scaled = new Scaled<T>(matrix);
        using var values = MatrixPool<T>.Rent(1, Math.Min(matrix.Rows, matrix.Columns)); // on every step of a trajectory: nothing is allocated
        var s = values.Matrix.Row(0);
        Linear.SingularValues(scaled.Matrix, s);
        double sum = 0;
        foreach (T value in s)
            sum += scaled.Restore(double.CreateChecked(value));
        return sum;
    }

    /// <summary>Stable rank Σ s² / s₁²; null for a zero matrix.</summary>
    public static double? StableRank<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Relative(matrix) is { } s ? s.Sum(x => x * x) : null;

    /// <summary>Nuclear rank (Σ s)² / Σ s²; null for a zero matrix.</summary>
    public static double? NuclearRank<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Relative(matrix) is { } s ? s.Sum() * s.Sum() / s.Sum(x => x * x) : null;

    /// <summary>
    /// Numerical rank: the number of singular values above ε·max(rows, columns)·s₁, with ε the machine epsilon of the element type.
    /// </summary>
    public static int NumericalRank<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Relative(matrix) is { } s ? s.Count(x => x > NumericalRange<T>(matrix.Rows, matrix.Columns)) : 0;

    /// <summary>Share of s₁ above which a singular direction counts as part of the range: ε·max(rows, columns).</summary>
    public static double NumericalRange<T>(int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        double.CreateChecked(T.BitIncrement(T.One) - T.One) * Math.Max(rows, columns);

    /// <summary>All min(m, n) singular values, descending.</summary>
    public static double[] SingularValues<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var scaled = new Scaled<T>(matrix);
        var s = Linear.SingularValues(scaled.Matrix);
        var restored = new double[s.Length];
        for (int i = 0; i < s.Length; i++)
            restored[i] = scaled.Restore(double.CreateChecked(s[i]));
        return restored;
    }

    /// <summary>
    /// s / s₁ for every singular value, or null for a zero matrix; taken before the scale is restored, so that no size of entry costs digits.
    /// </summary>
    private static double[]? Relative<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var scaled = new Scaled<T>(matrix);
        if (scaled.IsZero)
            return null;
        var s = Array.ConvertAll(Linear.SingularValues(scaled.Matrix), double.CreateChecked);
        return Array.ConvertAll(s, x => x / s[0]);
    }
}
