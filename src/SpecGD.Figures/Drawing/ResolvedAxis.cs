using System.Globalization;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Drawing;

/// <summary>An axis with its ends and tics decided, so that the places of curves and keys are known before anything is drawn.</summary>
/// <param name="From">The lower end.</param>
/// <param name="To">The upper end.</param>
/// <param name="IsLogarithmic">Whether equal distances are equal ratios.</param>
/// <param name="FirstTic">A tic from which the others are counted.</param>
/// <param name="Step">Distance from tic to tic; on a logarithmic axis the ratio, a power of ten.</param>
/// <param name="TicLabels">What stands at the tics, from the lower end up.</param>
internal sealed record ResolvedAxis(double From, double To, bool IsLogarithmic, double FirstTic, double Step, IReadOnlyList<FigureText> TicLabels)
{
    /// <summary>Ends of a logarithmic axis as powers of ten, short of what a double still holds.</summary>
    private const int LowestPower = -300, HighestPower = 300;

    /// <summary>Rounding errors of this share of a step do not count as beyond a tic.</summary>
    private const double Slack = 1e-9;

    /// <summary>Values beyond this on a linear axis are cut off, or the length of the axis would be no number.</summary>
    private const double LargestLinear = 1e300;

    /// <summary>Values that differ by less than this share are drawn as one.</summary>
    private const double FlatShare = 1e-9;

    private const int Tenfold = 10;

    private static readonly int[] PowerSteps = [1, 2, 3, 5, 10, 20, 50, 100];

    private static readonly int[] NiceMultiples = [1, 2, 5, 10];

    /// <summary>The only places of tics, where they were asked for.</summary>
    public IReadOnlyList<double> GivenTics { get; private init; } = [];

    /// <summary>Places of tics without a number, beside the given ones.</summary>
    public IReadOnlyList<double> BareTics { get; private init; } = [];

    /// <summary>Whether texts that were asked for stand at the given tics.</summary>
    public bool HasTicTexts { get; private init; }

    /// <summary>Whether the tics are powers of ten.</summary>
    public bool HasPowers => IsLogarithmic && GivenTics.Count == 0;

    /// <summary>The tics that lie on the axis, with what stands at each.</summary>
    public IEnumerable<(double Value, FigureText Label)> Tics => Enumerable.Range(0, TicLabels.Count).Select(TicAt).Zip(TicLabels).Where(tic => Shows(tic.First));

    /// <summary>Tics between powers of ten, at their multiples, where the powers leave room for them.</summary>
    public IEnumerable<double> MinorTics => !HasPowers || Step != Tenfold ? []
        : from power in Enumerable.Range(-1, TicLabels.Count + 1).Select(TicAt)
          from multiple in Enumerable.Range(2, Tenfold - 2)
          where Shows(power * multiple)
          select power * multiple;

    /// <summary>Whether a value lies on the axis, its ends included.</summary>
    public bool Shows(double value) => CanDraw(value, IsLogarithmic) && Place(value) is >= -Slack and <= 1 + Slack;

    /// <summary>Whether the axis has a place for <paramref name="value"/>.</summary>
    public static bool CanDraw(double value, bool logarithmic) => double.IsFinite(value) && (!logarithmic || value > 0);

    /// <summary>Where <paramref name="value"/> lies: 0 at the lower end, 1 at the upper.</summary>
    public double Place(double value) => IsLogarithmic
        ? (Math.Log10(value) - Math.Log10(From)) / (Math.Log10(To) - Math.Log10(From))
        : (value - From) / (To - From);

    /// <summary>The value at a place, as <see cref="Place"/> counts it; at the ends exactly the end.</summary>
    public double ValueAt(double place) => place == 0 ? From : place == 1 ? To
        : IsLogarithmic ? Math.Pow(10, Math.Log10(From) + (place * (Math.Log10(To) - Math.Log10(From))))
        : From + (place * (To - From));

    /// <summary>The axis for data from <paramref name="low"/> to <paramref name="high"/>.</summary>
    /// <param name="axis">What was asked for.</param>
    /// <param name="low">The smallest value to draw, or NaN for none.</param>
    /// <param name="high">The largest value to draw, or NaN for none.</param>
    /// <param name="roundEnds">Whether ends that were not asked for are rounded outward to a tic.</param>
    /// <param name="mostTics">Intervals between tics, at most.</param>
    public static ResolvedAxis Of(Axis axis, double low, double high, bool roundEnds, int mostTics)
    {
        if (axis.From >= axis.To || (axis.Logarithmic && (axis.From <= 0 || axis.To <= 0)))
            throw new ArgumentException($"The axis '{axis.Label}' cannot run from {axis.From} to {axis.To}.", nameof(axis));
        if (double.IsNaN(low))
            (low, high) = axis.Logarithmic ? (1, 10) : (0, 1);
        bool givenTics = axis.Tics.Count > 0;
        roundEnds &= !givenTics;
        var resolved = axis.Logarithmic ? Logarithmic(axis, low, high, roundEnds, mostTics) : Linear(axis, low, high, roundEnds, mostTics);
        if (!givenTics)
            return resolved;
        if (axis.TicTexts.Count > 0 && axis.TicTexts.Count != axis.Tics.Count)
            throw new ArgumentException($"The axis '{axis.Label}' has {axis.Tics.Count} tics and {axis.TicTexts.Count} texts for them.", nameof(axis));
        return resolved with
        {
            GivenTics = axis.Tics,
            BareTics = axis.BareTics,
            TicLabels = axis.TicTexts.Count > 0 ? axis.TicTexts : [.. axis.Tics.Select(tic => (FigureText)General(tic))],
            HasTicTexts = axis.TicTexts.Count > 0,
        };
    }

    private static ResolvedAxis Logarithmic(Axis axis, double low, double high, bool roundEnds, int mostTics)
    {
        double from = axis.From ?? low, to = axis.To ?? high;
        double lowest = Math.Floor(Math.Log10(from) + Slack), highest = Math.Ceiling(Math.Log10(to) - Slack);
        if (highest <= lowest)
            highest = lowest + 1;
        (lowest, highest) = (Math.Clamp(lowest, LowestPower, HighestPower - 1), Math.Clamp(highest, LowestPower + 1, HighestPower));
        if (axis.From is null && (roundEnds || from >= to))
            from = PowerOfTen(lowest);
        if (axis.To is null && (roundEnds || from >= to))
            to = PowerOfTen(highest);
        int step = PowerSteps.FirstOrDefault(s => (highest - lowest) / s <= mostTics, PowerSteps[^1]);
        int first = (int)Math.Ceiling(lowest / step) * step;
        var labels = new List<FigureText>();
        for (int power = first; power <= highest; power += step)
            labels.Add("10" + FigureText.Superscript(power.ToString(CultureInfo.InvariantCulture)));
        return new ResolvedAxis(from, to, IsLogarithmic: true, PowerOfTen(first), PowerOfTen(step), labels);
    }

    private static ResolvedAxis Linear(Axis axis, double low, double high, bool roundEnds, int mostTics)
    {
        var (from, to) = LinearEnds(axis, Math.Clamp(low, -LargestLinear, LargestLinear), Math.Clamp(high, -LargestLinear, LargestLinear));
        double step = NiceStep((to - from) / mostTics, axis.WholeNumbers);
        if (roundEnds && axis.From is null)
            from = step * Math.Floor(from / step + Slack);
        if (roundEnds && axis.To is null)
            to = step * Math.Ceiling(to / step - Slack);
        double first = Math.Ceiling(from / step - Slack);
        var labels = new List<FigureText>();
        for (double k = first; k * step <= to + Slack * step; k++)
            labels.Add(General(k * step));
        return new ResolvedAxis(from, to, IsLogarithmic: false, first * step, step, labels);
    }

    /// <summary>The ends before rounding, apart even where all values are the same.</summary>
    private static (double From, double To) LinearEnds(Axis axis, double low, double high)
    {
        double from = axis.From ?? low, to = axis.To ?? high;
        if (to - from > FlatShare * Math.Max(Math.Abs(from), Math.Abs(to)))
            return (from, to);
        double room = Math.Max(1, Math.Abs(from));
        if (axis.From is { } begin)
            return (begin, axis.To ?? begin + room);
        return axis.To is { } end ? (end - room, end) : (from - room / 2, from + room / 2);
    }

    /// <summary>The smallest of 1, 2 and 5 times a power of ten that is at least <paramref name="least"/>.</summary>
    private static double NiceStep(double least, bool wholeNumbers)
    {
        double power = Math.Floor(Math.Log10(least) + Slack), unit = PowerOfTen(power);
        double step = NiceMultiples.First(m => m >= least / unit - Slack) * unit;
        return wholeNumbers ? Math.Max(1, step) : step;
    }

    /// <summary>10 to a whole power, correctly rounded: Math.Pow need not be.</summary>
    private static double PowerOfTen(double power) => double.Parse($"1e{(int)power}", CultureInfo.InvariantCulture);

    private double TicAt(int number) => GivenTics.Count > 0 ? GivenTics[number]
        : IsLogarithmic ? PowerOfTen(Math.Round(Math.Log10(FirstTic)) + (number * Math.Round(Math.Log10(Step)))) : FirstTic + (number * Step);

    /// <summary>What C's "%g" prints: the format of linear tics.</summary>
    private static string General(double value) => (value == 0 ? 0 : value).ToString("G6", CultureInfo.InvariantCulture).ToLowerInvariant();
}
