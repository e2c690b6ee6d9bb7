using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

/// <summary>
/// The fast operator norm on spectra that are easy, hard and degenerate for a Krylov process, at sizes below and above the one where it takes over from
/// the dense eigensolver.
/// </summary>
public class OperatorNormTests
{
    /// <summary>The process stops at a residual of 1e-12 of s₁²; building the matrix costs a few ε·size.</summary>
    private const double Error = 1e-10;

    /// <summary>Residual of 1e-6 in single precision, and the rounding of the matrix itself.</summary>
    private const double SingleError = 3e-6;

    private static readonly int[] Sizes = [8, 30, 100, MatrixCase.FirstFast, 300], ManagedSizes = [8, 30, MatrixCase.FirstFast];

    private static readonly Dictionary<string, Func<int, int, double>> Spectrum = new()
    {
        ["a gap below the top"] = (i, n) => i == 0 ? 2 : 1 - (0.5 * i / n),
        ["a line"] = (i, n) => 1 - ((double)i / n),
        ["a top clustered within 1e-3"] = (i, n) => i < n / 3 ? 1 - (1e-3 * i / n) : 0.1,
        ["a top clustered within 1e-7"] = (i, n) => i < n / 2 ? 1 - (1e-7 * i / n) : 0.5,
        ["two values at the top 1e-9 apart"] = (i, n) => i < 2 ? 1 - (1e-9 * i) : 0.7,
        ["a double top"] = (i, n) => i < 2 ? 1 : 0.9,
        ["twelve decades"] = (i, n) => Math.Pow(10, -12.0 * i / n),
        ["squares at Chebyshev points"] = (i, n) => Math.Sqrt((1.01 + Math.Cos(Math.PI * i / n)) / 2.01), // no process of fewer than n steps finds the top
        ["all equal"] = (i, n) => 1,
        ["rank two"] = (i, n) => i < 2 ? 1.0 / (i + 1) : 0,
    };

    public static TheoryData<string, string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, int>();
            foreach (string backend in new[] { Backends.OpenBlas, Backends.Managed })
                foreach (string name in Spectrum.Keys)
                    foreach (int n in backend == Backends.OpenBlas ? Sizes : ManagedSizes)
                        cases.Add(backend, name, n);
            return cases;
        }
    }

    public static TheoryData<string> AllBackends => Backends.All;

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void The_fast_operator_norm_is_the_largest_singular_value_of_a_matrix_with(string backend, string spectrum, int n)
    {
        double[] s = [.. Enumerable.Range(0, n).Select(i => 3.7 * Spectrum[spectrum](i, n))];
        var m = Spectra.WithSpectrum(n, n + 40, s, seed: 1);
        using var inForce = Backends.Use(backend);
        Measures.OperatorNorm(m).ShouldBeRelatively(Error, s[0]);
        Measures.OperatorNorm(m.Transposed()).ShouldBeRelatively(Error, s[0]);
        if (n <= MatrixCase.FirstFast)
            Measures.OperatorNorm(Spectra.WithSpectrum(n, n, s, seed: 2)).ShouldBeRelatively(Error, s[0]);
    }

    [SkippableTheory]
    [InlineData(30)]
    [InlineData(100)]
    [InlineData(300)]
    public void The_fast_operator_norm_of_a_Gaussian_matrix_is_that_of_its_SVD(int n)
    {
        using var inForce = Backends.Use(Backends.OpenBlas);
        foreach (var m in new[] { Spectra.Gaussian(n, n, 2), Spectra.Gaussian(2 * n, n, 3), Spectra.Gaussian(n, 3 * n, 4) })
        {
            double[] s = Linear.SingularValues(m);
            Measures.OperatorNorm(m).ShouldBeRelatively(Error, s[0]);
            Measures.StableRank(m).ShouldBeRelatively(Error, s.Sum(x => x * x) / (s[0] * s[0]));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void Matrices_on_which_the_process_ends_after_one_or_two_steps_are_measured_too(string backend)
    {
        using var inForce = Backends.Use(backend);
        foreach (int n in new[] { 2, 30, 100, 300 })
        {
            Measures.OperatorNorm(Matrix.Identity<double>(n)).ShouldBeRelatively(Error, 1);
            Measures.StableRank(Matrix.Identity<double>(n)).ShouldBeRelatively(Error, n);
            Measures.OperatorNorm(Spectra.Constant(n, n, 1)).ShouldBeRelatively(Error, n);
            Measures.StableRank(Spectra.Constant(n, n + 9, -2)).ShouldBeRelatively(Error, 1);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void The_largest_entry_of_a_diagonal_matrix_is_found_wherever_it_stands(string backend)
    {
        const int n = MatrixCase.FirstFast + 11;
        using var inForce = Backends.Use(backend);
        for (int place = 0; place < n; place += 7)
        {
            double[] entries = [.. Enumerable.Range(0, n).Select(i => i == place ? -1.0001 : 1)];
            Measures.OperatorNorm(Spectra.Diagonal(entries)).ShouldBeRelatively(Error, 1.0001);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(AllBackends))]
    public void Single_precision_reaches_its_own_accuracy(string backend)
    {
        foreach (string spectrum in Spectrum.Keys)
        {
            foreach (int n in new[] { 8, 30, MatrixCase.FirstFast + 20 })
            {
                double[] s = [.. Enumerable.Range(0, n).Select(i => 3.7 * Spectrum[spectrum](i, n))];
                var m = Spectra.WithSpectrum(n, n + 5, s, seed: 5).ToSingle();
                using var inForce = Backends.Use(backend);
                Measures.OperatorNorm(m).ShouldBeRelatively(SingleError, s[0], spectrum);
            }
        }
    }

    /// <summary>The rank of a rank-one matrix falls short of 1 by its rounding only, which the condition allows for up to 1e-6.</summary>
    [SkippableTheory]
    [InlineData(30, 30)]
    [InlineData(100, 2000)]
    [InlineData(700, 300)]
    public void Ranks_of_a_rank_one_matrix_in_single_precision_are_taken_by_the_condition(int rows, int columns)
    {
        using var inForce = Backends.Use(Backends.OpenBlas);
        var m = Linear.Product(Spectra.Gaussian(rows, 1, 6), Spectra.Gaussian(1, columns, 7)).ToSingle();
        double st = Measures.StableRank(m).ShouldNotBeNull(), nr = Measures.NuclearRank(m).ShouldNotBeNull();
        Should.NotThrow(() => SpectralCondition.Judge(nr, st));
    }
}
