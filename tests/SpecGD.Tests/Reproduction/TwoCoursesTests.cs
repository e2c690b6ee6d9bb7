using SpecGD.Records;
using SpecGD.Reproduction.Golden;

namespace SpecGD.Tests.Reproduction;

/// <summary>The end of the SwiGLU run with 512 samples, on made-up trajectories of either course.</summary>
public class TwoCoursesTests
{
    /// <summary>Measured on the first and on the second course of ours and of an independent PyTorch program, to four digits.</summary>
    private static readonly double[] FirstRanks = [32.66, 58.75, 71.20], SecondRanks = [32.72, 58.93, 71.54];

    private const double FirstFall = 4.06, SecondFall = 3.196;

    [Fact]
    public void A_run_on_either_course_of_the_authors_is_held_to_that_one()
    {
        var second = Compare(Trajectory(TwoCourses.Steps, SecondRanks, SecondFall));
        var first = Compare(Trajectory(TwoCourses.Steps, FirstRanks, FirstFall));

        (second.Compared, second.Holds, first.Compared, first.Holds).ShouldBe((4, true, 4, true));
        second.Findings[0].Quantity.ShouldBe("specgd second course grad_ratio");
        first.Findings[0].Quantity.ShouldBe("specgd first course grad_ratio");
    }

    [Fact]
    public void A_run_on_neither_course_fails()
    {
        double[] between = [.. FirstRanks.Zip(SecondRanks, (a, b) => (a + b) / 2)];

        Compare(Trajectory(TwoCourses.Steps, between, SecondFall)).Findings[0].Beyond.ShouldBe(3);
        Compare(Trajectory(TwoCourses.Steps, between, FirstFall)).Findings[0].Beyond.ShouldBe(3);
    }

    [Fact]
    public void The_ranks_of_one_course_with_the_fall_of_the_other_fail()
    {
        Compare(Trajectory(TwoCourses.Steps, SecondRanks, FirstFall)).Findings.Select(f => f.Beyond).ShouldBe([0, 1]);
        Compare(Trajectory(TwoCourses.Steps, FirstRanks, SecondFall)).Findings.Select(f => f.Beyond).ShouldBe([0, 1]);
    }

    [Fact]
    public void A_series_that_lacks_is_a_deviation()
    {
        var log = Trajectory(TwoCourses.Steps, SecondRanks, SecondFall);
        log.Series.Remove("grad_ratio.W3");

        Compare(log).Findings[0].Beyond.ShouldBe(1);
    }

    [Fact]
    public void A_short_run_is_not_compared() => Compare(Trajectory(TwoCourses.Steps - 1, SecondRanks, SecondFall)).Compared.ShouldBe(0);

    private static GoldenComparison Compare(MethodLog log)
    {
        var golden = GoldenCase.Named("sparse_regression_swiglu_512").ReadGolden()["methods"]!["specgd"]!.AsObject();
        var comparison = new GoldenComparison();
        TwoCourses.Compare(comparison, golden, log);
        return comparison;
    }

    private static MethodLog Trajectory(int steps, double[] ranks, double fall)
    {
        var log = new MethodLog();
        for (int step = 0; step < steps; step++)
        {
            log.Record("loss", step, Math.Pow(fall, -step / 20.0));
            for (int layer = 0; layer < ranks.Length; layer++)
                log.Record($"grad_ratio.W{layer + 1}", step, ranks[layer]);
        }
        return log;
    }
}
