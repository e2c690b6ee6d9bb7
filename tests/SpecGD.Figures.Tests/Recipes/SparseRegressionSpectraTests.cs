using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Records;

namespace SpecGD.Figures.Tests.Recipes;

public class SparseRegressionSpectraTests
{
    [Fact]
    public void Each_method_that_recorded_spectra_is_an_animation_with_a_frame_for_each_record()
    {
        var animations = new SparseRegressionSpectra().Compose(TinyRuns.SparseRegression());
        animations.Select(animation => animation.Name).ShouldBe(["sparse-regression-spectra-gradient-descent", "sparse-regression-spectra-specgd"]);
        animations.ShouldAllBe(animation => animation.FrameMilliseconds == 1000 && animation.Frames.Count == 4);
        animations[1].Frames.Select(frame => frame.Title.ToString())
            .ShouldBe(["SpecGD, step 0 of 6", "SpecGD, step 2 of 6", "SpecGD, step 4 of 6", "SpecGD, step 6 of 6"]);
        animations[1].Frames[0].Panels.Select(panel => panel.Title.ToString()).ShouldBe(
        [
            "Training loss", "Stable rank of the activations", "Nuclear rank of the gradients",
            "Layer 1,  st(A_1) = 1.26", "Layer 2,  st(A_2) = 1.50",
        ]);
    }

    [Fact]
    public void A_frame_labelled_t_plus_1_shows_the_series_up_to_step_t()
    {
        var log = TinyRuns.SparseRegression();
        var frames = new SparseRegressionSpectra().Compose(log)[0].Frames;
        int[] last = [.. frames.Select(frame => (int)Line(frame.Panels[0]).Columns[0].Values[^1])];
        last.ShouldBe([0, 1, 3, 5]);
        Line(frames[2].Panels[0]).Columns[1].Values.ShouldBe(log.Methods["gradient_descent"].Find("loss")!.Values.Take(4));
        frames[2].Panels[1].Curves.OfType<LineCurve>().Count().ShouldBe(2);
        frames[2].Panels[2].Curves.OfType<LineCurve>().Last().Columns[1].Values
            .ShouldBe(log.Methods["gradient_descent"].Find("grad_ratio.W2")!.Values.Take(4));
    }

    [Fact]
    public void Axes_and_bins_are_the_same_in_every_frame()
    {
        var animation = new SparseRegressionSpectra().Compose(TinyRuns.SparseRegression())[0];
        var plans = SharedLayout.Of(animation.Frames, FigureFont.Package).Select(frame => FigurePlan.Of(frame, FigureFont.Package)).ToArray();
        for (int panel = 0; panel < plans[0].Panels.Count; panel++)
        {
            plans.Select(plan => (plan.Panels[panel].X.From, plan.Panels[panel].X.To)).Distinct().Count().ShouldBe(1);
            plans.Select(plan => (plan.Panels[panel].Y.From, plan.Panels[panel].Y.To)).Distinct().Count().ShouldBe(1);
        }
        var bars = animation.Frames.Select(frame => frame.Panels[3].Curves.OfType<VerticalLine>().Single().X);
        bars.ShouldBe([10, 12, 14, 16]);
    }

    [Fact]
    public void Spectra_of_a_method_without_series_are_shown_alone()
    {
        var log = TinyRuns.SparseRegression();
        log.Methods.Remove("specgd");
        var frame = new SparseRegressionSpectra().Compose(log)[1].Frames[0];
        frame.Panels.Take(3).ShouldAllBe(panel => panel.Curves.Count == 0);
        frame.Panels.Skip(3).ShouldAllBe(panel => panel.Curves.Count == 2);
    }

    [Fact]
    public void A_method_with_a_name_that_no_file_can_have_is_still_drawn()
    {
        var log = TinyRuns.SparseRegression();
        var section = log.Sections["spectrum_gif"]!.AsObject();
        section["muon (lr 0.1)"] = section["specgd"]!.DeepClone();
        new SparseRegressionSpectra().Compose(log).Select(animation => animation.Name).ShouldContain("sparse-regression-spectra-muon--lr-0-1-");
    }

    [Fact]
    public void A_step_that_is_no_whole_number_is_named_with_its_place()
    {
        var log = TinyRuns.SparseRegression();
        log.Sections["spectrum_gif"]!["specgd"]!["frames"]![1]!["step"] = 1.5;
        Should.Throw<BadInputException>(() => new SparseRegressionSpectra().Compose(log)).Message
            .ShouldBe("The log's 'spectrum_gif.specgd.frames[1].step' must be a whole number from 0 on, not 1.5.");
    }

    [Fact]
    public void All_animations_of_a_run_have_the_same_axes_and_bins_so_that_they_compare()
    {
        var log = TinyRuns.SparseRegression();
        log.Methods["specgd"].Series["loss"] = new Series();
        for (int step = 0; step < 6; step++)
            log.Methods["specgd"].Series["loss"].Add(step, Math.Pow(10, -step)); // five decades beside the one of gradient descent
        log.Sections["spectrum_gif"]!["specgd"]!["frames"]![3]!["spectra"]!["layer1"]!.AsArray().Add(500.0);

        var animations = new SparseRegressionSpectra().Compose(log);

        var plans = animations
            .Select(animation => FigurePlan.Of(SharedLayout.Of(animation.Frames, FigureFont.Package)[0], FigureFont.Package)).ToArray();
        foreach (var (gradientDescent, specGd) in plans[0].Panels.Zip(plans[1].Panels))
        {
            (specGd.X.From, specGd.X.To).ShouldBe((gradientDescent.X.From, gradientDescent.X.To), gradientDescent.Panel.Title.ToString());
            (specGd.Y.From, specGd.Y.To).ShouldBe((gradientDescent.Y.From, gradientDescent.Y.To), gradientDescent.Panel.Title.ToString());
        }
        (plans[0].Panels[0].Y.From <= 1e-5).ShouldBeTrue("the loss that falls further is in the axis of the other");
        (plans[0].Panels[3].X.To >= 500).ShouldBeTrue("the bins hold the values of both methods");
    }

    private static LineCurve Line(Panel panel) => panel.Curves.OfType<LineCurve>().First();
}
