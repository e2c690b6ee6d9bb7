using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Records;

namespace SpecGD.Figures.Tests.Recipes;

public class RandomFeatureFigureTests
{
    private static readonly RandomFeatureFigure Recipe = new();

    [Fact]
    public void Losses_stand_left_with_the_restarts_under_one_entry_and_ranks_right_with_the_stable_rank()
    {
        var figure = Compose(TestLogs.RandomFeature());
        figure.Panels.Count.ShouldBe(2);
        Labels(figure.Panels[0]).ShouldBe(["GD", "SpecGD", "SpecGD from GD step t", "", "", "SpecGD from peak"]);
        Labels(figure.Panels[1]).ShouldBe(["GD", "SpecGD", "SpecGD from peak", "st(A)"]);
        figure.Panels[1].Curves.Select(curve => curve.GetType()).ShouldBe([typeof(LineCurve), typeof(BandCurve), typeof(BandCurve), typeof(HorizontalLine)]);
        figure.Panels[0].Curves.Skip(2).Take(3).Select(curve => curve.Columns[0].Values[0]).ShouldBe([1, 3, 4]);
        figure.Panels.ShouldAllBe(panel => panel.X.From == 0 && panel.X.To == 6);
    }

    [Fact]
    public void A_single_restart_is_named_by_its_step()
    {
        var log = TestLogs.RandomFeature();
        log.Methods.Remove("specgd_from_iter_1");
        log.Methods.Remove("specgd_from_iter_3");
        Labels(Compose(log).Panels[0]).ShouldContain("SpecGD from GD step 4");
    }

    [Fact]
    public void A_method_whose_losses_are_all_zero_is_named_where_it_is_missing()
    {
        var log = TestLogs.Empty();
        TestLogs.Add(log, TestLogs.GradientDescent, 0, [2, 1], [3, 4]);
        TestLogs.Add(log, TestLogs.SpecGd, 0, [0, 0], [3, 4]);

        string caption = FigureCatalog.Compose(log).Still.ShouldHaveSingleItem().Caption;

        caption.ShouldContain("Losses that are zero or not finite are gaps.");
        caption.ShouldContain("Missing in 'Training loss', since all values are zero or not finite and a logarithmic axis has no place for them: SpecGD.", Case.Sensitive);
        FigureCatalog.Compose(TestLogs.RandomFeature()).Still[0].Caption.ShouldNotContain("Missing in");
    }

    [Theory]
    [InlineData(TestLogs.GradientDescent)]
    [InlineData(TestLogs.SpecGd)]
    [InlineData(TestLogs.FromPeak)]
    public void Any_method_may_be_missing(string name)
    {
        var log = TestLogs.RandomFeature();
        log.Methods.Remove(name);
        var figure = Compose(log);
        figure.Panels[0].Curves.Count.ShouldBe(5);
        figure.Panels[1].Curves.Count.ShouldBe(3);
    }

    [Fact]
    public void A_method_alone_is_drawn_and_the_caption_does_not_speak_of_the_others()
    {
        var log = TestLogs.Empty();
        TestLogs.Add(log, TestLogs.GradientDescent, 0, [2, 1], [3, 4]);
        var figure = Compose(log);
        Labels(figure.Panels[0]).ShouldBe(["GD"]);
        figure.Caption.ShouldNotContain("Dashed grey");
        figure.Caption.ShouldNotContain("Dark red");
        figure.Caption.ShouldNotContain("period two");
    }

    [Fact]
    public void Series_that_divergence_cut_short_or_left_empty_are_drawn_as_far_as_they_go()
    {
        var log = TestLogs.RandomFeature();
        TestLogs.Add(log, "cut", 0, [1, 1e200, double.PositiveInfinity], [2]);
        TestLogs.Add(log, "empty", 0, [], []);
        log.Methods["empty"].Series.Add("loss", new Series());
        var figure = Compose(log);
        Labels(figure.Panels[0])[^1].ShouldBe("cut");
        figure.Panels[1].Curves.Select(curve => curve.Label.ToString()).ShouldNotContain("empty");
        figure.Caption.ShouldContain("zero or not finite are gaps");
    }

    [Fact]
    public void A_method_that_diverges_does_not_squeeze_the_others_and_the_caption_says_so()
    {
        var log = TestLogs.RandomFeature();
        Compose(log).Panels[0].Y.To.ShouldBeNull();
        TestLogs.Add(log, "wild", 0, [10, 1e5, 1e150], [2]);
        var figure = Compose(log);
        figure.Panels[0].Y.To.ShouldBe(100, "the power of ten above 10");
        figure.Caption.ShouldEndWith("Losses above 100, as of a method that diverges, lie outside.");
    }

    [Fact]
    public void Every_method_of_a_run_has_a_colour_of_its_own()
    {
        var log = TestLogs.RandomFeature();
        TestLogs.Add(log, "adaptive", 0, [1, 2], [3, 4]);
        TestLogs.Add(log, "muon", 0, [1, 2], [3, 4]);
        TestLogs.Add(log, "adamw", 0, [1, 2], [3, 4]);
        Compose(log).Panels[0].Curves.Where(curve => !curve.Label.IsEmpty).Select(curve => curve.Stroke.Color).ShouldBeUnique();
    }

    [Fact]
    public void The_caption_says_how_the_alternating_rank_is_drawn() =>
        Compose(TestLogs.RandomFeature()).Caption.ShouldContain("alternates with period two, up and down from step to step: "
            + "drawn lightly is its band, the running minimum and maximum over 3 steps, with the running mean on top.");

    [Fact]
    public void A_longer_run_has_a_wider_window_of_the_same_share()
    {
        var log = TestLogs.Empty();
        double[] values = [.. Enumerable.Range(0, 4001).Select(i => 2.0 + i % 2)];
        TestLogs.Add(log, TestLogs.SpecGd, 0, values, values);
        Compose(log).Caption.ShouldContain($"over {2 * 4000 / RandomFeatureFigure.BandResolution + 1} steps");
    }

    [Fact]
    public void A_method_without_a_role_is_drawn_under_its_own_name()
    {
        var log = TestLogs.RandomFeature();
        TestLogs.Add(log, "muon_v2", 0, [1, 2], [3, 4]);
        TestLogs.Add(log, "specgd_from_iter_x", 0, [1, 2], [3, 4]);
        Labels(Compose(log).Panels[0])[^2..].ShouldBe(["muon_v2", "specgd_from_iter_x"]);
    }

    [Fact]
    public void A_very_long_name_is_shortened_to_what_fits_below_a_panel()
    {
        var log = TestLogs.RandomFeature();
        TestLogs.Add(log, new string('m', 100), 0, [1, 2], [3, 4]);
        Labels(Compose(log).Panels[0])[^1].ShouldBe(new string('m', 31) + "…");
    }

    [Fact]
    public void Logs_of_other_experiments_and_logs_without_records_are_not_drawn()
    {
        Recipe.Compose(TestLogs.Empty()).ShouldBeNull();
        var other = new RunLog("other") { Config = new() { ["experiment"] = "sparse-regression" }, Dataset = new() { ["stable_rank_A"] = 2.0 } };
        TestLogs.Add(other, TestLogs.SpecGd, 0, [1, 2], [3, 4]);
        Recipe.Compose(other).ShouldBeNull();
        var unmarked = new RunLog("unmarked");
        TestLogs.Add(unmarked, TestLogs.SpecGd, 0, [1, 2], []);
        Recipe.Compose(unmarked).ShouldBeNull();
    }

    [Fact]
    public void A_log_file_in_the_nesting_of_the_authors_script_is_drawn_as_well()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("log.json"), """
            {"run_id": "random_feature_0", "config": {"activation": "swiglu", "dim": 2}, "dataset": {"stable_rank_A": 1.5},
             "methods": {
              "gradient_descent": {
               "loss": {"steps": [0, 1, 2], "values": [1.0, 0.5, NaN]}, "nuclear_rank": {"steps": [0, 1, 2], "values": [1.0, 2.0, 1.5]},
               "grad_ratio": {"W1": {"steps": [0, 1, 2], "values": [1.0, 2.0, 1.5]}}, "activations": {"layer1": {"steps": [0], "values": [1.5]}},
               "block_specs": {}, "metadata": {"update_kind": "gradient_descent", "lr": 0.1, "start_iter": 0, "stop_iter": 3}},
              "specgd": {"loss": {"steps": [0, 1], "values": [1.0, 0.1]}, "grad_ratio": {"W1": {"steps": [0, 1], "values": [1.0, 2.0]}}}}}
            """);
        var figure = Compose(RunLogFile.Read(folder.PathOf("log.json")));
        Labels(figure.Panels[0]).ShouldBe(["GD", "SpecGD"]);
        Labels(figure.Panels[1]).ShouldBe(["GD", "SpecGD", "st(A)"]);
        figure.Caption.ShouldContain("(activation swiglu, dim 2)");
        figure.Caption.ShouldContain("st(A) = 1.50");
    }

    private static Figure Compose(RunLog log) => Recipe.Compose(log).ShouldNotBeNull();

    private static string[] Labels(Panel panel) => [.. panel.Curves.Select(curve => curve.Label.ToString())];
}
