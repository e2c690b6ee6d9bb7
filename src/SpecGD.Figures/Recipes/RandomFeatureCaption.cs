using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>The caption of <see cref="RandomFeatureFigure"/>: the settings, what each line is, and how SpecGD's nuclear rank is drawn; of nothing else.</summary>
/// <param name="Log">The log.</param>
/// <param name="Losses">The methods whose losses are drawn; none where that panel is missing.</param>
/// <param name="Ranks">The methods whose nuclear ranks are drawn; none where that panel is missing.</param>
/// <param name="BandReach">Steps on either side of one that a band takes in.</param>
internal sealed record RandomFeatureCaption(RunLog Log, IReadOnlyList<MethodLine> Losses, IReadOnlyList<MethodLine> Ranks, int BandReach)
{
    private const int MostStepsListed = 4;

    private static readonly (string Key, string Name)[] Settings =
        [("activation", "activation"), ("dim", "dim"), ("feature_dim", "feature dim"), ("num_samples", "samples"), ("seed", "seed")];

    /// <summary>The caption.</summary>
    /// <param name="stableRank">st(A), or null where it is not drawn.</param>
    /// <param name="end">Where the axis of losses ends before the largest of them; null where it takes in all.</param>
    public string Text(double? stableRank, double? end) => string.Join(' ', Sentences(stableRank, end));

    private IEnumerable<string> Sentences(double? stableRank, double? end)
    {
        MethodLine[] lines = [.. Losses.Concat(Ranks).DistinctBy(line => line.Name)];
        string settings = string.Join(", ", Settings.Where(s => Log.Config[s.Key] is JsonValue).Select(s => $"{s.Name} {Log.Config[s.Key]}"));
        yield return $"{Sentence.Begin(Methods(lines))} on a random-feature regression{(settings.Length > 0 ? $" ({settings})" : "")}.";
        bool both = Losses.Count > 0 && Ranks.Count > 0;
        if (Losses.Count > 0)
            yield return $"{(both ? "Left: training" : "Training")} loss L(W) = ‖WA − Y‖²_F / 2n, measured before each update.";
        int[] restarts = [.. lines.Where(line => line.IsRestart).Select(line => line.FirstStep)];
        if (restarts.Length > 0)
            yield return $"Dashed grey: SpecGD restarted from GD's iterate at {Steps(restarts)}.";
        if (lines.FirstOrDefault(line => line.Name == RandomFeature.FromPeak) is { } peak)
            yield return Invariant($"Dark red: SpecGD restarted at step {peak.FirstStep}, where GD's nuclear rank is largest.");
        string reference = stableRank is { } st ? Invariant($" and, dashed black, the stable rank st(A) = {st:0.00}") : "";
        if (Ranks.Count > 0)
            yield return $"{(both ? "Right: nuclear" : "Nuclear")} rank nr(∇L(W)) of the gradient{reference}.";
        MethodLine[] bands = [.. Ranks.Where(line => !line.IsRestart && line.Name != RandomFeature.GradientDescent)];
        if (bands.Length > 0)
            yield return (bands.Any(IsSpectral) ? "SpecGD's nuclear rank alternates with period two, up and down from step to step: " : "A nuclear rank that jumps up and down from step to step: ")
                + Invariant($"drawn lightly is its band, the running minimum and maximum over {Counted.Of((2 * BandReach) + 1, "step")}, with the running mean on top.");
        if (Losses.Any(line => line.Log.TryGet("loss", out var loss) && loss.Values.Any(value => !(value > 0 && double.IsFinite(value)))))
            yield return LayeredLog.Gaps;
        if (end is { } ceiling)
            yield return LayeredLog.Outside(ceiling);
    }

    private static bool IsSpectral(MethodLine line) =>
        line.IsRestart || line.Name is RandomFeature.SpecGd or RandomFeature.FromPeak or MethodName.BlockSpecGd;

    /// <summary>The methods that are drawn: SpecGD once, however often it starts.</summary>
    private static string Methods(IReadOnlyList<MethodLine> lines)
    {
        var names = new List<string>();
        if (lines.Any(line => line.Name == RandomFeature.GradientDescent))
            names.Add("gradient descent (GD)");
        if (lines.Any(IsSpectral))
            names.Add(names.Count == 0 && lines.Where(IsSpectral).All(line => line.IsRestart || line.Name == RandomFeature.FromPeak)
                ? "SpecGD from iterates of gradient descent (GD)" : "SpecGD");
        names.AddRange(lines.Where(line => !IsSpectral(line) && line.Name != RandomFeature.GradientDescent).Select(line => MethodName.Of(line.Name)));
        return names.Count > 1 ? $"{string.Join(", ", names[..^1])} and {names[^1]}" : names[0];
    }

    private static string Steps(int[] steps) => steps switch
    {
        [var only] => Invariant($"step {only}"),
        { Length: <= MostStepsListed } => Invariant($"steps {string.Join(", ", steps[..^1])} and {steps[^1]}"),
        _ => Invariant($"steps {steps[0]}, {steps[1]}, …, {steps[^1]}"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
