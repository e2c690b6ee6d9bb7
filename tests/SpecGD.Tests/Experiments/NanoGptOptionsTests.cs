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
    [InlineData(3, 75)]
    [InlineData(0.5, 13)]
    [InlineData(0.001, 1)]
    public void Epochs_are_steps_that_pass_the_training_tokens_so_often(double epochs, int steps)
    {
        var resolved = new NanoGptOptions { Epochs = epochs }.FittedTo(Data(12_800));

        (resolved.Steps, resolved.Epochs, resolved.Repeat).ShouldBe((steps, null, epochs > 1));
        resolved.FittedTo(Data(1)).ShouldBe(resolved);
    }

    [Fact]
    public void Steps_and_epochs_exclude_one_another_and_too_many_are_refused()
    {
        Should.Throw<BadInputException>(() => new NanoGptOptions { Epochs = 1, Steps = 2 }.FittedTo(Data(1000))).Message
            .ShouldBe("--steps and --epochs both say how long the run is; give one.");
        Should.Throw<BadInputException>(() => new NanoGptOptions { Epochs = 1000 }.FittedTo(Data(100_000_000_000))).Message
            .ShouldContain("at most 10000000 are.");
    }

    [Fact]
    public void Steps_that_need_more_than_there_is_are_an_error_unless_repeating_is_asked_for()
    {
        var data = Data(12_800); // 25 steps

        NanoGptPasses.Of(new NanoGptOptions { Steps = 25 }, data).Shortage.ShouldBeNull();
        var more = new NanoGptOptions { Steps = 26 };
        Should.Throw<BadInputException>(() => NanoGptPasses.Of(more, data).Require()).Message.ShouldBe(
            "26 steps of 512 tokens are more than there is to train on: one pass over the 12800 training tokens is 25 steps. "
            + "Give --steps 25 or fewer, --epochs and a number of passes, --repeat to begin again from the first whenever they end, or more data.");
        NanoGptPasses.Of(new NanoGptOptions { Steps = 1 }, Data(300)).Shortage!.ShouldContain("is less than one step. Give smaller --sequences or --length, --repeat");
        foreach (var repeating in new[] { more with { Repeat = true }, new NanoGptOptions { Epochs = 1.04 } })
        {
            var passes = NanoGptPasses.Of(repeating, data);
            passes.Require();
            passes.Passes.ShouldBe(26 / 25.0);
            passes.Sentence.ShouldBe("training passes 1.04 times over the 12800 training tokens, 25 steps a pass");
        }
        NanoGptPasses.Of(new NanoGptOptions { Epochs = 1 }, data).Sentence
            .ShouldBe("training reads 12800 of the 12800 training tokens, none of them twice");
    }

    [Theory]
    [InlineData("tiny", 128, 8)]
    [InlineData("nano", 1024, 8)]
    [InlineData("124M", 262_144, 40)] // 10,485,760 tokens, as specified
    [InlineData("3B", 262_144, 40)]
    public void Validation_is_that_of_the_preset_as_long_as_its_sequences_are(string preset, int length, int sequences)
    {
        var options = new NanoGptOptions { Preset = preset };

        options.Validation().ShouldBe(new NanoGptValidation(length, sequences));
        (options with { Length = 256 }).Validation().ShouldBe(new NanoGptValidation(256, 8));
        (options with { Length = 256, ValidationTokens = 25_000 }).Validation().ShouldBe(new NanoGptValidation(256, 97, IsAsked: true));
        (options with { ValidationLength = 512 }).Validation().ShouldBe(new NanoGptValidation(512, preset is "tiny" or "nano" ? 8 : 20_480, IsAsked: true));
        Should.Throw<BadInputException>(() => (options with { ValidationLength = 200 }).Validation()).Message
            .ShouldBe("--validation-length takes a multiple of 128; 200 is none.");
        Should.Throw<BadInputException>(() => (options with { ValidationTokens = 500, ValidationLength = 512 }).Validation()).Message
            .ShouldBe("--validation-tokens 500 are less than one sequence of 512 tokens; --validation-length makes them shorter.");
    }

    [Fact]
    public void Every_preset_for_a_processor_runs_on_its_sample_without_reading_any_of_it_twice()
    {
        foreach (string preset in new[] { "tiny", "nano" })
        {
            var options = new NanoGptOptions { Preset = preset };
            NanoGptPasses.Of(options, NanoGptData.Sample(options)).Require();
        }
        foreach (var figure in SpecGD.Reproduction.PaperFigureCatalog.All)
            foreach (var study in new[] { figure.Options, figure.QuickOptions }.OfType<ITrainsOnTokens>())
                study.RequireTokens();
    }

    [Fact]
    public void Table_2_is_validated_on_more_than_the_noise_of_a_few_sequences()
    {
        var table = SpecGD.Reproduction.PaperFigureCatalog.All.Single(figure => figure.Id == "table2");

        Tokens(table.Options).ShouldBe(195 * 128); // of 25,000
        Tokens(table.QuickOptions).ShouldBe(62 * 128); // of 8,000

        static long Tokens(object options) => ((NanoGptOptions)options).Validation() is var (length, sequences, _) ? length * sequences : 0;
    }

    [Fact]
    public void A_run_that_does_not_fit_is_refused_and_one_that_fits_badly_is_warned_of()
    {
        var forecast = NanoGptForecast.Of(new NanoGptOptions { Preset = "3B", Repeat = true }, Data(1_000_000));

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
