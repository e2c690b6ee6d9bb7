namespace SpecGD.Figures.Model;

/// <summary>
/// The strokes of all figures, by the role of what they draw. Colours are those of Okabe and Ito, which colour-blind readers tell apart, with a
/// dark red in place of their vermillion, which lies too near the orange.
/// </summary>
public static class Palette
{
    private const double MainWidth = 1.8, ThinWidth = 1.0, ReferenceWidth = 1.4;

    private static readonly string[] OtherColors = ["#009E73", "#CC79A7", "#56B4E9", "#D55E00"];

    /// <summary>The colours of methods that have no stroke of their own: those of Tol that are none of the methods' above.</summary>
    private static readonly string[] UnnamedMethodColors = ["#332288", "#999933", "#44AA99", "#882255"];

    /// <summary>The colours of kinds that only points show, which have no dashes.</summary>
    private static readonly string[] KindColors = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#8B0000", "#666666", "#000000"];

    /// <summary>Gradient descent.</summary>
    public static Stroke GradientDescent { get; } = new("#0072B2", MainWidth);

    /// <summary>SpecGD from the start.</summary>
    public static Stroke SpecGd { get; } = new("#E69F00", MainWidth);

    /// <summary>SpecGD restarted from an iterate of gradient descent.</summary>
    public static Stroke Restart { get; } = new("#666666", ThinWidth, Dash.Dashed);

    /// <summary>SpecGD restarted where gradient descent's nuclear rank is largest.</summary>
    public static Stroke FromPeak { get; } = new("#8B0000", MainWidth, Dash.DashDot);

    /// <summary>The method that takes the step of either, by the rule; in dashes, since it often runs along one of the two.</summary>
    public static Stroke Adaptive { get; } = new("#009E73", MainWidth, Dash.Dashed);

    /// <summary>Muon.</summary>
    public static Stroke Muon { get; } = new("#CC79A7", MainWidth);

    /// <summary>AdamW.</summary>
    public static Stroke AdamW { get; } = new("#56B4E9", MainWidth);

    /// <summary>Adam.</summary>
    public static Stroke Adam { get; } = new("#D55E00", MainWidth);

    /// <summary>Muon on the output matrices of the MLPs alone.</summary>
    public static Stroke MuonOnMlpOutputs { get; } = new("#000000", MainWidth);

    /// <summary>The one line of a panel that stands for no method.</summary>
    public static Stroke Plain { get; } = new("#000000", MainWidth);

    /// <summary>What stands in the background: areas and whiskers.</summary>
    public static Stroke Shade { get; } = new("#999999", ThinWidth);

    /// <summary>A quantity that does not change over the run, such as st(A).</summary>
    public static Stroke Reference { get; } = new("#000000", ReferenceWidth, Dash.Dashed);

    /// <summary>A place that stands out, such as the largest singular value.</summary>
    public static Stroke Mark { get; } = new("#D55E00", ReferenceWidth, Dash.Dashed);

    /// <summary>
    /// Something that is no method, such as a layer, the <paramref name="ordinal"/>-th from 0; after four the colours come again with other dashes.
    /// </summary>
    public static Stroke Other(int ordinal) => Of(OtherColors, ordinal);

    /// <summary>One of several kinds of points that are no methods, the <paramref name="ordinal"/>-th from 0; after eight the colours come again.</summary>
    public static Stroke Kind(int ordinal) => Of(KindColors, ordinal);

    /// <summary>
    /// A method without a stroke of its own, the <paramref name="ordinal"/>-th from 0, in a colour that no other method has; after four as
    /// <see cref="Other"/>.
    /// </summary>
    public static Stroke UnnamedMethod(int ordinal) => Of(UnnamedMethodColors, ordinal);

    private static Stroke Of(string[] colors, int ordinal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        var dash = (Dash)(ordinal / colors.Length % Enum.GetValues<Dash>().Length);
        return new Stroke(colors[ordinal % colors.Length], MainWidth, dash);
    }
}
