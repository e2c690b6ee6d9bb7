using SpecGD.Experiments.NanoGpt;
using SpecGD.Experiments.Settings;
using SpecGD.Models.Gpt;
using SpecGD.Optimizers.Parameters;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Experiments;

public class NanoGptOptionsTests
{
    [Theory]
    [InlineData("tiny", 6, 64, 384)]
    [InlineData("nano", 12, 256, 384)]
    [InlineData("124M", 12, 768, 50304)]
    [InlineData("3B", 36, 2560, 50304)]
    public void Every_preset_is_a_model(string preset, int layers, int width, int vocabulary)
    {
        var shape = Resolve("preset", preset).Shape();

        (shape.Layers, shape.Width, shape.PaddedVocabulary).ShouldBe((layers, width, vocabulary));
        Resolve("preset", preset).Plan().Length.ShouldBePositive();
    }

    [Fact]
    public void What_is_given_differs_from_the_preset_and_nothing_else()
    {
        var options = new NanoGptOptions { Layers = 8, Mlp = "swiglu", Steps = 7, Length = 256, Optimizer = "muon-mlp-output" };

        options.Shape().ShouldBe(NanoGptPreset.Named("tiny").Shape with { Layers = 8, Mlp = GptMlp.SwiGlu });
        options.Plan().ShouldBe(NanoGptPreset.Named("tiny").Plan with { Steps = 7, Length = 256 });
        options.Routing().Name.ShouldBe("muon-mlp-output");
    }

    [Fact]
    public void Resolved_options_say_everything_and_mean_the_same()
    {
        var options = new NanoGptOptions { Preset = "nano", Layers = 8, AdamMultiplier = new Dictionary<string, double> { ["lm_head"] = 3 } };

        var resolved = options.Resolved();

        Setting.ToJson(resolved).Where(o => o.Value is null).Select(o => o.Key).ShouldBe(["epochs"]);
        (resolved.Plan(), resolved.Shape(), resolved.SequencesPerStep).ShouldBe((options.Plan(), options.Shape(), options.SequencesPerStep));
        resolved.AdamMultiplier["lm_head"].ShouldBe(3);
        resolved.AdamMultiplier["embed"].ShouldBe(75);
        Setting.ToJson(new NanoGptOptions { Steps = 60 }.Resolved()).ToJsonString().ShouldBe(Setting.ToJson(new NanoGptOptions().Resolved()).ToJsonString());
    }

    [Fact]
    public void Every_number_of_optimizers_and_schedule_reaches_them()
    {
        var options = new NanoGptOptions
        {
            MomentumFrom = 0.1, MomentumTo = 0.2, MomentumSteps = 3, AdamBeta1 = 0.4, AdamBeta2 = 0.5, AdamEpsilon = 0.6, AdamWeightDecay = 0.7,
            Cooldown = 0.8, CooldownFloor = 0.9, LargestWindow = 640, GradientRanks = 11, AdamMultiplier = new Dictionary<string, double> { ["scalars"] = 12 },
        };

        var routes = options.Routing().Routes;
        routes.Select(r => r.Rule).OfType<MuonRule>().First().Momentum.ShouldBe(new MomentumWarmup(0.1, 0.2, 3));
        routes.Single(r => r.Pattern == "scalars").ShouldBe(new Route(
            "scalars", new AdamRule { Beta1 = 0.4, Beta2 = 0.5, Epsilon = 0.6, WeightDecay = 0.7 }, 12, "no matrix"));
        var plan = options.Plan();
        (plan.LargestWindow, plan.Ranks, plan.Schedule).ShouldBe((640, 11, new CooldownSchedule(plan.Steps) { Cooldown = 0.8, Floor = 0.9 }));
    }

    [Fact]
    public void What_no_model_has_is_refused()
    {
        Should.Throw<BadInputException>(() => new NanoGptOptions { Length = 200 }.Plan()).Message.ShouldBe("--length takes a multiple of 128; 200 is none.");
        Should.Throw<BadInputException>(() => new NanoGptOptions { Layers = 7 }.Shape()).Message.ShouldContain("even number of layers");
        Should.Throw<BadInputException>(() => Resolve("preset", "huge")).Message.ShouldContain("--preset takes one of tiny, nano, 124M, 3B; 'huge' is not.");
    }

    [Theory]
    [InlineData(1, 25)] // 12,800 tokens are 25 steps of 4 sequences of 128
    [InlineData(0.5, 13)]
    [InlineData(0.001, 1)]
    public void Epochs_are_steps_that_pass_the_training_tokens_so_often(double epochs, int steps)
    {
        var resolved = new NanoGptOptions { Epochs = epochs }.WithStepsFor(Data(12_800));

        (resolved.Steps, resolved.Epochs).ShouldBe((steps, null));
        resolved.WithStepsFor(Data(1)).ShouldBe(resolved);
    }

    [Fact]
    public void Steps_and_epochs_exclude_one_another_and_too_many_are_refused()
    {
        Should.Throw<BadInputException>(() => new NanoGptOptions { Epochs = 1, Steps = 2 }.WithStepsFor(Data(1000))).Message
            .ShouldBe("--steps and --epochs both say how long the run is; give one.");
        Should.Throw<BadInputException>(() => new NanoGptOptions { Epochs = 1000 }.WithStepsFor(Data(100_000_000_000))).Message
            .ShouldContain("at most 10000000 are.");
    }

    [Fact]
    public void A_run_that_does_not_fit_is_refused_and_one_that_fits_badly_is_warned_of()
    {
        var forecast = NanoGptForecast.Of(new NanoGptOptions { Preset = "3B" }, Data(1_000_000));

        forecast.Memory.Total.ShouldBeGreaterThan(30L << 30); // parameters, gradients and optimizer state of 3 10⁹ parameters alone
        forecast.Refusal(new MachineMemory(16L << 30, null))!.ShouldContain("of memory, most of it for ");
        forecast.Refusal(new MachineMemory(1L << 50, 1L << 30)).ShouldBeNull();
        forecast.Warning(new MachineMemory(1L << 50, 1L << 30))!.ShouldEndWith("and 1.0 GiB are free; it may be slow or be killed");
        forecast.Warning(new MachineMemory(1L << 50, null)).ShouldBeNull();
        forecast.TimeAt(forecast.Work.ForRun).TotalSeconds.ShouldBe(1, 1e-9);
        var here = MachineMemory.Here();
        here.Total.ShouldBeGreaterThan(0);
        MachineMemory.PeakOfProcess().ShouldBeInRange(10L << 20, here.Total);
    }

    private static NanoGptData Data(long tokens) =>
        new("a test", 257, 256, 3, new MemoryTokens(new ushort[300], 128, 1), []) { TrainingTokens = tokens };

    private static NanoGptOptions Resolve(string name, string value) =>
        (NanoGptOptions)Setting.Resolve(typeof(NanoGptOptions), new Dictionary<string, IReadOnlyList<string>> { [name] = [value] });
}
