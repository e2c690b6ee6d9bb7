using System.Text;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Gnuplot;

/// <summary>
/// The gnuplot script of a figure. It needs nothing but its data file beside it, and gives the same picture in every format: labels stand at
/// places counted from the plot, and what the terminals count in their own characters is set for each.
/// </summary>
internal static class GnuplotScript
{
    /// <summary>Endings of the two files that draw a figure.</summary>
    public const string ScriptEnding = ".gp", DataEnding = ".dat";

    /// <summary>Variables that a caller may set with <c>gnuplot -e</c> before the script.</summary>
    public const string FormatVariable = "format", FontVariable = "font", OutputVariable = "output";

    /// <summary>
    /// Variable of the script by which logarithmic axes reach beyond their ends: gnuplot counts their tics in logarithms, whose rounding would cost
    /// the tic at an end its label, as that of 1 on an axis from 0.1 to 1.
    /// </summary>
    public const string BeyondVariable = "beyond";

    /// <summary>Variable of the script by which sizes of points are multiplied: the terminals take one size to be of very different ones.</summary>
    public const string PointVariable = "point";

    /// <summary>What a viewer of SVG takes where it lacks the first font.</summary>
    public const string FontFallbacks = ", Times New Roman, serif";

    /// <summary>Resolution of a picture for paper and slides.</summary>
    public const double PngDotsPerInch = 200;

    private const double SvgDotsPerInch = 96, PointsPerInch = 72;

    /// <summary>
    /// Factors that give points the size that they have in a PDF, 0.35 inches across at size 4: the svg terminal draws them 0.545 inches across, and
    /// pngcairo 27 dots whatever the resolution.
    /// </summary>
    private const string SvgPoint = "0.64", PngPointPerDot = "0.013";

    /// <summary>The text of the script.</summary>
    /// <param name="plan">The figure.</param>
    /// <param name="font">The font to use where the variable <c>font</c> is not set.</param>
    /// <param name="pngDotsPerInch">Resolution of the format png.</param>
    public static string Render(FigurePlan plan, string font, double pngDotsPerInch = PngDotsPerInch)
    {
        var text = new StringBuilder();
        AppendHeader(text, plan.Figure, font);
        AppendTerminals(text, plan.Figure, font, pngDotsPerInch);
        AppendCommonSettings(text, plan);
        for (int i = 0; i < plan.Panels.Count; i++)
            PanelScript.Append(text, plan, i);
        text.Append("\nunset multiplot\nunset output\n");
        return text.ToString();
    }

    private static void AppendHeader(StringBuilder text, Figure figure, string font) => text.Append($$"""
        # The figure {{figure.Name}}, drawn from {{figure.Name}}{{DataEnding}} beside this script:
        #
        #   gnuplot {{figure.Name}}{{ScriptEnding}}                               {{figure.Name}}.pdf
        #   gnuplot -e "format='png'" {{figure.Name}}{{ScriptEnding}}             the same as png, or svg
        #   gnuplot -e "font='Times New Roman'" {{figure.Name}}{{ScriptEnding}}   in another font
        #
        # Drawing the run again writes this file again: copy it before you edit it.

        reset
        if (!exists("{{FormatVariable}}")) {{FormatVariable}} = 'pdf'
        if (!exists("{{FontVariable}}")) {{FontVariable}} = {{GnuplotSyntax.Quoted(font)}}
        if (!exists("{{OutputVariable}}")) {{OutputVariable}} = '{{figure.Name}}.'.{{FormatVariable}}
        data = '{{figure.Name}}{{DataEnding}}'

        """.ReplaceLineEndings("\n"));

    private static void AppendTerminals(StringBuilder text, Figure figure, string font, double pngDotsPerInch)
    {
        string dotsPerInch = GnuplotSyntax.Number(pngDotsPerInch);
        string svgName = figure.Name.Replace('-', '_');
        string svgFont = $"{FontFallbacks},{GnuplotSyntax.Number(FigurePlan.FontSize * SvgDotsPerInch / PointsPerInch)}";
        string pdfSize = $"{GnuplotSyntax.Number(figure.Width)}in,{GnuplotSyntax.Number(figure.Height)}in";
        text.Append($$"""

            # {{FigurePlan.FontSize}} pt text, and linewidth 1 is 1 pt, in every format. The svg terminal takes characters to be larger than they are.
            set encoding utf8
            if (format eq 'pdf') {
                set terminal pdfcairo enhanced color size {{pdfSize}} font font.',{{FigurePlan.FontSize}}' \
                    fontscale 0.75 linewidth 2 dashlength 2 rounded
            }
            if (format eq 'png') {
                set terminal pngcairo enhanced color size {{Pixels(figure, pngDotsPerInch)}} font font.',{{FigurePlan.FontSize}}' \
                    fontscale {{dotsPerInch}}/96.0 linewidth {{dotsPerInch}}/{{PointsPerInch}}.0 dashlength 2 rounded
            }
            if (format eq 'svg') {
                set terminal svg enhanced size {{Pixels(figure, SvgDotsPerInch)}} font font.'{{svgFont}}' \
                    linewidth {{SvgDotsPerInch}}/{{PointsPerInch}}.0 dashlength 1 rounded background '#ffffff' name '{{svgName}}'
            }
            is_svg = (format eq 'svg')
            key_row = is_svg ? 0.9 : 1.2
            key_sample = is_svg ? 1.8 : 2.5
            key_character = is_svg ? 0.7 : {{GnuplotSyntax.Number(0.5 * TextMetrics.FontScale(font))}}
            title_shift = is_svg ? -0.7 : -0.4
            tic_shift = is_svg ? 0.35 : 0
            {{PointVariable}} = is_svg ? {{SvgPoint}} : format eq 'png' ? {{PngPointPerDot}}*{{dotsPerInch}} : 1
            set output output

            """.ReplaceLineEndings("\n"));
    }

    private static string Pixels(Figure figure, double dotsPerInch) =>
        $"{GnuplotSyntax.Number(Math.Round(figure.Width * dotsPerInch))},{GnuplotSyntax.Number(Math.Round(figure.Height * dotsPerInch))}";

    private static void AppendCommonSettings(StringBuilder text, FigurePlan plan)
    {
        var margins = plan.Margins;
        string left = GnuplotSyntax.Share(margins.Left / plan.Width), right = GnuplotSyntax.Share(1 - margins.Right / plan.Width);
        string bottom = GnuplotSyntax.Share(margins.Bottom / plan.Height), top = GnuplotSyntax.Share(1 - (margins.Top + margins.Above) / plan.Height);
        string across = GnuplotSyntax.Share((margins.Left + margins.Right) / plan.Width);
        string up = GnuplotSyntax.Share((margins.Bottom + margins.Top) / plan.Height);
        text.Append($$"""

            # Logarithmic axes reach a hair beyond their ends, or rounding would cost the last tic its label.
            {{BeyondVariable}} = 1 + 1e-9
            set border 3 linewidth 0.8
            set tics nomirror out scale 0.6
            set grid ytics linetype 1 linecolor rgb '#dddddd' linewidth 0.5
            set multiplot layout {{plan.Rows}},{{plan.Columns}} margins {{left}},{{right}},{{bottom}},{{top}} spacing {{across}},{{up}}

            """.ReplaceLineEndings("\n"));
        if (!plan.Figure.Title.IsEmpty)
        {
            string title = GnuplotSyntax.Quoted($"{{/*{GnuplotSyntax.Number(Margins.FigureTitleScale)} {plan.Figure.Title.ToEnhanced()}}}");
            text.Append($"set label 3 {title} at screen 0.5, screen {GnuplotSyntax.Share(1 - Margins.FigureTitleDepth / plan.Height)} center\n");
        }
    }
}
