using SpecGD.Experiments;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Records;
using SpecGD.Torch.Tests;
using SpecGD.Training;

namespace SpecGD.Tests.Experiments;

/// <summary>What must be equal to the last bit needs the process to itself: other tests change how many threads OpenBLAS uses.</summary>
public sealed class NanoGptExperimentTests : IDisposable
{
    private static readonly NanoGptStudyOptions Small = new()
    {
        Layers = 6, Width = 16, Heads = 2, Length = 128, Sequences = 1, Steps = 6, TrackEvery = 2, ValidateEvery = 3,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-study-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_interrupted_run_goes_on_bit_for_bit()
    {
        var experiment = new NanoGptExperiment();
        byte[] whole = RunLogFile.Serialize(experiment.Run(Small, RunContext.Silent).Log);

        using var cancellation = new CancellationTokenSource();
        var first = experiment.Run(Small, Context(new StopsAfter(4, cancellation), cancellation.Token));
        first.Status.ShouldBe(RunStatus.Interrupted);
        var second = experiment.Run(Small, Context(SilentProgress.Instance, CancellationToken.None));

        second.Status.ShouldBe(RunStatus.Finished);
        RunLogFile.Serialize(second.Log).ShouldBe(whole);
        RunLogFile.Serialize(experiment.Run(Small with { Seed = 1 }, RunContext.Silent).Log).ShouldNotBe(whole);
    }

    [Fact]
    public void The_ablation_trains_every_pair_on_the_same_tokens_and_sums_them_up()
    {
        var ablation = new NanoGptAblation();
        var result = ablation.Run(Small with { TrackEvery = 0 }, RunContext.Silent);

        result.Status.ShouldBe(RunStatus.Finished);
        result.Log.Methods.Keys.ShouldBe(
        [
            "adam relu_square", "muon-mlp-output relu_square", "muon relu_square", "adam swiglu", "muon-mlp-output swiglu", "muon swiglu",
        ]);
        foreach (string mlp in NanoGptAblation.Mlps)
        {
            double[] First(string series) =>
                [.. NanoGptAblation.Optimizers.Select(o => result.Log.Methods[NanoGptAblation.MethodName(o, mlp)].Find(series)!.Values[0]).Distinct()];
            First("train_loss").Length.ShouldBe(1, "the same start on the same tokens");
            First("val_loss").Length.ShouldBe(1);
            NanoGptAblation.Optimizers.Select(o => NanoGptAblation.LastLoss(result.Log, NanoGptAblation.MethodName(o, mlp))).Distinct().Count().ShouldBe(3);
        }
        var rows = ablation.Summarise(result.Log).Rows;
        rows.Count.ShouldBe(6);
        ((double)rows[2]["tokens"]!).ShouldBe(6 * 128);
        ((double)rows[2]["below Adam"]!).ShouldBe((double)rows[0]["validation loss"]! - (double)rows[2]["validation loss"]!);
    }

    /// <summary>One loss in single precision against double: rounding of some 1e-7 a product, through 18 matrices.</summary>
    private const double SingleAgainstDouble = 1e-5;

    /// <summary>The same after some updates: Adam takes a whole step along an entry of the gradient that is nothing but rounding.</summary>
    private const double AfterUpdates = 0.05;

    [SkippableFact]
    public void A_run_in_double_is_that_in_single_to_rounding_and_its_weights_are_read_in_either()
    {
        Libtorch.Require();
        var options = new NanoGptOptions { Layers = 6, Width = 16, Heads = 2, Length = 128, Sequences = 1, Steps = 6, TrackEvery = 2, ValidateEvery = 3, CheckpointEvery = 6, Optimizer = "adam" };

        var (wide, single) = (Trained("f64"), Trained("f32"));

        foreach (string series in new[] { "train_loss", "val_loss" })
        {
            double[] a = [.. wide.Methods["nanogpt"].Find(series)!.Values], b = [.. single.Methods["nanogpt"].Find(series)!.Values];
            a.ShouldNotBe(b, "they are other numbers");
            a[0].ShouldBe(b[0], SingleAgainstDouble);
            a.Zip(b, (x, y) => Math.Abs(x - y)).Max().ShouldBeLessThan(AfterUpdates);
        }
        ((string)wide.Config["precision"]!).ShouldBe("f64");
        using var weights = NanoGptWeights.Open(Path.Combine(_folder, "f64"));
        weights.Load().Shape.Width.ShouldBe(16);

        RunLog Trained(string precision)
        {
            var run = new NanoGptRun(options with { Precision = precision }, Path.Combine(_folder, precision), NanoGptData.Sample(options));
            run.Train(SilentProgress.Instance, TimeProvider.System, CancellationToken.None).Status.ShouldBe(RunStatus.Finished);
            return run.Log();
        }
    }

    [Fact]
    public void Runs_are_compared_under_names_of_their_own()
    {
        RunLog Run(string optimizer) => new NanoGptExperiment().Run(Small with { Optimizer = optimizer, Steps = 2, TrackEvery = 0 }, RunContext.Silent).Log;
        var adam = Run("adam");

        var together = NanoGptLog.Compare([("a", adam), ("b", Run("muon")), ("c", adam)]);

        together.Methods.Keys.ShouldBe(["adam relu_square", "muon relu_square", "adam relu_square (c)"]);
        together.Methods.Values.ShouldAllBe(method => method.Find("train_loss")!.Count == 2 && (double)method.Properties["tokens_per_step"]! == 128);
        Should.Throw<BadInputException>(() => NanoGptLog.Compare([("a", adam), ("empty", new RunLog("empty"))])).Message.ShouldStartWith("empty holds no losses");
    }

    private RunContext Context(IProgressReporter progress, CancellationToken cancellation) => new(progress, cancellation)
    {
        Kept = KeptWork.In(_folder, new RunIdentity("study", []), TimeProvider.System),
    };

    private sealed class StopsAfter(int steps, CancellationTokenSource cancellation) : IProgressReporter, IProgressTask
    {
        public IProgressTask Begin(string name, int total) => this;

        public void Advance(int done)
        {
            if (done == steps)
                cancellation.Cancel();
        }

        public void End(string remark)
        {
        }
    }
}
