using SpecGD.Benchmarks;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Models.Gpt;
using SpecGD.Tests.Spectral;

namespace SpecGD.Tests.Benchmarks;

/// <summary>What a benchmark's numbers mean; no test asks how fast anything is.</summary>
public class BenchmarkTests
{
    private static readonly MachineRate Rate = new(InDouble: 100, InSingle: 200);

    [Fact]
    public void Names_are_told_apart_and_every_benchmark_has_work_of_one_kind()
    {
        BenchmarkCatalog.All.Select(b => b.Name).ShouldBeUnique();
        foreach (var benchmark in BenchmarkCatalog.All)
        {
            (benchmark.Prepare is null).ShouldBe(benchmark.Command.Count > 0, benchmark.Name);
            benchmark.Runs.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void A_kind_stands_for_all_of_it_and_an_unknown_name_is_refused_with_what_there_is()
    {
        BenchmarkCatalog.Named("kernel").ShouldBe(BenchmarkCatalog.All.Where(b => b.Kind == BenchmarkKind.Kernel));
        BenchmarkCatalog.Named("polar").ShouldHaveSingleItem().Name.ShouldBe("polar");
        Should.Throw<BadInputException>(() => BenchmarkCatalog.Named("polaroid")).Message.ShouldContain("polar-svd");
    }

    [Fact]
    public void The_median_stands_between_the_middle_times()
    {
        Result(3, 1, 2).Median.ShouldBe(2);
        Result(4, 1, 2, 8).Median.ShouldBe(3);
    }

    [Fact]
    public void The_floor_is_the_least_operations_over_the_rate_of_their_precision()
    {
        Result(1).Floor.ShouldBeNull();
        Result(1).ShareOfFloor.ShouldBeNull();
        var counted = Work with { LeastFlops = 50e9 };
        new BenchmarkResult(counted, [1], 0, Rate).ShareOfFloor.ShouldBe(0.5);
        new BenchmarkResult(counted with { SinglePrecision = true }, [1], 0, Rate).ShareOfFloor.ShouldBe(0.25);
    }

    [Fact]
    public void A_goal_is_reached_at_its_very_value_and_missed_beyond()
    {
        Result(1).ReachesGoal.ShouldBeNull();
        new BenchmarkResult(Work with { GoalSeconds = 2 }, [2], 0, Rate).ReachesGoal.ShouldBe(true);
        new BenchmarkResult(Work with { GoalSeconds = 2 }, [2.01], 0, Rate).ReachesGoal.ShouldBe(false);
        new BenchmarkResult(Work with { Peer = new Peer("other", 6) }, [2], 0, Rate).TimesFasterThanPeer.ShouldBe(3);
    }

    /// <summary>A clock that moves only when the work is done tells exactly what is counted: not the first run, and pieces divided.</summary>
    [Fact]
    public void The_first_run_does_not_count_and_times_are_of_one_piece()
    {
        var clock = new SteppedClock();
        int done = 0;
        var benchmark = Work with { Pieces = 4, Prepare = () => () => clock.Seconds += ++done == 1 ? 100 : 8 };
        var result = new BenchmarkRunner(clock, _ => throw new InvalidOperationException()).Run(benchmark, runs: 3, Rate);
        result.Seconds.ShouldBe([2, 2, 2]);
        done.ShouldBe(4);
    }

    /// <summary>Short work is repeated for a second before it counts, and not for ever where the time is too short to be seen.</summary>
    [Theory]
    [InlineData(0.25, 4)]
    [InlineData(0, 10_000)]
    public void Short_work_warms_up_until_a_second_is_over(double duration, int warmUps)
    {
        var clock = new SteppedClock();
        int done = 0;
        var benchmark = Work with { Prepare = () => () => clock.Seconds += ++done <= warmUps ? duration : 8 };
        new BenchmarkRunner(clock, _ => throw new InvalidOperationException()).Run(benchmark, runs: 2, Rate).Seconds.ShouldBe([8, 8]);
        done.ShouldBe(warmUps + 2);
    }

    [Fact]
    public void An_experiment_is_run_as_the_command_it_is()
    {
        var clock = new SteppedClock();
        var commands = new List<string>();
        var benchmark = Work with { Prepare = null, Command = ["run", "relu-spectrum"], Kind = BenchmarkKind.Experiment };
        var result = new BenchmarkRunner(clock, command =>
        {
            commands.Add(string.Join(' ', command));
            clock.Seconds += 5;
        }).Run(benchmark, runs: 2, Rate);
        commands.ShouldBe(["run relu-spectrum", "run relu-spectrum"]);
        result.Seconds.ShouldBe([5, 5]);
        result.AllocatedBytes.ShouldBeNull();
    }

    /// <summary>0.74 GFLOP a token for the 124M model, attention aside: 6 for each of its weights that multiply activations.</summary>
    [Fact]
    public void The_operations_of_the_124M_model_are_six_for_each_weight_and_token_and_twelve_for_each_number_of_a_key_that_is_seen()
    {
        var shape = NanoGptPreset.Named("124M").Shape;
        var parameters = new GptParameters<float>(shape with { Vocabulary = 256, EndOfText = 255 });
        double weights = parameters.Blocks.Sum(b => (b.Attention?.Count ?? 0) + b.Expand.Count + b.Project.Count) + (50304.0 * 768);
        double seen = 1024.0 * 1025 / 2, farAway = 128.0 * (128 + 256 + 384 + 512); // a short window hides whole blocks from blocks 4 to 7
        int longWindows = Enumerable.Range(0, 12).Count(i => i != 7 && shape.HasLongWindow(i));
        double attention = 12 * 768 * ((11 * seen) - ((11 - longWindows) * farAway));
        Flops.Gpt(shape, 1024, window: 8).ShouldBeWithin(1e-12 * attention, of: (6 * weights * 1024) + attention);
        (6 * weights / 1e9).ShouldBeWithin(0.02, of: 0.74);
    }

    [Fact]
    public void A_chain_of_layers_needs_three_products_a_layer_but_two_for_the_first() =>
        Flops.Training(10, (4, 3), (2, 4)).ShouldBe((2 * 2 * 10 * 3 * 4) + (3 * 2 * 10 * 4 * 2));

    private static Benchmark Work => new()
    {
        Name = "work",
        Description = "work",
        Kind = BenchmarkKind.Kernel,
        Prepare = () => () => { },
    };

    private static BenchmarkResult Result(params double[] seconds) => new(Work, seconds, 0, Rate);

    private sealed class SteppedClock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(Seconds * 1000);
    }
}
