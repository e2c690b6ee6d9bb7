using System.Globalization;
using SpecGD.Records;

namespace SpecGD.Reproduction;

/// <summary>Whose claim it is.</summary>
public enum ClaimKind
{
    /// <summary>The paper says so; where it gives words alone, the threshold is ours.</summary>
    Paper,

    /// <summary>We say so, of what the paper does not treat.</summary>
    Ours,

    /// <summary>The paper prints something else, and what it prints is wrong.</summary>
    Correction,
}

/// <summary>What must be seen in a figure, as a check on a log.</summary>
/// <param name="Statement">The claim with its threshold, in a phrase.</param>
/// <param name="Measure">From the log, what was measured (for people, in the units of the threshold) and whether the claim holds.</param>
public sealed record Claim(string Statement, Func<RunLog, Finding> Measure)
{
    /// <summary>Whose claim it is.</summary>
    public ClaimKind Kind { get; init; }

    /// <summary>
    /// What it is the claim of, where several figures check the same: a sentence or equation of the paper, "the mean of ReLU(g), Section 3.1.1". Such
    /// claims count once. Null where it is of its own figure alone.
    /// </summary>
    public string? Identity { get; init; }

    /// <summary>The same claim under an identity.</summary>
    public Claim Known(string identity) => this with { Identity = identity };

    /// <summary>The same as a claim of ours.</summary>
    public Claim AsOurs() => this with { Kind = ClaimKind.Ours };

    /// <summary>The same as a correction of the paper's print.</summary>
    public Claim AsCorrection() => this with { Kind = ClaimKind.Correction };
}

/// <summary>What came of a claim.</summary>
/// <param name="Measured">The numbers, in a phrase.</param>
/// <param name="Holds">Whether they bear the claim out.</param>
public readonly record struct Finding(string Measured, bool Holds)
{
    /// <summary>Whether nothing could be measured, because the log lacks what the claim is about.</summary>
    public bool IsMissing { get; private init; }

    /// <summary>
    /// Whether what was measured is too close to tell: within a difference that has no meaning, such as that of two seeds. It is no success, and no
    /// failure.
    /// </summary>
    public bool IsUndecided { get; private init; }

    /// <summary>The finding where the difference is too small to tell, with what was measured.</summary>
    public static Finding Undecided(string measured) => new(measured, false) { IsUndecided = true };

    /// <summary>Holds where a value is below another by more than a margin, fails where it is above by more, and is undecided in between.</summary>
    /// <param name="measured">The numbers, in a phrase.</param>
    /// <param name="below">By how much the one is below the other; NaN fails.</param>
    /// <param name="margin">Differences up to this one have no meaning.</param>
    public static Finding Below(string measured, double below, double margin) =>
        below > margin ? new Finding(measured, true) : below >= -margin ? Undecided(measured) : new Finding(measured, false);

    /// <summary>The finding where the log lacks what the claim is about.</summary>
    public static Finding Missing(string what) => new($"the log has no {what}", false) { IsMissing = true };
}

/// <summary>A figure of the paper, or a part of one, or one of our own: the experiment and options that make it, and what must be seen in it.</summary>
/// <param name="Id">Name on the command line: fig3; a part of a figure carries a dash and a word more, fig18-small.</param>
/// <param name="Title">What it shows, in one line.</param>
/// <param name="Experiment">Name of the experiment.</param>
/// <param name="Options">The options record with the paper's settings.</param>
/// <param name="Claims">What must be seen.</param>
public sealed record PaperFigure(string Id, string Title, string Experiment, object Options, IReadOnlyList<Claim> Claims)
{
    /// <summary>Its name for people: "Figure 3", "Figure 18-small".</summary>
    public string Label => LabelOf(Id);

    /// <summary>The name for people of the figure called <paramref name="id"/>: "Figure 3", "Table 2"; the id itself where it has no number.</summary>
    public static string LabelOf(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Numbered("fig", "Figure") ?? Numbered("table", "Table") ?? id;

        string? Numbered(string prefix, string word) =>
            id.StartsWith(prefix, StringComparison.Ordinal) && id.Length > prefix.Length && char.IsAsciiDigit(id[prefix.Length])
                ? $"{word} {id[prefix.Length..]}"
                : null;
    }

    /// <summary>Whether the paper has no such figure, and it is one of our own beside those.</summary>
    public bool IsOurs { get; init; }

    /// <summary>Smaller settings that show the same in seconds; the paper's where those take no longer.</summary>
    public object QuickOptions { get; init; } = Options;

    /// <summary>Names of the pictures of the run that are this figure; null for all.</summary>
    public IReadOnlyList<string>? Pictures { get; init; }

    /// <summary>Name of the run folder; figures that are made of one run share it.</summary>
    public string Folder { get; init; } = Id;
}

/// <summary>Gives figures of the paper; every implementation is found by being there.</summary>
public interface IPaperFigureSource
{
    /// <summary>The figures.</summary>
    IEnumerable<PaperFigure> Figures { get; }
}

/// <summary>Every figure that can be reproduced.</summary>
public static class PaperFigureCatalog
{
    /// <summary>The figures in the paper's order.</summary>
    public static IReadOnlyList<PaperFigure> All { get; } =
    [
        .. from type in typeof(PaperFigureCatalog).Assembly.GetTypes()
           where type is { IsAbstract: false, IsInterface: false } && type.IsAssignableTo(typeof(IPaperFigureSource))
           from figure in ((IPaperFigureSource)Activator.CreateInstance(type)!).Figures
           orderby Number(figure.Id), figure.Id
           select figure,
    ];

    /// <summary>The figure called <paramref name="id"/> ("fig3", or "figure3"), or the parts of that figure.</summary>
    /// <exception cref="BadInputException">There is none of that name.</exception>
    public static IReadOnlyList<PaperFigure> Named(string id) => Find(id) is { Count: > 0 } named
        ? named
        : throw new BadInputException($"There is no figure '{id}' to reproduce; there are {string.Join(", ", All.Select(f => f.Id))}.{Spelling.Hint(id, All.Select(f => f.Id))}");

    /// <summary>The figures of that name, as <see cref="Named"/> has them; none where there is none.</summary>
    public static IReadOnlyList<PaperFigure> Find(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        string wanted = id.StartsWith("figure", StringComparison.OrdinalIgnoreCase) ? "fig" + id["figure".Length..].TrimStart('-', ' ') : id;
        return
        [
            .. All.Where(f => string.Equals(f.Id, wanted, StringComparison.OrdinalIgnoreCase)
                || f.Id.StartsWith(wanted + "-", StringComparison.OrdinalIgnoreCase)),
        ];
    }

    /// <summary>The first figure that has the same claim, where that is another one than <paramref name="figure"/>; else null.</summary>
    public static PaperFigure? FirstWith(Claim claim, PaperFigure figure)
    {
        ArgumentNullException.ThrowIfNull(claim);
        ArgumentNullException.ThrowIfNull(figure);
        return claim.Identity is { } identity && All.First(f => f.Claims.Any(c => c.Identity == identity)) is var first && first.Id != figure.Id ? first : null;
    }

    private static int Number(string id) => id.StartsWith("fig", StringComparison.Ordinal)
        && int.TryParse(id[3..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : int.MaxValue;
}
