using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

/// <summary>The nuclear norm from a Gram matrix: when its eigenvalues may be trusted, and what becomes of the others.</summary>
public class NuclearNormTests
{
    /// <summary>Up to this relative error a Gram matrix is trusted, in double and in single precision.</summary>
    private const double Tolerance = 1e-8, SingleTolerance = 1e-5;

    public static TheoryData<string> AllBackends => Backends.All;

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void Large_matrices_of_every_condition_are_measured_to_the_promised_error(string backend)
    {
        const int n = MatrixCase.FirstFast;
        foreach (double smallest in new[] { 0.5, 1e-3, 1e-5, 1e-7, 1e-9, 1e-12, 1e-18, 0 })
        {
            double[] s = [.. Enumerable.Range(0, n).Select(i => smallest == 0 ? (i < n / 2 ? 1.0 : 0) : Math.Pow(smallest, (double)i / (n - 1)))];
            var m = Spectra.WithSpectrum(n, n + 8, s, seed: 1);
            using var inForce = Backends.Use(backend);
            Measures.NuclearNorm(m).ShouldBeRelatively(Tolerance, s.Sum(), $"smallest {smallest}");
            Measures.NuclearNorm(m.ToSingle()).ShouldBeRelatively(SingleTolerance, s.Sum(), $"smallest {smallest}, single");
        }
    }

    /// <summary>As gradients of embeddings are: longer than one slice, few directions that matter, singular to rounding in the others.</summary>
    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void Long_matrices_in_single_precision_are_measured_to_the_promised_error(string backend)
    {
        const int n = MatrixCase.FirstFast, length = 4500;
        using var inForce = Backends.Use(backend);
        foreach (double smallest in new[] { 1e-3, 1e-6, 1e-8, 0 })
        {
            double[] s = [.. Enumerable.Range(0, n).Select(i => i < 3 ? 1.0 : smallest)];
            var tall = Spectra.WithSpectrum(length, n, s, seed: 3).ToSingle();
            var wide = Spectra.WithSpectrum(n, length, s, seed: 4).ToSingle();
            Measures.NuclearNorm(tall).ShouldBeRelatively(SingleTolerance, s.Sum(), $"smallest {smallest}, tall");
            Measures.NuclearNorm(wide).ShouldBeRelatively(SingleTolerance, s.Sum(), $"smallest {smallest}, wide");
        }
    }

    [Fact]
    public void Every_root_is_trusted_where_the_eigenvalues_stand_clear_of_the_rounding()
    {
        NuclearNorms.Untrusted<double>([1, 2, 3]).ShouldBe(0);
        NuclearNorms.Untrusted<float>([1f, 2f, 3f]).ShouldBe(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-18)]
    [InlineData(-1e-17)] // rounding makes a Gram matrix's zero eigenvalues negative as often as not
    public void An_eigenvalue_lost_in_the_rounding_is_left_to_the_next_level(double lost) =>
        NuclearNorms.Untrusted([lost, 0.5, 1]).ShouldBe(1);

    [Fact]
    public void Single_precision_is_not_trusted_where_double_precision_is()
    {
        NuclearNorms.Untrusted([1e-4, 1]).ShouldBe(0);
        NuclearNorms.Untrusted([1e-4f, 1f]).ShouldBe(1);
    }

    /// <summary>The bound on which the trust rests, for the small eigenvalues that decide it: they are off by at most 8 ε·λ₁.</summary>
    [SkippableTheory]
    [InlineData(Backends.OpenBlas, 16)]
    [InlineData(Backends.OpenBlas, MatrixCase.FirstFast)]
    [InlineData(Backends.OpenBlas, 300)]
    [InlineData(Backends.Managed, 16)]
    [InlineData(Backends.Managed, MatrixCase.FirstFast)]
    public void Small_eigenvalues_of_a_Gram_matrix_are_off_by_no_more_than_the_bound(string backend, int n)
    {
        // Above a tenth of the largest, the rounding of the matrix itself would be measured instead.
        const double small = 0.1;
        double[] s = [.. Enumerable.Range(0, n).Select(i => Math.Pow(10, -3.0 * i / n))];
        var m = Spectra.WithSpectrum(n, n + 20, s, seed: 2);
        using var inForce = Backends.Use(backend);
        var gram = new Matrix<double>(n, n);
        Linear.Gram(1, m, transposeFirst: false, gram);
        double[] lambda = Linear.SymmetricEigenvalues(gram);
        for (int i = Array.FindIndex(s, x => x <= small); i < n; i++)
            lambda[n - 1 - i].ShouldBeWithin(NuclearNorms.GramRounding * Math.Pow(2, -52), of: s[i] * s[i], $"eigenvalue {i}");
    }
}
