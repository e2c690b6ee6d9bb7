using SpecGD.Figures.Model;

namespace SpecGD.Figures.Drawing;

/// <summary>Frames of an animation with the same axes and with their keys in the same places, so that nothing moves but the curves.</summary>
internal static class SharedLayout
{
    /// <summary><paramref name="frames"/> with each panel's axes taking in what that panel holds in any frame, with text in <paramref name="font"/>.</summary>
    public static IReadOnlyList<Figure> Of(IReadOnlyList<Figure> frames, string font)
    {
        var shared = frames;
        for (int panel = 0; panel < frames[0].Panels.Count; panel++)
            shared = WithSharedAxes(shared, panel);
        for (int panel = 0; panel < frames[0].Panels.Count; panel++)
            shared = WithSharedKey(shared, panel, font);
        return shared;
    }

    private static Figure[] WithSharedAxes(IReadOnlyList<Figure> frames, int number)
    {
        var extents = frames.Select(frame => PanelPlan.ExtentOf(frame.Panels[number])).ToArray();
        double[] x = [.. extents.SelectMany(extent => new[] { extent.Left, extent.Right }).Where(double.IsFinite)];
        double[] y = [.. extents.SelectMany(extent => new[] { extent.Bottom, extent.Top }).Where(double.IsFinite)];
        return Replaced(frames, number, panel => panel with { X = panel.X with { Covers = x }, Y = panel.Y with { Covers = y } });
    }

    /// <summary>The first corner where no curve runs in any frame; below the panels where there is none.</summary>
    private static IReadOnlyList<Figure> WithSharedKey(IReadOnlyList<Figure> frames, int number, string font)
    {
        if (frames.All(frame => frame.Panels[number].Key != KeyPlacement.Automatic))
            return frames;
        var plans = frames.Select(frame => FigurePlan.Of(frame, font)).Where(plan => plan.Panels[number].KeyEntries.Count > 0).ToArray();
        var corner = KeyPlan.Corners.FirstOrDefault(corner => plans.All(plan => plan.IsFree(number, corner)), KeyPlacement.Below);
        return Replaced(frames, number, panel => panel with { Key = corner });
    }

    private static Figure[] Replaced(IReadOnlyList<Figure> frames, int number, Func<Panel, Panel> change) =>
        [.. frames.Select(frame => frame with { Panels = [.. frame.Panels.Select((panel, i) => i == number ? change(panel) : panel)] })];
}
