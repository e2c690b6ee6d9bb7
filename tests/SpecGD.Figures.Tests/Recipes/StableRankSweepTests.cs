using SpecGD.Experiments;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Records;

namespace SpecGD.Figures.Tests.Recipes;

public class StableRankSweepTests
{
    [Fact]
    public void Captions_say_which_method_diverged_at_which_lambda()
    {
        var log = new StableRankSweep().Run(new() { Dim = 20, Steps = 40, LambdaCount = 3, GdLr = 5 }, RunContext.Silent).Log;
        var (still, moving) = FigureCatalog.Compose(log);
        string[] captions = [.. still.Select(figure => figure.Caption), .. moving.Select(animation => animation.Caption)];
        captions.Length.ShouldBeGreaterThan(1);
        captions.ShouldAllBe(caption => caption.Contains("Gradient descent diverged for λ = 0.12 (3 of 3): its loss ended ", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_lambda_is_a_frame_that_names_it_and_the_stable_rank()
    {
        var animation = new StableRankSweepAnimation().Compose(TinyRuns.StableRankSweep(fromPeak: false)).ShouldHaveSingleItem();
        animation.Name.ShouldBe("stable-rank-sweep");
        animation.FrameMilliseconds.ShouldBe(666);
        animation.Frames.Count.ShouldBe(3);
        animation.Frames[0].Title.ToString().ShouldBe("λ = 0,  st(A) = 4");
        // I + λ11ᵀ has the eigenvalues 1 + λ·dim once and 1 else.
        animation.Frames[2].Title.ToString().ShouldBe(FormattableString.Invariant($"λ = 0.6,  st(A) = {(3.4 * 3.4 + 3) / (3.4 * 3.4):G4}"));
        animation.Frames.ShouldAllBe(frame => frame.Panels.Count == 2);
        var ranks = animation.Frames[2].Panels[1].Curves;
        ranks.Select(curve => curve.GetType()).ShouldBe([typeof(LineCurve), typeof(BandCurve), typeof(HorizontalLine)]);
        ((HorizontalLine)ranks[2]).Stroke.Dash.ShouldBe(Dash.Dashed);
    }

    [Fact]
    public void Restarts_from_the_peak_come_in_an_animation_of_their_own_and_only_where_the_log_has_them()
    {
        var animations = new StableRankSweepAnimation().Compose(TinyRuns.StableRankSweep(true, 2));
        animations.Select(animation => animation.Name).ShouldBe(["stable-rank-sweep", "stable-rank-sweep-from-peak"]);
        Labels(animations[0]).ShouldBe(["GD", "SpecGD", "SpecGD from GD step 2"]);
        Labels(animations[1]).ShouldBe(["GD", "SpecGD", "SpecGD from GD step 2", "SpecGD from peak"]);
        const string Restarts = "Dashed grey, with the losses: SpecGD restarted from an iterate of gradient descent.";
        animations.ShouldAllBe(animation => animation.Caption.Contains(Restarts));
        new StableRankSweepAnimation().Compose(TinyRuns.StableRankSweep()).ShouldAllBe(animation => !animation.Caption.Contains(Restarts), "none");
    }

    [Fact]
    public void Methods_differ_in_colour_and_in_dash()
    {
        var strokes = new StableRankSweepAnimation().Compose(TinyRuns.StableRankSweep())[1].Frames[1].Panels[0].Curves.Select(curve => curve.Stroke).ToArray();
        strokes.Select(stroke => stroke.Color).ShouldBeUnique();
        strokes.Select(stroke => stroke.Dash).ShouldBeUnique();
    }

    [Fact]
    public void Losses_below_the_floor_are_drawn_at_it()
    {
        var log = TinyRuns.StableRankSweep();
        double[] recorded = JsonNumber.All(log.Sections["rows"]![0]!["methods"]!["gradient_descent"]!["loss"]!["values"]);
        recorded.Min().ShouldBeLessThan(1e-12, "with A = I gradient descent is done after one step");
        var drawn = new StableRankSweepAnimation().Compose(log)[0].Frames[0].Panels[0].Curves[0].Columns[1].Values;
        drawn.ShouldBe([.. recorded.Select(loss => Math.Max(loss, 1e-12))]);
    }

    [Fact]
    public void The_still_figure_has_a_panel_for_each_lambda_on_the_same_axes_and_one_key()
    {
        var figure = new StableRankSweepFigure().Compose(TinyRuns.StableRankSweep(true, 2)).ShouldNotBeNull();
        figure.Panels.Count.ShouldBe(3);
        figure.Panels.Select(panel => panel.Y).Distinct().Count().ShouldBe(1);
        figure.Panels.Select(panel => panel.Key).ShouldBe([KeyPlacement.Automatic, KeyPlacement.None, KeyPlacement.None]);
        figure.Panels[0].Curves.Select(curve => curve.Label.ToString()).ShouldBe(["GD", "SpecGD"]);
    }

    [Fact]
    public void A_long_sweep_is_thinned_to_frames_that_anyone_would_sit_through()
    {
        var thinned = Sampling.Spread([.. Enumerable.Range(0, 10_000)], Sampling.MostFrames);
        thinned.Count.ShouldBe(Sampling.MostFrames);
        (thinned[0], thinned[^1]).ShouldBe((0, 9999));
        thinned.ShouldBe(thinned.Distinct().Order());
    }

    private static string[] Labels(Animation animation) => [.. animation.Frames[1].Panels[0].Curves.Select(curve => curve.Label.ToString())];
}
