using System.Globalization;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics.Tests.LinearAlgebra;

public abstract partial class LinearAlgebraTests<T>
{
    [SkippableTheory]
    [InlineData(false, false, "4×3", "5×2")]
    [InlineData(true, false, "(4×3)ᵀ", "5×2")]
    [InlineData(false, true, "4×3", "(5×2)ᵀ")]
    [InlineData(true, true, "(4×3)ᵀ", "(5×2)ᵀ")]
    public void A_product_without_a_common_inner_size_names_both_factors(bool transposeA, bool transposeB, string first, string second)
    {
        var error = Assert.Throws<ArgumentException>(() => Linear.Product(new Matrix<T>(4, 3), new Matrix<T>(5, 2), transposeA, transposeB));
        error.Message.ShouldContain($"{first} and {second}");
    }

    [SkippableFact]
    public void A_destination_of_another_shape_is_refused_with_both_shapes()
    {
        var a = new Matrix<T>(4, 3);
        ShouldName("2×2", "4×4", () => Linear.Multiply(T.One, a, false, a, true, T.Zero, new Matrix<T>(2, 2)));
        ShouldName("2×2", "3×3", () => Linear.Gram(T.One, a, transposeFirst: true, new Matrix<T>(2, 2)));
        ShouldName("3×4", "4×4", () => Linear.Gram(T.One, a, transposeFirst: false, new Matrix<T>(3, 4)));
        ShouldName("4×4", "4×3", () => Linear.SingularValueDecomposition(a, new Matrix<T>(4, 4), new T[3], new Matrix<T>(3, 3)));
        ShouldName("3×4", "3×3", () => Linear.SingularValueDecomposition(a, new Matrix<T>(4, 3), new T[3], new Matrix<T>(3, 4)));
        ShouldName("3", "2", () => Linear.SingularValueDecomposition(a, new Matrix<T>(4, 3), new T[2], new Matrix<T>(3, 3)));
    }

    [SkippableTheory]
    [InlineData(false, 4, 4)]
    [InlineData(false, 3, 3)]
    [InlineData(true, 3, 3)]
    public void Vectors_of_the_wrong_length_are_refused_with_the_lengths_and_the_shape(bool transpose, int from, int to)
    {
        var error = Assert.Throws<ArgumentException>(() => Linear.Multiply(new Matrix<T>(4, 3), transpose, new T[from], new T[to]));
        error.Message.ShouldContain($"A vector of {from} does not become one of {to}");
        error.Message.ShouldContain("4×3");
    }

    [SkippableFact]
    public void A_matrix_that_is_not_square_is_refused_with_its_shape_and_the_one_needed()
    {
        var wide = new Matrix<T>(3, 4);
        ShouldName("3×3", "3×4", () => Linear.SymmetricEigenvalues(wide));
        ShouldName("3×3", "3×4", () => Linear.SymmetricEigenvaluesInPlace(wide, new T[3]));
        ShouldName("3×3", "3×4", () => Linear.SymmetricEigenInPlace(wide, new T[3]));
        ShouldName("2×2", "3×3", () => Linear.SymmetricEigenInPlace(new Matrix<T>(3, 3), new T[2]));
        ShouldName("3×3", "3×4", () => Linear.Cholesky(wide));
    }

    [SkippableFact]
    public void A_QR_of_a_wide_matrix_is_refused_with_its_shape() =>
        Assert.Throws<ArgumentException>(() => Linear.Qr(new Matrix<T>(3, 5))).Message.ShouldContain("3×5");

    [SkippableFact]
    public void A_destination_that_shares_memory_with_a_factor_is_refused()
    {
        var square = TestMatrices.Gaussian<T>(6, 6, seed: 50);
        var other = TestMatrices.Gaussian<T>(6, 6, seed: 51);
        double[] before = square.Elements();
        Assert.Throws<ArgumentException>(() => Linear.Multiply(T.One, square, false, other, false, T.Zero, square)).ParamName.ShouldBe("a");
        Assert.Throws<ArgumentException>(() => Linear.Multiply(T.One, other, false, square, false, T.Zero, square)).ParamName.ShouldBe("b");
        Assert.Throws<ArgumentException>(() => Linear.Gram(T.One, square, false, square)).ParamName.ShouldBe("a");
        Assert.Throws<ArgumentException>(() => Linear.Gram(T.One, square.Slice(0, 0, 3, 3), false, square.Slice(3, 3, 3, 3))).ParamName.ShouldBe("a");
        square.Elements().ShouldBe(before);
    }

    public static TheoryData<double> NonFinite => [double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    [SkippableTheory]
    [MemberData(nameof(NonFinite))]
    public void Every_decomposition_refuses_an_entry_that_is_not_finite_and_names_its_place(double value)
    {
        var matrix = PositiveDefinite(8);
        matrix[5, 2] = T.CreateChecked(value);
        matrix[6, 1] = T.NaN; // a later one, which the message does not name
        var values = new T[8];
        ShouldNamePlace(value, () => Linear.SymmetricEigenvalues(matrix));
        ShouldNamePlace(value, () => Linear.SymmetricEigenvaluesInPlace(matrix, values));
        ShouldNamePlace(value, () => Linear.SymmetricEigenInPlace(matrix, values));
        ShouldNamePlace(value, () => Linear.SingularValues(matrix));
        ShouldNamePlace(value, () => Linear.SingularValueDecomposition(matrix, new Matrix<T>(8, 8), values, new Matrix<T>(8, 8)));
        ShouldNamePlace(value, () => Linear.Cholesky(matrix));
        ShouldNamePlace(value, () => Linear.Qr(matrix));
    }

    private static void ShouldName(string one, string other, Action work)
    {
        string message = Assert.Throws<ArgumentException>(work).Message;
        message.ShouldContain(one);
        message.ShouldContain(other);
    }

    private static void ShouldNamePlace(double value, Action work)
    {
        var error = Assert.Throws<NonFiniteMatrixException>(work);
        (error.Row, error.Column).ShouldBe((5, 2));
        error.Message.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"The 8×8 matrix holds {value} at row 5, column 2"));
    }
}
