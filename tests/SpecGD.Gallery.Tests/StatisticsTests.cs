using SpecGD.Gallery.Analysis;

namespace SpecGD.Gallery.Tests;

public class StatisticsTests
{
    private const double Rounding = 1e-12;

    /// <summary>Without ties ρ = 1 − 6 Σ d²/(n(n² − 1)).</summary>
    [Fact]
    public void The_rank_correlation_is_that_of_the_closed_form()
    {
        double[] x = [3.1, 0.2, 5, 4, 9, 7.5], y = [2, 1, 7, 3, 8, 20];
        double[] rankX = RankCorrelation.Ranks(x), rankY = RankCorrelation.Ranks(y);
        double squares = rankX.Zip(rankY, (a, b) => (a - b) * (a - b)).Sum(), n = x.Length;

        rankX.ShouldBe([2, 1, 4, 3, 6, 5]);
        RankCorrelation.Of(x, y).ShouldBe(1 - (6 * squares / (n * ((n * n) - 1))), Rounding);
        RankCorrelation.Of(x, [.. x.Select(v => -v)]).ShouldBe(-1, Rounding);
    }

    [Fact]
    public void Equal_values_share_the_mean_of_their_ranks_and_a_constant_has_no_correlation()
    {
        RankCorrelation.Ranks([5, 1, 5, 5, 0]).ShouldBe([4, 2, 4, 4, 1]);
        RankCorrelation.Of([1, 1, 1], [1, 2, 3]).ShouldBe(double.NaN);
        RankCorrelation.Of([1, 2], [1, 2]).ShouldBe(double.NaN);
    }

    [Fact]
    public void The_best_rate_is_the_one_with_the_least_mean_with_which_no_seed_diverged()
    {
        var best = BestArm.Of([Run(0.1, 0, 1), Run(0.1, 1, double.NaN), Run(0.01, 0, 3), Run(0.01, 1, 5), Run(0.001, 0, 6), Run(0.001, 1, 4)])!;

        best.Rate.ShouldBe(0.01);
        best.Mean.ShouldBe(4);
        best.IsAtEdge.ShouldBeFalse();
        BestArm.Of([Run(0.1, 0, double.NaN)]).ShouldBeNull();
        BestArm.Of([Run(0.1, 0, 2), Run(0.01, 0, 3), Run(0.01, 1, 3)])!.Rate.ShouldBe(0.01, "a rate without all seeds is not compared");
    }

    /// <summary>Layers whose gain grows with nr/st, without exception: ρ = 1, every call right, and no correlation where ratios are shuffled.</summary>
    [Fact]
    public void Planted_gains_are_found_and_the_control_finds_none()
    {
        var tables = Planted(out double[] ratios);
        var analysis = new GalleryAnalysis(tables);

        analysis.Layers.Count.ShouldBe(ratios.Length);
        analysis.Explanations.First(one => one.Name == "nr/st at 5 %").Correlation.Value.ShouldBe(1, Rounding);
        analysis.RightOfRule.ShouldBe(1);
        analysis.RightOfAll.ShouldBe(ratios.Count(ratio => ratio > 1) / (double)ratios.Length, Rounding);
        analysis.Control.Low.ShouldBeLessThan(0);
        analysis.Control.High.ShouldBeInRange(0, 0.9);
        analysis.WithinNetworks.ShouldBe(1, Rounding);
        analysis.WithinNetworksControl.Value.ShouldBe(0, 0.1, "a thousand shuffles of six layers: a standard error of 0.014");
        analysis.WithinNetworksControl.Low.ShouldBeLessThan(-0.5);
        GalleryPage.Render(tables, analysis).ShouldContain("The rule calls 100 % of 6 layers right");
    }

    /// <summary>Losses e, 1, e^½ and e^¼: of the gain of hidden, one, values has half and queries three quarters.</summary>
    [Fact]
    public void The_tail_compares_shares_of_the_gain_and_shortened_runs_are_apart()
    {
        const int whole = 400, shortened = 376;
        RunEnd[] runs =
        [
            Ended(Arms.AdamW, Math.E, whole), Ended(Arms.Hidden, 1, whole), Ended(Arms.Values, Math.Exp(0.5), whole), Ended(Arms.Queries, Math.Exp(0.25), whole),
            Ended(Arms.Newton, 0.8, whole), Ended(Arms.Newton, 1.1, shortened),
        ];
        var analysis = new GalleryAnalysis(new GalleryTables(runs, []));
        var tail = analysis.Tail.Single();

        tail.ShareOf(tail.Values).ShouldBe(0.5, Rounding);
        tail.ShareOf(tail.Queries).ShouldBe(0.75, Rounding);
        tail.Newton!.Mean.ShouldBe(0.8);
        tail.SavesSteps.ShouldBe(false);
        (tail with { ShortNewton = tail.Hidden }).SavesSteps.ShouldBe(true);
        GalleryPage.Render(new GalleryTables(runs, []), analysis).ShouldContain("`values` has 50 % and `queries` 75 %. `newton` does not reach");
        new GalleryAnalysis(new GalleryTables(runs[..2], [])).Tail.ShouldBeEmpty();

        static RunEnd Ended(string arm, double loss, int steps) => new("transformer", arm, "", 0.003, 0, steps, loss, 1);
    }

    [Fact]
    public void Tables_are_read_as_they_were_written_and_a_damaged_one_is_a_sentence()
    {
        string folder = Directory.CreateTempSubdirectory("specgd-gallery-test").FullName;
        try
        {
            var tables = Planted(out _);
            tables.Write(folder);

            GalleryTables.Read(folder).Runs.ShouldBe(tables.Runs);
            GalleryTables.Read(folder).Layers.ShouldBe(tables.Layers);
            tables.Of(["perceptron"]).Runs.Count.ShouldBe(tables.Runs.Count);
            tables.Of(["vit"]).ShouldSatisfyAllConditions(none => none.Runs.ShouldBeEmpty(), none => none.Layers.ShouldBeEmpty());
            tables.With(tables).Runs.Count.ShouldBe(tables.Runs.Count, "the same run counts once");
            File.AppendAllText(Path.Combine(folder, "runs.csv"), "perceptron,adamw\n");
            Should.Throw<BadInputException>(() => GalleryTables.Read(folder)).Message.ShouldContain("8 columns were expected, not 2");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static RunEnd Run(double rate, int seed, double loss) => new("perceptron", Arms.AdamW, "", rate, seed, 100, loss, 1);

    private static GalleryTables Planted(out double[] ratios)
    {
        double[] planted = ratios = [0.25, 0.5, 0.75, 1.5, 2, 4];
        RunEnd[] adam = [Run(0.001, 0, 3), Run(0.003, 0, 2), Run(0.01, 0, 2.5)];
        return new GalleryTables(
            [.. adam, .. planted.SelectMany((ratio, i) => new[] { 0.001, 0.003, 0.01 }.Select(rate => new RunEnd("perceptron", Arms.Single, $"fc{i + 1}", rate, 0, 100, (2 - (0.1 * Math.Log(ratio))) + Math.Abs(Math.Log(rate / 0.003)), 1)))],
            [.. planted.SelectMany((ratio, i) => new[] { GalleryRun.AtStart, GalleryRun.AtTwentieth, GalleryRun.AtHalf }.Select(moment => new LayerPoint("perceptron", 0.003, 0, moment, $"fc{i + 1}", "other", 8, 8, 2 * ratio, 2)))]);
    }
}
