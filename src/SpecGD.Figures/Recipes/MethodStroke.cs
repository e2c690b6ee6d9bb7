using SpecGD.Experiments;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Recipes;

/// <summary>
/// The strokes of methods by their names in a log: the one table that figures, sweeps and animations draw methods by. Nobody else gives a method a
/// colour.
/// </summary>
internal static class MethodStroke
{
    private static readonly Dictionary<string, Stroke> Strokes = new()
    {
        [RandomFeature.GradientDescent] = Palette.GradientDescent,
        [RandomFeature.SpecGd] = Palette.SpecGd,
        [MethodName.BlockSpecGd] = Palette.SpecGd,
        [RandomFeature.FromPeak] = Palette.FromPeak,
        [RandomFeature.Adaptive] = Palette.Adaptive,
        [SparseRegression.Muon] = Palette.Muon,
        [SparseRegression.AdamW] = Palette.AdamW,
        [MethodName.Adam] = Palette.Adam,
        [MethodName.MuonOnMlpOutputs] = Palette.MuonOnMlpOutputs,
    };

    /// <summary>The stroke of the method called <paramref name="name"/>; null where the table has none.</summary>
    public static Stroke? RoleOf(string name) =>
        Strokes.TryGetValue(name, out var stroke) ? stroke : MethodName.IsRestart(name) ? Palette.Restart : null;

    /// <summary>The strokes of the methods of one figure, in their order: that of the table, or the next that no method of the table has.</summary>
    public static Stroke[] Of(IEnumerable<string> names)
    {
        int others = 0;
        return [.. names.Select(name => RoleOf(name) ?? Unnamed(others++))];
    }

    /// <summary>The stroke of the <paramref name="ordinal"/>-th method of a figure, from 0, that the table has not.</summary>
    public static Stroke Unnamed(int ordinal) => Palette.UnnamedMethod(ordinal);
}
