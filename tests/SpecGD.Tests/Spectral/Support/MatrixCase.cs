using FsCheck;
using FsCheck.Fluent;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;

namespace SpecGD.Tests.Spectral;

/// <summary>Shapes of a spectrum.</summary>
public enum SpectrumKind
{
    Gaussian,
    TwoDecades,
    SixDecades,
    TenDecades,
    Equal,
    ClusteredTop,
    HalfRank,
    RankOne,
}

/// <summary>One random matrix, told by what it is made from, so that a failing case can be read and made again.</summary>
public sealed record MatrixCase(int Rows, int Columns, SpectrumKind Kind, int ScaleExponent, int Seed)
{
    /// <summary>Share by which the values of a clustered top differ from their neighbours.</summary>
    private const double ClusterGap = 1e-9;

    /// <summary>From this size of the smaller side on the measures and the polar factor go their fast ways; <see cref="FastPathTests"/> holds it to the sources.</summary>
    public const int FirstFast = 129;

    /// <summary>The smaller side.</summary>
    public int Shorter => Math.Min(Rows, Columns);

    /// <summary>Number of singular values that are not zero by construction.</summary>
    public int Rank => Kind switch
    {
        SpectrumKind.HalfRank => Math.Max(1, Shorter / 2),
        SpectrumKind.RankOne => 1,
        _ => Shorter,
    };

    /// <summary>The largest singular value over the smallest that is not zero by construction.</summary>
    public double Condition => Kind switch
    {
        SpectrumKind.Gaussian => Ratio(Linear.SingularValues(Matrix())),
        _ => Ratio(Spectrum()),
    };

    /// <summary>Sizes 1 to 40, tall, wide and square alike, all kinds, entries over twelve decades.</summary>
    public static Arbitrary<MatrixCase> Any => Of(Enum.GetValues<SpectrumKind>(), 1, 40);

    /// <summary>The same beyond the size where the fast ways begin.</summary>
    public static Arbitrary<MatrixCase> Large => Of(Enum.GetValues<SpectrumKind>(), FirstFast, FirstFast + 20);

    /// <summary>Kinds whose singular values single precision can tell from zero.</summary>
    public static Arbitrary<MatrixCase> ForSinglePrecision => Of(SinglePrecisionKinds, 1, 40);

    /// <summary>The same beyond the size where the fast ways begin.</summary>
    public static Arbitrary<MatrixCase> LargeForSinglePrecision => Of(SinglePrecisionKinds, FirstFast, FirstFast + 20);

    private static SpectrumKind[] SinglePrecisionKinds =>
        [SpectrumKind.Gaussian, SpectrumKind.TwoDecades, SpectrumKind.Equal, SpectrumKind.ClusteredTop, SpectrumKind.RankOne];

    /// <summary>The matrix.</summary>
    public Matrix<double> Matrix()
    {
        var matrix = Kind == SpectrumKind.Gaussian
            ? Spectra.Gaussian(Rows, Columns, (ulong)Seed)
            : Spectra.WithSpectrum(Rows, Columns, Spectrum(), (ulong)Seed);
        matrix.Scale(Math.Pow(10, ScaleExponent));
        return matrix;
    }

    /// <summary>The singular values it is made from, before scaling; the largest is 1.</summary>
    private double[] Spectrum()
    {
        var random = new TorchRandom((ulong)Seed + 7);
        double[] Decades(int decades) => [.. Enumerable.Range(0, Shorter).Select(i => i == 0 ? 1 : Math.Pow(10, -decades * random.NextUniform()))];
        double[] s = Kind switch
        {
            SpectrumKind.TwoDecades or SpectrumKind.HalfRank or SpectrumKind.RankOne => Decades(2),
            SpectrumKind.SixDecades => Decades(6),
            SpectrumKind.TenDecades => Decades(10),
            SpectrumKind.ClusteredTop => [.. Enumerable.Range(0, Shorter).Select(i => i <= Shorter / 2 ? 1 - (i * ClusterGap) : 0.3)],
            _ => [.. Enumerable.Repeat(1.0, Shorter)],
        };
        s.AsSpan(Rank).Clear();
        return s;
    }

    private double Ratio(double[] s) => s.Max() / s.Order().Skip(s.Length - Rank).First();

    private static Arbitrary<MatrixCase> Of(SpectrumKind[] kinds, int smallest, int largest) => Arb.From(
        from rows in Gen.Choose(smallest, largest)
        from columns in Gen.Choose(smallest, largest)
        from square in Gen.Choose(0, 3) // every fourth one
        from kind in Gen.Elements(kinds)
        from exponent in Gen.Choose(-6, 6)
        from seed in Gen.Choose(1, 1_000_000)
        select new MatrixCase(rows, square == 0 ? rows : columns, kind, exponent, seed));
}
