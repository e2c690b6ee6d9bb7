namespace SpecGD.Diagnosis;

/// <summary>How far a diagnosis is.</summary>
/// <param name="Done">Layers done, over all steps.</param>
/// <param name="Total">Layers in all.</param>
/// <param name="Name">The layer in hand.</param>
public readonly record struct DiagnosisProgress(int Done, int Total, string Name);

/// <summary>From capture files to a diagnosis: opens them, puts ranks together, orders steps, measures every layer.</summary>
public static class Diagnosing
{
    /// <summary>Diagnoses the captures at <paramref name="paths"/>.</summary>
    /// <param name="paths">Safetensors or npz files: steps, and ranks of a step, in any order.</param>
    /// <param name="judge">What judges a layer.</param>
    /// <param name="progress">Told before each layer.</param>
    /// <param name="inspect">Given each captured layer while it is in memory, to write its spectra; may be null.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="BadInputException">A file cannot be read, is no capture, or contradicts another.</exception>
    public static NetworkDiagnosis Run(
        IReadOnlyList<string> paths,
        LayerJudge judge,
        IProgress<DiagnosisProgress>? progress = null,
        Action<CapturedLayer, long?>? inspect = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(judge);
        var captures = new List<Capture>();
        try
        {
            foreach (string path in paths)
                captures.Add(Capture.Open(path));
            var steps = Steps(captures);
            int total = steps.Sum(step => Names(step).Count), done = 0;
            var rows = new List<LayerDiagnosis>();
            foreach (var step in steps)
            {
                rows.AddRange(DiagnoseStep(step, judge, inspect, name => progress?.Report(new DiagnosisProgress(done++, total, name)), cancellation));
            }
            string[] others = [.. captures.SelectMany(capture => capture.Document.OtherParameters).Distinct()];
            return new NetworkDiagnosis([.. captures.Select(capture => capture.Path)], rows, others, judge.ParameterCurvature)
            {
                Unmeasured = [.. captures.SelectMany(capture => capture.Document.Unmeasured).DistinctBy(matrix => matrix.Name)
                    .Where(matrix => captures.TrueForAll(capture => capture.Document.Unmeasured.Any(other => other.Name == matrix.Name)))],
            };
        }
        finally
        {
            foreach (var capture in captures)
                capture.Dispose();
        }
    }

    /// <summary>Diagnoses the layers of one step that a training program has in hand, as <see cref="Run"/> does those of a file.</summary>
    /// <param name="entries">The layers in network order.</param>
    /// <param name="read">Gives what was measured of a layer; called once for each, in their order.</param>
    /// <param name="judge">What judges a layer.</param>
    /// <param name="step">The training step.</param>
    /// <param name="cancellation">Stops between layers.</param>
    public static IEnumerable<LayerDiagnosis> OfLayers(
        IReadOnlyList<LayerEntry> entries, Func<LayerEntry, CapturedLayer> read, LayerJudge judge, long? step, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(judge);
        var last = entries.LastOrDefault(IsPlainMatrix);
        bool placesAreKnown = LayerPlaces.Tells(entries);
        var inputs = new Dictionary<string, ActivationMeasure>(); // of attention, by the module that holds it
        foreach (var entry in entries)
        {
            cancellation.ThrowIfCancellationRequested();
            var group = LayerGroups.Of(entry, ReferenceEquals(entry, last), placesAreKnown);
            var layer = read(entry);
            bool isOutput = group == LayerGroup.Attention && LayerGroups.IsAttentionOutput(entry);
            string module = Module(entry);
            if (group == LayerGroup.Attention && !isOutput && !inputs.ContainsKey(module))
                inputs.Add(module, ActivationMeasure.Of(layer));
            yield return judge.Diagnose(
                layer, group, LayerPlaces.HeldBack(entry, group, entries), step, isOutput ? inputs.GetValueOrDefault(module) : null);
        }
    }

    /// <summary>The captures by step, ascending, the ranks of a step together.</summary>
    private static List<Capture[]> Steps(List<Capture> captures)
    {
        if (captures.Count > 1 && captures.FirstOrDefault(capture => capture.Step is null) is { } unknown)
        {
            throw new BadInputException(
                $"{unknown.Path} does not say its step, and several files are given; pass step=… to the capture, or end the file's name with it.");
        }
        var steps = captures.GroupBy(capture => capture.Step).OrderBy(step => step.Key).Select(step => step.OrderBy(c => c.Document.Rank).ToArray()).ToList();
        foreach (var step in steps)
        {
            foreach (var (one, other) in step.Zip(step.Skip(1)))
                if (one.Document.Rank == other.Document.Rank)
                    throw new BadInputException($"{one.Path} and {other.Path} are both of step {one.Step}, rank {one.Document.Rank}; give each "
                        + $"once.");
        }
        return steps;
    }

    private static List<string> Names(Capture[] step) => [.. step.SelectMany(capture => capture.Document.Layers.Select(layer => layer.Name)).Distinct()];

    private static IEnumerable<LayerDiagnosis> DiagnoseStep(
        Capture[] ranks, LayerJudge judge, Action<CapturedLayer, long?>? inspect, Action<string> begin, CancellationToken cancellation)
    {
        var entries = Names(ranks).ConvertAll(name => ranks.SelectMany(rank => rank.Document.Layers).First(layer => layer.Name == name));
        CapturedLayer? layer = null;
        CapturedLayer Read(LayerEntry entry)
        {
            begin(entry.Name);
            return layer = CaptureReader.Read(ranks, entry.Name);
        }
        foreach (var diagnosis in OfLayers(entries, Read, judge, ranks[0].Step, cancellation))
        {
            inspect?.Invoke(layer!, ranks[0].Step);
            yield return diagnosis;
        }
    }

    /// <summary>
    /// The attention that a projection belongs to: blocks.0.attn for blocks.0.attn.q, for the part blocks.0.attn.qkv.q, and for the parts of a fused
    /// attention.
    /// </summary>
    private static string Module(LayerEntry entry)
    {
        string name = entry.PartOf ?? entry.Name;
        bool isWhole = entry.PartOf is not null && entry.Parameter?.EndsWith(".in_proj_weight", StringComparison.Ordinal) == true;
        return isWhole ? name : name[..Math.Max(0, name.LastIndexOf('.'))];
    }

    private static bool IsPlainMatrix(LayerEntry layer) => layer.Kind is null or "linear" && layer.TokenCounts is null;
}
