using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics.Tests.LinearAlgebra;

/// <summary>What does not depend on a choice of signs must come out of both backends alike.</summary>
public class BackendAgreementTests
{
    /// <summary>Two backward stable algorithms, each within a few ε·size·‖M‖ of the truth; sizes here are up to 60, norms up to 60.</summary>
    private const double TwoRoundings = 1e-12;

    [SkippableTheory]
    [InlineData(40, 25)]
    [InlineData(25, 40)]
    [InlineData(60, 60)]
    public void Singular_values_agree(int rows, int columns)
    {
        var matrix = TestMatrices.Gaussian<double>(rows, columns, seed: 60);
        ShouldAgree(() => Linear.SingularValues(matrix));
    }

    [SkippableTheory]
    [InlineData(5)]
    [InlineData(60)]
    public void Eigenvalues_agree(int n)
    {
        var symmetric = TestMatrices.Symmetric<double>(n, seed: 61);
        ShouldAgree(() => Linear.SymmetricEigenvalues(symmetric));
    }

    [SkippableFact]
    public void Cholesky_factors_agree()
    {
        var matrix = Matrix.Identity<double>(20);
        var root = TestMatrices.Gaussian<double>(20, 20, seed: 62);
        matrix.AddScaled(1, Linear.Product(root, root, transposeB: true));
        ShouldAgree(() => Linear.Cholesky(matrix).Elements());
    }

    [SkippableFact]
    public void QR_factors_agree_up_to_the_signs_of_the_columns()
    {
        var matrix = TestMatrices.Gaussian<double>(30, 20, seed: 63);
        ShouldAgree(() => [.. Linear.Qr(matrix).R.Elements().Select(Math.Abs)]);
        ShouldAgree(() => [.. Linear.Qr(matrix).Q.Elements().Select(Math.Abs)]);
    }

    [SkippableFact]
    public void Projectors_onto_the_leading_singular_directions_agree()
    {
        var matrix = TestMatrices.Gaussian<double>(30, 20, seed: 64);
        ShouldAgree(() =>
        {
            var u = new Matrix<double>(30, 20);
            Linear.SingularValueDecomposition(matrix, u, new double[20], new Matrix<double>(20, 20));
            var leading = u.ColumnSlice(0, 5);
            return Linear.Product(leading, leading, transposeB: true).Elements();
        });
    }

    private static void ShouldAgree(Func<double[]> compute)
    {
        var openBlas = Backend.OpenBlas;
        Skip.If(openBlas is null, "There is no OpenBLAS on this machine.");
        double[] one = On(openBlas, compute), other = On(Backend.Managed, compute);
        other.Length.ShouldBe(one.Length);
        for (int i = 0; i < one.Length; i++)
            other[i].ShouldBeWithin(TwoRoundings, of: one[i], $"Value {i}");
    }

    private static double[] On(Backend backend, Func<double[]> compute)
    {
        using (Backend.Use(backend))
            return compute();
    }
}
