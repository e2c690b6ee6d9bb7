using SpecGD.Cli.Display;

namespace SpecGD.Cli.Tests;

public class LineProgressTests
{
    /// <summary>A long validation ends no step; its lines say that the run is alive.</summary>
    [Fact]
    public void What_is_told_has_a_line_of_its_own_where_no_step_has_ended_for_long()
    {
        var clock = new HandClock();
        using var writer = new StringWriter();
        var task = new LineProgress(writer, clock).Begin("run", 5);

        task.Tell("validation: 1 of 40 sequences");
        writer.ToString().ShouldBeEmpty();
        clock.Seconds = 2 * LineProgress.Interval;
        task.Tell("validation: 2 of 40 sequences");
        task.Tell("validation: 3 of 40 sequences");

        writer.ToString().ShouldBe($"run: 0/5 steps, validation: 2 of 40 sequences{Environment.NewLine}");
    }

    private sealed class HandClock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(Seconds * TimestampFrequency);
    }
}
