using SpecGD.Figures.Model;

namespace SpecGD.Figures.Drawing;

/// <summary>A rectangle in a plot whose corners are (0, 0) and (1, 1).</summary>
internal readonly record struct KeyBox(double Left, double Bottom, double Right, double Top)
{
    /// <summary>Shares of the panel that a mark at its edge takes with the text beside it, upward and to each side.</summary>
    private const double EdgeMarkHeight = 0.06, EdgeMarkWidth = 0.2;

    /// <summary>Whether the box lies in the plot and no curve of <paramref name="panel"/> runs through it.</summary>
    public bool IsFreeIn(PanelPlan panel)
    {
        var box = this;
        return Left >= 0 && Bottom >= 0 && Right <= 1 && Top <= 1 && !panel.Curves.Any(curve => box.Meets(curve, panel.X, panel.Y));
    }

    private bool Meets(CurvePlan curve, ResolvedAxis x, ResolvedAxis y)
    {
        if (curve.Curve is HorizontalLine across)
            return Overlaps(y.Place(across.Y), y.Place(across.Y));
        if (curve.Curve is VerticalLine up)
            return x.Place(up.X) >= Left && x.Place(up.X) <= Right;
        if (curve.Curve is EdgeMarks marks)
        {
            var (left, right) = (Left - EdgeMarkWidth, Right + EdgeMarkWidth);
            return Overlaps(marks.Height - EdgeMarkHeight, marks.Height + EdgeMarkHeight) && marks.X.Select(x.Place).Any(place => place >= left && place <= right);
        }
        for (int i = 0; curve.Columns.Count > 0 && i < curve.Columns[0].Count; i++)
        {
            if (double.IsFinite(curve.Columns[1][i]) && MeetsPiece(curve, i, x, y))
                return true;
        }
        return false;
    }

    /// <summary>
    /// Whether the box meets the piece of a curve from row <paramref name="i"/> to the next, or the point alone where a gap follows or no line
    /// joins them. A bar reaches down to the axis.
    /// </summary>
    private bool MeetsPiece(CurvePlan curve, int i, ResolvedAxis x, ResolvedAxis y)
    {
        bool joined = curve.Curve is not (PointCurve or TileCurve) && i + 1 < curve.Columns[0].Count && double.IsFinite(curve.Columns[1][i + 1]);
        int next = joined ? i + 1 : i;
        double begin = x.Place(curve.Columns[0][i]), end = x.Place(curve.Columns[0][next]);
        if (end < Left || begin > Right)
            return false;
        if (curve.Curve is HistogramCurve)
            return Overlaps(0, Math.Max(y.Place(curve.Columns[1][i]), y.Place(curve.Columns[1][next])));
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (var column in curve.Columns.Skip(1))
        {
            double from = y.Place(column[i]), to = y.Place(column[next]), slope = end > begin ? (to - from) / (end - begin) : 0;
            double first = begin < Left ? from + slope * (Left - begin) : from;
            double last = end > Right ? from + slope * (Right - begin) : to;
            (low, high) = (Math.Min(low, Math.Min(first, last)), Math.Max(high, Math.Max(first, last)));
        }
        return Overlaps(low, high);
    }

    private bool Overlaps(double low, double high) => low <= Top && high >= Bottom;
}
