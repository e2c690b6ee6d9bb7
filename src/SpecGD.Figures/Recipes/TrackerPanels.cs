using SpecGD.Experiments.NanoGpt;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Recipes;

/// <summary>What one panel shows of a tracker.</summary>
/// <param name="Title">What stands above it.</param>
/// <param name="Curves">Its series, with what the key calls those that are of no block.</param>
internal sealed record TrackerPart(FigureText Title, IReadOnlyList<(FigureText Label, TrackedSeries Series)> Curves);

/// <summary>
/// Panels of the tracker's series against the step, all panels of a figure with one vertical axis. The colour tells the block, dark to light in the
/// order of the blocks, and the dash the component; what is of no block has a colour of its own.
/// </summary>
internal static class TrackerPanels
{
    private const double LineWidth = 1.4;

    /// <summary>Blocks that the key names: of more the first, the last, and some in between, since the colours are in order.</summary>
    private const int MostInKey = 6;

    /// <summary>Numbers that carry tics on a logarithmic axis of ratios.</summary>
    private static readonly double[] RatioTics = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

    /// <summary>One series of no block among those of blocks.</summary>
    private static readonly Stroke BesideBlocks = Palette.Plain with { Width = LineWidth };

    private static readonly Dash[] Dashes = Enum.GetValues<Dash>();

    /// <summary>Ranks, on a linear axis from 0.</summary>
    public static Panel[] OfRanks(IReadOnlyList<TrackerPart> parts, FigureText label)
    {
        double[] covers = [0, .. Values(parts)];
        return Panels(parts, new Axis(label) { From = 0, Covers = covers }, []);
    }

    /// <summary>Ratios, on a logarithmic axis, with a line at 1.</summary>
    public static Panel[] OfRatios(IReadOnlyList<TrackerPart> parts, FigureText label)
    {
        double[] values = [1, .. Values(parts).Where(value => value > 0)];
        double low = RatioTics.LastOrDefault(tic => tic <= values.Min(), values.Min());
        double high = RatioTics.FirstOrDefault(tic => tic >= values.Max(), values.Max());
        var axis = new Axis(label)
        {
            Logarithmic = true,
            From = low < high ? low : null,
            To = low < high ? high : null,
            Tics = [.. RatioTics.Where(tic => tic >= low && tic <= high)],
        };
        return Panels(parts, axis, [new HorizontalLine(1, Palette.Reference)]);
    }

    /// <summary>The components of blocks that the parts show, in their order.</summary>
    public static string[] Components(IReadOnlyList<TrackerPart> parts) =>
        [.. parts.SelectMany(part => part.Curves).Where(curve => curve.Series.Block is not null).Select(curve => curve.Series.Component).Distinct()];

    private static Panel[] Panels(IReadOnlyList<TrackerPart> parts, Axis vertical, IReadOnlyList<Curve> common)
    {
        int blocks = parts.SelectMany(part => part.Curves).Max(curve => curve.Series.Block ?? -1) + 1;
        int last = parts.SelectMany(part => part.Curves).Max(curve => curve.Series.Series.Steps is [.., var step] ? step : 0);
        string[] components = Components(parts);
        var horizontal = new Axis("Training step") { WholeNumbers = true, From = 0, To = Math.Max(1, last) };
        return
        [
            .. parts.Select(part => new Panel(
                part.Title,
                horizontal,
                vertical,
                [.. Key(part, blocks, components), .. common, .. Lines(part, blocks, components)])),
        ];
    }

    /// <summary>Samples of the blocks' colours; the curves themselves have no entries.</summary>
    private static IEnumerable<Curve> Key(TrackerPart part, int blocks, string[] components)
    {
        var ofBlocks = part.Curves.Where(curve => curve.Series.Block is not null).ToArray();
        if (ofBlocks.Length == 0)
            return [];
        var dash = Dashes[Array.IndexOf(components, ofBlocks[0].Series.Component) % Dashes.Length];
        int[] there = [.. ofBlocks.Select(curve => curve.Series.Block!.Value).Distinct().Order()];
        return Sampling.Spread(there, MostInKey)
            .Select(block => new KeySample(new Stroke(OrderedColors.Of(block, blocks), LineWidth, dash)) { Label = $"block {block}" });
    }

    private static IEnumerable<Curve> Lines(TrackerPart part, int blocks, string[] components)
    {
        bool besideBlocks = part.Curves.Any(curve => curve.Series.Block is not null);
        int others = 0;
        foreach (var (label, (block, component, series)) in part.Curves)
        {
            var stroke = block is { } number
                ? new Stroke(OrderedColors.Of(number, blocks), LineWidth, Dashes[Array.IndexOf(components, component) % Dashes.Length])
                : besideBlocks ? BesideBlocks
                : OfNoBlock(others++);
            yield return new LineCurve([.. series.Steps.Select(step => (double)step)], series.Values, stroke)
            {
                Label = block is null ? label : FigureText.Empty,
            };
        }
    }

    /// <summary>Strokes that differ in colour, and neighbours in their dashes.</summary>
    private static Stroke OfNoBlock(int ordinal) =>
        (ordinal == 0 ? Palette.GradientDescent : Palette.Other(ordinal - 1)) with { Dash = Dashes[ordinal % Dashes.Length] };

    private static IEnumerable<double> Values(IReadOnlyList<TrackerPart> parts) =>
        parts.SelectMany(part => part.Curves).SelectMany(curve => curve.Series.Series.Values).Where(double.IsFinite);
}
