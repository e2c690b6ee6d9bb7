using SpecGD.Experiments;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Recipes;

/// <summary>The strokes of methods by their names in a log: those of the paper look alike in every figure.</summary>
internal static class MethodStroke
{
    /// <summary>The authors' plotting looks for SpecGD under this name; their runs write <c>specgd</c>. Both are drawn.</summary>
    public const string BlockSpecGd = "block_specgd";

    /// <summary>Names of methods that the paper does not have and that look the same in every figure.</summary>
    public const string Muon = "muon", AdamW = "adamw", Adam = "adam";

    private const int NamedOthers = 3;

    /// <summary>The stroke of the method called <paramref name="name"/>; null where it has no role.</summary>
    public static Stroke? RoleOf(string name) => name switch
    {
        RandomFeature.GradientDescent => Palette.GradientDescent,
        RandomFeature.SpecGd or BlockSpecGd => Palette.SpecGd,
        RandomFeature.FromPeak => Palette.FromPeak,
        RandomFeature.Adaptive => Palette.Adaptive,
        Muon => Palette.OtherMethod(0),
        AdamW => Palette.OtherMethod(1),
        Adam => Palette.OtherMethod(2),
        _ when MethodName.IsRestart(name) => Palette.Restart,
        _ => null,
    };

    /// <summary>The strokes of the methods of one figure, in their order: that of the role, or the next that no role has.</summary>
    public static Stroke[] Of(IEnumerable<string> names)
    {
        int others = NamedOthers;
        return [.. names.Select(name => RoleOf(name) ?? Palette.OtherMethod(others++))];
    }
}
