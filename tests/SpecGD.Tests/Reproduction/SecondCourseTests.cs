using SpecGD.Records;
using SpecGD.Reproduction.Golden;

namespace SpecGD.Tests.Reproduction;

/// <summary>The end of the SwiGLU run with 512 samples, on made-up trajectories of either course.</summary>
public class SecondCourseTests
{
    /// <summary>Measured on the first and on the second course of ours and of an independent PyTorch program, to four digits.</summary>
    private static readonly double[] FirstRanks = [32.66, 58.75, 71.20], SecondRanks = [32.72, 58.93, 71.54];

    private const double FirstFall = 4.06, SecondFall = 3.196;

    [Theory]
    [InlineData(600)]
    [InlineData(900)]
    public void A_run_that_has_turned_is_on_the_authors_course(int steps)
    {
        var comparison = Compare(Trajectory(steps, SecondRanks, SecondFall));

        comparison.Compared.ShouldBe(4);
        comparison.Holds.ShouldBeTrue();
    }

    [Fact]
    public void A_run_that_stays_on_its_first_course_fails_in_ranks_and_in_loss()
    {
        var comparison = Compare(Trajectory(SecondCourse.Steps, FirstRanks, FirstFall));

        comparison.Findings.Select(f => f.Beyond).ShouldBe([3, 1]);
    }

    [Fact]
    public void A_run_that_turns_at_its_very_end_fails() =>
        Compare(Trajectory(SecondCourse.Steps, SecondRanks, (FirstFall + SecondFall) / 2)).Holds.ShouldBeFalse();

    [Fact]
    public void A_series_that_lacks_is_a_deviation()
    {
        var log = Trajectory(SecondCourse.Steps, SecondRanks, SecondFall);
        log.Series.Remove("grad_ratio.W3");

        Compare(log).Findings[0].Beyond.ShouldBe(1);
    }

    [Fact]
    public void A_short_run_is_not_compared() => Compare(Trajectory(SecondCourse.Steps - 1, SecondRanks, SecondFall)).Compared.ShouldBe(0);

    private static GoldenComparison Compare(MethodLog log)
    {
        var golden = GoldenCase.Named("sparse_regression_swiglu_512").ReadGolden()["methods"]!["specgd"]!.AsObject();
        var comparison = new GoldenComparison();
        SecondCourse.Compare(comparison, golden, log);
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
