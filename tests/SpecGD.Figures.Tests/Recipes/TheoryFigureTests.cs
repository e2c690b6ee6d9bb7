using SpecGD.Figures.Description;
using SpecGD.Experiments;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Records;

namespace SpecGD.Figures.Tests.Recipes;

public class TheoryFigureTests
{
    private static readonly RunLog Theory = new InitialisationTheory().Run(
        new InitialisationTheoryOptions { Dims = [16, 32], Seeds = 2, Statements = ["thm2.6", "lem2.9", "phi", "sec3.1.1", "sec3-start"] }, RunContext.Silent).Log;

    private static readonly RunLog Nsr = new NsrTable().Run(new NsrTableOptions { Dims = [8, 16], Seeds = 2, Samples = 64 }, RunContext.Silent).Log;

    [Fact]
    public void Every_group_of_every_statement_has_a_panel()
    {
        var figure = new TheorySheet().Compose(Theory).ShouldNotBeNull();

        figure.Panels.Select(panel => panel.Title.ToString()).ShouldBe(
        [
            "Theorem 2.6: ReLU", "Theorem 2.6: |t|", "Theorem 2.6: leaky ReLU", "Lemma 2.9", "Section 3.1.1, Figure 16", "Section 3.1.1", "Section 3",
        ]);
        figure.Caption.ShouldContain("Lemma 2.9: token embeddings");
        figure.Caption.ShouldContain("(holds)");
    }

    [Fact]
    public void A_panel_has_a_band_for_every_case_and_one_line_for_a_common_bound()
    {
        var panel = new TheorySheet().Compose(Theory)!.Panels[0];

        panel.Curves.OfType<BandCurve>().Count().ShouldBe(3);
        panel.Curves.OfType<LineCurve>().ShouldHaveSingleItem().Columns[1].Values.ShouldBe([1, 1]);
        panel.Curves[0].Label.ToString().ShouldStartWith("flat spectrum, st(W) = ");
    }

    [Fact]
    public void Panels_of_one_statement_have_titles_that_differ()
    {
        var log = new InitialisationTheory().Run(
            new InitialisationTheoryOptions { Dims = [8, 16], Seeds = 2, Statements = ["cor2.15", "cor2.15-depth"] }, RunContext.Silent).Log;
        string[] titles = [.. new TheorySheet().Compose(log).ShouldNotBeNull().Panels.Select(panel => panel.Title.ToString())];

        titles.Length.ShouldBe(2);
        titles.ShouldBeUnique();
        titles.ShouldAllBe(title => title.StartsWith("Corollary 2.15: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Cases_of_one_panel_differ_in_dash()
    {
        foreach (var panel in new TheorySheet().Compose(Theory)!.Panels.Take(3)) // Theorem 2.6
            panel.Curves.OfType<BandCurve>().Select(curve => curve.Stroke.Dash).Append(Palette.Reference.Dash).ShouldBeUnique();
    }

    [Fact]
    public void Phi_is_drawn_with_a_gap_after_every_point()
    {
        var panel = new PhiFigure().Compose(Theory).ShouldNotBeNull().Panels[0];
        var points = panel.Curves[1].Columns[1].Values;

        points.Count.ShouldBe(2 * 21);
        points.Where((_, i) => i % 2 == 1).ShouldAllBe(value => double.IsNaN(value));
        points.Where((_, i) => i % 2 == 0).ShouldAllBe(value => double.IsFinite(value));
    }

    [Fact]
    public void The_table_of_ratios_has_a_panel_for_every_activation()
    {
        var figure = new NsrTableFigure().Compose(Nsr).ShouldNotBeNull();

        figure.Panels.Count.ShouldBe(6);
        figure.Panels[1].Title.ToString().ShouldBe("ReLU, bound π");
        figure.Panels[1].Curves.OfType<HorizontalLine>().ShouldHaveSingleItem().Y.ShouldBe(Math.PI, 1e-9);
        figure.Panels[^1].Curves.OfType<HorizontalLine>().ShouldBeEmpty("nothing bounds it");
        figure.Panels.SkipLast(1).ShouldAllBe(panel => panel.Curves.OfType<PointCurve>().Count() == 2, "the exact ratio for either covariance");
        var gelu = figure.Panels.Single(panel => panel.Title.ToString().StartsWith("GELU", StringComparison.Ordinal));
        gelu.Key.ShouldBe(KeyPlacement.Automatic);
        gelu.Curves.Select(curve => curve.Label.ToString()).Where(label => label.Length > 0).ShouldBe(["bound, Σ = I", "bound, Σ power law"]);
        figure.Caption.ShouldContain("64 fresh samples");
        figure.Caption.ShouldContain("may lie above the bound by their sampling error");
    }

    [Fact]
    public void Logs_of_other_experiments_draw_nothing_here()
    {
        foreach (var recipe in new IFigureRecipe[] { new TheorySheet(), new PhiFigure(), new NsrTableFigure() })
            recipe.Compose(TestLogs.RandomFeature()).ShouldBeNull();
        new TheorySheet().Compose(Nsr).ShouldBeNull();
        var phi = new InitialisationTheory().Run(new InitialisationTheoryOptions { Dims = [8], Seeds = 1, Statements = ["phi"] }, RunContext.Silent).Log;
        new TheorySheet().Compose(phi).ShouldBeNull("φ alone has a figure of its own");
        new NsrTableFigure().Compose(Theory).ShouldBeNull();
    }

    [Theory]
    [InlineData("st(σ(WX)) / bound", "st(σ(*WX*)) / bound")]
    [InlineData("A_rms, X⁺", "*A*_{rms}, *X*^{+}")]
    [InlineData("ReLU of AAᵀ/n", "ReLU of *AA*^{T}/*n*")]
    [InlineData("_", "\\_")]
    public void Mathematics_is_set_as_such(string text, string markup) => TextMarkup.Of(StatementPanels.Mathematics(text)).ShouldBe(markup);
}
