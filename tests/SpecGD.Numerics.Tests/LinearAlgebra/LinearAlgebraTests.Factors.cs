using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics.Tests.LinearAlgebra;

public abstract partial class LinearAlgebraTests<T>
{
    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(13)]
    [InlineData(60)]
    public void A_Cholesky_factor_is_lower_triangular_and_rebuilds_the_matrix(int n)
    {
        var matrix = new Framed<T>(PositiveDefinite(n));
        double[] before = matrix.Inner.Elements();
        var factor = Linear.Cholesky(matrix.Inner);
        matrix.Inner.Elements().ShouldBe(before);
        matrix.FrameIsUntouched().ShouldBeTrue();
        for (int i = 0; i < n; i++)
        {
            factor[i, i].ShouldBeGreaterThan(T.Zero);
            for (int j = i + 1; j < n; j++)
                factor[i, j].ShouldBe(T.Zero);
        }
        double[,] rebuilt = TestMatrices.NaiveProduct(factor.InDouble(), factor.InDouble(transpose: true)).Product;
        TestMatrices.Distance(rebuilt, matrix.Inner.InDouble()).ShouldBeAtMost(Allowed(n, FrobeniusNorm(matrix.Inner)));
    }

    [SkippableFact]
    public void A_matrix_that_is_not_positive_definite_has_no_Cholesky_factor()
    {
        var indefinite = Matrix.Identity<T>(5);
        indefinite[3, 3] = T.CreateChecked(-1);
        foreach (var matrix in new[] { indefinite, new Matrix<T>(5, 5), TestMatrices.Symmetric<T>(5, seed: 40) })
        {
            double[] before = matrix.Elements();
            var error = Assert.Throws<ArithmeticException>(() => Linear.Cholesky(matrix));
            error.Message.ShouldContain("5×5");
            error.Message.ShouldContain("not positive definite");
            matrix.Elements().ShouldBe(before);
        }
    }

    [SkippableTheory]
    [InlineData(1, 1)]
    [InlineData(9, 1)]
    [InlineData(12, 12)]
    [InlineData(30, 17)]
    [InlineData(150, 40)]
    public void A_QR_has_orthonormal_columns_an_exact_triangle_and_rebuilds_the_matrix(int rows, int columns) =>
        CheckQr(TestMatrices.FramedGaussian<T>(rows, columns, seed: 41));

    [SkippableFact]
    public void A_QR_of_dependent_columns_still_has_orthonormal_columns()
    {
        var matrix = TestMatrices.Gaussian<T>(12, 6, seed: 42);
        matrix.ColumnSlice(2, 1).Fill(T.Zero);
        matrix.ColumnSlice(0, 1).CopyTo(matrix.ColumnSlice(4, 1));
        CheckQr(new Framed<T>(matrix));
    }

    [SkippableTheory]
    [InlineData(5, 0)]
    [InlineData(0, 0)]
    public void Empty_matrices_have_empty_factors(int rows, int columns)
    {
        var (q, r) = Linear.Qr(new Matrix<T>(rows, columns));
        (q.ToString(), r.ToString()).ShouldBe(($"{rows}×{columns}", $"{columns}×{columns}"));
        Linear.Cholesky(new Matrix<T>(0, 0)).ToString().ShouldBe("0×0");
    }

    private static void CheckQr(Framed<T> framed)
    {
        var matrix = framed.Inner;
        double[] before = matrix.Elements();
        var (q, r) = Linear.Qr(matrix);
        matrix.Elements().ShouldBe(before);
        framed.FrameIsUntouched().ShouldBeTrue();
        (q.ToString(), r.ToString()).ShouldBe(($"{matrix}", $"{matrix.Columns}×{matrix.Columns}"));
        for (int i = 0; i < r.Rows; i++)
            for (int j = 0; j < i; j++)
                r[i, j].ShouldBe(T.Zero);
        TestMatrices.RowsFromOrthonormal(q.InDouble(transpose: true)).ShouldBeAtMost(Allowed(matrix.Rows, 1));
        double[,] rebuilt = TestMatrices.NaiveProduct(q.InDouble(), r.InDouble()).Product;
        TestMatrices.Distance(rebuilt, matrix.InDouble()).ShouldBeAtMost(Allowed(matrix.Rows, FrobeniusNorm(matrix)));
    }

    /// <summary>B Bᵀ + n I, well away from singular.</summary>
    private static Matrix<T> PositiveDefinite(int n)
    {
        var matrix = new Matrix<T>(n, n);
        Linear.Gram(T.One, TestMatrices.Gaussian<T>(n, n, seed: 43), transposeFirst: false, matrix);
        for (int i = 0; i < n; i++)
            matrix[i, i] += T.CreateChecked(n);
        return matrix;
    }
}
