using System.Text.Json.Nodes;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>A figure of the tracker's record of a language model; also of the file of the authors' tracker.</summary>
public abstract class TrackerFigure : IFigureRecipe
{
    private const double PanelWidth = 5.2, PanelHeight = 4.5;

    /// <summary>Settings that captions tell.</summary>
    private static readonly string[] Told = ["preset", "optimizer", "mlp", "seed"];

    private readonly string _caption;

    /// <summary>A figure under the ending that the authors give its file.</summary>
    /// <param name="suffix">The ending.</param>
    /// <param name="caption">What is drawn, in sentences.</param>
    private protected TrackerFigure(string suffix, string caption) => (Name, _caption) = ($"{NanoGptRun.Name}_{suffix}", caption);

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Panels in a row.</summary>
    private protected virtual int Columns => 2;

    /// <inheritdoc/>
    public Figure? Compose(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        if ((log.ConfigText("experiment") ?? NanoGptRun.Name) != NanoGptRun.Name || TrackerView.Of(log) is not { } tracker)
            return null;
        TrackerPart[] parts = [.. Parts(tracker).Where(part => part.Curves.Any(curve => curve.Series.Series.Values.Any(double.IsFinite)))];
        if (parts.Length == 0)
            return null;
        var panels = Panels(parts);
        int columns = Math.Min(Columns, panels.Length), rows = (panels.Length + columns - 1) / columns;
        return new Figure(Name, panels, _caption + Colours(parts) + SettingsOf(log))
        {
            Columns = columns,
            Width = columns == 1 ? PanelWidth * 1.3 : columns * PanelWidth,
            Height = rows * PanelHeight,
        };
    }

    /// <summary>What the panels show.</summary>
    private protected abstract IEnumerable<TrackerPart> Parts(TrackerView tracker);

    /// <summary>The panels.</summary>
    private protected abstract Panel[] Panels(IReadOnlyList<TrackerPart> parts);

    /// <summary>A panel of one component of every block.</summary>
    private protected static TrackerPart Part(FigureText title, TrackerView tracker, string section, string component) =>
        new(title, [.. tracker.Of(section, component).Select(series => (FigureText.Empty, series))]);

    /// <summary>Series of no block with their entries in the key.</summary>
    private protected static IEnumerable<(FigureText, TrackedSeries)> Named(
        TrackerView tracker, string section, string component, FigureText label) =>
        tracker.Of(section, component).Where(series => series.Block is null).Select(series => (label, series));

    private static string Colours(IReadOnlyList<TrackerPart> parts)
    {
        int components = TrackerPanels.Components(parts).Length;
        return components == 0 ? ""
            : " The colour tells the block, dark to light in the order of the blocks"
                + (components > 1 ? ", the dash the component." : ".");
    }

    private static string SettingsOf(RunLog log)
    {
        string text = string.Join(", ", Told.Where(name => log.Config[name] is JsonValue).Select(name => $"{name} {log.Config[name]}"));
        return text.Length > 0 ? $" Settings: {text}." : "";
    }
}

/// <summary>Stable ranks of activations.</summary>
public abstract class StableRankFigure : TrackerFigure
{
    private protected StableRankFigure(string suffix, string caption)
        : base(suffix, caption)
    {
    }

    private protected sealed override Panel[] Panels(IReadOnlyList<TrackerPart> parts) =>
        TrackerPanels.OfRanks(parts, "st(" + FigureText.Italic("A") + ")");
}

/// <summary>Nuclear ranks of gradients.</summary>
public abstract class NuclearRankFigure : TrackerFigure
{
    private protected NuclearRankFigure(string suffix, string caption)
        : base(suffix, caption)
    {
    }

    private protected sealed override Panel[] Panels(IReadOnlyList<TrackerPart> parts) =>
        TrackerPanels.OfRanks(parts, "nr(" + FigureText.Italic("G") + ")");
}
