using System.Text.Json.Nodes;
using SpecGD.Diagnosis;
using SpecGD.Records;

namespace SpecGD.Cli.Display;

/// <summary>An audit of an optimizer on the terminal.</summary>
internal static class AuditView
{
    public static void Print(OptimizerAudit audit)
    {
        Console.Out.WriteLine();
        foreach (var finding in audit.Misplaced)
            Terminal.Say($"on Muon, and should not be: {finding.Name} ({finding.Why})", indent: TableLayout.Gap);
        foreach (var finding in audit.Missed)
            Terminal.Say($"missed, judged spectral and not on Muon: {finding.Name} ({finding.Why})", indent: TableLayout.Gap);
        foreach (string name in audit.Unknown)
            Terminal.Say($"in the optimizer, and not in the capture: {name}", indent: TableLayout.Gap);
        foreach (string name in audit.Unassigned)
            Terminal.Say($"in no group, so that it is never updated: {name}", indent: TableLayout.Gap);
        foreach (var finding in audit.Undivided)
            Terminal.Say($"on Muon as one matrix, which mixes its parts: {finding.Name} ({finding.Why})", indent: TableLayout.Gap);
        foreach (string name in audit.Doubled)
            Terminal.Say($"in more than one group, so that it is updated more than once a step: {name}", indent: TableLayout.Gap);
        if (audit.IsClean)
            Terminal.Say("The optimizer's groups are those of the diagnosis.", indent: TableLayout.Gap);
        if (audit.Matrices.Count == 0)
            return;
        SummaryView.PrintTable(
            "Updates on Muon at learning rate 1: root mean square of the entries and spectral norm; the last columns are the learning rates of the same step",
            [.. audit.Matrices.Select(Row)]);
    }

    private static JsonObject Row(AuditedMatrix matrix)
    {
        var row = new JsonObject
        {
            ["parameter"] = matrix.Name,
            ["scale"] = matrix.Scale.Word(),
            ["RMS"] = JsonNumber.From(matrix.Scale.Rms(matrix.Out, matrix.In)),
            ["norm"] = JsonNumber.From(matrix.Scale.SpectralNorm(matrix.Out, matrix.In)),
        };
        if (matrix.LearningRate is { } rate)
            foreach (var scale in Enum.GetValues<LearningRateScale>())
                row["lr, " + scale.Word()] = JsonNumber.From(rate * matrix.Scale.SpectralNorm(matrix.Out, matrix.In) / scale.SpectralNorm(matrix.Out, matrix.In));
        return row;
    }
}
