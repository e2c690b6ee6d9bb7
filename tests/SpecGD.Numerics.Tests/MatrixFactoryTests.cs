namespace SpecGD.Numerics.Tests;

public class MatrixFactoryTests
{
    [Fact]
    public void From_an_array_keeps_rows_and_columns()
    {
        var matrix = Matrix.From(new[,] { { 1.0, 2, 3 }, { 4, 5, 6 } });
        matrix.ToString().ShouldBe("2×3");
        matrix[0, 2].ShouldBe(3);
        matrix[1, 0].ShouldBe(4);
    }

    [Fact]
    public void From_elements_in_row_major_order_copies_them()
    {
        float[] elements = [1, 2, 3, 4, 5, 6];
        var matrix = Matrix.From<float>(3, 2, elements);
        elements[3] = -1;
        matrix[1, 1].ShouldBe(4);
        matrix.AsSpan().ToArray().ShouldBe([1, 2, 3, 4, 5, 6]);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(-2, -3)]
    [InlineData(65536, 65536)]
    public void Elements_that_do_not_fill_the_shape_are_refused(int rows, int columns) =>
        Should.Throw<ArgumentException>(() => Matrix.From<double>(rows, columns, new double[6]));

    [Fact]
    public void The_message_names_the_number_of_elements_and_the_shape()
    {
        var error = Assert.Throws<ArgumentException>(() => Matrix.From<double>(2, 2, [1, 2, 3]));
        error.Message.ShouldContain("3 elements");
        error.Message.ShouldContain("2×2");
    }

    [Fact]
    public void No_elements_make_an_empty_matrix()
    {
        Matrix.From(new double[0, 4]).ToString().ShouldBe("0×4");
        Matrix.From<double>(3, 0, []).ToString().ShouldBe("3×0");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void The_identity_has_ones_on_its_diagonal_alone(int n)
    {
        var identity = Matrix.Identity<double>(n);
        identity.ToString().ShouldBe($"{n}×{n}");
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                identity[i, j].ShouldBe(i == j ? 1 : 0);
    }
}
