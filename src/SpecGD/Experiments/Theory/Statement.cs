using SpecGD.Numerics.Random;

namespace SpecGD.Experiments.Theory;

/// <summary>A statement of the paper about random initialisation, as something that numbers decide.</summary>
/// <param name="Name">Name on the command line and in logs: thm2.6.</param>
/// <param name="Reference">What the paper calls it: Theorem 2.6.</param>
/// <param name="Claim">What must hold, in a phrase.</param>
/// <param name="Quantity">What is measured.</param>
/// <param name="Abscissa">What the measurements stand against: d, mostly.</param>
/// <param name="Measure">Measures it once, for one dimension and one seed.</param>
/// <param name="JudgeOf">How the rows of a case are judged.</param>
public sealed record Statement(
    string Name,
    string Reference,
    string Claim,
    string Quantity,
    string Abscissa,
    Func<Trial, IEnumerable<Measurement>> Measure,
    Func<string, Judge> JudgeOf)
{
    /// <summary>The size that stands for a dimension of the options where the statement is too costly for it; the dimension itself by
    /// default.</summary>
    public Func<int, int> DimensionOf { get; init; } = static d => d;

    /// <summary>What decides, with its numbers, in a phrase that stands behind the claim in parentheses.</summary>
    public required string Threshold { get; init; }

    /// <summary>Numbers that answer the claim where the judged values do not; empty by default.</summary>
    public Func<IReadOnlyList<StatementRow>, string> Answer { get; init; } = static _ => "";

    /// <summary>Whether the values go in proportion to the abscissa, so that linear axes from zero show it best.</summary>
    public bool IsProportional { get; init; }
}

/// <summary>One number that a statement speaks of.</summary>
/// <param name="Case">Which of the statement's numbers, such as <c>st(B)</c>.</param>
/// <param name="At">Its place on the statement's abscissa.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Bound">What the statement holds against it: an upper bound, or the predicted value; NaN where it is a trend that counts.</param>
public sealed record Measurement(string Case, double At, double Value, double Bound = double.NaN)
{
    /// <summary>Cases of one group share a panel; empty where the statement has one panel.</summary>
    public string Group { get; init; } = "";

    /// <summary>Standard error of <see cref="Value"/> from within the trial; NaN where there is none.</summary>
    public double StandardError { get; init; } = double.NaN;

    /// <summary>What else was measured: st(W), ε, c₋.</summary>
    public IReadOnlyList<(string Name, double Value)> Details { get; init; } = [];
}

/// <summary>One repetition of a measurement.</summary>
/// <param name="Dimension">d.</param>
/// <param name="Seed">Seed of the whole run.</param>
/// <param name="Repetition">Which repetition, from 0.</param>
/// <param name="Cancellation">Asks long ones to stop.</param>
public sealed record Trial(int Dimension, ulong Seed, int Repetition, CancellationToken Cancellation)
{
    private const int OfAllRepetitions = -1;

    /// <summary>Random numbers of this repetition alone.</summary>
    /// <param name="stream">Which of its independent streams.</param>
    public TorchRandom Random(int stream = 0) => new(SeedOf(Repetition, stream));

    /// <summary>Random numbers that every repetition of the dimension shares: for what a statement calls fixed.</summary>
    /// <param name="stream">Which of its independent streams.</param>
    public TorchRandom FixedRandom(int stream = 0) => new(SeedOf(OfAllRepetitions, stream));

    /// <summary>Seeds that differ in any argument give streams that share nothing: the mixing of SplitMix64 over all of them.</summary>
    private ulong SeedOf(int repetition, int stream)
    {
        ulong mixed = Seed;
        foreach (int part in (ReadOnlySpan<int>)[Dimension, repetition, stream])
            mixed = Mix(mixed + unchecked((ulong)part * 0x9E3779B97F4A7C15UL) + 1);
        return mixed;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
