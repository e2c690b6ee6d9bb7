using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

/// <summary>The operator norm that starts from the last one, against the SVD, where the start helps, where it would mislead, and where it is of no use.</summary>
public class TrackedOperatorNormTests
{
    /// <summary>The process stops at 1e-12; building the matrix costs a few ε·size.</summary>
    private const double Error = 1e-10;

    private const int Size = MatrixCase.FirstFast + 20;

    [SkippableTheory]
    [InlineData(Size, Size)]
    [InlineData(Size, (2 * Size) + 5)]
    [InlineData((2 * Size) + 5, Size)]
    [InlineData(Size, Size + 40)]
    [InlineData(100, 100)] // small: a dense decomposition begins
    [InlineData(60, 150)]
    public void Along_a_slow_path_every_measurement_is_that_of_the_SVD_and_most_start_from_the_last(int rows, int columns)
    {
        using var inForce = Backends.Use(Backends.OpenBlas);
        const int steps = 20;
        var (start, change) = (Spectra.Gaussian(rows, columns, 1), Spectra.Gaussian(rows, columns, 2));
        var norm = new TrackedOperatorNorm();
        for (int t = 0; t < steps; t++)
        {
            var w = start.Clone();
            w.AddScaled(5e-5 * t, change); // ‖change‖_F is 150 to 210, so 0.01 a step where s₁ − s₂ is some 0.3
            norm.Of(w).ShouldBeRelatively(Error, Linear.SingularValues(w)[0]);
        }
        norm.WarmStarts.ShouldBeGreaterThan(steps / 2);
    }

    /// <summary>
    /// The second singular value overtakes the first while no direction turns: the last direction has no part along the new one. A process that started
    /// there would follow the wrong one for good, as the second half shows.
    /// </summary>
    [SkippableFact]
    public void A_direction_that_overtakes_without_turning_is_not_missed()
    {
        using var inForce = Backends.Use(Backends.OpenBlas);
        var (u, vt) = Spectra.Directions(Size, Size, seed: 3);
        double[] s = [.. Enumerable.Range(0, Size).Select(i => 0.8 * (Size - i) / Size)];
        var norm = new TrackedOperatorNorm();
        for (int t = 0; t <= 20; t++)
        {
            (s[0], s[1]) = (1, 0.99 + (0.001 * t));
            norm.Of(Spectra.Compose(u, s, vt)).ShouldBeRelatively(Error, Math.Max(s[0], s[1]), $"turn {t}");
        }
        norm.WarmStarts.ShouldBeGreaterThan(0);

        (s[0], s[1]) = (1, 1.01);
        var w = Spectra.Compose(u, s, vt);
        double[] stale = [.. Enumerable.Range(0, Size).Select(i => u[i, 0])];
        double misled = Math.Sqrt(TopSingularValue.Find(w, new TopSingularValue.Beginning<double>(stale, 0.81), default).Largest);
        misled.ShouldBeRelatively(Error, 1, "without an anchor the process ends at the direction it came from");
    }

    [SkippableTheory]
    [InlineData(1.0)]
    [InlineData(1e-200)]
    [InlineData(1e200)]
    public void A_jump_to_another_matrix_of_any_scale_is_measured_anew(double scale)
    {
        using var inForce = Backends.Use(Backends.OpenBlas);
        var norm = new TrackedOperatorNorm();
        for (ulong seed = 4; seed < 8; seed++)
        {
            var w = Spectra.Gaussian(Size, Size, seed).Times(scale);
            norm.Of(w).ShouldBeRelatively(Error, Measures.OperatorNorm(w));
        }
        norm.WarmStarts.ShouldBe(0);
        norm.Of(new Matrix<double>(Size, Size)).ShouldBe(0);
    }

    [SkippableFact]
    public void Equal_singular_values_and_small_matrices_have_no_anchor()
    {
        using var inForce = Backends.Use(Backends.OpenBlas);
        var norm = new TrackedOperatorNorm();
        for (int t = 0; t < 3; t++)
            norm.Of(Spectra.Orthonormal(Size, Size, 9)).ShouldBeRelatively(Error, 1);
        norm.Remembered.ShouldBeNull();
        norm.WarmStarts.ShouldBe(0);

        var small = new TrackedOperatorNorm();
        small.Of(Spectra.Gaussian(30, 30, 1)).ShouldBe(Measures.OperatorNorm(Spectra.Gaussian(30, 30, 1)));
        small.Remembered.ShouldBeNull();
    }

    /// <summary>Of small matrices the direction is found at the second measurement only.</summary>
    [SkippableTheory]
    [InlineData(Size, 2, 3)]
    [InlineData(90, 2, 3)]
    [InlineData(90, 0, 4)]
    public void One_that_remembers_what_another_measured_goes_on_to_the_same_bit(int size, int remembers, int warmStarts)
    {
        using var inForce = Backends.Use(Backends.OpenBlas);
        var (start, change) = (Spectra.Gaussian(size, size, 10), Spectra.Gaussian(size, size, 11));
        TrackedOperatorNorm one = new(), other = new();
        for (int t = 0; t < 6; t++)
        {
            start.AddScaled(1e-4, change);
            double measured = one.Of(start);
            if (t > remembers)
                other.Of(start).ShouldBe(measured);
            if (t == remembers)
                other.Remember(one.Remembered.ShouldNotBeNull());
        }
        other.WarmStarts.ShouldBe(warmStarts);
    }
}
