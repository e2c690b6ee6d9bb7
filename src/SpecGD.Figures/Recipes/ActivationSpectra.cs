using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>The activations' singular values of one method of a sparse-regression log at some steps.</summary>
/// <param name="Method">The method's name in the log.</param>
/// <param name="Layers">The layers' names, such as <c>layer1</c>.</param>
/// <param name="Frames">What was measured, by steps.</param>
/// <param name="TotalSteps">Steps of the trajectory.</param>
internal sealed record ActivationSpectra(string Method, IReadOnlyList<string> Layers, IReadOnlyList<SpectrumFrame> Frames, int TotalSteps)
{
    /// <summary>Name of the section, and of the part of a method's entry, that holds the spectra.</summary>
    public const string SectionName = "spectrum_gif";

    /// <summary>The spectra of every method that has any.</summary>
    /// <exception cref="BadInputException">The section has not the form that it should have.</exception>
    public static IReadOnlyList<ActivationSpectra> All(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (log.ConfigText("experiment") is { } experiment && experiment != new SparseRegression().Name)
            return [];
        return
        [
            .. from member in LogNode.Section(log, SectionName).Members
               where member.Node.Exists
               let spectra = Of(member.Name, member.Node)
               where spectra.Layers.Count > 0 && spectra.Frames.Count > 0
               select spectra,
        ];
    }

    private static ActivationSpectra Of(string method, LogNode node)
    {
        string[] layers = [.. node["layers"].Items.Select(layer => layer.Text).OfType<string>()];
        SpectrumFrame[] frames = [.. node["frames"].Items.Select(frame => SpectrumFrame.Of(frame, layers))];
        int last = frames.Select(frame => frame.Label).DefaultIfEmpty(0).Max();
        return new ActivationSpectra(method, layers, frames, Math.Max(last, (int)Math.Clamp(node["total_steps"].Number ?? 0, 0, int.MaxValue)));
    }
}

/// <summary>The singular values of every layer's activations at one step.</summary>
/// <param name="Label">
/// The frame's step in the log: 0 for the start, else t + 1 for what was measured before update t.
/// </param>
/// <param name="StableRanks">st of each layer, in the order of the layers; null where the log has none.</param>
/// <param name="Spectra">Singular values of each layer, in the order of the layers; those that are no finite numbers are left out.</param>
internal sealed record SpectrumFrame(int Label, IReadOnlyList<double?> StableRanks, IReadOnlyList<double[]> Spectra)
{
    /// <summary>The step in the series that the frame was measured at.</summary>
    public int Step => Math.Max(0, Label - 1);

    /// <summary>The frame in <paramref name="node"/>.</summary>
    /// <exception cref="BadInputException">It has not the form that it should have.</exception>
    public static SpectrumFrame Of(LogNode node, IReadOnlyList<string> layers)
    {
        double label = node["step"].Required();
        if (!(label >= 0 && label <= int.MaxValue && label == Math.Floor(label)))
            throw node["step"].Complaint("a whole number from 0 on");
        return new SpectrumFrame(
            (int)label,
            [.. layers.Select(layer => node["stable_rank"][layer].Number)],
            [.. layers.Select(layer => node["spectra"][layer].Numbers.Where(value => value >= 0 && double.IsFinite(value)).ToArray())]);
    }
}
