using SpecGD.Experiments;
using SpecGD.Experiments.Theory;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>Figure 12: noise-to-signal ratios and effective ranks against the width, with the bounds; a panel an activation.</summary>
public sealed class NsrTableFigure : IFigureRecipe
{
    private const double PointSize = 0.7;

    private static readonly (string Covariance, FigureText Label, int Ordinal)[] Covariances =
    [
        (NsrTable.Isotropic, "Σ = I", 0),
        (NsrTable.PowerLaw, "Σ power law", 3),
    ];

    /// <inheritdoc/>
    public string Name { get; } = new NsrTable().Name;

    /// <inheritdoc/>
    public Figure? Compose(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var rows = NsrRow.All(log);
        if (rows.Count == 0)
            return null;
        Panel[] panels = [.. rows.GroupBy(row => row.Activation).Select(activation => Of([.. activation]))];
        return new Figure(
            Name,
            [panels[0] with { Key = KeyPlacement.Below }, .. panels.Skip(1)],
            Caption(log, rows))
        {
            Columns = 3,
            Height = 8,
            Width = 14,
        };
    }

    private static string Caption(RunLog log, IReadOnlyList<NsrRow> rows)
    {
        string[] drawn = [.. rows.Select(row => row.Activation).Distinct()];
        bool hasGelu = drawn.Contains("gelu"), hasBounds = drawn.Any(activation => activation != NsrTable.Unbounded);
        return Common(hasBounds)
            + (hasBounds ? $" The ratio is that of {log.Config["samples"]} fresh samples, a quotient of their means, and scatters about the exact one (points of either colour, in closed form): "
                + $"where that attains its bound{(hasGelu ? ", as for all but GELU" : "")}, the lines may lie above the bound by their sampling error." : "")
            + (hasGelu ? " The bound of GELU depends on the least variance of a coordinate and is averaged." : "")
            + (drawn.Contains(NsrTable.Unbounded) ? " Without a nonlinearity the mean is zero, nothing is bounded, and only the effective rank is shown." : "")
            + (drawn.Contains("leaky_relu") ? $" The leaky ReLU has slopes q = {log.Config["slope_positive"]} and p = {log.Config["slope_negative"]}." : "")
            + (drawn.Length == 1 ? "" : $" The key of the first panel is that of all{(hasGelu ? " but for GELU's two bounds" : "")}.");
    }

    private static string Common(bool hasBounds) =>
        (hasBounds ? "Noise-to-signal ratio of z = σ(Wx), x ~ N(0, Σ), against the bound of each activation (dashed), and the effective rank of M = E zzᵀ in "
            + "closed form, which the ratio bounds. " : "Effective rank of M = E zzᵀ in closed form, for z = σ(Wx), x ~ N(0, Σ). ")
        + "W is Gaussian, d × d with variance 1/d; Σ is the identity or has eigenvalues proportional to 1/i "
        + "and the same trace. Lines are means over the weight matrices, bands reach from the least to the largest.";

    private static Panel Of(IReadOnlyList<NsrRow> rows)
    {
        string activation = rows[0].Activation;
        bool isBounded = activation != NsrTable.Unbounded;
        List<Curve> curves = [], bounds = [], exact = [];
        foreach (var (covariance, label, ordinal) in Covariances)
        {
            NsrRow[] of = [.. rows.Where(row => row.Covariance == covariance).OrderBy(row => row.Dimension)];
            if (isBounded)
                curves.Insert(curves.Count / 2, Band(of, row => row.Sampled, Palette.Other(ordinal)) with { Label = "NSR, " + label });
            curves.Add(Band(of, row => row.EffectiveRank, Palette.Other(ordinal) with { Dash = Dash.DashDot }) with { Label = "er, " + label });
            if (isBounded && BoundVaries(rows))
                bounds.Add(new LineCurve(Widths(of), [.. of.Select(row => row.Bound.Mean)], Palette.Other(ordinal) with { Dash = Dash.Dashed })
                {
                    Label = "bound, " + label,
                });
            double[] closed = [.. of.Select(row => row.Exact.Mean)];
            if (isBounded)
                exact.Add(new PointCurve(Widths(of), closed, Palette.Other(ordinal))
                {
                    Label = exact.Count == 0 ? "exact NSR" : "",
                    Size = PointSize,
                });
        }
        bool own = BoundVaries(rows);
        if (isBounded && !own)
            bounds.Add(new HorizontalLine(rows[0].Bound.Mean, Palette.Reference) { Label = "bound" });
        IEnumerable<Curve> measured = [.. curves, .. exact];
        return new Panel(
            TitleOf(activation),
            StatementPanels.DimensionAxis(Widths(rows)),
            new Axis(isBounded ? "NSR(" + FigureText.Italic("z") + "), er(" + FigureText.Italic("M") + ")" : "er(" + FigureText.Italic("M") + ")")
            {
                From = isBounded ? null : 0,
            },
            [.. own ? measured.Select(curve => curve with { Label = FigureText.Empty }) : measured, .. bounds])
        {
            Key = own ? KeyPlacement.Automatic : KeyPlacement.None,
        };
    }

    /// <summary>GELU's bound depends on W.</summary>
    private static bool BoundVaries(IReadOnlyList<NsrRow> rows) => rows.Any(row => row.Bound != rows[0].Bound);

    private static double[] Widths(IEnumerable<NsrRow> rows) => [.. rows.Select(row => (double)row.Dimension).Distinct().Order()];

    private static BandCurve Band(NsrRow[] rows, Func<NsrRow, Spread> spread, Stroke stroke) => new(
        Widths(rows),
        [.. rows.Select(row => spread(row).Min)],
        [.. rows.Select(row => spread(row).Max)],
        [.. rows.Select(row => spread(row).Mean)],
        stroke);

    private static FigureText TitleOf(string activation) => activation switch
    {
        "abs" => "|" + FigureText.Italic("t") + "|, bound π/2",
        "relu" => "ReLU, bound π",
        "leaky_relu" => "leaky ReLU, bound π(" + FigureText.Italic("q") + FigureText.Superscript("2") + " + " + FigureText.Italic("p")
            + FigureText.Superscript("2") + ")/(" + FigureText.Italic("q") + " − " + FigureText.Italic("p") + ")" + FigureText.Superscript("2"),
        "relu_square" => "ReLU" + FigureText.Superscript("2") + ", bound 6",
        "gelu" => "GELU, bound 2π(1 + " + FigureText.Italic("s") + ")/" + FigureText.Italic("s"),
        NsrTable.Unbounded => "No nonlinearity, no bound",
        _ => activation,
    };
}
