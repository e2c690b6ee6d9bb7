namespace SpecGD.Tests.Spectral;

/// <summary>
/// What an iteration X ← aX + (bA + cA²)X, A = XXᵀ, does to one singular value: s ← as + bs³ + cs⁵. The coefficients stand here as the papers print them, apart
/// from the ones under test.
/// </summary>
internal static class ScalarQuintics
{
    /// <summary>Muon's triple, the same in every step (Jordan et al. 2024).</summary>
    public static readonly (double A, double B, double C) Muon = (3.4445, -4.7750, 2.0315);

    /// <summary>Divisor of the first seven triples of Polar Express.</summary>
    private const double Safety = 1.01;

    /// <summary>Polar Express for singular values from 1e-3 up (Amsel et al. 2025).</summary>
    private static readonly (double A, double B, double C)[] PolarExpressTable =
    [
        (8.28721201814563, -23.595886519098837, 17.300387312530933),
        (4.107059111542203, -2.9478499167379106, 0.5448431082926601),
        (3.9486908534822946, -2.908902115962949, 0.5518191394370137),
        (3.3184196573706015, -2.488488024314874, 0.51004894012372),
        (2.300652019954817, -1.6689039845747493, 0.4188073119525673),
        (1.891301407787398, -1.2679958271945868, 0.37680408948524835),
        (1.8750014808534479, -1.2500016453999487, 0.3750001645474248),
    ];

    /// <summary>The triple of a step, counted from 0.</summary>
    public static (double A, double B, double C) PolarExpress(int step)
    {
        if (step >= PolarExpressTable.Length)
            return (1.875, -1.25, 0.375);
        var (a, b, c) = PolarExpressTable[step];
        return (a / Safety, b / Math.Pow(Safety, 3), c / Math.Pow(Safety, 5));
    }

    /// <summary>Where the steps take the value s.</summary>
    public static double Run(double s, int steps, Func<int, (double A, double B, double C)> triple)
    {
        for (int step = 0; step < steps; step++)
        {
            var (a, b, c) = triple(step);
            double square = s * s;
            s *= a + (square * (b + (c * square)));
        }
        return s;
    }

    /// <summary>Values from <paramref name="lowest"/> to 1, evenly spaced in their logarithm.</summary>
    public static double[] Grid(double lowest, int count) =>
        [.. Enumerable.Range(0, count).Select(i => Math.Pow(lowest, 1 - ((double)i / (count - 1))))];
}
