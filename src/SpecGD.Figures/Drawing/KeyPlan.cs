using SpecGD.Figures.Model;

namespace SpecGD.Figures.Drawing;

/// <summary>Where the key of a panel stands and how its entries are arranged.</summary>
/// <param name="Placement">The place; never <see cref="KeyPlacement.Automatic"/>.</param>
/// <param name="Rows">Entries from top to bottom.</param>
/// <param name="Columns">Entries side by side.</param>
internal sealed record KeyPlan(KeyPlacement Placement, int Rows, int Columns)
{
    /// <summary>Distance of entries, the blank after their texts, and that above or below all, in units of the font size.</summary>
    public const double RowHeight = 1.35, AfterText = 0.4, Inset = 0.15;

    /// <summary>From the edge of the plot: a blank, the sample of a line, a blank; and beyond the text some clearance from the curves.</summary>
    public const double Side = 0.8, Sample = 2.1, Gap = 0.7, Clearance = 0.4;

    /// <summary>Between two entries side by side.</summary>
    public const double BetweenColumns = 1;

    /// <summary>The places to try, best first.</summary>
    public static IReadOnlyList<KeyPlacement> Corners { get; } =
        [KeyPlacement.TopRight, KeyPlacement.TopLeft, KeyPlacement.BottomRight, KeyPlacement.BottomLeft];

    /// <summary>The key of a panel.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="width">Width of its plot, in units of the font size.</param>
    /// <param name="height">Height of its plot, in units of the font size.</param>
    /// <param name="widthBelow">Width that a key below may take, in units of the font size.</param>
    public static KeyPlan Of(PanelPlan panel, double width, double height, double widthBelow)
    {
        var entries = panel.KeyEntries;
        var asked = entries.Count == 0 ? KeyPlacement.None : panel.Panel.Key;
        if (asked == KeyPlacement.Automatic)
        {
            var free = Corners.Where(corner => BoxOf(corner, panel, width, height).IsFreeIn(panel)).Take(1).ToArray();
            asked = free.Length == 0 ? KeyPlacement.Below : free[0];
        }
        if (asked != KeyPlacement.Below)
            return new KeyPlan(asked, entries.Count, 1);
        int columns = Math.Clamp((int)(widthBelow / (Sample + Gap + entries.Max(panel.WidthOf) + AfterText + BetweenColumns)), 1, entries.Count);
        return new KeyPlan(asked, (entries.Count + columns - 1) / columns, columns);
    }

    /// <summary>What the key of <paramref name="panel"/> covers in a corner, with some clearance around it.</summary>
    public static KeyBox BoxOf(KeyPlacement corner, PanelPlan panel, double width, double height)
    {
        double across = (Side + Sample + Gap + panel.KeyEntries.Max(panel.WidthOf) + AfterText + Clearance) / width;
        double up = (panel.KeyEntries.Count * RowHeight + Clearance) / height;
        bool right = corner is KeyPlacement.TopRight or KeyPlacement.BottomRight, top = corner is KeyPlacement.TopRight or KeyPlacement.TopLeft;
        return new KeyBox(right ? 1 - across : 0, top ? 1 - up : 0, right ? 1 : across, top ? 1 : up);
    }
}
