using System.Reflection;
using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

/// <summary>
/// The fast ways begin beyond a size of the smaller side. Were that size raised, the tests of large matrices would quietly measure by the slow way what they
/// are to compare with it.
/// </summary>
public class FastPathTests
{
    [Theory]
    [InlineData(typeof(Measures))]
    [InlineData(typeof(TopSingularValue))]
    public void The_large_matrices_of_the_tests_go_the_fast_way_and_the_small_ones_do_not(Type owner)
    {
        int largestSlow = Constant(owner, "SmallSize");
        largestSlow.ShouldBeLessThan(MatrixCase.FirstFast);
        largestSlow.ShouldBeGreaterThanOrEqualTo(40);
    }

    [Fact]
    public void The_longest_Krylov_basis_is_shorter_than_the_large_matrices() =>
        Constant(typeof(TopSingularValue), "LongestBasis").ShouldBeLessThan(MatrixCase.FirstFast);

    private static int Constant(Type owner, string name) =>
        (int)owner.GetField(name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static).ShouldNotBeNull().GetRawConstantValue()!;
}
