using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Rendering;

/// <summary>The place of a text.</summary>
/// <param name="Alignment">What of the text is placed.</param>
/// <param name="Rows">Rows of text above the point, negative below; 0 beside it.</param>
internal readonly record struct NotePlace(TextAlign Alignment, int Rows);

/// <summary>
/// Finds room for texts beside points: within the frame, over no other point and no other text. Where no place beside the point is free, the text goes
/// below or above it, as many rows as it must. Only where the panel is full has it none.
/// </summary>
internal sealed class NoteRoom(PanelPlan panel)
{
    /// <summary>Half the size of a point, the height of a text, and from the point to the text, in units of the font size.</summary>
    private const double HalfPoint = 0.35, TextHeight = 1.1, Beside = 0.9;

    /// <summary>From a point to the text beside it, and from the lower edge of a row to the line of its text, in units of the font size.</summary>
    private const double TextGap = 0.6, BelowLine = 0.28;

    /// <summary>A text stands by choice on the side of its point that is the farther from the frame.</summary>
    private const double Middle = 0.5;

    private static readonly TextAlign[] InRows = [TextAlign.Center, TextAlign.Left, TextAlign.Right];

    /// <summary>Half the width of the room beside a point that is free of the texts of others: nearer ones would be taken for its own.</summary>
    private const double HalfRoom = 2 * Beside;

    private readonly List<Box> _texts = [];
    private readonly (double X, double Y)[] _points = [.. Points(panel)];

    /// <summary>The place at which a text has room, which is taken by it then; null where there is none.</summary>
    /// <param name="x">Place of the point on the x axis.</param>
    /// <param name="height">Its height as a share of the panel's.</param>
    /// <param name="width">The width of the text, in units of the font size.</param>
    public NotePlace? Take(double x, double height, double width)
    {
        var (across, up) = (panel.X.Place(x) * panel.Size.Width, height * panel.Size.Height);
        foreach (var place in Places(panel.X.Place(x) < Middle))
        {
            var box = BoxOf(place, across, up, width);
            if (!IsWithin(box) || _texts.Any(box.Meets) || _points.Any(point => point != (across, up) && box.Meets(RoomOf(point))))
                continue;
            _texts.Add(box);
            return place;
        }
        return null;
    }

    /// <summary>Where the line of a text stands that has a place: to the right of its point and above it, in units of the font size.</summary>
    public static (double Across, double Up) LineOf(NotePlace place)
    {
        if (place.Rows == 0)
            return (place.Alignment == TextAlign.Left ? TextGap : -TextGap, -TextLine.HalfHeight);
        double across = place.Alignment switch { TextAlign.Left => -HalfPoint, TextAlign.Right => HalfPoint, _ => 0 };
        return (across, BottomOf(place.Rows) + BelowLine);
    }

    /// <summary>The lower edge of a row of text, above the point.</summary>
    private static double BottomOf(int rows) => rows > 0 ? HalfPoint + ((rows - 1) * TextHeight) : -HalfPoint + (rows * TextHeight);

    /// <summary>All places of the panel, the nearest first.</summary>
    private IEnumerable<NotePlace> Places(bool isLeft)
    {
        yield return new NotePlace(isLeft ? TextAlign.Left : TextAlign.Right, 0);
        yield return new NotePlace(isLeft ? TextAlign.Right : TextAlign.Left, 0);
        for (int row = 1; row * TextHeight < panel.Size.Height; row++)
            foreach (int side in new[] { -row, row })
                foreach (var alignment in InRows)
                    yield return new NotePlace(alignment, side);
    }

    private static Box BoxOf(NotePlace place, double x, double y, double width)
    {
        if (place.Rows == 0)
            return place.Alignment == TextAlign.Left
                ? new Box(x + (Beside / 2), y - (TextHeight / 2), x + Beside + width, y + (TextHeight / 2))
                : new Box(x - Beside - width, y - (TextHeight / 2), x - (Beside / 2), y + (TextHeight / 2));
        double left = place.Alignment switch
        {
            TextAlign.Left => x - HalfPoint,
            TextAlign.Right => x + HalfPoint - width,
            _ => x - (width / 2),
        };
        double bottom = y + BottomOf(place.Rows);
        return new Box(left, bottom, left + width, bottom + TextHeight);
    }

    private bool IsWithin(Box box) => box.Left >= 0 && box.Bottom >= 0 && box.Right <= panel.Size.Width && box.Top <= panel.Size.Height;

    /// <summary>The points that are drawn by themselves, and the crosses.</summary>
    private static IEnumerable<(double X, double Y)> Points(PanelPlan panel) => panel.Curves.SelectMany(curve => curve.Curve switch
    {
        PointCurve => curve.Columns[0].Zip(curve.Columns[1]).Where(point => double.IsFinite(point.Second))
            .Select(point => PointAt(panel, point.First, panel.Y.Place(point.Second))),
        EdgeMarks marks => marks.X.Where(x => ResolvedAxis.CanDraw(x, panel.X.IsLogarithmic)).Select(x => PointAt(panel, x, marks.Height)),
        _ => [],
    });

    private static (double X, double Y) PointAt(PanelPlan panel, double x, double height) => (panel.X.Place(x) * panel.Size.Width, height * panel.Size.Height);

    private static Box RoomOf((double X, double Y) point) => new(point.X - HalfRoom, point.Y - HalfPoint, point.X + HalfRoom, point.Y + HalfPoint);

    /// <summary>A rectangle, in units of the font size from the lower left corner of the plot.</summary>
    private readonly record struct Box(double Left, double Bottom, double Right, double Top)
    {
        public bool Meets(Box other) => Left < other.Right && other.Left < Right && Bottom < other.Top && other.Bottom < Top;
    }
}
