using System.Globalization;
using SpecGD.Diagnosis;
using SpecGD.Figures.Report;
using SpecGD.Spectral;

namespace SpecGD.Figures.Diagnosis;

/// <summary>The tables of a diagnosis.</summary>
internal static class DiagnosisTables
{
    /// <summary>What to do with each layer, at its newest step; on a narrow screen a card for each, so that nothing is cut.</summary>
    public static Table Verdicts(NetworkDiagnosis diagnosis) => new(
        diagnosis.Steps.Count > 1 ? "Every layer at its newest step; a click on a heading sorts" : "Every layer; a click on a heading sorts",
        ["layer", "verdict", "nr/st", "margin", "held back", "warnings"],
        [.. diagnosis.Trends.Select(trend => (IReadOnlyList<Cell>)
        [
            new TextCell(trend.Name), Verdict(trend.Last.Judgement?.Verdict), Number(trend.Last.Ratio), Margin(trend.Last), new TextCell(trend.Last.HeldBack ?? ""),
            new TextCell(string.Join(", ", trend.Last.Warnings.Select(warning => warning.Code))),
        ])])
    {
        Sortable = true,
        Narrow = NarrowTable.Stacks,
    };

    /// <summary>One row for each layer with everything that was measured.</summary>
    public static Table Layers(NetworkDiagnosis diagnosis) => new(
        diagnosis.Steps.Count > 1 ? $"Every layer at its newest step; a click on a heading sorts" : "Every layer; a click on a heading sorts",
        ["layer", "group", "kind", "out × in", "samples", "st(A)", "nr(G)", "nr/st", "verdict", "margin", "reason", "warnings"],
        [.. diagnosis.Trends.Select(trend => (IReadOnlyList<Cell>)[.. Cells(trend.Last)])])
    {
        Sortable = true,
    };

    /// <summary>Totals by group.</summary>
    public static Table Groups(NetworkDiagnosis diagnosis) => new(
        "Totals by group; the most frequent verdict of the steps",
        ["group", "layers", "weights", "spectral", "undecided", "Euclidean", "weights with nr ≥ st", "lowest nr/st", "mean nr/st", "highest nr/st"],
        [.. diagnosis.Groups.Append(diagnosis.Total).Select(total => (IReadOnlyList<Cell>)
        [
            new TextCell(total.Name), new NumberCell(total.Layers), new NumberCell(total.Parameters), new NumberCell(total.Spectral),
                new NumberCell(total.Undecided),
            new NumberCell(total.Euclidean), total.SpectralShare is { } share ? new TextCell(Percent(share)) : new MissingCell(),
            Number(total.LowestRatio), Number(total.MiddleRatio), Number(total.HighestRatio),
        ])])
    {
        Sortable = true,
    };

    /// <summary>How each layer went over the steps.</summary>
    public static Table Trends(NetworkDiagnosis diagnosis) => new(
        "Each layer over the steps: how often the majority's verdict held, by what factor nr/st changed along the trend, and where the verdict "
            + "changed",
        ["layer", "verdict", "held at", "first nr/st", "last nr/st", "trend", "changes"],
        [.. diagnosis.Trends.Select(trend => (IReadOnlyList<Cell>)
        [
            new TextCell(trend.Name), Verdict(trend.Verdict), trend.Stability is { } share ? new TextCell(Percent(share)) : new MissingCell(),
            Number(trend.Judged.Count > 0 ? trend.Judged[0].Ratio : null), Number(trend.Judged.Count > 0 ? trend.Judged[^1].Ratio : null),
                Number(trend.Growth),
            new TextCell(trend.Crossings.Count == 0 ? "none" : string.Join("; ", trend.Crossings.Select(Crossing))),
        ])])
    {
        Sortable = true,
    };

    /// <summary>Every warning once, with the layers that it concerns.</summary>
    public static IReadOnlyList<Block> Warnings(NetworkDiagnosis diagnosis)
    {
        var all = diagnosis.Trends.SelectMany(trend => trend.Last.Warnings.Select(warning => (trend.Name,
            Warning: warning))).GroupBy(w => w.Warning.Code).ToArray();
        if (all.Length == 0)
            return [new Paragraph("Nothing stands against the numbers above.")];
        return
        [
            .. all.Select(warnings => new Details(
                $"{warnings.Key} ({Counted.Of(warnings.Count(), "layer")})",
                [new KeyValues([.. warnings.Select(w => new KeyValueEntry(w.Name, w.Warning.Text))])])),
        ];
    }

    private static IEnumerable<Cell> Cells(LayerDiagnosis row) =>
    [
        new TextCell(row.Name),
        new TextCell(row.Group.Word()),
        new TextCell(row.Kind),
        new TextCell(row.Shape is var (rows, columns) ? string.Create(CultureInfo.InvariantCulture, $"{rows} × {columns}") : "–"),
        new NumberCell(row.Samples),
        Number(row.StableRank),
        Number(row.NuclearRank),
        Number(row.Ratio),
        Verdict(row.Judgement?.Verdict),
        Margin(row),
        new TextCell(row.HeldBack is { } held ? $"{held}, held back; {row.Reason}" : row.Reason),
        new TextCell(string.Join(", ", row.Warnings.Select(warning => warning.Code))),
    ];

    private static Cell Margin(LayerDiagnosis row) =>
        row.Judgement is { } judged ? new TextCell("× " + Records.NumberText.Of(judged.Margin)) : new MissingCell();

    private static Cell Verdict(Verdict? verdict) => verdict switch
    {
        Spectral.Verdict.Spectral => new MarkCell(new Mark(MarkShape.Check, "spectral")),
        Spectral.Verdict.Undecided => new MarkCell(new Mark(MarkShape.Ring, "undecided")),
        Spectral.Verdict.Euclidean => new MarkCell(new Mark(MarkShape.Bar, "Euclidean")),
        _ => new MissingCell(),
    };

    private static Cell Number(double? value) => value is { } number ? new NumberCell(number) : new MissingCell();

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");

    private static string Crossing((LayerDiagnosis From, LayerDiagnosis To) pair) => string.Create(
        CultureInfo.InvariantCulture, $"{pair.From.Judgement!.Value.Verdict.Word()} to {pair.To.Judgement!.Value.Verdict.Word()} at {pair.To.Step}");
}
