using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics.Tests.LinearAlgebra.OpenBlas;

/// <summary>
/// LAPACK tells the size of its work space through a number of the element type. Beyond 2²⁴ a float rounds it, possibly down, and LAPACK then refuses
/// the size that it asked for itself.
/// </summary>
public class LargeWorkspaceTests
{
    /// <summary>The first n for which the work space of eigenvectors, 1 + 6n + 2n², is above 2²⁴ and rounds down.</summary>
    private const int FirstRoundedDown = 2895;

    [Fact]
    public void The_size_under_test_is_the_first_whose_work_space_a_float_rounds_down()
    {
        static int Wanted(int n) => 1 + (6 * n) + (2 * n * n);
        Enumerable.Range(1, FirstRoundedDown).First(n => (double)(float)Wanted(n) < Wanted(n)).ShouldBe(FirstRoundedDown);
    }

    [SkippableFact]
    public void Eigenvectors_in_single_precision_are_computed_at_sizes_whose_work_space_a_float_rounds_down()
    {
        var openBlas = Backend.OpenBlas;
        Skip.If(openBlas is null, "There is no OpenBLAS on this machine.");
        using var inForce = Backend.Use(openBlas);
        var matrix = Matrix.Identity<float>(FirstRoundedDown);
        var values = new float[FirstRoundedDown];
        Linear.SymmetricEigenInPlace(matrix, values);
        values.ShouldAllBe(value => value == 1);
    }
}
