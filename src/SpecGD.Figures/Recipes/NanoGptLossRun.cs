using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>The losses of one run with its place among others.</summary>
/// <param name="Name">What the key calls it.</param>
/// <param name="Stroke">Colour and marks by optimizer, dash by MLP.</param>
/// <param name="TokensPerStep">Training tokens of a step; 0 where the log does not say.</param>
/// <param name="Training">Losses at every step, or null.</param>
/// <param name="Validation">Losses at some steps, or null.</param>
internal sealed record NanoGptLossRun(string Name, Stroke Stroke, double TokensPerStep, Series? Training, Series? Validation)
{
    /// <summary>What the key can hold of a name.</summary>
    private const int LongestName = 40;

    /// <summary>The runs of a log that have losses.</summary>
    public static IReadOnlyList<NanoGptLossRun> All(RunLog log)
    {
        var runs = new List<NanoGptLossRun>();
        var taken = new Dictionary<string, int>();
        int unnamed = 0;
        foreach (var (name, method) in log.Methods)
        {
            method.TryGet(NanoGptLog.TrainingLoss, out var training);
            method.TryGet(NanoGptLog.ValidationLoss, out var validation);
            if (training is null && validation is null)
                continue;
            string optimizer = TextOf(method, NanoGptLog.Optimizer) ?? name, mlp = TextOf(method, NanoGptLog.Mlp) ?? "";
            int copies = taken[optimizer + mlp] = taken.GetValueOrDefault(optimizer + mlp) + 1;
            var stroke = copies == 1 ? MethodStroke.RoleOf(optimizer) : null; // a second run of the same kind needs another colour
            stroke ??= MethodStroke.Unnamed(unnamed++);
            runs.Add(new NanoGptLossRun(
                Label(name, optimizer, mlp, copies),
                mlp == NanoGptOptions.Gated ? stroke with { Dash = Dash.Dashed } : stroke,
                JsonNumber.Of(method.Properties[NanoGptLog.TokensPerStep]) ?? log.DatasetNumber(NanoGptLog.TokensPerStep) ?? 0,
                training,
                validation));
        }
        return runs.Count > 1 ? Marked(runs) : runs;
    }

    /// <summary>The same with marks of one shape for each colour, since the dashes tell the MLP.</summary>
    private static IReadOnlyList<NanoGptLossRun> Marked(List<NanoGptLossRun> runs)
    {
        string[] colors = [.. runs.Select(run => run.Stroke.Color).Distinct()];
        var shapes = Enum.GetValues<MarkerShape>();
        return
        [
            .. from entry in runs.Index()
               let shape = shapes[Array.IndexOf(colors, entry.Item.Stroke.Color) % shapes.Length]
               select entry.Item with { Stroke = entry.Item.Stroke with { Marker = new Marker(shape, entry.Index, runs.Count) } },
        ];
    }

    /// <summary>What a step is on the x axis.</summary>
    public double Scale(bool againstTokens) => againstTokens ? TokensPerStep : 1;

    private static string Label(string name, string optimizer, string mlp, int copies)
    {
        string label = copies > 1 ? name : $"{NameOf(optimizer)}{(mlp.Length > 0 ? ", " + NameOf(mlp) : "")}";
        return label.Length <= LongestName ? label : label[..LongestName] + "…";
    }

    private static string NameOf(string word) => word switch
    {
        NanoGptOptions.Squared => "ReLU²",
        NanoGptOptions.Gated => "SwiGLU",
        _ => MethodName.Of(word),
    };

    private static string? TextOf(MethodLog method, string property) =>
        method.Properties[property] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
