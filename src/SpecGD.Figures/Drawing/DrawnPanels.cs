using SpecGD.Figures.Model;

namespace SpecGD.Figures.Drawing;

/// <summary>
/// Figures and animations without panels that show nothing that was measured: a log may hold a part of what its experiment records, and an empty
/// panel has an invented axis.
/// </summary>
internal static class DrawnPanels
{
    /// <summary>The figure without its empty panels, and with a sentence of them, and of curves that have no place in theirs, in its caption; null where no panel is left.</summary>
    public static Figure? Of(Figure figure)
    {
        if (Vanished([.. figure.Panels.Where(PanelPlan.HasData)]) is { Length: > 0 } vanished)
            figure = figure with { Caption = figure.Caption + vanished };
        int[] kept = [.. figure.Panels.Index().Where(panel => PanelPlan.HasData(panel.Item)).Select(panel => panel.Index)];
        return kept.Length == figure.Panels.Count ? figure
            : kept.Length == 0 ? null
            : Cut(figure, kept) with { Caption = figure.Caption + Missing(figure, kept) };
    }

    /// <summary>The animation without the panels that are empty in every frame; null where no panel is left.</summary>
    public static Animation? Of(Animation animation)
    {
        int[] kept = [.. Enumerable.Range(0, animation.Frames[0].Panels.Count).Where(i => animation.Frames.Any(frame => PanelPlan.HasData(frame.Panels[i])))];
        return kept.Length == animation.Frames[0].Panels.Count ? animation
            : kept.Length == 0 ? null
            : new Animation(
                animation.Name,
                [.. animation.Frames.Select(frame => Cut(frame, kept))],
                animation.Caption.TrimEnd() + Missing(animation.Frames[0], kept),
                animation.FramesPerSecond);
    }

    /// <summary>
    /// What has values and yet nothing to draw, by its name in the key: such as a method whose losses are all zero, of which the key says nothing either.
    /// </summary>
    private static string Vanished(Panel[] panels) => string.Concat(
        from panel in panels
        where panel.Y.Logarithmic
        let names = panel.Curves.Where(curve => !curve.Label.IsEmpty && curve.Columns.Count > 1 && curve.Columns[1].Values.Count > 0 && !PanelPlan.Shows(curve, panel))
            .Select(curve => curve.Label.ToString()).Distinct().ToArray()
        where names.Length > 0
        let place = panel.Title.IsEmpty ? panel.Y.Label.ToString() : panel.Title.ToString()
        select $" Missing in '{place}', since all values are zero or not finite and a logarithmic axis has no place for them: {string.Join(", ", names)}.");

    /// <summary>The kept panels, each as large as before.</summary>
    private static Figure Cut(Figure figure, int[] kept)
    {
        int columns = Math.Min(figure.Columns, kept.Length);
        return figure with
        {
            Panels = [.. kept.Select(i => figure.Panels[i])],
            Columns = columns,
            Width = figure.Width * columns / figure.Columns,
            Height = figure.Height * Rows(kept.Length, columns) / Rows(figure.Panels.Count, figure.Columns),
        };
    }

    private static int Rows(int panels, int columns) => (panels + columns - 1) / columns;

    private static string Missing(Figure figure, int[] kept)
    {
        string[] titles = [.. figure.Panels.Where((_, i) => !kept.Contains(i)).Select(panel => panel.Title.ToString()).Where(title => title.Length > 0).Distinct()];
        return titles.Length == 0 ? "" : $" Not drawn, since the log has no numbers for it: {string.Join("; ", titles)}.";
    }
}
