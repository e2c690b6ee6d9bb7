using SpecGD.Experiments;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Records;

namespace SpecGD.Figures.Tests.Recipes;

public class SparseRegressionFigureTests
{
    [Fact]
    public void All_methods_that_one_run_can_have_differ_in_colour_and_where_dashes_tell_them_in_dash()
    {
        var figure = new SparseRegressionFigure().Compose(WithAllMethods()).ShouldNotBeNull();

        var losses = figure.Panels[0].Curves;
        losses.Select(curve => curve.Label.ToString()).ShouldBe(["GD", "SpecGD", "Muon", "AdamW", "Adaptive"]);
        losses.Select(curve => curve.Stroke.Color).ShouldBeUnique();
        losses.Select(curve => curve.Stroke.Dash).ShouldBeUnique();
        figure.Caption.ShouldStartWith("Gradient descent (GD), SpecGD, Muon, AdamW and Adaptive on the sparse regression");
    }

    [Fact]
    public void Where_dashes_tell_layers_or_ranks_marks_tell_the_methods_and_the_key_shows_what_is_drawn()
    {
        var figure = new SparseRegressionFigure().Compose(WithAllMethods()).ShouldNotBeNull();

        (Panel, string[])[] combined = [(figure.Panels[1], ["ℓ = 1", "ℓ = 2", "ℓ = 3"]), (figure.Panels[4], ["nr(G_2)", "st(A_1)"])];
        foreach (var (panel, entries) in combined)
        {
            var samples = panel.Curves.OfType<KeySample>().ToArray();
            samples.Select(sample => sample.Label.ToString()).ShouldBe(["GD", "SpecGD", "Muon", "AdamW", "Adaptive", .. entries]);
            var lines = panel.Curves.OfType<LineCurve>().Select(line => line.Stroke).ToArray();
            lines.Length.ShouldBe(5 * entries.Length);
            var methods = samples.Take(5).Select(sample => (sample.Stroke.Color, sample.Stroke.Marker)).ToArray();
            methods.Select(method => method.Marker!.Shape).ShouldBeUnique();
            methods.Select(method => method.Marker!.Rows(400).First).ShouldBeUnique("marks of lines that coincide do not hide one another");
            methods.ShouldBe(lines.Select(line => (line.Color, line.Marker)).Distinct());
            samples.Take(5).ShouldAllBe(sample => sample.Stroke.Dash == Dash.Solid, "a method's sample must not look like a layer's");
            samples.Skip(5).Select(sample => sample.Stroke.Dash).ShouldBe(lines.Select(line => line.Dash).Distinct());
        }
    }

    [Fact]
    public void A_method_alone_needs_no_marks()
    {
        var log = TinyRuns.SparseRegression();
        log.Methods.Remove(SparseRegression.SpecGd);

        var figure = new SparseRegressionFigure().Compose(log).ShouldNotBeNull();

        figure.Panels.SelectMany(panel => panel.Curves).ShouldAllBe(curve => curve.Stroke.Marker == null);
    }

    [Fact]
    public void A_method_that_diverges_does_not_take_the_axes_with_it_and_the_caption_says_so()
    {
        var log = TinyRuns.SparseRegression();
        Replace(log, "loss", [0.9, 1, 1.1, 30, 1e60, 1e187]);
        Replace(log, "weight_op_norm.W2", [1, 1.5, 7, 1e20, 1e90, 1e179]);

        var figure = new SparseRegressionFigure().Compose(log).ShouldNotBeNull();
        var sheet = new SparseRegressionSheet().Compose(log).ShouldNotBeNull();

        double ceiling = PowersOfTen.CeilingOf(Math.Max(0.9, log.Methods[SparseRegression.GradientDescent].Find("loss")!.Values[0]));
        foreach (var drawn in new[] { figure, sheet })
        {
            drawn.Panels[0].Y.To.ShouldBe(ceiling);
            drawn.Caption.ShouldContain(FormattableString.Invariant($" Losses above {ceiling:G4}, as of a method that diverges, lie outside."));
        }
        var norms = FigurePlan.Of(sheet, FigureFont.Package).Panels.Single(panel => panel.Panel.Title.ToString() == "Operator norm of weight 2").Y;
        (norms.To < 10).ShouldBeTrue($"the axis ends at {norms.To}, far above what was measured before the loss left its panel");
    }

    [Fact]
    public void Where_nothing_diverges_axes_take_in_everything()
    {
        var log = TinyRuns.SparseRegression();
        Replace(log, "loss", [0.9, 1, 3, 9, 1, 0.1]); // beyond the power of ten above the first loss, but within a decade

        var figure = new SparseRegressionFigure().Compose(log).ShouldNotBeNull();

        figure.Panels.ShouldAllBe(panel => panel.Y.To == null);
        figure.Caption.ShouldNotContain("lie outside");
    }

    [Fact]
    public void A_method_whose_losses_are_all_zero_is_named_where_it_is_missing()
    {
        var log = TinyRuns.SparseRegression();
        Replace(log, "loss", [0, 0, 0, 0, 0, 0]);

        foreach (var figure in FigureCatalog.Compose(log).Still)
        {
            figure.Caption.ShouldContain(LayeredLog.Gaps);
            figure.Caption.ShouldContain("Missing in 'Training loss', since all values are zero or not finite and a logarithmic axis has no place for them: SpecGD.", Case.Sensitive);
        }
    }

    [Fact]
    public void One_key_is_that_of_the_whole_sheet()
    {
        var sheet = new SparseRegressionSheet().Compose(TinyRuns.SparseRegression()).ShouldNotBeNull();

        sheet.Panels.Select(panel => panel.Key == KeyPlacement.None).ShouldBe([false, .. Enumerable.Repeat(true, sheet.Panels.Count - 1)]);
    }

    private static RunLog WithAllMethods()
    {
        var log = TinyRuns.SparseRegression();
        foreach (string name in new[] { SparseRegression.Muon, SparseRegression.AdamW, SparseRegression.Adaptive })
            log.Methods.Add(name, log.Methods[SparseRegression.SpecGd]);
        return log;
    }

    private static void Replace(RunLog log, string name, double[] values)
    {
        var series = new Series();
        foreach (var (step, value) in values.Index())
            series.Add(step, value);
        log.Methods[SparseRegression.SpecGd].Series[name] = series;
    }
}
