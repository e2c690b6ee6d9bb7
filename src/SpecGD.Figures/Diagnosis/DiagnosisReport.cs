using System.Globalization;
using SpecGD.Diagnosis;
using SpecGD.Diagnosis.ParameterGroups;
using SpecGD.Figures.Model;
using SpecGD.Figures.Report;

namespace SpecGD.Figures.Diagnosis;

/// <summary>A diagnosis as a report for people.</summary>
public static class DiagnosisReport
{
    /// <summary>The report.</summary>
    /// <param name="diagnosis">What was found.</param>
    /// <param name="figures">The figures that were asked for, with their pictures where they could be drawn.</param>
    /// <param name="command">What to type to make it again.</param>
    public static ReportDocument Of(NetworkDiagnosis diagnosis, IReadOnlyList<(Figure Figure, PictureFile? Picture)> figures, string command)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        IReadOnlyList<Block> Pictures(string name) => [.. figures.Where(f => f.Figure.Name.StartsWith(name,
            StringComparison.Ordinal)).SelectMany(f => Blocks(f.Figure, f.Picture))];
        var sections = new List<Section>
        {
            new("layers", "Layers", "Layer by layer", [.. Pictures("ratios"), DiagnosisTables.Verdicts(diagnosis), new Details("All numbers of every layer", [DiagnosisTables.Layers(diagnosis)])]),
            new("groups", "Groups", "By part of the network", [DiagnosisTables.Groups(diagnosis)]),
        };
        if (diagnosis.Steps.Count > 1)
            sections.Add(new("steps", "Steps", "Over the steps", [.. Pictures("steps"), DiagnosisTables.Trends(diagnosis)]));
        sections.Add(new("warnings", "Warnings", "Where to be careful", DiagnosisTables.Warnings(diagnosis)));
        sections.Add(new("optimizers", "To paste", "Parameter groups to paste", Groups(diagnosis)));
        if (Pictures("spectra") is { Count: > 0 } spectra)
            sections.Add(new("spectra", "Spectra", "Singular values", spectra));
        sections.Add(new("provenance", "Provenance", "Where these numbers come from", [Source(diagnosis), new Paragraph("To do it again:"),
            new CommandLines(command)]));
        sections.Add(Glossary.Section);
        return new ReportDocument("Which layers want a spectral step?", Lead(diagnosis), sections) { Verdict = Verdict(diagnosis) };
    }

    /// <summary>What came of it, in sentences.</summary>
    public static IReadOnlyList<string> Lead(NetworkDiagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        var total = diagnosis.Total;
        int judged = total.Spectral + total.Undecided + total.Euclidean;
        string steps = diagnosis.Steps.Count == 1 ? "" : string.Create(
            CultureInfo.InvariantCulture, $" over {Counted.Of(diagnosis.Steps.Count, "step")}, {diagnosis.Steps[0]} to {diagnosis.Steps[^1]} (verdicts by "
                + $"majority)");
        var plan = ParameterPlan.Of(diagnosis);
        var sentences = new List<string>
        {
            $"Of {Counted.Of(total.Layers, "layer")}{steps}, {judged} could be judged: {total.Spectral} spectral, {total.Undecided} undecided, "
                + $"{total.Euclidean} Euclidean. "
            + "Spectral means that an update along the polar factor of the gradient (Muon, SpecGD) promises at least twice the decrease of the "
            + "loss that a step along the gradient "
            + "itself does; undecided, more but less than twice as much; Euclidean, less.",
        };
        if (Unmeasured(diagnosis) is { } unmeasured)
            sentences.Insert(0, unmeasured);
        sentences.Add(ForMuon(diagnosis, plan));
        if (diagnosis.ParameterCurvature > 0)
            sentences.Add(string.Create(CultureInfo.InvariantCulture, $"Verdicts take a curvature C_op = {diagnosis.ParameterCurvature:G4} into "
                + $"account that does not come through the activations."));
        return sentences;
    }

    /// <summary>What of the network was not measured, in a sentence; null where everything was.</summary>
    public static string? Unmeasured(NetworkDiagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        var some = diagnosis.Unmeasured;
        if (some.Count == 0)
            return null;
        const int named = 6;
        string names = string.Join("; ", some.Take(named).Select(matrix => $"{matrix.Name} ({string.Join(" × ", matrix.Shape)}): {matrix.Reason}"));
        string more = some.Count > named ? string.Create(CultureInfo.InvariantCulture, $"; and {some.Count - named} more") : "";
        string matrices = some.Count == 1 ? "matrix" : "matrices";
        return string.Create(CultureInfo.InvariantCulture, $"{some.Count} {matrices}, {100 * some.Sum(matrix => matrix.Share):0.#} % of the weights, not measured: {names}{more}.");
    }

    private static string ForMuon(NetworkDiagnosis diagnosis, ParameterPlan plan) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Counted.Of(plan.Spectral.Count, "parameter")} of {plan.Parameters.Count} with {100 * MuonShare(diagnosis, plan):0} % of the captured weights "
            + $"{(plan.Spectral.Count == 1 ? "goes" : "go")} to Muon{Filters(plan)}; {plan.Of(PlanGroup.HeldBack).Count} held back (input, head, routers), "
            + $"{plan.Of(PlanGroup.Undecided).Count} undecided, {plan.Of(PlanGroup.Fused).Count} fused.");

    /// <summary>The parameters for Muon that are no matrices as they are stored: not every Muon takes them.</summary>
    private static string Filters(ParameterPlan plan)
    {
        PlannedParameter[] other = [.. plan.Spectral.Where(parameter => parameter.StoredShape.Count > 2)];
        int filters = other.Count(parameter => parameter.Layout is "conv" or "conv_transposed");
        string[] kinds = [.. new[] { (Count: filters, Noun: "filter"), (Count: other.Length - filters, Noun: "stack") }.Where(kind => kind.Count > 0).Select(kind => Counted.Of(kind.Count, kind.Noun))];
        return kinds.Length == 0 ? "" : $" ({string.Join(" and ", kinds)} among them, where the optimizer takes more than two dimensions; torch.optim.Muon does not)";
    }

    private static double MuonShare(NetworkDiagnosis diagnosis, ParameterPlan plan)
    {
        HashSet<string> names = [.. plan.Spectral.Select(parameter => parameter.Name)];
        double all = GroupTotal.Weights(diagnosis.Trends);
        double some = GroupTotal.Weights(diagnosis.Trends.Where(trend => names.Contains(trend.Last.Entry.Parameter ?? trend.Name + ".weight")));
        return all > 0 ? some / all : 0;
    }

    private static Mark Verdict(NetworkDiagnosis diagnosis)
    {
        var plan = ParameterPlan.Of(diagnosis);
        double share = MuonShare(diagnosis, plan);
        return diagnosis.Total.SpectralShare is null ? new Mark(MarkShape.Ring, "No layer could be judged.")
            : new Mark(
                share >= 0.5 ? MarkShape.Check : MarkShape.Bar,
                string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} % of the captured weights go to Muon."));
    }

    private static IEnumerable<Block> Blocks(Figure figure, PictureFile? picture)
    {
        if (picture is not null)
        {
            yield return new Picture(picture, figure.Caption, $"Plot. {figure.Caption}");
            yield break;
        }
        yield return new Paragraph($"The figure '{figure.Name}' was not drawn, as it was asked for.");
    }

    private static IReadOnlyList<Block> Groups(NetworkDiagnosis diagnosis)
    {
        var plan = ParameterPlan.Of(diagnosis);
        return
        [
            new Paragraph(
                $"{Counted.Of(plan.Spectral.Count, "parameter")} judged spectral go to the spectral optimizer, everything else to AdamW: input layers, heads, routers "
                    + $"and gains whatever their ratio, undecided and fused parameters as sets of their own. "
                + "Learning rates are places to start from. Each comment names the layout that the parameter is stored in, since the optimizers' "
                + "scales read it."),
            .. ParameterGroupText.All.Select(recipe => new Details(recipe.Title, [new CommandLines(recipe.Render(plan))])),
        ];
    }

    private static KeyValues Source(NetworkDiagnosis diagnosis) => new(
    [
        .. diagnosis.Files.Select((file, i) => new KeyValueEntry(string.Create(CultureInfo.InvariantCulture, $"capture {i + 1}"), file)),
        new KeyValueEntry("nr(G)", "from all singular values of the gradient, in double precision"),
        new KeyValueEntry("st(A)", "trace over largest eigenvalue of the Gram matrix; for embeddings samples over the count of the most common "
            + "token"),
    ]);
}
