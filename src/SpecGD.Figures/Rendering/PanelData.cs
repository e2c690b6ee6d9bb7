using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Rendering;

/// <summary>What a file of vectors says of its panels and curves, so that the script of a report can tell values from places.</summary>
internal static class PanelData
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Where the plot lies, what its axes count, and its texts.</summary>
    public static IEnumerable<(string Name, string Value)> Of(PanelFrame frame) =>
    [
        ("box", string.Join(' ', new[] { frame.Left, frame.Top, frame.Width, frame.Height }.Select(value => Text(Math.Round(value, 4))))),
        ("title", $"{frame.Panel.Panel.Title}"),
        ("x", Text(frame.Panel.X, frame.Panel.Panel.X)),
        ("y", Text(frame.Panel.Y, frame.Panel.Panel.Y)),
        ("x-label", $"{frame.Panel.Panel.X.Label}"),
        ("y-label", $"{frame.Panel.Panel.Y.Label}"),
        ("x-tics", Tics(frame.Panel.X)),
        ("y-tics", Tics(frame.Panel.Y)),
    ];

    /// <summary>The number of a curve in its panel, its label, what it is drawn with, and what is to be told of its points.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="curve">The curve.</param>
    /// <param name="names">Texts of the points that are drawn, in their order; none where empty.</param>
    public static IEnumerable<(string Name, string Value)> Of(int number, Curve curve, IReadOnlyList<string> names) =>
    [
        ("curve", number.ToString(CultureInfo.InvariantCulture)),
        ("label", $"{curve.Label}"),
        ("stroke", $"{curve.Stroke.Color} {curve.Stroke.Dash}"),
        ("names", names.Count > 0 ? JsonSerializer.Serialize(names, Readable) : ""),
    ];

    /// <summary>"log 1e-05 10", "linear 0 500 whole".</summary>
    private static string Text(ResolvedAxis axis, Axis asked) =>
        $"{(axis.IsLogarithmic ? "log" : "linear")} {Text(axis.From)} {Text(axis.To)}{(asked.WholeNumbers ? " whole" : "")}";

    private static string Tics(ResolvedAxis axis) => axis.HasTicTexts
        ? JsonSerializer.Serialize(axis.Tics.Select(tic => new object[] { tic.Value, $"{tic.Label}" }), Readable) : "";

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
