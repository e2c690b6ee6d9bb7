using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Diagnosis;

/// <summary>A diagnosis for programs, as JSON and CSV. What could not be measured is null, and empty in CSV.</summary>
public static class DiagnosisJson
{
    /// <summary>The whole diagnosis.</summary>
    public static JsonObject Of(NetworkDiagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        return new JsonObject
        {
            ["unmeasured"] = new JsonArray([.. diagnosis.Unmeasured.Select(Of)]),
            ["layers"] = new JsonArray([.. diagnosis.Rows.Select(Of)]),
            ["stacks"] = new JsonArray([.. StackJudgement.Of(diagnosis).Select(Of)]),
            ["groups"] = new JsonArray([.. diagnosis.Groups.Append(diagnosis.Total).Select(Of)]),
            ["trends"] = new JsonArray([.. diagnosis.Trends.Where(trend => trend.Rows.Count > 1).Select(Of)]),
            ["parameter_groups"] = Of(ParameterPlan.Of(diagnosis)),
            ["steps"] = new JsonArray([.. diagnosis.Rows.Select(row => row.Step).Distinct().Select(step => (JsonNode?)step)]),
            ["c_op"] = diagnosis.ParameterCurvature,
            ["files"] = new JsonArray([.. diagnosis.Files.Select(file => (JsonNode?)file)]),
        };
    }

    /// <summary>One row for each layer and step.</summary>
    public static string Csv(NetworkDiagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        var csv = new StringBuilder("step,name,group,kind,out,in,samples,stable_rank,stable_rank_low,stable_rank_high,nuclear_rank,ratio,verdict,margin,held_back,reason,warnings\n");
        foreach (var row in diagnosis.Rows)
        {
            csv.AppendJoin(',', new[]
            {
                Text(row.Step), Quoted(row.Name), row.Group.Word(), row.Kind, Text(row.Shape?.Out), Text(row.Shape?.In), Text(row.Samples),
                Text(row.StableRank), Text(row.Interval?.Low), Text(row.Interval?.High), Text(row.NuclearRank), Text(row.Ratio),
                row.Judgement?.Verdict.Word() ?? "", Text(row.Judgement?.Margin), row.HeldBack ?? "", Quoted(row.Reason),
                Quoted(string.Join(' ', row.Warnings.Select(warning => warning.Code))),
            }).Append('\n');
        }
        return csv.ToString();
    }

    private static JsonObject Of(UnmeasuredMatrix matrix) => new()
    {
        ["name"] = matrix.Name,
        ["shape"] = new JsonArray([.. matrix.Shape.Select(size => (JsonNode?)size)]),
        ["share"] = Number(matrix.Share),
        ["reason"] = matrix.Reason,
    };

    private static JsonObject Of(StackJudgement stack) => new()
    {
        ["name"] = stack.Name,
        ["step"] = stack.Step,
        ["slices"] = stack.Slices,
        ["judged"] = stack.Judged,
        ["nuclear_rank"] = Number(stack.NuclearRank),
        ["ratio"] = Number(stack.Ratio),
        ["verdict"] = stack.Verdict?.Word(),
    };

    private static JsonObject Of(LayerDiagnosis row) => new()
    {
        ["name"] = row.Name,
        ["kind"] = row.Kind,
        ["group"] = row.Group.Word(),
        ["shape"] = row.Shape is var (rows, columns) ? new JsonArray(rows, columns) : null,
        ["step"] = row.Step,
        ["stable_rank"] = Number(row.StableRank),
        ["nuclear_rank"] = Number(row.NuclearRank),
        ["ratio"] = Number(row.Ratio),
        ["verdict"] = row.Judgement?.Verdict.Word(),
        ["margin"] = Number(row.Judgement?.Margin),
        ["held_back"] = row.HeldBack,
        ["momentum_nuclear_rank"] = Number(row.MomentumNuclearRank),
        ["newton_schulz_distance"] = Number(row.Entry.NewtonSchulzDistance),
        ["threshold"] = Number(row.Judgement?.Threshold),
        ["reason"] = row.Reason,
        ["warnings"] = new JsonArray([.. row.Warnings.Select(warning => (JsonNode?)warning.ToString())]),
        ["stable_rank_interval"] = row.Interval is { } interval ? new JsonArray(Number(interval.Low), Number(interval.High)) : null,
        ["nuclear_rank_interval"] = row.NuclearRankInterval is var (least, most) ? new JsonArray(Number(least), Number(most)) : null,
        ["stable_rank_interval_method"] = row.Interval?.Method,
        ["block_input"] = row.BlockInputStableRank is { } st && row.NuclearRank is { } nr
            ? new JsonObject
            {
                ["stable_rank"] = st,
                ["ratio"] = nr / st,
                ["verdict"] = Spectral.SpectralCondition.Judge(nr, st).Verdict.Word(),
            }
            : null,
        ["part_of"] = row.Entry.PartOf,
        ["whole"] = row.Entry.WholeNuclearRank is { } whole && row.StableRank is { } stable
            ? new JsonObject
            {
                ["nuclear_rank"] = whole,
                ["ratio"] = whole / stable,
                ["verdict"] = Spectral.SpectralCondition.Judge(whole, stable).Verdict.Word(),
                ["splitting_gain"] = Number(row.Entry.SplittingGain),
            }
            : null,
        ["samples"] = row.Samples,
        ["rows"] = row.Rows,
        ["rows_without_gradient"] = row.Entry.RowsWithoutGradient,
        ["units"] = row.Entry.Units,
        ["parameter"] = row.Entry.Parameter,
        ["weight_frobenius_norm"] = Number(row.Entry.WeightFrobeniusNorm),
    };

    private static JsonObject Of(GroupTotal total) => new()
    {
        ["group"] = total.Name,
        ["layers"] = total.Layers,
        ["parameters"] = total.Parameters,
        ["spectral"] = total.Spectral,
        ["undecided"] = total.Undecided,
        ["euclidean"] = total.Euclidean,
        ["favoured_share"] = Number(total.SpectralShare),
        ["ratio_min"] = Number(total.LowestRatio),
        ["ratio_mean"] = Number(total.MiddleRatio),
        ["ratio_max"] = Number(total.HighestRatio),
    };

    private static JsonObject Of(LayerTrend trend) => new()
    {
        ["name"] = trend.Name,
        ["verdict"] = trend.Verdict?.Word(),
        ["stability"] = Number(trend.Stability),
        ["growth"] = Number(trend.Growth),
        ["crossings"] = new JsonArray([.. trend.Crossings.Select(pair => new JsonObject
        {
            ["after_step"] = pair.From.Step,
            ["at_step"] = pair.To.Step,
            ["from"] = pair.From.Judgement!.Value.Verdict.Word(),
            ["to"] = pair.To.Judgement!.Value.Verdict.Word(),
        })]),
    };

    private static JsonObject Of(ParameterPlan plan) => new()
    {
        ["spectral"] = Names(plan.Spectral),
        ["euclidean"] = Names(plan.Euclidean),
        ["undecided"] = Names(plan.Of(PlanGroup.Undecided)),
        ["fused"] = Names(plan.Of(PlanGroup.Fused)),
        ["held_back"] = Names(plan.Of(PlanGroup.HeldBack)),
        ["reasons"] = new JsonObject([.. plan.Parameters.Select(parameter => KeyValuePair.Create(parameter.Name, (JsonNode?)parameter.Comment))]),
    };

    private static JsonArray Names(IReadOnlyList<PlannedParameter> parameters) => new([.. parameters.Select(parameter => (JsonNode?)parameter.Name)]);

    private static JsonNode? Number(double? value) => value is { } number ? JsonNumber.From(number) : null;

    private static string Text(double? value) => value is { } number && double.IsFinite(number) ? number.ToString("R",
        CultureInfo.InvariantCulture) : "";

    private static string Text(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
