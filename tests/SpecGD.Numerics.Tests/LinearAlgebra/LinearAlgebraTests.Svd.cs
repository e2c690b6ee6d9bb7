using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics.Tests.LinearAlgebra;

public abstract partial class LinearAlgebraTests<T>
{
    [SkippableTheory]
    [InlineData(1, 1)]
    [InlineData(12, 12)]
    [InlineData(40, 40)]
    [InlineData(20, 7)]
    [InlineData(7, 20)]
    [InlineData(120, 3)]
    [InlineData(3, 120)]
    [InlineData(1, 9)]
    [InlineData(9, 1)]
    public void An_SVD_rebuilds_the_matrix_from_orthonormal_directions_and_descending_values(int rows, int columns) =>
        CheckSvd(TestMatrices.Gaussian<T>(rows, columns, seed: 30));

    [SkippableTheory]
    [InlineData(20, 12, 4)]
    [InlineData(12, 20, 4)]
    [InlineData(15, 15, 1)]
    [InlineData(6, 9, 0)]
    public void The_directions_of_a_rank_deficient_matrix_are_orthonormal_too(int rows, int columns, int rank)
    {
        var matrix = Linear.Product(TestMatrices.Gaussian<T>(rows, rank, seed: 31), TestMatrices.Gaussian<T>(rank, columns, seed: 32));
        var values = CheckSvd(matrix);
        for (int i = rank; i < values.Length; i++)
            double.CreateChecked(values[i]).ShouldBeAtMost(Allowed(Math.Max(rows, columns), FrobeniusNorm(matrix)));
    }

    [SkippableFact]
    public void The_singular_values_of_a_diagonal_matrix_are_the_magnitudes_of_its_entries_descending()
    {
        var diagonal = new Matrix<T>(4, 6);
        double[] entries = [3, -2, 7, 0.5];
        for (int i = 0; i < 4; i++)
            diagonal[i, i] = T.CreateChecked(entries[i]);
        var values = Linear.SingularValues(diagonal);
        for (int i = 0; i < 4; i++)
            double.CreateChecked(values[i]).ShouldBeWithin(Allowed(6, 7), of: new[] { 7, 3, 2, 0.5 }[i]);
    }

    [SkippableFact]
    public void An_orthogonal_matrix_has_singular_values_of_one()
    {
        var (q, _) = Linear.Qr(TestMatrices.Gaussian<T>(30, 18, seed: 33));
        foreach (T value in CheckSvd(q))
            double.CreateChecked(value).ShouldBeWithin(Allowed(30, 1), of: 1);
    }

    /// <summary>Errors are shares of the largest value at every size of entry: gradients late in training are of this size.</summary>
    [SkippableTheory]
    [InlineData(1e-15)]
    [InlineData(1e-9)]
    [InlineData(1e9)]
    [InlineData(1e15)]
    public void The_scale_of_a_matrix_of_several_decades_costs_its_SVD_no_digits(double scale)
    {
        const int n = 33;
        var (u, _) = Linear.Qr(TestMatrices.Gaussian<T>(n, n, seed: 36));
        var (v, _) = Linear.Qr(TestMatrices.Gaussian<T>(n, n, seed: 37));
        for (int j = 0; j < n; j++)
            u.ColumnSlice(j, 1).Scale(T.CreateChecked(scale * Math.Pow(10, -6.0 * j / n)));
        var values = CheckSvd(Linear.Product(u, v, transposeB: true));
        for (int j = 0; j < n; j++)
            double.CreateChecked(values[j]).ShouldBeWithin(Allowed(n, scale), of: scale * Math.Pow(10, -6.0 * j / n), $"value {j}");
    }

    [SkippableFact]
    public void An_SVD_reads_a_slice_leaves_it_as_it_was_and_writes_slices()
    {
        var matrix = TestMatrices.FramedGaussian<T>(9, 14, seed: 34);
        double[] before = matrix.Inner.Elements();
        var u = new Framed<T>(new Matrix<T>(9, 9));
        var vt = new Framed<T>(new Matrix<T>(9, 14));
        var values = new T[9];
        Linear.SingularValueDecomposition(matrix.Inner, u.Inner, values, vt.Inner);
        matrix.Inner.Elements().ShouldBe(before);
        ShouldBeSvd(matrix.Inner, u.Inner, values, vt.Inner);
        (matrix.FrameIsUntouched() && u.FrameIsUntouched() && vt.FrameIsUntouched()).ShouldBeTrue();
    }

    [SkippableFact]
    public void Singular_values_alone_leave_the_matrix_as_it_was()
    {
        var matrix = TestMatrices.FramedGaussian<T>(13, 6, seed: 35);
        double[] before = matrix.Inner.Elements();
        Linear.SingularValues(matrix.Inner).Length.ShouldBe(6);
        matrix.Inner.Elements().ShouldBe(before);
        matrix.FrameIsUntouched().ShouldBeTrue();
    }

    [SkippableTheory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(0, 0)]
    public void An_empty_matrix_has_no_singular_value(int rows, int columns)
    {
        var matrix = new Matrix<T>(rows, columns);
        Linear.SingularValues(matrix).ShouldBeEmpty();
        Should.NotThrow(() => Linear.SingularValueDecomposition(matrix, new Matrix<T>(rows, 0), Span<T>.Empty, new Matrix<T>(0, columns)));
    }

    private static T[] CheckSvd(Matrix<T> matrix)
    {
        int k = Math.Min(matrix.Rows, matrix.Columns);
        var u = new Matrix<T>(matrix.Rows, k);
        var vt = new Matrix<T>(k, matrix.Columns);
        var values = new T[k];
        Linear.SingularValueDecomposition(matrix, u, values, vt);
        ShouldBeSvd(matrix, u, values, vt);
        var alone = Linear.SingularValues(matrix);
        double allowed = Allowed(Math.Max(matrix.Rows, matrix.Columns), FrobeniusNorm(matrix));
        for (int i = 0; i < k; i++)
            double.CreateChecked(alone[i]).ShouldBeWithin(allowed, of: double.CreateChecked(values[i]));
        return values;
    }

    private static void ShouldBeSvd(Matrix<T> matrix, Matrix<T> u, T[] values, Matrix<T> vt)
    {
        int k = values.Length, size = Math.Max(matrix.Rows, matrix.Columns);
        double[,] scaled = u.InDouble();
        for (int i = 0; i < matrix.Rows; i++)
            for (int j = 0; j < k; j++)
                scaled[i, j] *= double.CreateChecked(values[j]);
        TestMatrices.Distance(TestMatrices.NaiveProduct(scaled, vt.InDouble()).Product, matrix.InDouble()).ShouldBeAtMost(Allowed(size, FrobeniusNorm(matrix)));
        TestMatrices.RowsFromOrthonormal(u.InDouble(transpose: true)).ShouldBeAtMost(Allowed(size, 1));
        TestMatrices.RowsFromOrthonormal(vt.InDouble()).ShouldBeAtMost(Allowed(size, 1));
        for (int i = 1; i < k; i++)
            values[i].ShouldBeLessThanOrEqualTo(values[i - 1]);
        if (k > 0)
            values[^1].ShouldBeGreaterThanOrEqualTo(T.Zero);
    }
}
