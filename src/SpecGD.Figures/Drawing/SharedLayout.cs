using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Drawing;

/// <summary>Frames of an animation with the same axes and with their keys in the same places, so that nothing moves but the curves.</summary>
internal static class SharedLayout
{
    /// <summary>
    /// <paramref name="frames"/> with each panel's axes taking in what that panel holds in any frame, with text in <paramref name="font"/>.
    /// </summary>
    public static IReadOnlyList<Figure> Of(IReadOnlyList<Figure> frames, FigureFont font) => WithSharedKeys(WithSharedAxes(frames), font);

    /// <summary>
    /// <paramref name="animations"/> with axes that take in what any of them holds in the same panel, so that they can be compared; those whose
    /// frames have another number of panels keep their own.
    /// </summary>
    public static IReadOnlyList<Animation> WithSharedAxes(IReadOnlyList<Animation> animations)
    {
        var shared = animations.GroupBy(animation => animation.Frames[0].Panels.Count)
            .Select(alike => new Queue<Figure>(WithSharedAxes([.. alike.SelectMany(animation => animation.Frames)])))
            .ToDictionary(frames => frames.Peek().Panels.Count);
        return
        [
            .. animations.Select(animation => new Animation(
                animation.Name,
                [.. animation.Frames.Select(frame => shared[frame.Panels.Count].Dequeue())],
                animation.Caption,
                animation.FramesPerSecond)),
        ];
    }

    private static IReadOnlyList<Figure> WithSharedAxes(IReadOnlyList<Figure> frames)
    {
        var shared = frames;
        for (int panel = 0; panel < frames[0].Panels.Count; panel++)
            shared = WithSharedAxes(shared, panel);
        return shared;
    }

    private static Figure[] WithSharedAxes(IReadOnlyList<Figure> frames, int number)
    {
        var extents = frames.Select(frame => PanelPlan.ExtentOf(frame.Panels[number])).ToArray();
        double[] x = [.. extents.SelectMany(extent => new[] { extent.Left, extent.Right }).Where(double.IsFinite)];
        double[] y = [.. extents.SelectMany(extent => new[] { extent.Bottom, extent.Top }).Where(double.IsFinite)];
        return Replaced(frames, number, panel => panel with { X = panel.X with { Covers = x }, Y = panel.Y with { Covers = y } });
    }

    /// <summary>
    /// Each key in the first corner where no curve runs in any frame; below the panels where there is none. A key below leaves the plots less
    /// height, so that the others are looked at anew.
    /// </summary>
    private static IReadOnlyList<Figure> WithSharedKeys(IReadOnlyList<Figure> frames, FigureFont font)
    {
        while (true)
        {
            var numbers = Enumerable.Range(0, frames[0].Panels.Count);
            int[] open = [.. numbers.Where(i => frames.Any(frame => frame.Panels[i].Key == KeyPlacement.Automatic))];
            FigurePlan[] plans = open.Length == 0 ? [] : [.. frames.Select(frame => FigurePlan.Of(frame, font))];
            KeyPlacement[] places = [.. open.Select(i => KeyPlan.Corners.FirstOrDefault(corner => IsFree(plans, i, corner), KeyPlacement.Below))];
            bool settled = !places.Contains(KeyPlacement.Below);
            foreach (var (panel, place) in open.Zip(places).Where(placed => settled || placed.Second == KeyPlacement.Below))
                frames = Replaced(frames, panel, shown => shown with { Key = place });
            if (settled)
                return frames;
        }
    }

    private static bool IsFree(FigurePlan[] plans, int panel, KeyPlacement corner) =>
        plans.All(plan => plan.Panels[panel].KeyEntries.Count == 0 || plan.IsFree(panel, corner));

    private static Figure[] Replaced(IReadOnlyList<Figure> frames, int number, Func<Panel, Panel> change) =>
        [.. frames.Select(frame => frame with { Panels = [.. frame.Panels.Select((panel, i) => i == number ? change(panel) : panel)] })];
}
