using System.Globalization;
using SpecGD.Experiments;

namespace SpecGD.Figures.Recipes;

/// <summary>What figures call methods: the same in all of them.</summary>
internal static class MethodName
{
    /// <summary>The name of the method that logs call <paramref name="name"/>; that itself where it has no other.</summary>
    public static string Of(string name) => name switch
    {
        RandomFeature.GradientDescent => "GD",
        RandomFeature.SpecGd or MethodStroke.BlockSpecGd => "SpecGD",
        RandomFeature.FromPeak => "SpecGD from peak",
        RandomFeature.Adaptive => "Adaptive",
        MethodStroke.Muon => "Muon",
        MethodStroke.Adam => "Adam",
        MethodStroke.AdamW => "AdamW",
        _ when IsRestart(name) => $"SpecGD from GD step {RestartStep(name)}",
        _ => name,
    };

    /// <summary>Whether it is SpecGD from an iterate of gradient descent.</summary>
    public static bool IsRestart(string name) => name.StartsWith(RandomFeature.FromIterationPrefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(RandomFeature.FromIterationPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>The iterate that a restart begins with.</summary>
    public static int RestartStep(string name) =>
        int.Parse(name.AsSpan(RandomFeature.FromIterationPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture);
}
