using SpecGD.Cli.Display;

namespace SpecGD.Cli.Tests;

public sealed class SweepProgressTests
{
    [Theory]
    [InlineData(0, 9, 2, 0, 0, null, "0 of 9 tasks done, 2 running")] // nothing is known of the time
    [InlineData(3, 9, 2, 1, 0, 90.0, "3 of 9 tasks done, 2 running, 1 failed, 1:30 min left")]
    [InlineData(0, 9, 0, 0, 2, null, "0 of 9 tasks done, 2 stopped")] // what was stopped is not done
    [InlineData(9, 9, 0, 0, 0, null, "9 of 9 tasks done")]
    public void It_says_what_has_a_result_and_the_time_left_only_where_it_is_known(
        int done, int all, int running, int failed, int stopped, double? left, string words) =>
        SweepProgress.Words(done, all, running, failed, stopped, left is { } seconds ? TimeSpan.FromSeconds(seconds) : null).ShouldBe(words);
}
