using SpecGD.Figures.Model;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Figures.Sweeps;

/// <summary>The axes of a sweep's figure: over all values that were tried, with room between the marks and the frame.</summary>
internal static class SweepAxes
{
    /// <summary>A y axis whose largest number is so many times its least is logarithmic.</summary>
    private const double LogarithmicValues = 100;

    /// <summary>An x axis of positive values is logarithmic from this ratio on, and below it where their ratios are more even than their differences.</summary>
    private const double LogarithmicOptions = 20;

    /// <summary>Tics nearer to one another than this share of the axis would have overlapping numbers.</summary>
    private const double LeastTicDistance = 0.1;

    /// <summary>Room between the outermost marks and the frame, as a share of the axis.</summary>
    private const double Room = 0.05;

    /// <summary>Marks of one height have room around them as if they spanned this ratio.</summary>
    private const double LeastRatio = 2;

    /// <summary>
    /// An interval of logarithms from few repetitions may span hundreds of decades; it is shown as far as this factor beyond the means, so that these
    /// keep their place.
    /// </summary>
    public const double FarthestInterval = 1e6;

    /// <summary>The options of a part along which its settings can be drawn: those with more than one number.</summary>
    public static IEnumerable<string> OptionsWithNumbers(SweepPart part, IReadOnlyList<SettingResult> settings) => SweepAnalysis.Axes(part).Where(axis =>
        axis != AnalysisPlan.MethodAxis && settings.Select(s => AxisText.Number(s[axis])).OfType<double>().Distinct().Count() > 1);

    /// <summary>Whether the y axis is logarithmic: where the analysis is and the means are positive, and where they span magnitudes.</summary>
    public static bool IsLogarithmic(SweepPart part, IReadOnlyList<SettingResult> settings)
    {
        double[] means = [.. settings.Where(s => s.Estimate is not null).Select(s => s.Estimate!.Mean).Where(double.IsFinite)];
        return means.Length > 0 && means.Min() > 0 && (part.Analysis.Logarithmic || means.Max() / means.Min() >= LogarithmicValues);
    }

    /// <summary>The x axis.</summary>
    /// <param name="label">Its label.</param>
    /// <param name="values">Every value that was tried, or every mean.</param>
    /// <param name="ofOption">Whether they are an option's, each of which carries a tic, with its number where there is room; else a metric's.</param>
    public static Axis Across(string label, double[] values, bool ofOption)
    {
        double[] distinct = [.. values.Where(double.IsFinite).Distinct().Order()];
        if (distinct.Length < 2)
            return new Axis(label) { Tics = ofOption ? distinct : [] };
        double[] logarithms = [.. distinct.Select(Math.Log10)];
        double ratio = distinct[^1] / distinct[0];
        bool logarithmic = distinct[0] > 0 && (ofOption ? ratio >= LogarithmicOptions || AreEvener(logarithms, distinct) : ratio >= LogarithmicValues);
        var (from, to) = WithRoom(distinct[0], distinct[^1], logarithmic);
        double[] numbered = ofOption ? Apart(distinct, logarithmic ? logarithms : distinct) : [];
        return new Axis(label) { Logarithmic = logarithmic, From = from, To = to, Tics = numbered, BareTics = ofOption ? [.. distinct.Except(numbered)] : [] };
    }

    /// <summary>What the y axis shows.</summary>
    /// <param name="settings">The settings of the panel.</param>
    /// <param name="logarithmic">Whether the axis is logarithmic.</param>
    /// <param name="ceiling">Means beyond it lie outside of a logarithmic axis.</param>
    public static Range RangeOf(IReadOnlyList<SettingResult> settings, bool logarithmic, double ceiling)
    {
        SettingResult[] finite = [.. settings.Where(s => s.Estimate is not null && double.IsFinite(s.Estimate.Mean))];
        bool isCut = logarithmic && finite.Any(s => s.Estimate!.Mean <= ceiling);
        double limit = isCut ? ceiling : double.PositiveInfinity;
        SettingResult[] inside = [.. finite.Where(s => s.Estimate!.Mean <= limit)];
        if (inside.Length == 0)
            return new Range(limit, double.NaN, double.NaN, logarithmic);
        double least = inside.Min(s => s.Estimate!.Mean), most = inside.Max(s => s.Estimate!.Mean);
        double[] ends =
        [
            .. inside.Where(s => s.IsWhole).SelectMany(s => new[] { s.Estimate!.Lower, s.Estimate.Upper })
                .Where(end => double.IsFinite(end) && (end > 0 || !logarithmic)).Select(end => logarithmic ? Math.Clamp(end, least / FarthestInterval, most * FarthestInterval) : end),
        ];
        return new Range(limit, Math.Min(least, ends.DefaultIfEmpty(least).Min()), Math.Max(most, ends.DefaultIfEmpty(most).Max()), logarithmic);
    }

    /// <summary>Whether the distances of some places differ less, as ratios, than those of others.</summary>
    private static bool AreEvener(double[] places, double[] others) => Unevenness(places) <= Unevenness(others);

    private static double Unevenness(double[] places)
    {
        double[] distances = [.. places.Zip(places.Skip(1)).Select(pair => pair.Second - pair.First)];
        return distances.Max() / distances.Min();
    }

    /// <summary>The values that can carry a tic: the outermost, and of the others as many as have room for their numbers.</summary>
    private static double[] Apart(double[] values, double[] places)
    {
        double least = LeastTicDistance * (places[^1] - places[0]);
        var kept = new List<int> { 0 };
        for (int i = 1; i < values.Length - 1; i++)
            if (places[i] - places[kept[^1]] >= least && places[^1] - places[i] >= least)
                kept.Add(i);
        return [.. kept.Append(values.Length - 1).Select(i => values[i])];
    }

    private static (double From, double To) WithRoom(double low, double high, bool logarithmic, double headroom = 0)
    {
        if (!logarithmic)
            return (low - (Room * (high - low)), high + ((Room + headroom) * (high - low)));
        double ratio = Math.Max(high / low, LeastRatio);
        return (low / Math.Pow(ratio, Room), high * Math.Pow(ratio, Room + headroom));
    }

    /// <summary>What a y axis shows.</summary>
    /// <param name="Limit">Settings whose mean lies above it have no place.</param>
    /// <param name="Low">The least that has a place; NaN where nothing has.</param>
    /// <param name="High">The largest that has.</param>
    /// <param name="Logarithmic">Whether equal distances are equal ratios.</param>
    public sealed record Range(double Limit, double Low, double High, bool Logarithmic)
    {
        /// <summary>Whether the setting's mean has a place.</summary>
        public bool Holds(SettingResult setting) => setting.Estimate is { Mean: var mean } && mean <= Limit && double.IsFinite(mean);

        /// <summary>The axis, its ends rounded outward from where there is room beyond the outermost mark and interval.</summary>
        /// <param name="label">Its label.</param>
        /// <param name="headroom">Share of the range that crosses take at the upper edge.</param>
        public Axis Axis(string label, double headroom)
        {
            if (double.IsNaN(Low))
                return new Axis(label) { Logarithmic = Logarithmic };
            var (from, to) = WithRoom(Low, High, Logarithmic, headroom);
            if (Logarithmic)
                return new Axis(label) { Logarithmic = true, From = PowersOfTen.Below(Math.Max(from, Least)), To = Above(Math.Min(to, Most)) };
            return new Axis(label) { Covers = [from, to] };
        }

        /// <summary>Ends of an axis for which a double has room, whatever exploded.</summary>
        private const double Least = 1e-300, Most = 1e300;

        /// <summary>The power of ten above a value.</summary>
        private static double Above(double value) => 10 * PowersOfTen.Below(value);
    }
}
