using System.Globalization;

namespace SpecGD.Numerics.Tests;

public class MatrixArithmeticTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 9)]
    [InlineData(9, 1)]
    [InlineData(31, 33)] // around the tile of 32
    [InlineData(32, 64)]
    [InlineData(67, 5)]
    public void A_transpose_has_rows_for_columns(int rows, int columns)
    {
        var matrix = TestMatrices.Counting<double>(rows, columns);
        var transposed = matrix.Transposed();
        transposed.ToString().ShouldBe($"{columns}×{rows}");
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                transposed[j, i].ShouldBe(matrix[i, j]);
        transposed.Transposed().AsSpan().ToArray().ShouldBe(matrix.AsSpan().ToArray());
    }

    [Fact]
    public void A_transpose_goes_from_slice_to_slice()
    {
        var source = TestMatrices.FramedGaussian<float>(33, 7, seed: 1);
        var destination = new Framed<float>(new Matrix<float>(7, 33));
        source.Inner.TransposeTo(destination.Inner);
        destination.FrameIsUntouched().ShouldBeTrue();
        destination.Inner.Elements().ShouldBe(source.Inner.Transposed().Elements());
    }

    /// <summary>Divided at rows that are no multiples of a tile, the shares together are the whole, whichever comes first.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(97)]
    public void A_lower_triangle_is_mirrored_by_shares_of_rows(int n)
    {
        var expected = TestMatrices.Counting<double>(n, n);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < i; j++)
                expected[j, i] = expected[i, j];
        var mirrored = new Framed<double>(TestMatrices.Counting<double>(n, n));
        int[] bounds = [0, n / 5, n / 2, n];
        for (int share = bounds.Length - 2; share >= 0; share--)
            mirrored.Inner.MirrorLower(bounds[share], bounds[share + 1] - bounds[share]);
        mirrored.Inner.Elements().ShouldBe(expected.Elements());
        mirrored.FrameIsUntouched().ShouldBeTrue();
        Should.Throw<ArgumentException>(() => new Matrix<double>(2, 3).MirrorLower(0, 2));
    }

    [Fact]
    public void Elementwise_work_follows_strides_and_leaves_the_rest_alone()
    {
        var target = new Framed<double>(TestMatrices.Counting<double>(2, 3));
        var other = new Framed<double>(Matrix.From(new double[,] { { 1, 1, 1 }, { 2, 2, 2 } }));
        target.Inner.AddScaled(10, other.Inner);
        target.Inner.Elements().ShouldBe([10, 11, 12, 23, 24, 25]);
        target.Inner.Scale(2);
        target.Inner.Elements().ShouldBe([20, 22, 24, 46, 48, 50]);
        MatrixArithmetic.Subtract(target.Inner, other.Inner, target.Inner);
        target.Inner.Elements().ShouldBe([19, 21, 23, 44, 46, 48]);
        target.Inner.MultiplyElementwise(other.Inner);
        target.Inner.Elements().ShouldBe([19, 21, 23, 88, 92, 96]);
        target.FrameIsUntouched().ShouldBeTrue();
        other.FrameIsUntouched().ShouldBeTrue();
        other.Inner.Elements().ShouldBe([1, 1, 1, 2, 2, 2]);
    }

    [Fact]
    public void Sums_follow_strides()
    {
        var a = new Framed<double>(TestMatrices.Counting<double>(2, 3)).Inner; // 0 … 5
        var b = new Framed<double>(Matrix.From(new double[,] { { 1, -1, 1 }, { -1, 1, -10 } })).Inner;
        MatrixArithmetic.Dot(a, b).ShouldBe(0 - 1 + 2 - 3 + 4 - 50);
        a.SumOfSquares().ShouldBe(55);
        b.LargestMagnitude().ShouldBe(10);
    }

    [Fact]
    public void Sums_over_nothing_are_zero()
    {
        var empty = new Matrix<double>(3, 0);
        MatrixArithmetic.Dot(empty, empty).ShouldBe(0);
        empty.SumOfSquares().ShouldBe(0);
        empty.LargestMagnitude().ShouldBe(0);
        Should.NotThrow(() => empty.RequireFinite());
    }

    /// <summary>Of every length around those of vectors, with the largest at every place.</summary>
    [Theory]
    [InlineData(-3.5, 3.5)]
    [InlineData(1e-310, 1e-310)] // among zeros; too small for single precision
    [InlineData(double.NegativeInfinity, double.PositiveInfinity)]
    [InlineData(double.NaN, double.NaN)]
    public void The_largest_magnitude_is_found_at_every_place(double value, double expected)
    {
        for (int columns = 1; columns <= 35; columns++)
            for (int place = 0; place < columns; place++)
            {
                var matrix = new Matrix<double>(2, columns);
                matrix.Fill(value is 1e-310 ? -0.0 : -1);
                matrix[1, place] = value;
                matrix.LargestMagnitude().ShouldBe(expected);
                var single = new Matrix<float>(2, columns);
                single.Fill(-1);
                single[0, place] = (float)value;
                single.LargestMagnitude().ShouldBe(value is 1e-310 ? 1 : (float)expected);
            }
    }

    [Fact]
    public void The_largest_magnitude_of_a_matrix_with_a_NaN_is_NaN()
    {
        var matrix = TestMatrices.Counting<double>(3, 5);
        matrix[1, 1] = double.NaN;
        double.IsNaN(matrix.LargestMagnitude()).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, 0, double.NaN)]
    [InlineData(2, 36, double.NaN)]
    [InlineData(1, 17, double.PositiveInfinity)]
    [InlineData(2, 0, double.NegativeInfinity)]
    public void An_entry_that_is_not_finite_is_named_with_its_place(int row, int column, double value)
    {
        var matrix = TestMatrices.Gaussian<double>(3, 37, seed: 2);
        matrix[row, column] = value;
        var error = Assert.Throws<NonFiniteMatrixException>(() => matrix.RequireFinite());
        (error.Row, error.Column).ShouldBe((row, column));
        error.Message.ShouldContain("3×37");
        error.Message.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"{value} at row {row}, column {column}"));
    }

    [Fact]
    public void Of_several_entries_that_are_not_finite_the_first_in_row_major_order_is_named()
    {
        var matrix = new Matrix<float>(4, 4);
        matrix[3, 0] = float.NaN;
        matrix[1, 2] = float.NegativeInfinity;
        var error = Assert.Throws<NonFiniteMatrixException>(() => matrix.RequireFinite());
        (error.Row, error.Column).ShouldBe((1, 2));
    }

    [Fact]
    public void The_place_is_counted_within_the_slice_and_the_frame_does_not_count()
    {
        var matrix = new Matrix<double>(4, 4);
        matrix[0, 0] = double.NaN;
        Should.NotThrow(() => matrix.Slice(1, 1, 3, 3).RequireFinite());
        matrix[2, 3] = double.NaN;
        var error = Assert.Throws<NonFiniteMatrixException>(() => matrix.Slice(1, 1, 3, 3).RequireFinite());
        (error.Row, error.Column).ShouldBe((1, 2));
    }

    [Fact]
    public void The_largest_finite_entries_are_finite()
    {
        var matrix = new Matrix<double>(3, 3);
        matrix.Fill(double.MaxValue);
        Should.NotThrow(() => matrix.RequireFinite());
    }

    public static TheoryData<string, Action<Matrix<double>, Matrix<double>>> TwoOperands => new()
    {
        { "add", (a, b) => a.AddScaled(1, b) },
        { "multiply", (a, b) => a.MultiplyElementwise(b) },
        { "subtract", (a, b) => MatrixArithmetic.Subtract(a, b, a) },
        { "subtract into", (a, b) => MatrixArithmetic.Subtract(a, a, b) },
        { "dot", (a, b) => MatrixArithmetic.Dot(a, b) },
        { "transpose", (a, b) => a.Transposed().TransposeTo(b) },
    };

    [Theory]
    [MemberData(nameof(TwoOperands))]
    public void Operands_of_different_shapes_are_refused_with_both_shapes(string operation, Action<Matrix<double>, Matrix<double>> work)
    {
        var error = Assert.Throws<ArgumentException>(() => work(new Matrix<double>(2, 3), new Matrix<double>(4, 5)));
        error.Message.ShouldContain("2×3", customMessage: operation);
        error.Message.ShouldContain("4×5", customMessage: operation);
    }
}
