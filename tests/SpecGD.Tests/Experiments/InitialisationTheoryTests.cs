using System.Text.Json.Nodes;
using SpecGD.Data;
using SpecGD.Experiments;
using SpecGD.Experiments.Theory;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Records;
using SpecGD.Reproduction;
using SpecGD.Spectral;
using SpecGD.Training;

namespace SpecGD.Tests.Experiments;

/// <summary>A small run of every statement, what can make each fail, and the claims that rest on them.</summary>
public class InitialisationTheoryTests(InitialisationTheoryTests.SmallRun small) : IClassFixture<InitialisationTheoryTests.SmallRun>
{
    private static readonly InitialisationTheoryOptions Small = new() { Dims = [64, 128, 256], Seeds = 3 };

    public static TheoryData<string> Statements => [.. StatementCatalog.All.Select(s => s.Name)];

    [Fact]
    public void The_setting_names_every_statement_in_order() =>
        StatementCatalog.Names.Split(',').ShouldBe(StatementCatalog.All.Select(s => s.Name));

    [Theory]
    [MemberData(nameof(Statements))]
    public void Every_statement_is_measured_and_holds(string name)
    {
        var result = StatementResult.Of(small.Log, name).ShouldNotBeNull();

        result.Rows.ShouldAllBe(row => row.Seeds == Small.Seeds && row.Min <= row.Mean && row.Mean <= row.Max);
        foreach (var (group, @case, _, verdict) in result.Cases)
            verdict.Holds.ShouldBe(true, $"{name}, {group} {@case}: {verdict.Trend}");
        Claim(name).Measure(small.Log).Holds.ShouldBeTrue();
    }

    /// <summary>Negative control: every value of every statement doubled for each doubling of its abscissa, against the same bounds.</summary>
    [Theory]
    [MemberData(nameof(Statements))]
    public void No_statement_holds_of_values_that_grow_without_end(string name)
    {
        var log = Altered(row =>
        {
            double factor = 1000 * Math.Pow((double)row["at"]! + 2, 3);
            foreach (string value in new[] { "min", "mean", "max", "worst_ratio" })
                row[value] = JsonNumber.Of(row[value]) * factor;
        });

        StatementResult.Of(log, name)!.Holds.ShouldBeFalse();
        Claim(name).Measure(log).Holds.ShouldBeFalse();
    }

    [Fact]
    public void A_bound_that_is_a_tenth_too_low_is_found_out()
    {
        var result = StatementResult.Of(small.Log, "thm2.6")!;
        var lower = result with { Rows = [.. result.Rows.Select(row => row with { WorstRatio = row.WorstRatio / 0.9 })] };

        result.Holds.ShouldBeTrue();
        lower.Holds.ShouldBeFalse();
    }

    [Fact]
    public void The_printed_mean_of_a_rectified_Gaussian_is_found_out()
    {
        var result = StatementResult.Of(small.Log, CovarianceStatements.Phi)!;
        StatementRow[] means = [.. result.Rows.Where(row => row.Case == CovarianceStatements.ReluMeanCase)];
        var judge = result.Statement.JudgeOf(CovarianceStatements.ReluMeanCase);

        judge(means).Holds.ShouldBe(true);
        judge([.. means.Select(row => row with { Bound = 1 / (2 * Math.PI) })]).Holds.ShouldBe(false);
    }

    /// <summary>AAᵀ/n is as near to μμᵀ + Σ as its variance says; with the printed μ it is many times further off.</summary>
    [Fact]
    public void The_printed_mean_does_not_give_the_second_moment()
    {
        const int d = 32, n = 4096;
        var trial = new Trial(d, 0, 0, CancellationToken.None);
        var v = RandomFeatures.Gaussian(trial.FixedRandom(), d, d, d);
        var features = RandomFeatures.Of(v, trial.Random().Normal(d, n), Activation.Named("relu"));
        var (moment, variance) = CovarianceStatements.ExpectedMoment(v);
        var estimate = new Matrix<double>(d, d);
        Linear.Gram(1.0 / n, features, transposeFirst: false, estimate);
        double expected = Math.Sqrt(variance / n);

        estimate.AddScaled(-1, moment);
        double error = Measures.FrobeniusNorm(estimate) / expected;
        (error <= 1.5).ShouldBeTrue($"{error} times its root mean square");

        double[] norms = [.. Enumerable.Range(0, d).Select(i => Measures.FrobeniusNorm(v.RowSlice(i, 1)))];
        double squares = (1 / (2 * Math.PI)) - (1 / (4 * Math.PI * Math.PI)); // what the printed μμᵀ lacks of the right one
        for (int i = 0; i < d; i++)
            for (int j = 0; j < d; j++)
                estimate[i, j] += squares * norms[i] * norms[j];
        double misprinted = Measures.FrobeniusNorm(estimate) / expected;
        (misprinted > 5).ShouldBeTrue($"{misprinted} times its root mean square");
    }

    [Fact]
    public void The_same_seed_gives_the_same_log_and_another_seed_another()
    {
        var options = Small with { Dims = [16, 32], Statements = ["thm2.6", "prop2.14", "phi", "sec3-window"] };
        byte[] Run(InitialisationTheoryOptions o) => RunLogFile.Serialize(new InitialisationTheory().Run(o, RunContext.Silent).Log);

        Run(options).ShouldBe(Run(options));
        Run(options with { Seed = 1 }).ShouldNotBe(Run(options));
    }

    [Fact]
    public void Only_the_statements_asked_for_are_measured_and_two_dimensions_tell_no_trend()
    {
        var log = new InitialisationTheory().Run(Small with { Dims = [16, 32], Seeds = 1, Statements = ["lem3.5"] }, RunContext.Silent).Log;

        var result = StatementResult.All(log).ShouldHaveSingleItem();
        result.Statement.Name.ShouldBe("lem3.5");
        result.Cases[0].Verdict.Holds.ShouldBeNull();
        result.Holds.ShouldBeFalse();
        new InitialisationTheory().Summarise(log).Rows.ShouldHaveSingleItem()["holds"].ShouldBeNull();
    }

    [Fact]
    public void A_cancelled_run_is_interrupted_and_its_log_is_whole()
    {
        var result = new InitialisationTheory().Run(Small, new RunContext(SilentProgress.Instance, new CancellationToken(canceled: true)));

        result.Status.ShouldBe(RunStatus.Interrupted);
        result.Detail.ShouldNotBeNull().ShouldContain("0 of ");
        new InitialisationTheory().Summarise(result.Log).Rows.ShouldBeEmpty();
    }

    [Fact]
    public void The_streams_of_a_trial_share_nothing()
    {
        var draws = from seed in new ulong[] { 0, 1 }
                    from d in new[] { 16, 32 }
                    from repetition in new[] { 0, 1 }
                    from stream in new[] { 0, 1 }
                    from random in new[] { new Trial(d, seed, repetition, default).Random(stream), new Trial(d, seed, repetition, default).FixedRandom(stream) }
                    select random.NextUniform();

        // the fixed streams do not see the repetition: 2·2·2 of them are drawn twice
        draws.Distinct().Count().ShouldBe(16 + 8);
    }

    [Theory]
    [InlineData(new double[] { 1, 5, 6, 5, 4, 1, 6 }, 1, 4)]
    [InlineData(new double[] { 5, 5, 1 }, 0, 2)]
    [InlineData(new double[] { 1, 1, 5 }, 2, 0)]
    [InlineData(new double[] { 1, 1, 1 }, 2, 0)]
    [InlineData(new double[] { 1, 5, double.NaN }, 1, 1)]
    public void A_window_begins_with_the_first_value_that_is_enough_and_ends_before_the_first_that_is_not(double[] values, int start, int length)
    {
        var series = new Series();
        for (int i = 0; i < values.Length; i++)
            series.Add(i, values[i]);

        GradientRankStatements.Window(series, 4).ShouldBe((start, length));
    }

    [Fact]
    public void Figure_16_rests_on_its_points()
    {
        var figure = PaperFigureCatalog.Named("fig16")[0];
        ((InitialisationTheoryOptions)figure.Options).Statements.ShouldBe([CovarianceStatements.Phi]);
        figure.Claims.ShouldAllBe(claim => claim.Measure(small.Log).Holds);

        var shifted = Altered(row => row["mean"] = JsonNumber.Of(row["mean"]) + 0.05);
        figure.Claims[0].Measure(shifted).Holds.ShouldBeFalse("every covariance is 0.05 too large");
        figure.Claims[1].Measure(shifted).Holds.ShouldBeFalse("the mean is 0.05 too large");
        var printed = Altered(row => row["mean"] = 1 / (2 * Math.PI));
        figure.Claims[1].Measure(printed).Holds.ShouldBeFalse("were the mean as printed");
    }

    private static Claim Claim(string statement) => PaperFigureCatalog.Named("theory")[0].Claims[StatementCatalog.Names.Split(',').ToList().IndexOf(statement)];

    /// <summary>A copy of the small run's log with every row changed.</summary>
    private RunLog Altered(Action<JsonObject> change)
    {
        var sections = small.Log.Sections.DeepClone().AsObject();
        foreach (var (_, statement) in sections[StatementResult.Section]!.AsObject())
            foreach (var row in statement!["rows"]!.AsArray())
                change(row!.AsObject());
        return new RunLog("altered") { Sections = sections };
    }

    /// <summary>One run that the tests share.</summary>
    public sealed class SmallRun
    {
        public RunLog Log { get; } = new InitialisationTheory().Run(Small, RunContext.Silent).Log;
    }
}
