using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Experiments.Settings;
using SpecGD.Numerics;
using SpecGD.Records;
using SpecGD.Reproduction;

namespace SpecGD.Tests.Experiments;

/// <summary>The experiments beside the authors' scripts: every option and its default, and what options mean at other values than the paper's.</summary>
public class AuthorsScriptsTests
{
    /// <summary>Two orders of a few products and one decomposition.</summary>
    private const double Rounding = 1e-9;

    /// <summary>A few steps of gradient descent in float32 beside the same in float64, on the same data: some hundred roundings of 6e-8.</summary>
    private const double SinglePrecision = 2e-5;

    /// <summary>Every option of the scripts that decides numbers or pictures, with what the script has where it is not given.</summary>
    private static readonly Dictionary<string, string[]> Scripts = new()
    {
        ["run random-feature"] =
        [
            "dim 100", "feature-dim 50", "num-samples 512", "activation relu", "seed 0", "steps 1000", "specgd-restart-iters none",
            "specgd-restart-frequency 100", "method-lr n/", "specgd-from-peak off", "plot-dpi 300",
        ],
        ["run sparse-regression"] =
        [
            "activation relu_square", "seed 42", "batch-size 512", "steps 2000", "method-lr 0.01", "no-exact-stable-rank off", "spectrum-gif off",
            "spectrum-gif-fps 1.0", "spectrum-gif-dpi 200", "spectrum-gif-keep-frames off", "plot-dpi 300",
        ],
        ["run batch-size-sweep"] = ["dim 128", "batch-sizes 128 256 512 1024", "seed 42", "dtype float64", "dpi 300"],
        ["run nuclear-rank-growth"] = ["dims 64 128 256 512", "seeds 0 1 2", "steps 200", "num-samples 2k", "feature-dim k/2", "dtype float64"],
        ["run stable-rank-sweep"] =
        [
            "dim 40", "num-steps 400", "lambdas none", "lambda-min 0.0", "lambda-max 0.12", "lambda-count 8", "gd-lr n/", "specgd-lr n/", "seed 0",
            "fps 1.5", "dpi 200", "keep-frames off", "specgd-from-peak off", "specgd-from-iter none",
        ],
        ["run relu-spectrum"] = ["dims 128 256 512 1024 2048 4096", "seed 0", "dtype float64", "fps 1.2", "dpi 200", "keep-frames off"],
        ["plot"] = ["methods all", "fps 1.0", "dpi 300", "keep-frames off"],
    };

    /// <summary>What a verb itself offers, whatever the experiment; the tests of the command line see that it does.</summary>
    private static readonly string[] OfTheVerb = ["--fps", "--dpi", "--keep-frames", "--methods"];

    public static TheoryData<string> Places => [.. Scripts.Keys];

    [Theory]
    [MemberData(nameof(Places))]
    public void The_page_has_every_option_of_the_script_and_the_defaults_that_the_program_has(string place)
    {
        var rows = Rows(place);
        foreach (string option in Scripts[place])
        {
            string[] nameAndDefault = option.Split(' ', 2);
            rows.ShouldContain(row => row[0] == nameAndDefault[0] && row[1].StartsWith(nameAndDefault[1], StringComparison.Ordinal), $"{place}: {option}");
        }
        if (place == "plot")
            return;
        var settings = Setting.Of(ExperimentCatalog.Named(place["run ".Length..]).OptionsType).ToDictionary(setting => setting.Name);
        foreach (string[] row in rows.Where(row => !OfTheVerb.Contains(row[2])))
        {
            var setting = settings.GetValueOrDefault(row[2]).ShouldNotBeNull($"{place} has no option {row[2]}");
            string shown = setting.UnsetMeans.Length > 0 ? setting.UnsetMeans : setting.TextOfDefault.Length > 0 ? setting.TextOfDefault : "none";
            row[3].ShouldBe(shown, $"{place} {row[2]}");
        }
    }

    /// <summary>What the page says of a value that is given twice is what the program does.</summary>
    [Fact]
    public void A_value_given_twice_is_refused_here_and_the_page_says_so()
    {
        string[][] rows = [.. Scripts.Keys.SelectMany(Rows).Where(row => row.Any(cell => cell.Contains("twice", StringComparison.Ordinal)))];
        rows.Select(row => row[2]).ShouldBe(["batch-sizes", "seeds"], ignoreOrder: true);
        rows.ShouldAllBe(row => row[4].EndsWith("there; here it is refused", StringComparison.Ordinal));
        foreach (var (experiment, option) in new (IExperiment, string)[] { (new BatchSizeSweep(), "batch-sizes"), (new NuclearRankGrowth(), "seeds") })
            Should.Throw<BadInputException>(() => Setting.Resolve(experiment.OptionsType, new Dictionary<string, IReadOnlyList<string>> { [option] = ["5", "5"] }))
                .Message.ShouldContain("5 twice");
    }

    [Fact]
    public void The_hidden_width_is_four_times_the_dimension_unless_given()
    {
        var sweep = new BatchSizeSweep().Run(new() { Dim = 64, Seed = 7, BatchSizes = [320] }, RunContext.Silent).Log;
        ((double)sweep.Sections[BatchSizeSweep.StableRank]!["320"]!["layer3"]!).ShouldBeInRange(6.31, 6.32, "what the authors' network of 4·dim units has; one of 512 has 8.63");
        ((int)sweep.Config["width"]!).ShouldBe(256);

        var run = new SparseRegression().Run(new() { Dim = 5, BatchSize = 8, Steps = 1 }, RunContext.Silent).Log;
        ((int)run.Config["width"]!).ShouldBe(20);
        new SparseRegressionOptions { Dim = 128 }.ResolvedWidth.ShouldBe(512);
        new SparseRegressionOptions { Dim = 128, Width = 7 }.ResolvedWidth.ShouldBe(7);
        new AdaptiveComparison().Resolve(new() { Dim = 6 }).Width.ShouldBe(24);
    }

    [Fact]
    public void Each_batch_of_a_sweep_is_drawn_and_of_a_size_given_twice_the_last_counts()
    {
        var options = new BatchSizeSweepOptions { Dim = 4, BatchSizes = [8, 16, 8] };
        var twice = new BatchSizeSweep().Run(options, RunContext.Silent).Log.Sections[BatchSizeSweep.StableRank]!;
        var once = new BatchSizeSweep().Run(options with { BatchSizes = [8, 16] }, RunContext.Silent).Log.Sections[BatchSizeSweep.StableRank]!;
        JsonNode.DeepEquals(twice["16"], once["16"]).ShouldBeTrue();
        JsonNode.DeepEquals(twice["8"], once["8"]).ShouldBeFalse();
    }

    [Fact]
    public void Samples_and_inputs_of_the_growth_are_those_of_random_features_with_the_same_numbers()
    {
        var growth = new NuclearRankGrowth().Run(new() { Dims = [12], Seeds = [3], Steps = 4, NumSamples = 30, FeatureDim = 5 }, RunContext.Silent).Log;
        var features = new RandomFeature().Run(
            new() { Dim = 12, FeatureDim = 5, NumSamples = 30, Seed = 3, Steps = 4, SpecgdFromPeak = false }, RunContext.Silent).Log;
        double[] expected = [.. features.Methods[RandomFeature.GradientDescent].Find("nuclear_rank")!.Values];
        double[] found = JsonNumber.All(growth.Sections[NuclearRankGrowth.Model1]!["curves"]!["12"]!["values"]);
        for (int step = 0; step < expected.Length; step++)
            found[step].ShouldBe(expected[step], Rounding * expected[step]);
        growth.Config["num_samples"]!.ToJsonString().ShouldBe("""{"12":30}""", "what was used");
        new NuclearRankGrowthOptions().FeatureDimFor(1).ShouldBe(1);
        new NuclearRankGrowthOptions().SamplesFor(64).ShouldBe(128);
    }

    [Fact]
    public void Given_step_sizes_replace_the_natural_ones_of_the_sweep_each_for_its_method()
    {
        var options = new StableRankSweepOptions { Dim = 5, Lambdas = [0.3], Steps = 6, SpecgdFromIter = [0, 2], SpecgdFromPeak = false };
        double[] Losses(StableRankSweepOptions o, string method) => JsonNumber.All(
            new StableRankSweep().Run(o, RunContext.Silent).Log.Sections[StableRankSweep.Rows]![0]!["methods"]![method]!["loss"]!["values"]);

        // A = I + λ11ᵀ has the operator norm 1 + 5λ and the squared Frobenius norm 4 + (1 + 5λ)²; n = dim.
        double op = 1 + (5 * 0.3), natural = 5 / (op * op), spectral = 5 / (4 + (op * op));
        var given = options with { GdLr = natural, SpecgdLr = spectral };
        foreach (string method in new[] { "gradient_descent", "specgd", "specgd_from_iter_2" })
        {
            double[] usual = Losses(options, method), same = Losses(given, method);
            for (int step = 0; step < usual.Length; step++)
                same[step].ShouldBe(usual[step], Rounding * usual[0]);
        }
        Losses(options with { GdLr = natural / 2 }, "gradient_descent")[^1].ShouldBeGreaterThan(Losses(options, "gradient_descent")[^1]);
        Losses(options with { GdLr = natural / 2 }, "specgd").ShouldBe(Losses(options, "specgd"), "SpecGD has a step of its own");
        var used = new StableRankSweep().Run(options with { GdLr = natural / 2 }, RunContext.Silent).Log.Sections[StableRankSweep.Rows]![0]!;
        ((double)used["gd_lr"]!).ShouldBe(natural / 2);
        ((double)used["specgd_lr"]!).ShouldBe(spectral, Rounding * spectral);
        Losses(options with { SpecgdLr = spectral / 2 }, "specgd_from_iter_2")[^1].ShouldNotBe(Losses(options, "specgd_from_iter_2")[^1], "it governs the restarts");
        Losses(options, "specgd_from_iter_0").ShouldBe(Losses(options, "specgd"), "a restart from step 0 is SpecGD from zero");
    }

    [Theory]
    [InlineData(NuclearRankGrowth.Model1)]
    [InlineData(NuclearRankGrowth.Model2)]
    public void Single_precision_draws_its_own_numbers_and_goes_the_way_of_double(string model)
    {
        var options = new NuclearRankGrowthOptions { Dims = [32], Seeds = [0], Steps = 5, Dtype = "float32" };
        double[] Ranks(NuclearRankGrowthOptions o) => JsonNumber.All(
            new NuclearRankGrowth().Run(o, RunContext.Silent).Log.Sections[model]!["curves"]!["32"]!["values"]);
        double[] single = Ranks(options), full = Ranks(options with { Dtype = "float64" });
        single.Length.ShouldBe(5);
        single.ShouldNotBe(full, "the draws differ");
        (single[1] / full[1]).ShouldBeInRange(0.8, 1.25); // two seeds differ by a few per cent
    }

    [Fact]
    public void Single_precision_is_double_precision_but_for_rounding_on_the_same_data()
    {
        var random = new SpecGD.Numerics.Random.TorchRandom(11);
        var single = SpecGD.Numerics.Random.Precision.Reduced;
        var (features, targets) = (single.Normal(random, 12, 40), single.Normal(random, 6, 40));
        var (reduced, exact) = (new SpecGD.Models.SinglePrecisionRegression(features, targets), new SpecGD.Models.RegressionModel(features, targets));
        for (int step = 0; step < 5; step++)
        {
            double loss = exact.Evaluate();
            reduced.Evaluate().ShouldBe(loss, SinglePrecision * loss);
            reduced.Blocks[0].Gradient.AsSpan().ToArray().ShouldAllBe(entry => entry == (float)entry, "the gradient is one of floats");
            foreach (var model in new SpecGD.Models.IModel[] { reduced, exact })
                model.Blocks[0].Weight.AddScaled(-0.2, model.Blocks[0].Gradient);
        }
        reduced.Evaluate().ShouldNotBe(exact.Evaluate(), "and it is rounded");
    }

    [Fact]
    public void Upper_bounds_stand_in_the_place_of_stable_ranks_and_change_nothing_else()
    {
        var options = new SparseRegressionOptions { Dim = 6, BatchSize = 20, Steps = 4, SpectraEvery = 2 };
        var exact = new SparseRegression().Run(options, RunContext.Silent).Log;
        var bound = new SparseRegression().Run(options with { NoExactStableRank = true }, RunContext.Silent).Log;
        foreach (var (name, method) in exact.Methods)
        {
            bound.Methods[name].Find("loss")!.Values.ShouldBe(method.Find("loss")!.Values);
            bound.Methods[name].Find("activation_op_norm.A1")!.Values.ShouldBe(method.Find("activation_op_norm.A1")!.Values);
            foreach (var (above, st) in bound.Methods[name].Find("activations.layer2")!.Values.Zip(method.Find("activations.layer2")!.Values))
                above.ShouldBeGreaterThan(st);
            var frame = bound.Sections["spectrum_gif"]![name]!["frames"]![0]!;
            ((double)frame["stable_rank"]!["layer2"]!).ShouldBe(bound.Methods[name].Find("activations.layer2")!.Values[0]);
        }
        new SparseRegression().Summarise(bound).Rows[0].Select(cell => cell.Key).ShouldContain("bound of st(A1)");
        new SparseRegression().Summarise(exact).Rows[0].Select(cell => cell.Key).ShouldContain("st(A1)");
    }

    [Fact]
    public void A_run_says_which_settings_the_nearest_figure_has_otherwise()
    {
        string remark = NearestFigure.Remark(new SparseRegression(), new SparseRegressionOptions()).ShouldNotBeNull();
        remark.ShouldContain("Figure 1 of the paper has --steps 2000 (here 400)");
        remark.ShouldContain("--method-lr gradient_descent=0.081 specgd=0.1 (here gradient_descent=0.01 specgd=0.01)");
        remark.ShouldContain("specgd reproduce fig1");
        var swiglu = new SparseRegressionOptions { Activation = "swiglu", BatchSize = 8196 };
        NearestFigure.Remark(new SparseRegression(), swiglu).ShouldNotBeNull().ShouldContain("gradient_descent=0.0035 specgd=0.0015");
        var one = new SparseRegressionOptions { MethodLr = new Dictionary<string, double> { [SparseRegression.SpecGd] = 0.2 } };
        NearestFigure.Remark(new SparseRegression(), one).ShouldNotBeNull().ShouldContain("--method-lr gradient_descent=0.081 (here gradient_descent=0.01)");
        var few = new SparseRegressionOptions { Activation = "swiglu", BatchSize = 20 };
        NearestFigure.Remark(new SparseRegression(), few).ShouldNotBeNull().ShouldContain("Figure 18-small");
        NearestFigure.Remark(new SparseRegression(), new SparseRegressionOptions { Activation = "tanh" }).ShouldBeNull("the paper has no figure of it");
        NearestFigure.Remark(new StableRankSweep(), new StableRankSweepOptions()).ShouldNotBeNull().ShouldContain("--dim 200 (here 40)");
        NearestFigure.Remark(new NuclearRankGrowth(), new NuclearRankGrowthOptions()).ShouldNotBeNull().ShouldContain("--steps 1024 (here 200)");
        NearestFigure.Remark(new NuclearRankGrowth(), new NuclearRankGrowthOptions { Steps = 7 }).ShouldBeNull("the steps were given");
    }

    [Fact]
    public void Every_default_that_no_figure_has_is_told_at_the_start()
    {
        foreach (var experiment in ExperimentCatalog.All.Where(e => e.IsOffered))
        {
            object defaults = Activator.CreateInstance(experiment.OptionsType)!;
            var figures = PaperFigureCatalog.All.Where(figure => figure.Experiment == experiment.Name).ToArray();
            bool isAFigure = figures.Any(figure => Setting.ToJson(experiment.Resolve(figure.Options)).ToJsonString()
                == Setting.ToJson(experiment.Resolve(defaults)).ToJsonString());
            (NearestFigure.Remark(experiment, defaults) is null).ShouldBe(isAFigure || figures.Length == 0, experiment.Name);
        }
        NearestFigure.Remark(new RandomFeature(), new RandomFeatureOptions()).ShouldBeNull("its defaults are those of Figure 3");
    }

    [Fact]
    public void Metadata_are_those_of_the_authors_logs()
    {
        var log = new RandomFeature().Run(new() { Dim = 6, FeatureDim = 4, NumSamples = 20, Steps = 9, SpecgdRestartFrequency = 5 }, RunContext.Silent).Log;
        (string Method, string Kind, int Start)[] expected = [("gradient_descent", "gd", 0), ("specgd", "specgd", 0), ("specgd_from_iter_5", "specgd", 5)];
        foreach (var (method, kind, start) in expected)
        {
            var metadata = log.Methods[method].Metadata;
            ((string)metadata["update_kind"]!).ShouldBe(kind);
            ((int)metadata["start_iter"]!).ShouldBe(start);
            ((int)metadata["stop_iter"]!).ShouldBe(8, "the last step that is recorded");
        }
        ((string)log.Methods["specgd_from_peak"].Metadata["source"]!).ShouldBe("nuclear_rank_peak");
    }

    /// <summary>The cells of the table under the heading of that place: option there, default there, option here, default here.</summary>
    private static string[][] Rows(string place)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder(), "..", "..", "..", "docs", "authors-scripts.md"));
        return
        [
            .. lines.SkipWhile(line => !(line.StartsWith("## ", StringComparison.Ordinal) && line.EndsWith($"`{place}`", StringComparison.Ordinal))).Skip(1)
                .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal) || line.StartsWith("| (", StringComparison.Ordinal))
                .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim().Trim('`')).ToArray()),
        ];
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
