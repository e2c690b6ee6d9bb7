using System.Globalization;

namespace SpecGD.Experiments;

/// <summary>What figures, printed tables and sentences call methods: one table for all. Files keep the names that logs have.</summary>
public static class MethodName
{
    /// <summary>The column of tables that has methods.</summary>
    public const string Column = "method";

    /// <summary>The authors' plotting looks for SpecGD under this name; their runs write <c>specgd</c>. Both mean the same.</summary>
    public const string BlockSpecGd = "block_specgd";

    /// <summary>Adam on all matrices of a language model, and Muon on the output matrices of its MLPs alone.</summary>
    public const string Adam = "adam", MuonOnMlpOutputs = "muon-mlp-output";

    /// <summary>Names in logs, with what keys and tables call the method and what sentences call it.</summary>
    private static readonly Dictionary<string, (string Short, string InSentences)> Names = new()
    {
        [RandomFeature.GradientDescent] = ("GD", "gradient descent"),
        [RandomFeature.SpecGd] = ("SpecGD", "SpecGD"),
        [BlockSpecGd] = ("SpecGD", "SpecGD"),
        [RandomFeature.FromPeak] = ("SpecGD from peak", "SpecGD from the peak"),
        [RandomFeature.Adaptive] = ("Adaptive", "the adaptive method"),
        [SparseRegression.Muon] = ("Muon", "Muon"),
        [SparseRegression.AdamW] = ("AdamW", "AdamW"),
        [Adam] = ("Adam", "Adam"),
        [MuonOnMlpOutputs] = ("Muon on MLP outputs", "Muon on MLP outputs"),
    };

    /// <summary>Every name that has an entry of its own; restarts, whose names have a step, are not among them.</summary>
    public static IEnumerable<string> Known => Names.Keys;

    /// <summary>What keys of figures and tables call the method that logs call <paramref name="name"/>; that itself where it has no other name.</summary>
    public static string Of(string name) => Names.TryGetValue(name, out var known) ? known.Short
        : IsRestart(name) ? string.Create(CultureInfo.InvariantCulture, $"SpecGD from GD step {RestartStep(name)}")
        : name;

    /// <summary>What sentences call it.</summary>
    public static string InSentences(string name) => Names.TryGetValue(name, out var known) ? known.InSentences
        : IsRestart(name) ? string.Create(CultureInfo.InvariantCulture, $"SpecGD from step {RestartStep(name)}")
        : name;

    /// <summary>Whether it is SpecGD from an iterate of gradient descent.</summary>
    public static bool IsRestart(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith(RandomFeature.FromIterationPrefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(RandomFeature.FromIterationPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }

    /// <summary>The iterate that a restart begins with.</summary>
    public static int RestartStep(string name) =>
        int.Parse(name.AsSpan(RandomFeature.FromIterationPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture);
}
