namespace SpecGD.Reproduction.Golden;

/// <summary>Numbers of one quantity held against golden ones, all to the same tolerance.</summary>
/// <param name="Quantity">What was compared.</param>
/// <param name="Compared">How many numbers.</param>
/// <param name="Largest">The largest deviation, in the unit of <paramref name="Allowed"/>.</param>
/// <param name="Allowed">The tolerance.</param>
/// <param name="Unit">relative, decades (of the ratio), decades above (a smaller number does not deviate), or absolute.</param>
/// <param name="Place">Where the largest deviation is.</param>
/// <param name="Beyond">How many numbers are beyond the tolerance.</param>
public sealed record GoldenFinding(string Quantity, int Compared, double Largest, double Allowed, string Unit, string Place, int Beyond);

/// <summary>Collects comparisons with golden numbers and keeps, for each quantity and tolerance, the largest deviation.</summary>
public sealed class GoldenComparison
{
    private readonly OrderedDictionary<(string Quantity, double Allowed, string Unit), GoldenFinding> _findings = [];

    /// <summary>What was found, in the order of the first comparison.</summary>
    public IReadOnlyList<GoldenFinding> Findings => [.. _findings.Values];

    /// <summary>How many numbers were compared.</summary>
    public int Compared => _findings.Values.Sum(f => f.Compared);

    /// <summary>True where numbers were compared and none is beyond its tolerance.</summary>
    public bool Holds => Compared > 0 && _findings.Values.All(f => f.Beyond == 0);

    /// <summary>|actual − expected| ≤ tolerance·|expected|.</summary>
    public void Relative(string quantity, string place, double expected, double actual, double tolerance) =>
        Add(quantity, place, expected == actual ? 0 : Math.Abs(actual - expected) / Math.Abs(expected), tolerance, "relative");

    /// <summary>|log₁₀(actual/expected)| ≤ decades, for quantities of which only the magnitude is reproducible.</summary>
    public void Decades(string quantity, string place, double expected, double actual, double decades) =>
        Add(quantity, place, Math.Abs(Math.Log10(actual / expected)), decades, "decades");

    /// <summary>
    /// log₁₀(actual/expected) ≤ decades for a positive number that may be smaller than the golden one by any factor: where rounding decides when a
    /// trajectory begins to fall more slowly.
    /// </summary>
    public void DecadesAbove(string quantity, string place, double expected, double actual, double decades) =>
        Add(quantity, place, actual > 0 ? Math.Max(0, Math.Log10(actual / expected)) : double.NaN, decades, "decades above");

    /// <summary>|actual| ≤ bound, where the golden number is itself rounding.</summary>
    public void Small(string quantity, string place, double actual, double bound) => Add(quantity, place, Math.Abs(actual), bound, "absolute");

    private void Add(string quantity, string place, double deviation, double allowed, string unit)
    {
        if (double.IsNaN(deviation))
            deviation = double.PositiveInfinity; // something that is no number deviates from any
        int beyond = deviation <= allowed ? 0 : 1;
        var key = (quantity, allowed, unit);
        if (!_findings.TryGetValue(key, out var so) || deviation > so.Largest)
            _findings[key] = new GoldenFinding(quantity, (so?.Compared ?? 0) + 1, deviation, allowed, unit, place, (so?.Beyond ?? 0) + beyond);
        else
            _findings[key] = so with { Compared = so.Compared + 1, Beyond = so.Beyond + beyond };
    }
}
