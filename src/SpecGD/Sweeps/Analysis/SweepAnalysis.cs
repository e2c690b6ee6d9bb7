namespace SpecGD.Sweeps.Analysis;

/// <summary>
/// What a part of a sweep says: each setting's mean and confidence interval over repetitions, its test against the baseline, and the best value of
/// a tuned option.
/// </summary>
public static class SweepAnalysis
{
    /// <summary>The names of the axes of a part: the method, and the options that vary without that of the repetitions.</summary>
    public static IReadOnlyList<string> Axes(SweepPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return [AnalysisPlan.MethodAxis, .. part.Varying.Where(option => option != part.Analysis.Replicate)];
    }

    /// <summary>Every metric of every setting of a part, settings in the order of their values.</summary>
    /// <param name="part">The part.</param>
    /// <param name="results">The results of the sweep; those of other parts are passed over. Where a task has none yet, nothing is tested.</param>
    /// <param name="metrics">The metrics; null for those of the part's plan.</param>
    public static IReadOnlyList<SettingResult> Settings(SweepPart part, IReadOnlyList<TaskResult> results, IReadOnlyList<Metric>? metrics = null)
    {
        ArgumentNullException.ThrowIfNull(part);
        var plan = part.Analysis;
        var measured = (from result in results
                        where result.Task.Part.Name == part.Name
                        from observation in result.Observations
                        select (Result: result, Observation: observation)).ToArray();
        metrics ??= plan.Metrics;
        if (metrics.Count == 0)
            metrics = [.. measured.Select(m => m.Observation.Series).Distinct().SelectMany(Metric.Named)];
        var axes = Axes(part);
        SettingResult[] settings =
        [
            .. from metric in metrics
               from grouped in measured.Where(m => m.Observation.Series == metric.Series).GroupBy(m => Setting(axes, m.Result, m.Observation), Same)
               orderby metrics.Index().First(m => m.Item == metric).Index, new Place(axes, grouped.Key)
               select Result(grouped.Key, metric, [.. grouped.Select(m => (m.Result.Replicate, m.Observation))], plan),
        ];
        return LeavesOutTests(part) || !Coverage.Of(part, results).IsWhole ? settings : Compared(settings, plan);
    }

    /// <summary>
    /// For each setting apart from the tuned option, the value of that option with the least mean of the objective. Values with which a repetition
    /// diverged are out of the question. Methods are then compared each at its own best. None where a task of the part has no result yet: what is
    /// missing may be better.
    /// </summary>
    public static IReadOnlyList<SettingResult> Best(SweepPart part, IReadOnlyList<TaskResult> results)
    {
        ArgumentNullException.ThrowIfNull(part);
        var plan = part.Analysis;
        if (plan.Tune is not { } tuned || !Coverage.Of(part, results).IsWhole)
            return [];
        var best = new List<SettingResult>();
        foreach (var rest in Settings(part, results, [plan.Objective]).GroupBy(s => Without(s.Axes, tuned), Same))
        {
            SettingResult[] tried = [.. rest.OrderBy(s => s[tuned], AxisText.Order)];
            SettingResult[] whole = [.. tried.Where(s => s is { Diverged: 0, Estimate.Mean: var mean } && double.IsFinite(mean))];
            if (whole.MinBy(s => s.Estimate!.Mean) is { } least)
                best.Add(least with { Tried = tried.Length, IsAtEdge = tried.Length > 1 && (least == tried[0] || least == tried[^1]), AgainstBaseline = null });
        }
        return Compared([.. best], plan, tuned);
    }

    private static Dictionary<string, string> Setting(IReadOnlyList<string> axes, TaskResult result, Observation observation) => axes.ToDictionary(
        axis => axis,
        axis => axis == AnalysisPlan.MethodAxis
            ? observation.Method
            : AxisText.For(result.Task.Identity.Options[axis], observation.Method));

    private static SettingResult Result(
        Dictionary<string, string> axes, Metric metric, (string Replicate, Observation Observation)[] measured, AnalysisPlan plan)
    {
        // The same trajectory may be part of several tasks, where those differ only in what concerns another method.
        var repetitions = measured.DistinctBy(m => m.Replicate).ToArray();
        var values = repetitions.Where(m => !m.Observation.Diverged).OrderBy(m => m.Replicate, AxisText.Order)
            .ToDictionary(m => m.Replicate, m => m.Observation[metric.Of]);
        return new SettingResult(
            axes,
            metric,
            values,
            repetitions.Length - values.Count,
            values.Count > 0 ? Estimate.Of([.. values.Values], plan.Confidence, plan.Logarithmic) : null)
        {
            Keys = repetitions[0].Observation.Keys,
        };
    }

    /// <summary>
    /// Options that are step sizes: those of different methods have different units (SpecGD's multiplies ‖G‖_* polar(G), gradient descent's G), so that
    /// methods at one value are no pair.
    /// </summary>
    private static bool IsStepSize(string option) => option == "lr" || option.EndsWith("-lr", StringComparison.Ordinal);

    /// <summary>
    /// Whether the tests of single settings are left out, since they would be between methods at one number of a step size. Methods are compared each
    /// at its own best instead.
    /// </summary>
    public static bool LeavesOutTests(SweepPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        return part.Analysis.Baseline.ContainsKey(AnalysisPlan.MethodAxis) && Axes(part).Any(IsStepSize);
    }

    /// <summary>
    /// Each setting with its test against the one that has the baseline's values and else its own; <paramref name="but"/> may differ. There is none
    /// where a repetition of either diverged: survivors are no sample.
    /// </summary>
    private static SettingResult[] Compared(SettingResult[] settings, AnalysisPlan plan, string? but = null)
    {
        if (plan.Baseline.Count == 0)
            return settings;
        var places = PlacesOf(settings, but);
        return
        [
            .. settings.Select(setting => BaselineOf(setting, places, plan, but) is { IsWhole: true } baseline && baseline != setting && setting.IsWhole
                ? setting with { AgainstBaseline = Significance.Between(Scaled(setting.Values), Scaled(baseline.Values)) }
                : setting),
        ];

        Dictionary<string, double> Scaled(IReadOnlyDictionary<string, double> values) =>
            values.ToDictionary(v => v.Key, v => plan.Logarithmic ? Estimate.Logarithm(v.Value) : v.Value);
    }

    /// <summary>The setting that has the baseline's values and else those of <paramref name="setting"/>, itself where that has them; null where there is none.</summary>
    internal static SettingResult? BaselineOf(SettingResult setting, IReadOnlyList<SettingResult> settings, AnalysisPlan plan, string? but) =>
        BaselineOf(setting, PlacesOf(settings, but), plan, but);

    private static SettingResult? BaselineOf(SettingResult setting, Dictionary<string, SettingResult> places, AnalysisPlan plan, string? but)
    {
        var moved = setting.Axes.ToDictionary(axis => axis.Key, axis => plan.Baseline.GetValueOrDefault(axis.Key, axis.Value));
        return places.GetValueOrDefault(PlaceOf(moved, setting.Metric, but));
    }

    private static Dictionary<string, SettingResult> PlacesOf(IReadOnlyList<SettingResult> settings, string? but) =>
        settings.GroupBy(s => PlaceOf(s.Axes, s.Metric, but)).ToDictionary(g => g.Key, g => g.First());

    private static string PlaceOf(IReadOnlyDictionary<string, string> axes, Metric metric, string? but) => $"{metric}\n{Key(but is null ? axes : Without(axes, but))}";

    private static Dictionary<string, string> Without(IReadOnlyDictionary<string, string> axes, string axis) =>
        axes.Where(a => a.Key != axis).ToDictionary();

    private static string Key(IReadOnlyDictionary<string, string> axes) => string.Join('\n', axes.Select(a => $"{a.Key}={a.Value}"));

    private static readonly IEqualityComparer<Dictionary<string, string>> Same =
        EqualityComparer<Dictionary<string, string>>.Create((a, b) => Key(a!) == Key(b!), axes => Key(axes).GetHashCode(StringComparison.Ordinal));

    /// <summary>Where a setting stands among others: by its axes in turn.</summary>
    private readonly record struct Place(IReadOnlyList<string> Names, Dictionary<string, string> Axes) : IComparable<Place>
    {
        public int CompareTo(Place other)
        {
            foreach (string axis in Names)
                if (AxisText.Order.Compare(Axes[axis], other.Axes[axis]) is not 0 and var order)
                    return order;
            return 0;
        }
    }
}
