using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Gnuplot;

/// <summary>Where a text stands beside its point.</summary>
internal enum NoteSide
{
    /// <summary>Nowhere: every side is taken.</summary>
    None,

    /// <summary>To the right of the point.</summary>
    Right,

    /// <summary>To the left of the point.</summary>
    Left,

    /// <summary>Above the point.</summary>
    Above,

    /// <summary>Below the point.</summary>
    Below,
}

/// <summary>Finds room for texts beside points: within the frame, over no other point and no other text. A text without room is left out; the caption has it too.</summary>
internal sealed class NoteRoom(PanelPlan panel)
{
    /// <summary>Half the size of a point, the height of a text, and from the point to the text, in units of the font size.</summary>
    private const double HalfPoint = 0.35, TextHeight = 1.1, Beside = 0.9;

    /// <summary>A text stands by choice on the side of its point that is the farther from the frame.</summary>
    private const double Middle = 0.5;

    private readonly List<Box> _taken = [.. Points(panel)];

    /// <summary>The side of a point on which a text has room, which is taken by it then.</summary>
    /// <param name="x">Place of the point on the x axis.</param>
    /// <param name="height">Its height as a share of the panel's.</param>
    /// <param name="width">The width of the text, in units of the font size.</param>
    public NoteSide Take(double x, double height, double width)
    {
        var (across, up) = (panel.X.Place(x) * panel.Size.Width, height * panel.Size.Height);
        NoteSide[] beside = panel.X.Place(x) < Middle ? [NoteSide.Right, NoteSide.Left] : [NoteSide.Left, NoteSide.Right];
        foreach (var side in beside.Append(NoteSide.Below).Append(NoteSide.Above))
        {
            var box = BoxOf(side, across, up, width);
            if (!IsWithin(box) || _taken.Any(box.Meets))
                continue;
            _taken.Add(box);
            return side;
        }
        return NoteSide.None;
    }

    private static Box BoxOf(NoteSide side, double x, double y, double width) => side switch
    {
        NoteSide.Right => new Box(x + (Beside / 2), y - (TextHeight / 2), x + Beside + width, y + (TextHeight / 2)),
        NoteSide.Left => new Box(x - Beside - width, y - (TextHeight / 2), x - (Beside / 2), y + (TextHeight / 2)),
        NoteSide.Above => new Box(x - (width / 2), y + HalfPoint, x + (width / 2), y + HalfPoint + TextHeight),
        _ => new Box(x - (width / 2), y - HalfPoint - TextHeight, x + (width / 2), y - HalfPoint),
    };

    private bool IsWithin(Box box) => box.Left >= 0 && box.Bottom >= 0 && box.Right <= panel.Size.Width && box.Top <= panel.Size.Height;

    /// <summary>The points that are drawn by themselves, and the crosses.</summary>
    private static IEnumerable<Box> Points(PanelPlan panel) => panel.Curves.SelectMany(curve => curve.Curve switch
    {
        PointCurve => curve.Columns[0].Zip(curve.Columns[1]).Where(point => double.IsFinite(point.Second))
            .Select(point => PointAt(panel, point.First, panel.Y.Place(point.Second))),
        EdgeMarks marks => marks.X.Where(x => ResolvedAxis.CanDraw(x, panel.X.IsLogarithmic)).Select(x => PointAt(panel, x, marks.Height)),
        _ => [],
    });

    private static Box PointAt(PanelPlan panel, double x, double height)
    {
        var (across, up) = (panel.X.Place(x) * panel.Size.Width, height * panel.Size.Height);
        return new Box(across - HalfPoint, up - HalfPoint, across + HalfPoint, up + HalfPoint);
    }

    /// <summary>A rectangle, in units of the font size from the lower left corner of the plot.</summary>
    private readonly record struct Box(double Left, double Bottom, double Right, double Top)
    {
        public bool Meets(Box other) => Left < other.Right && other.Left < Right && Bottom < other.Top && other.Bottom < Top;
    }
}
