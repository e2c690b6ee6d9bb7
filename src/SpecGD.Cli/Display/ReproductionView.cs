using System.Globalization;
using SpecGD.Figures.Report;
using SpecGD.Records;
using SpecGD.Reproduction;

namespace SpecGD.Cli.Display;

/// <summary>What <c>reproduce</c> prints: a line for each figure, and at the end a few lines of summary.</summary>
internal static class ReproductionView
{
    /// <summary>Claims that are told at the end, a line each; the report has them all, and --verbose tells them in full.</summary>
    private const int MostTold = 4;

    private const int SecondsWidth = 9;

    private static int NameWidth { get; } = PaperFigureCatalog.All.Max(figure => figure.Id.Length) + 1;

    /// <summary>Prints the line of a figure: name, seconds, claims held.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="maker">Name of the figure whose run made this one too; null where it has a run of its own.</param>
    /// <param name="wasThere">Whether the run was there already.</param>
    public static void PrintLine(ReproducedFigure figure, string? maker, bool wasThere)
    {
        string seconds = maker is null
            ? string.Create(CultureInfo.InvariantCulture, $"{figure.Run.Manifest.WallTime.TotalSeconds:0.0} s")
            : "";
        string how = maker is not null ? $"  (run of {maker})" : wasThere ? "  (from before)" : "";
        Terminal.SayRow($"{figure.Id.PadRight(NameWidth)}{seconds.PadLeft(SecondsWidth)}  {Held(figure)}{how}");
    }

    /// <summary>Prints the summary: how many claims of each kind hold, those that do not, and where everything stands.</summary>
    public static void PrintSummary(IReadOnlyList<ReproducedFigure> figures, TimeSpan wall, string report, bool tables)
    {
        foreach (string line in Summary(figures, wall, report, tables, Terminal.Width))
            Console.Out.WriteLine(line);
    }

    /// <summary>The lines of the summary: some ten of them, or, beside the tables, with all that does not hold in full.</summary>
    internal static IReadOnlyList<string> Summary(IReadOnlyList<ReproducedFigure> figures, TimeSpan wall, string report, bool tables, int? width)
    {
        (ReproducedFigure Figure, CheckedClaim Claim)[] trouble =
        [
            .. from figure in figures
               from claim in figure.Claims
               where claim.Finding is not { Holds: true }
               select (figure, claim),
        ];
        IEnumerable<string> told = tables
            ? trouble.SelectMany(one => Wrapped($"{Line(one.Figure, one.Claim)}{(one.Claim.Finding is { } finding ? $": {finding.Measured}" : "")}"))
            : trouble.Take(MostTold).Select(one => Terminal.Brief(Line(one.Figure, one.Claim), width));
        return
        [
            "",
            .. Wrapped(ReproductionReport.Sum([.. figures.SelectMany(figure => figure.Claims)]).Words),
            .. told,
            .. trouble.Length > MostTold && !tables ? Wrapped($"and {trouble.Length - MostTold} more, in the report") : [],
            .. Wrapped(string.Create(CultureInfo.InvariantCulture, $"{wall.TotalSeconds:0.0} s in all; everything on one page: {report}")),
            .. tables ? [] : Wrapped("--verbose prints every table and claim, --json every claim for programs."),
        ];

        IEnumerable<string> Wrapped(string sentence) => width is { } limit ? TableLayout.Wrapped(sentence, limit) : [sentence];
    }

    private static string Line(ReproducedFigure figure, CheckedClaim claim) => $"{figure.Id}, {claim.Verdict.Words}: {claim.Statement}";

    /// <summary>Whose claim it is, in a word for tables and programs.</summary>
    public static string KindOf(ClaimKind kind) => kind switch
    {
        ClaimKind.Ours => "ours",
        ClaimKind.Correction => "correction",
        _ => "paper",
    };

    private static string Held(ReproducedFigure figure)
    {
        if (figure.Run.Manifest.Status != RunStatus.Finished)
            return figure.Run.Manifest.Status.ToString().ToLowerInvariant();
        int holds = figure.Claims.Count(claim => claim.Finding is { Holds: true });
        int undecided = figure.Claims.Count(claim => claim.Finding is { IsUndecided: true });
        return $"{holds} of {Counted.Of(figure.Claims.Count, "claim")} {Counted.Verb(holds, figure.Claims.Count, "holds")}{(undecided > 0 ? $", {undecided} undecided" : "")}";
    }
}
