using SpecGD.Experiments.Theory;

namespace SpecGD.Tests.Experiments;

/// <summary>How rows become verdicts: each way to judge can say yes and can say no, and says no to what is not a number.</summary>
public class StatementVerdictTests
{
    private static readonly int[] Dims = [64, 128, 256, 512];

    [Fact]
    public void At_most_is_a_matter_of_the_worst_seed()
    {
        var judge = Judges.AtMost(static d => 1 / Math.Sqrt(d));

        judge(Rows(d => 0.9 + (0.5 / Math.Sqrt(d)), bound: 1)).Holds.ShouldBe(true);
        judge(Rows(_ => 1.2, bound: 1)).Holds.ShouldBe(false, "the slack has shrunk below 0.2 at the largest d");
        judge([.. Rows(_ => 0.5, bound: 1), Row(1024, 1024, 0.5, 1) with { WorstRatio = 1.1 }]).Holds.ShouldBe(false);
        judge(Rows(_ => double.NaN, bound: 1)).Holds.ShouldBe(false);
        judge(Rows(_ => 1, bound: double.NaN)).Holds.ShouldBe(false);
        judge([]).Holds.ShouldBe(false);
        judge(Rows(d => d * 1e-6, bound: 1)).Trend.ShouldBe("∝ x^1.00");
        (Math.Abs(judge(Rows(_ => 0.5, bound: 1)).Worst - 0.5) <= 1e-15).ShouldBeTrue();
    }

    [Fact]
    public void Levelling_off_tells_a_limit_from_growth()
    {
        var judge = Judges.LevelsOff(0.1);

        judge(Rows(d => 8 - (50.0 / d))).Holds.ShouldBe(true);
        judge(Rows(d => Math.Sqrt(d))).Holds.ShouldBe(false);
        judge(Rows(d => Math.Min(d, 300))).Holds.ShouldBe(false, "the last doubling still grows");
        Judges.LevelsOff(0.4)(Rows(d => Math.Min(d, 300))).Holds.ShouldBe(true, "but by less than its square root");
        judge([.. Rows(d => Math.Min(d, 300)), Row(600, 600, 300, double.NaN), Row(1200, 1200, 300, double.NaN)]).Holds.ShouldBe(true);
        judge(Rows(_ => double.NaN)).Holds.ShouldBe(false);
        judge([.. Rows(_ => 1).Take(2)]).Holds.ShouldBeNull();

        // Between 256 and 512 an error of 10 % in each of 4 seeds' values is one of √2·0.05/ln 2 = 0.102 in the exponent: ½ ≤ 0.1 + 2·0.102 is wrong, 0.3 is right.
        StatementRow[] Noisy(double exponent) => [.. Rows(d => Math.Pow(d, exponent)).Select(row => row with { Deviation = 0.1 * row.Mean, Seeds = 4 })];
        judge(Noisy(0.5)).Holds.ShouldBe(false);
        judge(Noisy(0.3)).Holds.ShouldBe(true);
        judge(Noisy(0.3)).Trend.ShouldBe("∝ x^0.30 ± 0.10 at the end");
        judge(Noisy(0.31)).Holds.ShouldBe(false);
    }

    [Fact]
    public void Linear_growth_is_told_from_any_other()
    {
        var judge = Judges.Linear(0.99);

        judge(Rows(d => (0.3 * d) + 4)).Holds.ShouldBe(true);
        judge(Rows(d => (0.3 * d) + 4)).Trend.ShouldBe("slope 0.300, R² 1.0000");
        judge(Rows(d => -0.3 * d)).Holds.ShouldBe(false);
        judge(Rows(d => Math.Log(d))).Holds.ShouldBe(false);
        judge(Rows(_ => 5)).Holds.ShouldBe(false);
        judge([.. Rows(d => d).Take(2)]).Holds.ShouldBeNull();
    }

    [Fact]
    public void Powers_are_fitted_for_each_dimension_where_the_abscissa_is_another()
    {
        StatementRow[] rows = [.. from d in Dims from n in Dims select Row(d, n, Math.Pow(n, d == 64 ? 2.5 : 1), double.NaN)];

        Judges.GrowsAtMostLike(2)(rows).Holds.ShouldBe(false, "at d = 64 it grows faster");
        Judges.GrowsAtMostLike(2.6)(rows).Holds.ShouldBe(true);
        Judges.GoesLike(1, 0.1)(rows).Holds.ShouldBe(false);
        Judges.GoesLike(1, 0.1)([.. rows.Where(row => row.Dimension > 64)]).Holds.ShouldBe(true);
        Judges.GoesLike(2, 0.1)([.. rows.Where(row => row.Dimension > 64)]).Holds.ShouldBe(false, "slower is not alike");
        Judges.GrowsAtMostLike(2)([.. rows.Take(2)]).Holds.ShouldBeNull();
    }

    [Fact]
    public void Predictions_are_met_within_a_factor_or_within_standard_errors()
    {
        Judges.Within(0.2)(Rows(_ => 1.1, bound: 1)).Holds.ShouldBe(true);
        Judges.Within(0.2)(Rows(_ => 1.3, bound: 1)).Holds.ShouldBe(false);
        Judges.Within(0.2)(Rows(_ => 0.7, bound: 1)).Holds.ShouldBe(false);
        Judges.Within(0.2)(Rows(_ => double.NaN, bound: 1)).Holds.ShouldBe(false);

        StatementRow[] rows = [.. Rows(_ => 1.1, bound: 1).Select(row => row with { StandardError = 0.03 })];
        Judges.WithinStandardErrors(4)(rows).Holds.ShouldBe(true);
        Judges.WithinStandardErrors(3)(rows).Holds.ShouldBe(false);
        Judges.WithinStandardErrors(4)([.. rows, rows[0] with { StandardError = double.NaN }]).Holds.ShouldBe(false);
        Judges.WithinStandardErrors(4)([]).Holds.ShouldBe(false);
    }

    [Fact]
    public void Both_hold_only_together()
    {
        Judge yes = static _ => new Verdict(true, "yes"), no = static _ => new Verdict(false, "no"), perhaps = static _ => new Verdict(null, "perhaps");

        Judges.Both(yes, yes)([]).Holds.ShouldBe(true);
        Judges.Both(yes, no)([]).Holds.ShouldBe(false);
        Judges.Both(perhaps, no)([]).Holds.ShouldBe(false);
        Judges.Both(perhaps, yes)([]).Holds.ShouldBeNull();
        Judges.Both(yes, perhaps)([]).Trend.ShouldBe("yes, perhaps");
    }

    [Fact]
    public void A_row_gathers_its_measurements_and_survives_the_log()
    {
        Measurement[] measurements =
        [
            new("case", 7, 2, 4) { Group = "group", StandardError = 3, Details = [("ε", 1)] },
            new("case", 7, 6, 5) { Group = "group", StandardError = 4, Details = [("ε", 2)] },
        ];
        var row = StatementRow.Of(9, measurements);

        (row.Min, row.Mean, row.Max, row.Bound, row.WorstRatio, row.StandardError, row.Seeds).ShouldBe((2, 4, 6, 4.5, 1.2, 2.5, 2));
        row.Details.ShouldBe([("ε", 1.5)]);
        row.Deviation.ShouldBe(Math.Sqrt(8));
        StatementRow.FromJson(row.ToJson()).ToJson().ToJsonString().ShouldBe(row.ToJson().ToJsonString());
        StatementRow.Of(9, [measurements[0], measurements[1] with { Value = double.NaN }]).Max.ShouldBe(double.NaN);
    }

    private static StatementRow[] Rows(Func<double, double> value, double bound = double.NaN) => [.. Dims.Select(d => Row(d, d, value(d), bound))];

    private static StatementRow Row(int d, double at, double value, double bound) => StatementRow.Of(d, [new Measurement("case", at, value, bound)]);
}
