using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics.Tests.LinearAlgebra;

public abstract partial class LinearAlgebraTests<T>
{
    /// <summary>|fl(Σ aᵢbᵢ) − Σ aᵢbᵢ| ≤ n·(ε/2)·Σ|aᵢbᵢ| in any order of summation; twice that covers α and β too.</summary>
    private const double RoundingPerTerm = 1;

    public static TheoryData<int, int, int> ProductShapes => new()
    {
        { 1, 1, 1 }, { 3, 4, 5 }, { 1, 7, 1 }, { 5, 1, 6 }, { 17, 9, 23 }, { 64, 33, 48 }, { 96, 70, 2 }, { 2, 300, 3 },
    };

    [SkippableTheory]
    [MemberData(nameof(ProductShapes))]
    public void A_product_is_the_triple_loop_for_every_transpose_and_factor(int rows, int inner, int columns)
    {
        foreach (bool transposeA in new[] { false, true })
            foreach (bool transposeB in new[] { false, true })
                foreach (var (alpha, beta) in new[] { (1.0, 0.0), (-0.5, 0.0), (2.0, 1.0), (0.25, -3.0), (0.0, 2.0) })
                {
                    var a = transposeA ? TestMatrices.Gaussian<T>(inner, rows, 1) : TestMatrices.Gaussian<T>(rows, inner, 1);
                    var b = transposeB ? TestMatrices.Gaussian<T>(columns, inner, 2) : TestMatrices.Gaussian<T>(inner, columns, 2);
                    CheckProduct(alpha, a, transposeA, b, transposeB, beta, TestMatrices.Gaussian<T>(rows, columns, 3));
                }
    }

    [SkippableTheory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_product_of_slices_into_a_slice_writes_nothing_beside_it(bool transposeA, bool transposeB)
    {
        var a = transposeA ? TestMatrices.FramedGaussian<T>(19, 13, 4) : TestMatrices.FramedGaussian<T>(13, 19, 4);
        var b = transposeB ? TestMatrices.FramedGaussian<T>(11, 19, 5) : TestMatrices.FramedGaussian<T>(19, 11, 5);
        var c = TestMatrices.FramedGaussian<T>(13, 11, 6);
        CheckProduct(1.5, a.Inner, transposeA, b.Inner, transposeB, 0.5, c.Inner);
        c.FrameIsUntouched().ShouldBeTrue();
        a.FrameIsUntouched().ShouldBeTrue();
        b.FrameIsUntouched().ShouldBeTrue();
    }

    [SkippableFact]
    public void With_beta_zero_the_destination_is_not_read()
    {
        var a = TestMatrices.Gaussian<T>(6, 4, 7);
        var c = new Matrix<T>(6, 6);
        c.Fill(T.NaN);
        Linear.Multiply(T.One, a, false, a, true, T.Zero, c);
        c.Elements().ShouldAllBe(x => double.IsFinite(x));
        c.Fill(T.NaN);
        Linear.Gram(T.One, a, false, c);
        c.Elements().ShouldAllBe(x => double.IsFinite(x));
        var y = new T[6];
        y.AsSpan().Fill(T.NaN);
        Linear.Multiply(a, false, new T[4], y);
        y.ShouldBe(new T[6]);
    }

    [SkippableFact]
    public void A_product_as_a_new_matrix_has_the_outer_shape()
    {
        var a = TestMatrices.Gaussian<T>(3, 5, 8);
        var b = TestMatrices.Gaussian<T>(4, 3, 9);
        var product = Linear.Product(a, b, transposeA: true, transposeB: true);
        product.ToString().ShouldBe("5×4");
        TestMatrices.Distance(product.InDouble(), TestMatrices.NaiveProduct(a.InDouble(true), b.InDouble(true)).Product).ShouldBeAtMost(Allowed(5, 10));
    }

    [SkippableFact]
    public void A_product_over_no_inner_index_is_beta_times_the_destination()
    {
        var c = TestMatrices.Counting<T>(2, 3);
        Linear.Multiply(T.One, new Matrix<T>(2, 0), false, new Matrix<T>(0, 3), false, T.CreateChecked(2), c);
        c.Elements().ShouldBe([0, 2, 4, 6, 8, 10]);
        Linear.Product(new Matrix<T>(2, 0), new Matrix<T>(0, 3)).Elements().ShouldBe([0, 0, 0, 0, 0, 0]);
        Linear.Product(new Matrix<T>(0, 4), new Matrix<T>(4, 3)).ToString().ShouldBe("0×3");
    }

    [SkippableTheory]
    [InlineData(1, 1)]
    [InlineData(1, 17)]
    [InlineData(17, 1)]
    [InlineData(33, 20)]
    [InlineData(20, 130)]
    public void A_matrix_times_a_vector_is_the_double_loop(int rows, int columns)
    {
        foreach (bool transpose in new[] { false, true })
        {
            var a = TestMatrices.FramedGaussian<T>(rows, columns, 10).Inner;
            var x = TestMatrices.Gaussian<T>(transpose ? rows : columns, 1, 11);
            var y = new Matrix<T>(transpose ? columns : rows, 1);
            y.Fill(T.NaN);
            Linear.Multiply(a, transpose, x.AsSpan(), y.AsSpan());
            ShouldBeWithinRounding(y, TestMatrices.NaiveProduct(a.InDouble(transpose), x.InDouble()), x.Rows, 1, null, 0);
        }
    }

    [SkippableFact]
    public void An_empty_matrix_takes_any_vector_to_zero()
    {
        var y = new T[3];
        y.AsSpan().Fill(T.One);
        Linear.Multiply(new Matrix<T>(3, 0), false, [], y);
        y.ShouldBe([T.Zero, T.Zero, T.Zero]);
        Should.NotThrow(() => Linear.Multiply(new Matrix<T>(0, 2), false, new T[2], []));
    }

    /// <summary>The largest are divided among threads.</summary>
    [SkippableTheory]
    [InlineData(1, 1)]
    [InlineData(7, 12)]
    [InlineData(12, 7)]
    [InlineData(40, 65)]
    [InlineData(1, 9)]
    [InlineData(9, 1)]
    [InlineData(150, 131)]
    public void A_Gram_matrix_is_the_product_with_the_transpose_and_exactly_symmetric(int rows, int columns)
    {
        const double alpha = -0.75, beta = 0.5;
        foreach (bool transposeFirst in new[] { false, true })
        {
            var a = TestMatrices.FramedGaussian<T>(rows, columns, 12);
            int n = transposeFirst ? columns : rows, inner = transposeFirst ? rows : columns;
            var c = new Framed<T>(new Matrix<T>(n, n));
            Linear.Gram(T.CreateChecked(alpha), a.Inner, transposeFirst, c.Inner);
            var naive = TestMatrices.NaiveProduct(a.Inner.InDouble(transposeFirst), a.Inner.InDouble(!transposeFirst));
            ShouldBeWithinRounding(c.Inner, naive, inner, alpha, null, 0);
            c.Inner.Transposed().Elements().ShouldBe(c.Inner.Elements());

            var before = c.Inner.InDouble(transpose: false);
            Linear.Gram(T.CreateChecked(alpha), a.Inner, transposeFirst, T.CreateChecked(beta), c.Inner);
            ShouldBeWithinRounding(c.Inner, naive, inner, alpha, before, beta);
            c.Inner.Transposed().Elements().ShouldBe(c.Inner.Elements());
            c.FrameIsUntouched().ShouldBeTrue();
            a.FrameIsUntouched().ShouldBeTrue();
        }
    }

    [SkippableFact]
    public void A_Gram_matrix_over_no_inner_index_is_zero()
    {
        var c = TestMatrices.Counting<T>(3, 3);
        Linear.Gram(T.One, new Matrix<T>(3, 0), false, c);
        c.Elements().ShouldAllBe(x => x == 0);
        c.Fill(T.One);
        Linear.Gram(T.One, new Matrix<T>(3, 0), false, T.CreateChecked(0.5), c);
        c.Elements().ShouldAllBe(x => x == 0.5);
        Should.NotThrow(() => Linear.Gram(T.One, new Matrix<T>(0, 4), false, new Matrix<T>(0, 0)));
    }

    private static void CheckProduct(double alpha, Matrix<T> a, bool transposeA, Matrix<T> b, bool transposeB, double beta, Matrix<T> c)
    {
        double[] aBefore = a.Elements(), bBefore = b.Elements();
        double[,] before = c.InDouble();
        var naive = TestMatrices.NaiveProduct(a.InDouble(transposeA), b.InDouble(transposeB));
        Linear.Multiply(T.CreateChecked(alpha), a, transposeA, b, transposeB, T.CreateChecked(beta), c);
        ShouldBeWithinRounding(c, naive, transposeA ? a.Rows : a.Columns, alpha, before, beta);
        a.Elements().ShouldBe(aBefore);
        b.Elements().ShouldBe(bBefore);
    }

    /// <summary>Element by element: within the rounding of a sum of that many terms.</summary>
    private static void ShouldBeWithinRounding(
        Matrix<T> actual, (double[,] Product, double[,] Magnitude) naive, int terms, double alpha, double[,]? before, double beta)
    {
        for (int i = 0; i < actual.Rows; i++)
            for (int j = 0; j < actual.Columns; j++)
            {
                double old = before is null ? 0 : before[i, j];
                double allowed = RoundingPerTerm * Epsilon * (terms + 2) * ((Math.Abs(alpha) * naive.Magnitude[i, j]) + Math.Abs(beta * old));
                double.CreateChecked(actual[i, j]).ShouldBeWithin(allowed, of: (alpha * naive.Product[i, j]) + (beta * old), $"({i}, {j})");
            }
    }
}
