using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Tests.Spectral;

/// <summary>A property that cannot fail, or that only ever sees one kind of matrix, proves nothing.</summary>
public class PropertyMachineryTests
{
    [Fact]
    public void A_property_that_does_not_hold_fails() =>
        Should.Throw<Exception>(() => Properties.Hold(MatrixCase.Any, c => ((double)c.Rows).ShouldBeAtMost(39))).Message.ShouldContain("Rows = 40");

    [Fact]
    public void Every_run_sees_the_same_cases()
    {
        List<MatrixCase> Seen()
        {
            var seen = new List<MatrixCase>();
            Properties.Hold(MatrixCase.Any, seen.Add, count: 20);
            return seen;
        }
        Seen().ShouldBe(Seen());
    }

    [Fact]
    public void The_cases_are_tall_wide_and_square_and_of_every_kind()
    {
        var seen = new List<MatrixCase>();
        Properties.Hold(MatrixCase.Any, seen.Add);
        seen.Count(c => c.Rows > c.Columns).ShouldBeGreaterThan(10);
        seen.Count(c => c.Rows < c.Columns).ShouldBeGreaterThan(10);
        seen.Count(c => c.Rows == c.Columns).ShouldBeGreaterThan(10);
        seen.Select(c => c.Kind).Distinct().Count().ShouldBe(Enum.GetValues<SpectrumKind>().Length);
    }

    [Fact]
    public void The_few_large_cases_are_of_most_kinds_and_large_enough()
    {
        var seen = new List<MatrixCase>();
        Properties.Hold(large: true, seen.Add);
        seen.ShouldAllBe(c => c.Shorter >= MatrixCase.FirstFast);
        seen.Select(c => c.Kind).Distinct().Count().ShouldBeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public void A_matrix_built_from_a_spectrum_has_that_spectrum()
    {
        // Two orthonormal factors and two products, each within a few ε·40.
        const double rounding = 1e-13;
        double[] s = [5, 2, 1, 0.25];
        foreach (var (rows, columns) in new[] { (4, 4), (9, 4), (4, 30) })
        {
            double[] found = Linear.SingularValues(Spectra.WithSpectrum(rows, columns, s, seed: 1));
            for (int i = 0; i < s.Length; i++)
                found[i].ShouldBeWithin(rounding, of: s[i]);
        }
    }

    [Theory]
    [InlineData(double.NaN, 1e300, 1.0)]
    [InlineData(1.0, double.NaN, 1.0)]
    [InlineData(1.1, 0.05, 1.0)]
    public void Values_beyond_the_tolerance_and_NaN_fail_the_comparison(double actual, double allowed, double expected)
    {
        Should.Throw<ShouldAssertException>(() => actual.ShouldBeWithin(allowed, of: expected));
        Should.Throw<ShouldAssertException>(() => double.NaN.ShouldBeAtMost(allowed));
        Should.Throw<ShouldAssertException>(() => double.NaN.ShouldBeAtLeast(allowed));
    }
}
