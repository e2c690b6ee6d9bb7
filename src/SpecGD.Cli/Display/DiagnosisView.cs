using System.Text.Json.Nodes;
using SpecGD.Diagnosis;
using SpecGD.Figures.Diagnosis;
using SpecGD.Records;

namespace SpecGD.Cli.Display;

/// <summary>A diagnosis on the terminal: layers, groups, steps, warnings.</summary>
internal static class DiagnosisView
{
    public static void Print(NetworkDiagnosis diagnosis)
    {
        bool many = diagnosis.Steps.Count > 1;
        string? unmeasured = DiagnosisReport.Unmeasured(diagnosis);
        if (unmeasured is not null)
            Terminal.Say(unmeasured);
        SummaryView.PrintTable(
            "Layers in network order: a spectral step is favoured where nr(G) ≥ st(A); the margin is the factor to the next verdict",
            [.. diagnosis.Rows.Select(row => Row(row, many))]);
        SummaryView.PrintTable("By part of the network" + (many ? " (the most frequent verdict of the steps; of equally frequent ones the newest)" : ""), [.. diagnosis.Groups.Append(diagnosis.Total).Select(Row)]);
        if (many)
            SummaryView.PrintTable("Over the steps", [.. diagnosis.Trends.Select(Row)]);
        PrintWarnings(diagnosis);
        foreach (string sentence in DiagnosisReport.Lead(diagnosis).Where(sentence => sentence != unmeasured))
            Terminal.Say(sentence);
    }

    private static void PrintWarnings(NetworkDiagnosis diagnosis)
    {
        var warnings = diagnosis.Rows.SelectMany(row => row.Warnings.Select(warning => (row, warning))).GroupBy(w => w.warning.Code).ToArray();
        if (warnings.Length > 0)
            Console.Out.WriteLine("\n  Where to be careful");
        foreach (var some in warnings)
        {
            var (row, warning) = some.First();
            string more = some.Count() > 1 ? $" (and {some.Count() - 1} more)" : "";
            Terminal.Say($"{some.Key}: {row.Name}{more}: {warning.Text}", indent: TableLayout.Gap);
        }
        Console.Out.WriteLine();
    }

    private static JsonObject Row(LayerDiagnosis row, bool withStep)
    {
        var cells = new JsonObject { ["layer"] = row.Name };
        if (withStep)
            cells["step"] = row.Step;
        cells["group"] = row.Group.Word();
        cells["kind"] = row.Kind;
        cells["out × in"] = row.Shape is var (rows, columns) ? $"{rows} × {columns}" : null;
        cells["st(A)"] = Number(row.StableRank);
        cells["nr(G)"] = Number(row.NuclearRank);
        cells["nr/st"] = Number(row.Ratio);
        cells["verdict"] = row.Judgement?.Verdict.Word();
        cells["margin"] = row.Judgement is { } judged ? "× " + NumberText.Of(judged.Margin) : null;
        cells["reason"] = row.Judgement is null ? row.Reason : Short(row);
        return cells;
    }

    /// <summary>The reason in numbers, and what stands against it.</summary>
    private static string Short(LayerDiagnosis row)
    {
        string sign = row.Judgement!.Value.Verdict switch { Spectral.Verdict.Spectral => "nr ≥ 2 st", Spectral.Verdict.Undecided => "st ≤ nr < 2 st", _ => "nr < st" };
        string warnings = string.Join(", ", row.Warnings.Select(warning => warning.Code));
        string held = row.HeldBack is { } place ? $"{place}: AdamW; " : "";
        return held + (warnings.Length == 0 ? sign : $"{sign}; {warnings}");
    }

    private static JsonObject Row(GroupTotal total) => new()
    {
        ["group"] = total.Name,
        ["layers"] = total.Layers,
        ["weights"] = total.Parameters,
        ["spectral"] = total.Spectral,
        ["undecided"] = total.Undecided,
        ["euclidean"] = total.Euclidean,
        ["share of weights with nr ≥ st"] = Number(total.SpectralShare),
        ["mean nr/st"] = Number(total.MiddleRatio),
    };

    private static JsonObject Row(LayerTrend trend) => new()
    {
        ["layer"] = trend.Name,
        ["verdict"] = trend.Verdict?.Word(),
        ["held at (share of steps)"] = Number(trend.Stability),
        ["first nr/st"] = Number(trend.Judged.Count > 0 ? trend.Judged[0].Ratio : null),
        ["last nr/st"] = Number(trend.Judged.Count > 0 ? trend.Judged[^1].Ratio : null),
        ["changes"] = trend.Crossings.Count,
    };

    private static JsonNode? Number(double? value) => value is { } number ? JsonNumber.From(number) : null;
}
