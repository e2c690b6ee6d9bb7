using System.Text.RegularExpressions;
using SpecGD.Spectral;

namespace SpecGD.Diagnosis;

/// <summary>Where a parameter stands among the groups to paste.</summary>
public enum PlanGroup
{
    /// <summary>Judged spectral in all its parts and slices: for Muon.</summary>
    Spectral,

    /// <summary>Between spectral and Euclidean: left to AdamW, and worth a try.</summary>
    Undecided,

    /// <summary>One tensor of several parts, all spectral: Muon would mix them unless it is told to split.</summary>
    Fused,

    /// <summary>Input, head or router: left to AdamW whatever the ratio.</summary>
    HeldBack,

    /// <summary>A gain: no matrix.</summary>
    Gain,

    /// <summary>Judged Euclidean in some part: for AdamW.</summary>
    Euclidean,

    /// <summary>Without a verdict.</summary>
    Unjudged,
}

/// <summary>A parameter and what its layers' verdicts say.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Layout">out_in, in_out, conv, conv_transposed or vector.</param>
/// <param name="StoredShape">Its sizes as stored.</param>
/// <param name="Group">Where it stands.</param>
/// <param name="Comment">Why it is there.</param>
public sealed record PlannedParameter(string Name, string Layout, IReadOnlyList<long> StoredShape, PlanGroup Group, string Comment)
{
    /// <summary>Whether it is a table of tokens, which weight decay is kept from.</summary>
    public bool IsTable { get; init; }

    /// <summary>Whether it holds several matrices, which an optimizer that takes it as one would mix.</summary>
    public bool IsFused { get; init; }

    /// <summary>Sizes of its parts, where it is fused of parts one below the other; empty otherwise.</summary>
    public IReadOnlyList<long> PartSizes { get; init; } = [];

    /// <summary>Sizes for comments: "(768, 3072)".</summary>
    public string ShapeText => $"({string.Join(", ", StoredShape)})";
}

/// <summary>
/// Which parameter gets which geometry. A stack (experts) is spectral only if every slice that was judged is; slices that met no tokens, and experts that
/// did not run, stay with their siblings. Tensors of several parts, undecided ones and what <see cref="LayerPlaces"/> holds back stand apart, each with its
/// reason.
/// </summary>
/// <param name="Parameters">All parameters of the captured layers, in network order.</param>
/// <param name="Others">Those that belong to no layer: biases and the like, for AdamW.</param>
public sealed partial record ParameterPlan(IReadOnlyList<PlannedParameter> Parameters, IReadOnlyList<string> Others)
{
    /// <summary>Matrices that no layer measures: for AdamW.</summary>
    public IReadOnlyList<UnmeasuredMatrix> Unmeasured { get; init; } = [];

    /// <summary>For Muon.</summary>
    public IReadOnlyList<PlannedParameter> Spectral { get; } = [.. Parameters.Where(parameter => parameter.Group == PlanGroup.Spectral)];

    /// <summary>For AdamW, without the parameters that belong to no layer.</summary>
    public IReadOnlyList<PlannedParameter> Euclidean { get; } = [.. Parameters.Where(parameter => parameter.Group != PlanGroup.Spectral)];

    /// <summary>The parameters of a group.</summary>
    public IReadOnlyList<PlannedParameter> Of(PlanGroup group) => [.. Parameters.Where(parameter => parameter.Group == group)];

    /// <summary>The plan that follows from <paramref name="diagnosis"/>.</summary>
    public static ParameterPlan Of(NetworkDiagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        PlannedParameter[] planned = [.. diagnosis.Trends.GroupBy(trend => NameOf(trend.Last)).Select(layers => Plan(layers.Key, [.. layers]))];
        return new ParameterPlan([.. planned.Select(parameter => WithSiblings(parameter, planned))], diagnosis.OtherParameters)
        {
            Unmeasured = [.. diagnosis.Unmeasured.Where(matrix => planned.All(parameter => parameter.Name != matrix.Name.Split('[')[0]))], // a matrix of a stack goes with its parameter
        };
    }

    /// <summary>Stable ranks of the same activations differ by rounding at most; those of rows that got a gradient in one part alone by more.</summary>
    private const double SameStableRank = 1e-6;

    private static string NameOf(LayerDiagnosis layer) => layer.Entry.Parameter ?? layer.Name + ".weight";

    private static PlannedParameter Plan(string name, LayerTrend[] layers)
    {
        var (group, why) = Decide(layers);
        var last = layers[0].Last;
        IReadOnlyList<long> shape = last.Entry.StoredShape ?? (last.Shape is var (rows, columns) ? [rows, columns] : []);
        return new PlannedParameter(name, last.Entry.Layout ?? "out_in", shape, group, why)
        {
            IsTable = layers.Any(layer => layer.Last.Kind == "embedding"),
            IsFused = IsFused(layers),
            PartSizes = Parts(layers),
        };
    }

    /// <summary>Rows of each part, where the parts stand one below the other and fill the parameter.</summary>
    private static long[] Parts(LayerTrend[] layers)
    {
        if (layers.Any(layer => layer.Last.Entry.PartBegin is null || layer.Last.Entry.Layout != "out_in"))
            return [];
        var sorted = layers.Select(layer => layer.Last).OrderBy(layer => layer.Entry.PartBegin).ToArray();
        long end = 0;
        foreach (var layer in sorted)
        {
            if (layer.Entry.PartBegin != end)
                return [];
            end += layer.Shape?.Out ?? 0;
        }
        return sorted[0].Entry.StoredShape is [var rows, _] && rows == end ? [.. sorted.Select(layer => layer.Shape?.Out ?? 0)] : [];
    }

    private static (PlanGroup Group, string Why) Decide(LayerTrend[] layers)
    {
        string verdicts = string.Join(", ", layers.Select(Words)) + Undivided(layers);
        if (layers.FirstOrDefault(layer => layer.Last.HeldBack is not null) is { } held)
            return (PlanGroup.HeldBack, $"{HeldWords(held.Last)}, left to AdamW; {verdicts}");
        if (layers.Any(layer => layer.Last.Group == LayerGroup.Norm))
            return (PlanGroup.Gain, $"{LayerGroup.Norm.Word()}, left to AdamW; {verdicts}");
        LayerTrend[] judged = [.. layers.Where(layer => layer.Verdict is not null)];
        bool isStack = layers.All(layer => layer.Last.Entry.SliceOf is not null);
        if (judged.Length == 0 || (!isStack && judged.Length < layers.Length))
            return (PlanGroup.Unjudged, $"not judged: {layers.First(layer => layer.Verdict is null).Last.Reason}");
        bool isFused = IsFused(layers);
        if (judged.Any(layer => layer.Verdict == Verdict.Euclidean))
            return (PlanGroup.Euclidean, verdicts);
        if (judged.Any(layer => layer.Verdict == Verdict.Undecided))
            return (PlanGroup.Undecided, isFused ? "several matrices in one tensor, which Muon would mix; " + verdicts : verdicts);
        return (isFused ? PlanGroup.Fused : PlanGroup.Spectral, isFused ? "several matrices in one tensor; " + verdicts : verdicts);
    }

    private static bool IsFused(LayerTrend[] layers) =>
        layers.Any(layer => layer.Last.Entry.PartOf is not null || layer.Last.Warnings.Any(warning => warning.Code == "looks-fused"));

    /// <summary>An expert that got no tokens goes where the same matrix of the other experts of its layer goes; where none of these was judged, of all layers.</summary>
    private static PlannedParameter WithSiblings(PlannedParameter parameter, PlannedParameter[] all)
    {
        int expert = parameter.Name.LastIndexOf("expert", StringComparison.OrdinalIgnoreCase);
        if (parameter.Group != PlanGroup.Unjudged || expert < 0)
            return parameter;
        var siblings = Most(OfLayer) ?? Most(static name => Index().Replace(name, "*"));
        return siblings is null ? parameter
            : parameter with { Group = siblings.Key, Comment = $"{parameter.Comment}; stays with its siblings, as {siblings.First().Name}" };

        string OfLayer(string name) => name.Length > expert ? name[..expert] + Index().Replace(name[expert..], "*") : name;

        IGrouping<PlanGroup, PlannedParameter>? Most(Func<string, string> pattern) => all
            .Where(other => other.Group != PlanGroup.Unjudged && pattern(other.Name) == pattern(parameter.Name))
            .GroupBy(other => other.Group).MaxBy(some => some.Count());
    }

    /// <summary>What the parts are as one matrix; against st(A) where they meet the same activations, which in cross attention they do not.</summary>
    private static string Undivided(LayerTrend[] parts)
    {
        if (parts[0].Last is not { Entry: { PartOf: not null, WholeNuclearRank: { } whole, SplittingGain: { } gain }, StableRank: { } st })
            return "";
        bool isOne = parts.All(part => part.Last.StableRank is { } other && Math.Abs(other - st) <= SameStableRank * st);
        return (isOne ? $"; undivided nr/st {Records.NumberText.Of(whole / st)}" : $"; undivided nr {Records.NumberText.Of(whole)}")
            + $", dividing promises × {Records.NumberText.Of(gain)}";
    }

    private static string HeldWords(LayerDiagnosis layer) => layer.HeldBack switch
    {
        LayerPlaces.Input => layer.Group == LayerGroup.Embedding ? "embedding (input)" : "input layer",
        LayerPlaces.Head => "head",
        _ => "router",
    };

    private static string Words(LayerTrend layer)
    {
        string whole = layer.Last.Entry.PartOf ?? (layer.Last.Entry.SliceOf is { } parameter && layer.Name.StartsWith(parameter, StringComparison.Ordinal) ? parameter : "");
        string part = whole.Length > 0 ? layer.Name[Math.Min(layer.Name.Length, whole.Length)..].TrimStart('.') + " " : "";
        return layer.Verdict is { } verdict && layer.Last.Ratio is { } ratio
            ? part + (layer.Judged.Count > 1
                ? $"{verdict.Word()} at {layer.Judged.Count(row => row.Judgement!.Value.Verdict == verdict)} of {Counted.Of(layer.Judged.Count, "step")}, nr/st {Records.NumberText.Of(ratio)} at the last"
                : $"{verdict.Word()}, nr/st {Records.NumberText.Of(ratio)}")
            : $"{part}not judged ({layer.Last.Reason})";
    }

    [GeneratedRegex(@"(?<=\.)\d+(?=\.)")]
    private static partial Regex Index();
}
