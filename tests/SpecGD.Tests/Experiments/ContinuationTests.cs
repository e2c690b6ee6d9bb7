using System.Text;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Experiments.OneStepTrials;
using SpecGD.Experiments.Settings;
using SpecGD.Experiments.Theory;
using SpecGD.Numerics;
using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Tests.Experiments;

/// <summary>A run that was interrupted and goes on gives, bit for bit, what the uninterrupted run gives.</summary>
public sealed class ContinuationTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("specgd-continuation-").FullName;

    public static TheoryData<string, int> Cases => new()
    {
        { "sparse-regression", 3 },
        { "sparse-regression", 17 },
        { "random-feature", 5 },
        { "random-feature", 29 },
        { "nuclear-rank-growth", 2 },
        { "stable-rank-sweep", 1 },
        { "relu-spectrum", 1 },
        { "one-step", 4 },
        { "batch-size-sweep", 1 },
        { "nsr-table", 3 },
        { "theory", 5 },
    };

    private static Dictionary<string, object> Options { get; } = new()
    {
        ["sparse-regression"] = new SparseRegressionOptions
        {
            Dim = 5,
            Width = 8,
            BatchSize = 20,
            Steps = 24,
            Optimizer = ["muon", "adamw", "adaptive"],
            AdaptiveRefresh = 2,
            SpectraEvery = 4,
        },
        ["random-feature"] = new RandomFeatureOptions
        {
            Dim = 10,
            FeatureDim = 5,
            NumSamples = 30,
            Steps = 40,
            SpecgdRestartIters = [10, 30],
            Optimizer = ["adaptive"],
            AdaptiveRefresh = 3,
        },
        ["nuclear-rank-growth"] = new NuclearRankGrowthOptions { Dims = [4, 8], Seeds = [0, 1], Steps = 12 },
        ["stable-rank-sweep"] = new StableRankSweepOptions { Dim = 6, LambdaCount = 3, Steps = 15 },
        ["relu-spectrum"] = new ReluSpectrumOptions { Dims = [4, 6, 8] },
        ["batch-size-sweep"] = new BatchSizeSweepOptions { Dim = 6, Width = 8, BatchSizes = [5, 9, 12] },
        ["nsr-table"] = new NsrTableOptions { Dims = [4, 6], Seeds = 4, Samples = 32 },
        ["theory"] = new InitialisationTheoryOptions { Statements = ["thm2.6", "lem2.9", "phi"], Dims = [8, 12], Seeds = 3 },
        ["one-step"] = new OneStepOptions { Models = [OneStepOptions.FourLayer], Seeds = [0], Iterates = 4, FourLayerSteps = 10, Width = 16 },
    };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_interrupted_run_goes_on_bit_for_bit(string name, int interruptAt)
    {
        var experiment = ExperimentCatalog.Named(name);
        string whole = Text(experiment.Run(Options[name], RunContext.Silent));

        var first = RunUntil(experiment, interruptAt);
        first.Status.ShouldBe(RunStatus.Interrupted);
        (Text(first) != whole).ShouldBeTrue("it stopped before the end");
        Directory.EnumerateFiles(Path.Combine(_directory, KeptWork.FolderName), "part-*").ShouldNotBeEmpty();
        var kept = Kept(experiment);
        kept.IsContinuation.ShouldBeTrue();
        var second = experiment.Run(Options[name], RunContext.Silent with { Kept = kept });

        second.Status.ShouldBe(RunStatus.Finished);
        (Text(second) == whole).ShouldBeTrue("every bit is as without the interruption");
    }

    [Fact]
    public void Without_the_optimizer_s_memory_the_run_would_go_on_otherwise()
    {
        var experiment = ExperimentCatalog.Named("sparse-regression");
        string whole = Text(experiment.Run(Options["sparse-regression"], RunContext.Silent));
        RunUntil(experiment, 5, "AdamW");
        var state = StateFile.Read(Part("adamw"));
        state["optimizer"] = null;
        StateFile.Write(Part("adamw"), state);

        string other = Text(experiment.Run(Options["sparse-regression"], RunContext.Silent with { Kept = Kept(experiment) }));
        (other != whole).ShouldBeTrue();
    }

    [Fact]
    public void What_other_options_left_is_not_used_and_goes_when_the_first_part_is_written()
    {
        var experiment = ExperimentCatalog.Named("relu-spectrum");
        RunUntil(experiment, 1);
        var other = KeptWork.In(_directory, new RunIdentity("relu-spectrum", new JsonObject { ["dims"] = 9 }), TimeProvider.System);

        other.IsContinuation.ShouldBeFalse();
        other.Find("d4_seed0").ShouldBeNull();
        other.Stopped("mine", new JsonObject());
        Directory.EnumerateFiles(Path.Combine(_directory, KeptWork.FolderName), "part-*").Select(Path.GetFileName).ShouldBe(["part-mine.safetensors"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(-1)]
    public void A_part_cut_short_is_computed_again(int length)
    {
        var experiment = ExperimentCatalog.Named("sparse-regression");
        string whole = Text(experiment.Run(Options["sparse-regression"], RunContext.Silent));
        RunUntil(experiment, 5);
        byte[] bytes = File.ReadAllBytes(Part("specgd"));
        File.WriteAllBytes(Part("specgd"), bytes[..(length < 0 ? bytes.Length + length : length)]);

        (Text(experiment.Run(Options["sparse-regression"], RunContext.Silent with { Kept = Kept(experiment) })) == whole).ShouldBeTrue();
    }

    [Fact]
    public void A_part_that_is_none_of_the_trajectory_is_named()
    {
        var experiment = ExperimentCatalog.Named("sparse-regression");
        foreach (var weights in new JsonObject?[] { null, new() { ["W1"] = MatrixState.Capture(new Matrix<double>(1, 1)) }, new() { ["W1"] = 7 } })
        {
            Kept(experiment).Drop();
            RunUntil(experiment, 5);
            StateFile.Write(Part("specgd"), new JsonObject { ["next"] = 3, ["weights"] = weights, ["probes"] = new JsonArray() });

            Should.Throw<BadInputException>(() => experiment.Run(Options["sparse-regression"], RunContext.Silent with { Kept = Kept(experiment) }))
                .Message.ShouldContain("cannot go on from what was saved");
        }
    }

    [Fact]
    public void Sweeps_over_values_that_look_alike_do_not_take_over_one_another_s_work()
    {
        var options = new StableRankSweepOptions { Dim = 6, Lambdas = [0.1, 0.100001, 0.1], Steps = 15 };
        var experiment = new StableRankSweep();
        string whole = Text(experiment.Run(options, RunContext.Silent));

        var kept = KeptWork.In(_directory, new RunIdentity(experiment.Name, Setting.ToJson(options)), new HandClock { EachReading = TimeSpan.FromMinutes(1) });
        var result = experiment.Run(options, RunContext.Silent with { Kept = kept });

        Directory.EnumerateFiles(Path.Combine(_directory, KeptWork.FolderName), "part-*").Count().ShouldBeGreaterThan(6, "writes were due");
        (Text(result) == whole).ShouldBeTrue("every row is its own");
    }

    [Fact]
    public void Two_parts_of_one_name_are_an_error_of_the_experiment()
    {
        var kept = Kept(ExperimentCatalog.Named("relu-spectrum"));
        kept.Find("a").ShouldBeNull();
        Should.Throw<InvalidOperationException>(() => kept.Find("a")).Message.ShouldContain("'a'");
    }

    [Fact]
    public void Trials_that_were_measured_are_not_measured_again()
    {
        int measured = 0;
        Measurement[] Measure(int item)
        {
            Interlocked.Increment(ref measured);
            return [new Measurement("x", item, 1.0 / 3, double.PositiveInfinity) { Details = [("ε", 0.1)] }, new Measurement("y", -0.0, double.NaN)];
        }

        var kept = Kept(ExperimentCatalog.Named("theory"));
        var first = TrialRunner.Run("trials", [1, 2, 3], Measure, RunContext.Silent with { Kept = kept });
        kept.Flush();
        var second = TrialRunner.Run("trials", [1, 2, 3], Measure, RunContext.Silent with { Kept = Kept(ExperimentCatalog.Named("theory")) });

        measured.ShouldBe(3);
        string Told(IReadOnlyList<(int Item, Measurement Measurement)> all) => string.Join(
            '\n', all.Select(m => $"{m.Item} {m.Measurement with { Details = [] }} {string.Join(',', m.Measurement.Details)}"));
        Told(second.Measured).ShouldBe(Told(first.Measured));
    }

    [Fact]
    public void Parts_underway_are_written_when_due_and_not_before()
    {
        var clock = new HandClock();
        var kept = KeptWork.In(_directory, Identity(ExperimentCatalog.Named("relu-spectrum")), clock);
        int asked = 0;
        JsonNode State()
        {
            asked++;
            return new JsonObject { ["n"] = asked };
        }

        kept.Underway("a", State);
        clock.Advance(TimeSpan.FromSeconds(19));
        kept.Underway("a", State);
        asked.ShouldBe(0);
        clock.Advance(TimeSpan.FromSeconds(2));
        kept.Underway("a", State);
        kept.Underway("a", State);
        asked.ShouldBe(1);
        ((int)kept.Find("a")!["n"]!).ShouldBe(1);
        kept.Drop();
        kept.Find("a").ShouldBeNull();
        Directory.Exists(Path.Combine(_directory, KeptWork.FolderName)).ShouldBeFalse();
    }

    private static string Text(RunResult result) => Encoding.UTF8.GetString(RunLogFile.Serialize(result.Log));

    private string Part(string name) => Path.Combine(_directory, KeptWork.FolderName, $"part-{name}.safetensors");

    private static RunIdentity Identity(IExperiment experiment) => new(experiment.Name, Setting.ToJson(Options[experiment.Name]));

    private KeptWork Kept(IExperiment experiment) => KeptWork.In(_directory, Identity(experiment), TimeProvider.System);

    private RunResult RunUntil(IExperiment experiment, int step, string? task = null)
    {
        using var stop = new CancellationTokenSource();
        var kept = Kept(experiment);
        var result = experiment.Run(Options[experiment.Name], new RunContext(new StopAt(step, task, stop), stop.Token) { Kept = kept });
        kept.Flush();
        return result;
    }

    /// <summary>Asks for an end as soon as a task, that of the name given or any, has done so many steps.</summary>
    private sealed class StopAt(int step, string? task, CancellationTokenSource stop) : IProgressReporter, IProgressTask
    {
        public IProgressTask Begin(string name, int total) => task is null || name == task ? this : SilentProgress.Instance;

        public void Advance(int done)
        {
            if (done >= step)
                stop.Cancel();
        }

        public void End(string remark)
        {
        }
    }

    private sealed class HandClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;

        /// <summary>What passes whenever the time is asked for.</summary>
        public TimeSpan EachReading { get; init; }

        public override long GetTimestamp() => Interlocked.Add(ref _ticks, EachReading.Ticks);
    }
}
