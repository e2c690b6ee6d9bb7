using System.Runtime.CompilerServices;

namespace SpecGD.Numerics.Tests;

public class MatrixTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(17, 1)]
    [InlineData(64, 33)]
    [InlineData(300, 301)] // beyond 85,000 bytes the collector lays arrays elsewhere
    public void The_first_element_is_aligned_to_64_bytes_and_stays_there_through_collections(int rows, int columns)
    {
        var doubles = new Matrix<double>(rows, columns);
        var floats = new Matrix<float>(rows, columns);
        nint address = Address(doubles);
        ((nuint)address % Matrix<double>.Alignment).ShouldBe((nuint)0);
        ((nuint)Address(floats) % Matrix<float>.Alignment).ShouldBe((nuint)0);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        Address(doubles).ShouldBe(address);
        Unsafe.AreSame(ref doubles.GetPinnableReference(), ref doubles[0, 0]).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 0)]
    [InlineData(0, 3)]
    public void A_matrix_without_elements_has_no_address(int rows, int columns)
    {
        Address(new Matrix<double>(rows, columns)).ShouldBe(0);
        Address(default(Matrix<double>)).ShouldBe(0);
    }

    private static unsafe nint Address<T>(Matrix<T> matrix)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        fixed (T* first = matrix)
            return (nint)first;
    }

    [Fact]
    public void A_new_matrix_is_contiguous_and_zero()
    {
        var matrix = new Matrix<double>(4, 6);
        matrix.ToString().ShouldBe("4×6");
        matrix.Count.ShouldBe(24);
        matrix.Stride.ShouldBe(6);
        matrix.IsContiguous.ShouldBeTrue();
        matrix.IsEmpty.ShouldBeFalse();
        matrix.Elements().ShouldAllBe(x => x == 0);
    }

    [Fact]
    public void Elements_stand_row_by_row()
    {
        var matrix = TestMatrices.Counting<float>(3, 4);
        matrix[2, 1].ShouldBe(9f);
        matrix.AsSpan()[9].ShouldBe(9f);
        matrix.Row(2)[1].ShouldBe(9f);
        matrix.Row(1).ToArray().ShouldBe([4f, 5f, 6f, 7f]);
    }

    [Fact]
    public void A_copy_of_the_value_shares_the_elements_and_a_clone_does_not()
    {
        var matrix = TestMatrices.Counting<double>(2, 3);
        var view = matrix;
        var clone = matrix.Clone();
        matrix[1, 2] = -1;
        view[1, 2].ShouldBe(-1);
        clone[1, 2].ShouldBe(5);
        matrix.SharesMemoryWith(view).ShouldBeTrue();
        matrix.SharesMemoryWith(clone).ShouldBeFalse();
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(2, 0)]
    [InlineData(0, 3)]
    [InlineData(int.MaxValue, 0)]
    [InlineData(int.MinValue, int.MinValue)]
    public void A_place_outside_is_refused_with_the_place_and_the_shape(int row, int column)
    {
        var matrix = new Matrix<double>(2, 3);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => matrix[row, column]);
        error.Message.ShouldContain($"({row}, {column}) is outside a 2×3 matrix");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_row_outside_is_refused_with_its_number_and_the_shape(int row)
    {
        var matrix = new Matrix<double>(2, 3);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Row(row).Length);
        error.Message.ShouldContain($"{row}");
        error.Message.ShouldContain("2×3");
    }

    [Theory]
    [InlineData(-1, 3)]
    [InlineData(3, -1)]
    public void A_negative_size_is_refused(int rows, int columns) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Matrix<double>(rows, columns)).ActualValue.ShouldBe(-1);

    [Fact]
    public void More_elements_than_one_array_holds_are_refused_with_the_size()
    {
        var error = Assert.Throws<MatrixTooLargeException>(() => new Matrix<double>(100_000, 100_000));
        error.Message.ShouldContain("100000×100000");
        error.Message.ShouldContain("10000000000");
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(0, 0)]
    public void An_empty_matrix_has_a_shape_and_no_element(int rows, int columns)
    {
        var matrix = new Matrix<double>(rows, columns);
        matrix.IsEmpty.ShouldBeTrue();
        matrix.Count.ShouldBe(0);
        (matrix.Rows, matrix.Columns).ShouldBe((rows, columns));
        matrix.AsSpan().Length.ShouldBe(0);
        matrix.Clone().ToString().ShouldBe($"{rows}×{columns}");
        matrix.Transposed().ToString().ShouldBe($"{columns}×{rows}");
        Should.NotThrow(() => matrix.Fill(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[0, 0]);
    }

    [Fact]
    public void The_default_value_is_the_empty_matrix()
    {
        Matrix<double> matrix = default;
        matrix.ToString().ShouldBe("0×0");
        matrix.IsEmpty.ShouldBeTrue();
        matrix.AsSpan().Length.ShouldBe(0);
        matrix.SharesMemoryWith(matrix).ShouldBeFalse();
        matrix.Clone().ToString().ShouldBe("0×0");
    }

    [Fact]
    public void A_reshaped_matrix_shows_the_same_memory_row_by_row()
    {
        var matrix = TestMatrices.Counting<double>(3, 4);
        var seen = matrix.Reshape(2, 6);
        (seen.Rows, seen.Columns, seen.Stride).ShouldBe((2, 6, 6));
        seen[1, 0].ShouldBe(6);
        seen[1, 0] = -6;
        matrix[1, 2].ShouldBe(-6);
        new Matrix<double>(0, 4).Reshape(7, 0).ToString().ShouldBe("7×0");
    }

    [Fact]
    public void A_single_row_out_of_a_wider_matrix_can_be_reshaped()
    {
        var row = TestMatrices.Counting<double>(3, 8).Slice(1, 2, 1, 6);
        row.IsContiguous.ShouldBeTrue();
        row.Reshape(3, 2).Elements().ShouldBe([10, 11, 12, 13, 14, 15]);
    }

    [Theory]
    [InlineData(5, 3)]
    [InlineData(0, 0)]
    [InlineData(-3, -4)]
    [InlineData(65536, 65536)] // 2³² elements: zero modulo 2³²
    public void A_reshape_to_an_impossible_shape_is_refused_with_both_shapes(int rows, int columns)
    {
        var matrix = new Matrix<double>(3, 4);
        var error = Should.Throw<ArgumentException>(() => matrix.Reshape(rows, columns));
        error.Message.ShouldContain("3×4");
        error.Message.ShouldContain($"{rows}×{columns}");
    }

    [Fact]
    public void A_slice_with_gaps_cannot_be_reshaped_nor_seen_as_one_span()
    {
        var slice = new Matrix<double>(4, 4).ColumnSlice(0, 2);
        Assert.Throws<ArgumentException>(() => slice.Reshape(2, 4)).Message.ShouldContain("stride 4");
        Assert.Throws<InvalidOperationException>(() => slice.AsSpan().Length).Message.ShouldContain("4×2");
    }
}
