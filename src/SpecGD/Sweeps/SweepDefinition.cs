using System.Text.Json.Nodes;

namespace SpecGD.Sweeps;

/// <summary>What a sweep file asks for.</summary>
/// <param name="Name">Name of the sweep, fit for a folder.</param>
/// <param name="Description">What it is for; may be empty.</param>
/// <param name="Parts">Its parts, each over one experiment.</param>
/// <param name="Source">The file as it was read, with what <c>quick</c> replaces put in place where that was asked for.</param>
public sealed record SweepDefinition(string Name, string Description, IReadOnlyList<SweepPart> Parts, JsonObject Source)
{
    /// <summary>The part called <paramref name="name"/>, or the only one where no name is given.</summary>
    /// <exception cref="BadInputException">There is none of that name, or there are several and none was named.</exception>
    public SweepPart Part(string? name) =>
        name is null && Parts is [var only] ? only
        : name is null ? throw new BadInputException($"This sweep has several parts; name one with --part: {Names()}.")
        : Parts.FirstOrDefault(part => part.Name == name)
            ?? throw new BadInputException($"There is no part '{name}' in this sweep; there is {Names()}.{Spelling.Hint(name, Names())}");

    private string Names() => string.Join(", ", Parts.Select(part => part.Name));
}

/// <summary>A grid and a list of options over one experiment.</summary>
/// <param name="Name">Name of the part.</param>
/// <param name="Experiment">Name of the experiment.</param>
/// <param name="Options">Options that all tasks share, by name.</param>
/// <param name="Grid">Options with several values: every combination is a task.</param>
/// <param name="List">Combinations of options, each joined with every one of the grid; one empty combination where there is no list.</param>
/// <param name="Analysis">What is made of the results.</param>
public sealed record SweepPart(
    string Name,
    string Experiment,
    JsonObject Options,
    IReadOnlyList<KeyValuePair<string, IReadOnlyList<JsonNode>>> Grid,
    IReadOnlyList<JsonObject> List,
    AnalysisPlan Analysis)
{
    /// <summary>The options that vary, in the order of the file; those of the grid first.</summary>
    public IReadOnlyList<string> Varying => [.. Grid.Select(axis => axis.Key).Concat(List.SelectMany(entry => entry.Select(p => p.Key))).Distinct()];
}

/// <summary>What is made of the results of a part.</summary>
public sealed record AnalysisPlan
{
    /// <summary>Word for the axis of methods, beside the names of options.</summary>
    public const string MethodAxis = "method";

    /// <summary>
    /// What is reported of each task and method; empty for the final and the least loss, or for all there is where there is no loss.
    /// </summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = [];

    /// <summary>The option over which means and intervals are taken: its values are repetitions, not settings.</summary>
    public string Replicate { get; init; } = "seed";

    /// <summary>Whether means, intervals and tests are of logarithms: geometric means with intervals that are factors.</summary>
    public bool Logarithmic { get; init; }

    /// <summary>Level of the confidence intervals.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>
    /// What the others are tested against: values of some axes. A setting is compared with the one that has these values and else its own.
    /// </summary>
    public IReadOnlyDictionary<string, string> Baseline { get; init; } = new Dictionary<string, string>();

    /// <summary>The option whose best value is looked for, separately for each method and setting of the rest; null for none.</summary>
    public string? Tune { get; init; }

    /// <summary>What is least at the best value of <see cref="Tune"/>.</summary>
    public Metric Objective { get; init; } = new("loss", Statistic.Final);
}

/// <summary>A number taken from a series.</summary>
public enum Statistic
{
    /// <summary>The first value.</summary>
    First,

    /// <summary>The last value.</summary>
    Final,

    /// <summary>The least value.</summary>
    Min,

    /// <summary>The largest value.</summary>
    Max,
}

/// <summary>A number of a series, written <c>loss.final</c>.</summary>
/// <param name="Series">Name of the series, as in the log; it may contain dots.</param>
/// <param name="Of">What is taken of it.</param>
public sealed record Metric(string Series, Statistic Of)
{
    /// <summary>The statistics by the words that name them.</summary>
    public static IReadOnlyDictionary<string, Statistic> Words { get; } =
        Enum.GetValues<Statistic>().ToDictionary(s => s.ToString().ToLowerInvariant());

    /// <summary>
    /// The metrics that <paramref name="text"/> names: one, or the final and the least value where it is the bare name of a series.
    /// </summary>
    public static IReadOnlyList<Metric> Named(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int dot = text.LastIndexOf('.');
        return dot > 0 && Words.TryGetValue(text[(dot + 1)..], out var statistic)
            ? [new Metric(text[..dot], statistic)]
            : [new Metric(text, Statistic.Final), new Metric(text, Statistic.Min)];
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Series}.{Of.ToString().ToLowerInvariant()}";
}
