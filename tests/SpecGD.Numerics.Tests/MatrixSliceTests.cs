using System.Runtime.CompilerServices;

namespace SpecGD.Numerics.Tests;

public class MatrixSliceTests
{
    [Fact]
    public void A_slice_looks_into_the_memory_of_its_matrix()
    {
        var matrix = TestMatrices.Counting<double>(5, 7);
        var slice = matrix.Slice(1, 2, 3, 4);
        (slice.Rows, slice.Columns, slice.Stride, slice.IsContiguous).ShouldBe((3, 4, 7, false));
        Unsafe.AreSame(ref slice[0, 0], ref matrix[1, 2]).ShouldBeTrue();
        Unsafe.AreSame(ref slice[2, 3], ref matrix[3, 5]).ShouldBeTrue();
        slice.SharesMemoryWith(matrix).ShouldBeTrue();
        slice.Row(1).ToArray().ShouldBe([16, 17, 18, 19]);
    }

    [Fact]
    public void What_is_written_to_a_slice_is_read_from_the_matrix()
    {
        var matrix = new Matrix<float>(4, 4);
        matrix.Slice(1, 1, 2, 2).Fill(3);
        matrix.Elements().ShouldBe([0, 0, 0, 0, 0, 3, 3, 0, 0, 3, 3, 0, 0, 0, 0, 0]);
    }

    [Fact]
    public void A_slice_of_a_slice_counts_from_the_slice()
    {
        var matrix = TestMatrices.Counting<double>(6, 8);
        var inner = matrix.Slice(1, 2, 4, 5).Slice(2, 1, 2, 3);
        inner.Stride.ShouldBe(8);
        inner.Elements().ShouldBe([27, 28, 29, 35, 36, 37]);
        Unsafe.AreSame(ref inner[1, 2], ref matrix[4, 5]).ShouldBeTrue();
    }

    [Fact]
    public void Row_and_column_slices_keep_the_other_side_whole()
    {
        var matrix = TestMatrices.Counting<double>(4, 3);
        matrix.RowSlice(1, 2).Elements().ShouldBe([3, 4, 5, 6, 7, 8]);
        matrix.RowSlice(1, 2).IsContiguous.ShouldBeTrue();
        matrix.ColumnSlice(2, 1).Elements().ShouldBe([2, 5, 8, 11]);
        matrix.ColumnSlice(2, 1).IsContiguous.ShouldBeFalse();
        matrix.ColumnSlice(0, 3).IsContiguous.ShouldBeTrue();
    }

    [Fact]
    public void A_clone_of_a_slice_is_contiguous()
    {
        var clone = TestMatrices.Counting<double>(4, 4).Slice(1, 1, 2, 2).Clone();
        clone.IsContiguous.ShouldBeTrue();
        clone.AsSpan().ToArray().ShouldBe([5, 6, 9, 10]);
    }

    [Theory]
    [InlineData(-1, 0, 1, 1)]
    [InlineData(0, -1, 1, 1)]
    [InlineData(0, 0, -1, 1)]
    [InlineData(0, 0, 1, -1)]
    [InlineData(3, 0, 3, 1)]
    [InlineData(0, 4, 1, 4)]
    [InlineData(6, 0, 0, 0)]
    [InlineData(1, 0, int.MaxValue, 1)] // the sum is beyond 32 bits
    [InlineData(0, 1, 1, int.MaxValue)]
    public void A_block_that_reaches_outside_is_refused_with_the_block_and_the_shape(int row, int column, int rows, int columns)
    {
        var matrix = new Matrix<double>(5, 7);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Slice(row, column, rows, columns));
        error.Message.ShouldContain($"A block of {rows}×{columns} at ({row}, {column})");
        error.Message.ShouldContain("5×7");
    }

    [Fact]
    public void A_slice_of_a_slice_may_not_leave_the_slice_though_the_matrix_goes_on()
    {
        var slice = new Matrix<double>(5, 7).Slice(0, 0, 2, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => slice.Slice(0, 0, 2, 4)).Message.ShouldContain("2×3");
        Assert.Throws<ArgumentOutOfRangeException>(() => slice[2, 0]).Message.ShouldContain("2×3");
    }

    [Theory]
    [InlineData(5, 7, 0, 0)]
    [InlineData(2, 3, 0, 4)]
    [InlineData(2, 3, 2, 0)]
    public void A_block_without_elements_may_stand_anywhere_up_to_the_end(int row, int column, int rows, int columns)
    {
        var empty = new Matrix<double>(5, 7).Slice(row, column, rows, columns);
        empty.ToString().ShouldBe($"{rows}×{columns}");
        empty.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Copying_goes_between_slices_of_different_strides_and_leaves_the_rest()
    {
        var source = TestMatrices.Counting<double>(6, 9).Slice(2, 3, 3, 4);
        var destination = new Framed<double>(new Matrix<double>(3, 4));
        source.CopyTo(destination.Inner);
        destination.Inner.Elements().ShouldBe(source.Elements());
        destination.FrameIsUntouched().ShouldBeTrue();
    }

    [Fact]
    public void A_copy_to_another_shape_is_refused_with_both_shapes()
    {
        var error = Assert.Throws<ArgumentException>(() => new Matrix<double>(2, 3).CopyTo(new Matrix<double>(3, 2)));
        error.Message.ShouldContain("2×3");
        error.Message.ShouldContain("3×2");
    }
}
