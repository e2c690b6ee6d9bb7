using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Experiments;

/// <summary>What a log of the stable-rank sweep says: a row for each λ, and which methods diverged at which of them.</summary>
internal static class StableRankSweepSummary
{
    /// <summary>The columns of the table that have a method's last loss.</summary>
    private static readonly (string Name, string Method)[] Columns =
        [("GD last loss", RandomFeature.GradientDescent), ("SpecGD last loss", RandomFeature.SpecGd), ("from peak", RandomFeature.FromPeak)];

    public static RunSummary Of(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var ends = EndsOf(log);
        double? steps = JsonNumber.Of(log.Config["steps"]);
        var gone = ends.Where(end => end.IsDiverged || end.LastStep + 1 < steps).Select(end => end.Method).ToHashSet();
        JsonObject[] rows = [.. log.Rows(StableRankSweep.Rows)];
        return new RunSummary(["λ"], [.. rows.Select(Row)], [.. DivergedWords.Of(ends)])
        {
            Diverged =
            [
                .. from row in Enumerable.Range(0, rows.Length)
                   from column in Columns
                   where gone.Contains(TrajectoryName.Of(NameOf(rows, row), column.Method))
                   select (row, column.Name),
            ],
        };
    }

    /// <summary>How the losses ended, each method at each λ by itself.</summary>
    /// <exception cref="BadInputException">The rows have not the form that they should have.</exception>
    public static IReadOnlyList<LossEnd> EndsOf(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        JsonObject[] rows = [.. log.Rows(StableRankSweep.Rows)];
        return
        [
            .. from row in Enumerable.Range(0, rows.Length)
               from end in Divergence.Of(LossesOf(rows[row]))
               select end with { Method = TrajectoryName.Of(NameOf(rows, row), end.Method) },
        ];
    }

    /// <summary>What a λ is called. The place is part of the name: two λs may look alike, and even be the same.</summary>
    public static string NameOf(double lambda, int index, int count) => string.Create(CultureInfo.InvariantCulture, $"λ = {lambda:G4} ({index + 1} of {count})");

    private static string NameOf(JsonObject[] rows, int row) => NameOf(JsonNumber.Of(rows[row]["lambda"]) ?? double.NaN, row, rows.Length);

    private static JsonObject Row(JsonObject row)
    {
        var methods = row["methods"] as JsonObject ?? [];
        var shown = new JsonObject { ["λ"] = row["lambda"]?.DeepClone(), ["st(A)"] = row["stable_rank"]?.DeepClone() };
        foreach (var (name, method) in Columns)
            shown[name] = Last(methods[method]);
        return shown;
    }

    private static Dictionary<string, MethodLog> LossesOf(JsonObject row)
    {
        var losses = new Dictionary<string, MethodLog>();
        foreach (var (method, node) in row["methods"] as JsonObject ?? [])
        {
            var log = new MethodLog();
            if ((node as JsonObject)?["loss"] is { } loss)
                log.Series.Add("loss", RunLogFile.FromJson(loss, $"The loss of {method} in the log's '{StableRankSweep.Rows}'"));
            losses.Add(method, log);
        }
        return losses;
    }

    private static JsonNode? Last(JsonNode? method) =>
        method?["loss"]?["values"]?.AsArray() is { Count: > 0 } values ? values[^1]?.DeepClone() : null;
}
