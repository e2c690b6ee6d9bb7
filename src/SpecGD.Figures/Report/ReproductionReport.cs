using SpecGD.Records;
using SpecGD.Reproduction;

namespace SpecGD.Figures.Report;

/// <summary>A claim and what came of it.</summary>
/// <param name="Statement">The claim with its threshold.</param>
/// <param name="Finding">What was measured and whether it holds; null where the run did not get far enough to tell.</param>
public sealed record CheckedClaim(string Statement, Finding? Finding)
{
    /// <summary>Whose claim it is.</summary>
    public ClaimKind Kind { get; init; }

    /// <summary>What it is the claim of, where several figures check it: those of one identity are one, and count once. Null where it is alone.</summary>
    public string? Identity { get; init; }

    /// <summary>The name for people of the figure with which it is counted, where that has the same claim; null where it is counted here.</summary>
    public string? CountedWith { get; init; }

    /// <summary>Claims checked against a log that need not have everything; those that it has no numbers for are left open.</summary>
    public static IReadOnlyList<CheckedClaim> Of(IEnumerable<Claim> claims, RunLog log)
    {
        ArgumentNullException.ThrowIfNull(claims);
        return
        [
            .. claims.Select(claim =>
                new CheckedClaim(claim.Statement, claim.Measure(log) is { IsMissing: false } finding ? finding : null) { Kind = claim.Kind }),
        ];
    }

    /// <summary>The verdict.</summary>
    public Mark Verdict => Finding switch
    {
        null => new Mark(MarkShape.Ring, "not checked"),
        { Holds: true } => new Mark(MarkShape.Check, "holds"),
        { IsUndecided: true } => new Mark(MarkShape.Ring, "undecided"),
        _ => new Mark(MarkShape.Cross, "does not hold"),
    };
}

/// <summary>A figure of the paper that was made again.</summary>
/// <param name="Id">Its name on the command line: fig3.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Run">The run that made it.</param>
/// <param name="Claims">What must be seen in it, checked.</param>
public sealed record ReproducedFigure(string Id, string Title, RunRecord Run, IReadOnlyList<CheckedClaim> Claims)
{
    /// <summary>Names of the run's pictures that belong to this figure; null for all.</summary>
    public IReadOnlyList<string>? PictureNames { get; init; }

    /// <summary>Whether the paper has no such figure.</summary>
    public bool IsOurs { get; init; }

    /// <summary>Its name for people: "Figure 3".</summary>
    public string Label => PaperFigure.LabelOf(Id);

    /// <summary>The figure with its claims checked against the run's log; they are left open where the run did not finish.</summary>
    public static ReproducedFigure Of(PaperFigure figure, RunRecord run)
    {
        ArgumentNullException.ThrowIfNull(figure);
        ArgumentNullException.ThrowIfNull(run);
        bool finished = run.Manifest.Status == RunStatus.Finished;
        return new ReproducedFigure(
            figure.Id,
            figure.Title,
            run,
            [
                .. figure.Claims.Select(claim => new CheckedClaim(claim.Statement, finished ? claim.Measure(run.Log) : null)
                {
                    Kind = claim.Kind,
                    Identity = claim.Identity,
                    CountedWith = PaperFigureCatalog.FirstWith(claim, figure) is { } first ? first.Label : null,
                }),
            ])
        {
            PictureNames = figure.Pictures,
            IsOurs = figure.IsOurs,
        };
    }
}

/// <summary>The report of <c>specgd reproduce</c>: every figure with its claims, pictures, numbers, settings and provenance.</summary>
public static class ReproductionReport
{
    private const string Paper = "“When do spectral gradient updates help in deep learning?” (Davis and Drusvyatskiy, arXiv 2512.04299)";

    /// <summary>The report.</summary>
    /// <param name="figures">The figures, in order; at least one.</param>
    /// <param name="command">What to type to make all of it again.</param>
    /// <param name="quick">Whether the settings are the smaller ones instead of the paper's.</param>
    /// <exception cref="ArgumentException">There are no figures.</exception>
    public static ReportDocument Of(IReadOnlyList<ReproducedFigure> figures, string command, bool quick = false)
    {
        ArgumentNullException.ThrowIfNull(figures);
        if (figures.Count == 0)
            throw new ArgumentException("A report needs at least one figure.", nameof(figures));
        Manifest[] manifests = [.. figures.Select(figure => figure.Run.Manifest)];
        CheckedClaim[] claims = [.. figures.SelectMany(figure => figure.Claims)];
        return new ReportDocument(
            figures.All(figure => figure.IsOurs) ? $"SpecGD: {Sentence.List([.. figures.Select(figure => figure.Label)])}, beside the paper’s figures"
                : figures.Count == 1 ? $"SpecGD: {figures[0].Label} of the paper, reproduced" : "SpecGD: the paper’s figures, reproduced",
            [
                $"{WhatOf(figures)}, made with {(quick ? "smaller settings that show the same effects" : "the paper’s settings")} "
                    + "and random numbers, and checked: against what the paper says must be seen, against what this project says beside it, and where the "
                    + "paper’s print is wrong.",
            ],
            [
                .. Exceptions(figures),
                .. figures.Select(figure => PartOf(figure, quick)),
                new Section("claims", "Claims", "All claims and what was measured", [.. TablesOf(figures, _ => true)]),
                Glossary.Section,
                new Section(
                    "provenance",
                    "Provenance",
                    "Where these numbers come from",
                    [Provenance.Of(manifests), new Paragraph("To make all of it again:"), new CommandLines(command)]),
            ])
        {
            Verdict = Sum(claims),
            Footer = Provenance.Line(manifests),
        };
    }

    /// <summary>How many figures there are of the paper, and how many of our own.</summary>
    private static string WhatOf(IReadOnlyList<ReproducedFigure> figures)
    {
        int ours = figures.Count(figure => figure.IsOurs), papers = figures.Count - ours;
        string noun = figures.Any(figure => !figure.IsOurs && figure.Id.StartsWith("table", StringComparison.Ordinal)) && papers > 1 ? "figures and tables" : Counted.Noun(papers, "figure");
        return papers == 0 ? $"{Counted.Of(ours, "figure of our own")}, beside those of {Paper}"
            : $"{(papers == 1 ? "One" : papers.ToString(System.Globalization.CultureInfo.InvariantCulture))} {noun} of {Paper}{(ours > 0 ? $" and {ours} of our own" : "")}";
    }

    /// <summary>What the three kinds of claims are called: above a table, and in sentences.</summary>
    private static readonly (ClaimKind Kind, string Title, string One)[] Kinds =
    [
        (ClaimKind.Paper, "What the paper says must be seen", "claim of the paper"),
        (ClaimKind.Ours, "What this project says beside it", "claim of our own"),
        (ClaimKind.Correction, "Where the paper’s print is wrong", "correction of the paper’s print"),
    ];

    /// <summary>The verdict on several claims, each kind by itself: a cross where any fails, a ring where any is open or undecided.</summary>
    public static Mark Sum(IReadOnlyList<CheckedClaim> claims)
    {
        ArgumentNullException.ThrowIfNull(claims);
        if (claims.Count == 0)
            return new Mark(MarkShape.Ring, "Nothing was to be checked.");
        claims = Once(claims);
        string words = string.Join("; ", Kinds.Select(kind => Words([.. claims.Where(c => c.Kind == kind.Kind)], kind.One)).Where(w => w.Length > 0));
        return new Mark(
            claims.Any(c => c.Finding is { Holds: false, IsUndecided: false }) ? MarkShape.Cross
            : claims.All(c => c.Finding is { Holds: true }) ? MarkShape.Check
            : MarkShape.Ring,
            Sentence.Begin(words) + ".");
    }

    /// <summary>Each claim once; of one that several figures check, the worst of what was found.</summary>
    private static CheckedClaim[] Once(IReadOnlyList<CheckedClaim> claims) =>
    [
        .. claims.Where(claim => claim.Identity is null),
        .. claims.Where(claim => claim.Identity is not null).GroupBy(claim => claim.Identity).Select(same => same.MinBy(Rank)!),
    ];

    private static int Rank(CheckedClaim claim) => claim.Finding switch
    {
        { Holds: false, IsUndecided: false } => 0,
        { IsUndecided: true } => 1,
        { Holds: true } => 2,
        _ => 3, // not checked here, but perhaps with the other figure
    };

    private static string Words(CheckedClaim[] claims, string one)
    {
        int holds = claims.Count(claim => claim.Finding is { Holds: true }), open = claims.Count(claim => claim.Finding is null);
        int undecided = claims.Count(claim => claim.Finding is { IsUndecided: true }), fails = claims.Length - holds - open - undecided;
        return claims.Length == 0 ? ""
            : open == claims.Length ? $"no {one} could be checked"
            : holds == claims.Length ? holds switch { 1 => $"the one {one} holds", 2 => $"both {Counted.Noun(2, one)} hold", _ => $"all {Counted.Of(holds, one)} hold" }
            : $"{holds} of {Counted.Of(claims.Length, one)} {Counted.Verb(holds, claims.Length, "holds")}"
                + (fails > 0 ? $", {fails} {Counted.Noun(fails, "does")} not" : "")
                + (undecided > 0 ? $", {undecided} {Counted.Noun(undecided, "is")} undecided" : "")
                + (open > 0 ? $", {open} could not be checked" : "");
    }

    /// <summary>Tables of claims, one for each kind that there is.</summary>
    internal static IReadOnlyList<Block> TablesOf(IReadOnlyList<CheckedClaim> claims) =>
    [
        .. from kind in Kinds
           let rows = claims.Where(claim => claim.Kind == kind.Kind).Select(CellsOf).ToArray()
           where rows.Length > 0
           select new Table(kind.Title, ["Claim", "Measured", "Verdict"], rows) { Narrow = NarrowTable.Stacks },
    ];

    /// <summary>What needs a look stands before the figures; nothing where every claim holds.</summary>
    private static IEnumerable<Section> Exceptions(IReadOnlyList<ReproducedFigure> figures) =>
        TablesOf(figures, claim => claim.Finding is { Holds: false }) is { Count: > 0 } tables
            ? [new Section("exceptions", "Not as claimed", "Claims that do not hold or are undecided", tables)] : [];

    private static IReadOnlyList<Block> TablesOf(IReadOnlyList<ReproducedFigure> figures, Func<CheckedClaim, bool> which) =>
    [
        .. from kind in Kinds
           let rows = (from figure in figures
                       from claim in figure.Claims
                       where claim.Kind == kind.Kind && which(claim)
                       select (IReadOnlyList<Cell>)[new TextCell(figure.Label, figure.Id), .. CellsOf(claim)]).ToArray()
           where rows.Length > 0
           select new Table(kind.Title, ["Figure", "Claim", "Measured", "Verdict"], rows) { Narrow = NarrowTable.Stacks, Sortable = true },
    ];

    private static Cell[] CellsOf(CheckedClaim claim) =>
    [
        new TextCell(claim.CountedWith is { } figure ? $"{claim.Statement} (the claim of {figure}, counted once)" : claim.Statement),
        claim.Finding is { } finding ? new TextCell(finding.Measured) : new MissingCell(),
        new MarkCell(claim.Verdict),
    ];

    private static Section PartOf(ReproducedFigure figure, bool quick)
    {
        var run = figure.Run;
        RunPicture[] pictures = [.. run.Pictures.Where(picture => figure.PictureNames?.Contains(picture.Name) ?? true)];
        return new Section(figure.Id, figure.Label, $"{figure.Label}. {figure.Title}{(figure.IsOurs ? " (of our own)" : "")}",
        [
            .. run.Manifest.Status == RunStatus.Finished ? [] : (Block[])[new Paragraph(RunReport.StatusOf(run).Words)],
            .. RunReport.Figures(run, pictures),
            .. TablesOf(figure.Claims),
            .. RunReport.Numbers(run),
            new Details("Settings", [RunReport.Settings(run)]),
            new Details("Provenance, and how to make this figure again",
            [
                Provenance.Of([run.Manifest]),
                new Paragraph($"The run’s log, table and figures are in the folder {run.Name}."),
                new CommandLines($"specgd reproduce {figure.Id}{(quick ? " --quick" : "")}"),
            ]),
        ])
        {
            Verdict = Sum(figure.Claims),
        };
    }
}
