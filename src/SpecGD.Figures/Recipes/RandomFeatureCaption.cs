using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>The caption of <see cref="RandomFeatureFigure"/>: the settings, what each line is, and how SpecGD's nuclear rank is drawn.</summary>
internal static class RandomFeatureCaption
{
    private const int MostStepsListed = 4;

    private static readonly (string Key, string Name)[] Settings =
        [("activation", "activation"), ("dim", "dim"), ("feature_dim", "feature dim"), ("num_samples", "samples"), ("seed", "seed")];

    /// <summary>The caption.</summary>
    /// <param name="log">The log.</param>
    /// <param name="lines">The methods that are drawn.</param>
    /// <param name="stableRank">st(A), or null where it is not drawn.</param>
    /// <param name="end">Where the axis of losses ends before the largest of them; null where it takes in all.</param>
    public static string Of(RunLog log, IReadOnlyList<MethodLine> lines, double? stableRank, double? end) =>
        string.Join(' ', Sentences(log, lines, stableRank, end));

    private static IEnumerable<string> Sentences(RunLog log, IReadOnlyList<MethodLine> lines, double? stableRank, double? end)
    {
        string settings = string.Join(", ", Settings.Where(s => log.Config[s.Key] is JsonValue).Select(s => $"{s.Name} {log.Config[s.Key]}"));
        bool hasGd = lines.Any(line => line.Name == RandomFeature.GradientDescent), hasSpecGd = lines.Any(line => line.Name != RandomFeature.GradientDescent);
        string methods = hasGd && hasSpecGd ? "Gradient descent (GD) and SpecGD" : hasGd ? "Gradient descent (GD)" : "SpecGD";
        yield return $"{methods} on a random-feature regression{(settings.Length > 0 ? $" ({settings})" : "")}.";
        yield return "Left: training loss L(W) = ‖WA − Y‖²_F / 2n, measured before each update.";
        int[] restarts = [.. lines.Where(line => line.IsRestart).Select(line => line.FirstStep)];
        if (restarts.Length > 0)
            yield return $"Dashed grey: SpecGD restarted from GD's iterate at {Steps(restarts)}.";
        if (lines.FirstOrDefault(line => line.Name == RandomFeature.FromPeak) is { } peak)
            yield return Invariant($"Dark red: SpecGD restarted at step {peak.FirstStep}, where GD's nuclear rank is largest.");
        string reference = stableRank is { } st ? Invariant($" and, dashed black, the stable rank st(A) = {st:0.00}") : "";
        yield return $"Right: nuclear rank nr(∇L(W)) of the gradient{reference}.";
        if (lines.Any(line => !line.IsRestart && line.Name != RandomFeature.GradientDescent))
        {
            int window = 2 * RandomFeatureFigure.BandReach(lines) + 1;
            yield return "SpecGD's nuclear rank alternates with period two, up and down from step to step: "
                + Invariant($"drawn lightly is its band, the running minimum and maximum over {Counted.Of(window, "step")}, with the running mean on top.");
        }
        if (lines.Any(line => line.Log.TryGet("loss", out var loss) && loss.Values.Any(value => !(value > 0 && double.IsFinite(value)))))
            yield return "Losses that are zero or not finite are gaps.";
        if (end is { } ceiling)
            yield return LayeredLog.Outside(ceiling);
    }

    private static string Steps(int[] steps) => steps switch
    {
        [var only] => Invariant($"step {only}"),
        { Length: <= MostStepsListed } => Invariant($"steps {string.Join(", ", steps[..^1])} and {steps[^1]}"),
        _ => Invariant($"steps {steps[0]}, {steps[1]}, …, {steps[^1]}"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
