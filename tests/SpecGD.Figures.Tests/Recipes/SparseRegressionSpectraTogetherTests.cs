using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;

namespace SpecGD.Figures.Tests.Recipes;

/// <summary>The animation with a row of histograms for each method, and the choice of methods.</summary>
public class SparseRegressionSpectraTogetherTests
{
    private static readonly string[] Both = ["gradient_descent", "specgd"];

    [Fact]
    public void All_methods_are_in_one_animation_with_a_row_of_histograms_for_each()
    {
        var animation = new SparseRegressionSpectraTogether().Compose(TinyRuns.SparseRegression()).ShouldHaveSingleItem();
        animation.Frames.Select(frame => frame.Title.ToString()).ShouldBe(["Step 0 of 6", "Step 2 of 6", "Step 4 of 6", "Step 6 of 6"]);
        animation.FrameMilliseconds.ShouldBe(1000);
        animation.Frames[0].Panels.Select(panel => panel.Title.ToString()).ShouldBe(
        [
            "Training loss", "Stable rank of the activations", "Nuclear rank of the gradients",
            "GD, layer 1,  st(A_1) = 1.26", "GD, layer 2,  st(A_2) = 1.50", "SpecGD, layer 1,  st(A_1) = 1.26", "SpecGD, layer 2,  st(A_2) = 1.50",
        ]);
        var last = animation.Frames[^1].Panels;
        last[0].Curves.OfType<LineCurve>().Count().ShouldBe(2);
        last[1].Curves.OfType<LineCurve>().Select(line => (line.Stroke.Color, line.Stroke.Dash)).ShouldBeUnique("colours tell the methods, dashes the layers");
        last[1].Curves.OfType<LineCurve>().Count().ShouldBe(4);
    }

    [Fact]
    public void A_chosen_method_is_drawn_as_if_the_others_had_not_run()
    {
        var log = TinyRuns.SparseRegression();
        MethodChoice.Of(log, []).ShouldBeSameAs(log);
        var chosen = MethodChoice.Of(log, ["specgd"]);
        chosen.Methods.Keys.ShouldBe(["specgd"]);
        new SparseRegressionSpectraTogether().Compose(chosen).ShouldBeEmpty("of one method the other animation is the same");
        new SparseRegressionSpectra().Compose(chosen).Select(animation => animation.Name).ShouldBe(["sparse-regression-spectra-specgd"]);
        new SparseRegressionSpectra().Compose(log).Count.ShouldBe(2, "the log itself is as it was");
        MethodChoice.Of(log, ["specgd,gradient_descent"]).Methods.Keys.ShouldBe(Both);
        Should.Throw<BadInputException>(() => MethodChoice.Of(log, ["adam"])).Message.ShouldBe("The log has no method 'adam'; it has gradient_descent, specgd.");
    }
}
