using System.Globalization;
using SpecGD.Figures.Model;
using SpecGD.Records;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Figures.Sweeps;

/// <summary>One trajectory of one repetition.</summary>
/// <param name="Setting">What the options are that vary beside the repetition.</param>
/// <param name="Method">The method.</param>
/// <param name="Replicate">Which repetition it is.</param>
/// <param name="Log">Its series.</param>
/// <param name="GoneAt">From which step on it counts as diverged; null where it ran to its end.</param>
internal sealed record SweepCourse(string Setting, string Method, string Replicate, MethodLog Log, int? GoneAt)
{
    /// <summary>The trajectories of a task.</summary>
    public static IEnumerable<SweepCourse> All(SweepPart part, TaskResult result, RunLog log)
    {
        string setting = SettingOf(part, result);
        var diverged = Observation.All(result.Task.Experiment, log, result.Record.State == TaskState.Diverged).Where(o => o.Diverged).Select(o => o.Method).ToHashSet();
        return log.Methods.Select(method => new SweepCourse(
            setting, method.Key, result.Replicate, method.Value, diverged.Contains(method.Key) ? Gone(method.Value, part.Analysis.Objective.Series) : null));
    }

    /// <summary>What the options are that vary beside the repetition.</summary>
    public static string SettingOf(SweepPart part, TaskResult result) => string.Join(", ", SweepAnalysis.Axes(part).Where(axis => axis != AnalysisPlan.MethodAxis)
        .Select(axis => $"{axis} {AxisText.Of(result.Task.Identity.Options[axis])}"));

    /// <summary>
    /// The step at which a diverging trajectory leaves the axis of losses, or that after its last: what it has from there on is of no use to a mean, and
    /// would take the axes with it.
    /// </summary>
    private static int Gone(MethodLog log, string objective)
    {
        int end = log.Series.Values.Where(s => s.Count > 0).Select(s => s.Steps[^1] + 1).DefaultIfEmpty(0).Max();
        if (!log.TryGet(objective, out var loss))
            return end;
        double ceiling = PowersOfTen.CeilingOf(loss.Values[0]);
        int beyond = loss.Values.ToList().FindIndex(value => !(value <= ceiling));
        return beyond < 0 ? end : loss.Steps[beyond];
    }
}

/// <summary>The means of one series of one method over its repetitions: as far as every repetition goes, and where the survivors end.</summary>
internal sealed record CourseMeans
{
    private CourseMeans(string setting, string series, string method) => (Setting, Series, Method) = (setting, series, method);

    /// <summary>What the options are that vary beside the repetition.</summary>
    public string Setting { get; }

    /// <summary>The series.</summary>
    public string Series { get; }

    /// <summary>The method.</summary>
    public string Method { get; }

    /// <summary>The steps that every repetition has, before the first of them diverged.</summary>
    public IReadOnlyList<double> Steps { get; private init; } = [];

    /// <summary>Their means, and the ends of their intervals; NaN where one is not defined.</summary>
    public IReadOnlyList<double> Means { get; private init; } = [];

    /// <inheritdoc cref="Means"/>
    public IReadOnlyList<double> Lower { get; private init; } = [];

    /// <inheritdoc cref="Means"/>
    public IReadOnlyList<double> Upper { get; private init; } = [];

    /// <summary>Where those end that did not diverge, and their mean; null where none or all are left.</summary>
    public (double X, double Mean)? Survivors { get; private init; }

    /// <summary>Repetitions that diverged.</summary>
    public int Diverged { get; private init; }

    /// <summary>"1 of 3": how many did not.</summary>
    public string CountText { get; private init; } = "";

    /// <summary>Whether the repetitions begin at different steps.</summary>
    public bool StartsLate { get; private init; }

    /// <summary>The last step of any repetition.</summary>
    public double LastStep { get; private init; }

    /// <summary>Whether there is more than one repetition; else the means are single values.</summary>
    public bool Repeats { get; private init; }

    /// <summary>Whether there is anything to draw.</summary>
    public bool HasPlace => Means.Any(double.IsFinite) || Survivors is { Mean: var mean } && double.IsFinite(mean) || (Diverged > 0 && Survivors is null);

    /// <summary>Whether there is an interval.</summary>
    public bool HasBand => Lower.Any(double.IsFinite);

    /// <summary>Whether a mean is not defined where every repetition has a value.</summary>
    public bool HasGap => !Means.All(double.IsFinite) || Survivors is { Mean: var mean } && !double.IsFinite(mean);

    /// <summary>The means; null where no repetition has the series.</summary>
    public static CourseMeans? Of(SweepPart part, string series, string method, IReadOnlyList<SweepCourse> courses)
    {
        SweepCourse[] all = [.. courses.DistinctBy(c => c.Replicate).Where(c => c.Log.TryGet(series, out _))];
        if (all.Length == 0)
            return null;
        SweepCourse[] left = [.. all.Where(c => c.GoneAt is null)];
        int end = all.Min(c => c.GoneAt ?? int.MaxValue);
        int[] steps = [.. StepsOf(all, series).Where(step => step < end)];
        Estimate[] means = [.. steps.Select(step => Mean(part, series, all, step))];
        int[] ofLeft = left.Length == 0 || left.Length == all.Length ? [] : StepsOf(left, series);
        return new CourseMeans(all[0].Setting, series, method)
        {
            Steps = [.. steps.Select(step => (double)step)],
            Means = [.. means.Select(m => m.Mean)],
            Lower = [.. means.Select(m => m.Lower)],
            Upper = [.. means.Select(m => m.Upper)],
            Survivors = ofLeft.Length == 0 ? null : (ofLeft[^1], Mean(part, series, left, ofLeft[^1]).Mean),
            Diverged = all.Length - left.Length,
            Repeats = all.Length > 1,
            CountText = string.Create(CultureInfo.InvariantCulture, $"{left.Length} of {all.Length}"),
            StartsLate = steps.Length > 0 && all.Any(c => c.Log.Find(series)!.Steps[0] != steps[0]),
            LastStep = all.Max(c => c.Log.Find(series)!.Steps[^1]),
        };
    }

    /// <summary>The steps that all have, ascending.</summary>
    private static int[] StepsOf(IReadOnlyList<SweepCourse> courses, string series) =>
        [.. courses.Skip(1).Aggregate(courses[0].Log.Find(series)!.Steps.AsEnumerable(), (common, next) => common.Intersect(next.Log.Find(series)!.Steps)).Order()];

    private static Estimate Mean(SweepPart part, string series, IReadOnlyList<SweepCourse> courses, int step) => Estimate.Of(
        [.. courses.Select(c => ValueAt(c.Log.Find(series)!, step))], part.Analysis.Confidence, part.Analysis.Logarithmic);

    private static double ValueAt(Series series, int step) => series.Values[Index(series.Steps, step)];

    /// <summary>The place of a step that is among the ascending ones.</summary>
    private static int Index(IReadOnlyList<int> steps, int step)
    {
        int low = 0;
        for (int high = steps.Count - 1; low < high;)
        {
            int middle = (low + high) / 2;
            if (steps[middle] < step)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
