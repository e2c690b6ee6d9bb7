using SpecGD.Numerics.Random;

namespace SpecGD.Numerics.Tests;

public class RowWorkTests
{
    [Theory]
    [InlineData(0, 5)]
    [InlineData(7, 3)]
    [InlineData(1, 1 << 20)]
    [InlineData(999, 100)] // enough to be divided, by no number of threads evenly
    public void Every_row_is_done_once(int rows, int width)
    {
        int[] done = new int[rows];

        RowWork.ForEach(rows, width, row => Interlocked.Increment(ref done[row]));

        done.ShouldAllBe(times => times == 1);
        done.Length.ShouldBe(rows);
    }

    [Fact]
    public void The_dot_product_of_matrices_is_that_of_their_entries()
    {
        const double rounding = 1e-13; // 12 terms
        var random = new TorchRandom(1);
        var (a, b) = (random.Normal(4, 5), random.Normal(4, 3));
        double expected = 0;
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 3; j++)
                expected += a[i, j + 1] * b[i, j];

        RowWork.Dot(a.ColumnSlice(1, 3), b).ShouldBe(expected, rounding);
    }
}
