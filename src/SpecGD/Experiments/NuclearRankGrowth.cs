using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Data;
using SpecGD.Experiments.Settings;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Experiments;

/// <summary>Settings of <see cref="NuclearRankGrowth"/>.</summary>
public sealed record NuclearRankGrowthOptions
{
    /// <summary>Widths k.</summary>
    [Setting("dims", "numbers k of features", Min = 1, Max = 16384)]
    public IReadOnlyList<int> Dims { get; init; } = [64, 128, 256, 512];

    /// <summary>Seeds to average over.</summary>
    [Setting("seeds", "seeds to average over", Min = 0)]
    public IReadOnlyList<int> Seeds { get; init; } = [0, 1, 2];

    /// <summary>Steps of gradient descent.</summary>
    [Setting("steps", "training steps (the figure: 1024)", Min = 1, Max = 1_000_000)]
    public int Steps { get; init; } = 200;

    /// <summary>Columns of X and A, or null for 2k.</summary>
    [Setting("num-samples", "number of samples n for every k", Min = 1, Max = 1_000_000, UnsetMeans = "2k")]
    public int? NumSamples { get; init; }

    /// <summary>Rows of X, or null for half of k.</summary>
    [Setting("feature-dim", "dimension of the Gaussian inputs X for every k", Min = 1, Max = 16384, UnsetMeans = "k/2, at least 1")]
    public int? FeatureDim { get; init; }

    /// <summary>Floating-point type of draws, features, weights and gradients.</summary>
    [Setting("dtype", "floating-point type of features, weights and gradients; ranks are measured in float64", Choices = Precision.Names)]
    public string Dtype { get; init; } = "float64";

    /// <summary>n for k features.</summary>
    public int SamplesFor(int k) => NumSamples ?? 2 * k;

    /// <summary>Dimension of the inputs for k features.</summary>
    public int FeatureDimFor(int k) => FeatureDim ?? Math.Max(1, k / 2);
}

/// <summary>
/// Figures 14 and 15: the gradient's nuclear rank along gradient descent on ReLU random features, for growing width: bounded at the start,
/// growing with the width after one step. Model 1 has realisable targets, model 2 a teacher with features of its own.
/// </summary>
public sealed class NuclearRankGrowth : Experiment<NuclearRankGrowthOptions>
{
    /// <summary>Names of the results in the log.</summary>
    public const string Model1 = "model1", Model2 = "model2";

    /// <inheritdoc/>
    public override string Name => "nuclear-rank-growth";

    /// <inheritdoc/>
    public override string Summary => "The gradient's nuclear rank along gradient descent, for growing width (Figures 14 and 15).";

    /// <inheritdoc/>
    public override string RunId(NuclearRankGrowthOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"nuclear-rank-growth_k{string.Join('-', options.Dims)}_steps{options.Steps}_seeds{string.Join('-', options.Seeds)}");
    }

    /// <inheritdoc/>
    protected override RunResult Compute(NuclearRankGrowthOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var cells = (from k in options.Dims.Distinct().OrderDescending() // the longest first
                     from model in new[] { Model1, Model2 }
                     from seed in options.Seeds.Distinct()
                     select new Cell(model, k, seed, new MethodLog())).ToArray();
        var outcomes = new TrajectoryOutcome[cells.Length];
        ThreadBudget.ForEach(Enumerable.Range(0, cells.Length).ToArray(), i => outcomes[i] = Train(cells[i], options, context));
        var log = new RunLog(RunId(options))
        {
            Config = new JsonObject
            {
                ["experiment"] = Name,
                ["dims"] = new JsonArray([.. options.Dims.Select(k => (JsonNode)k)]),
                ["seeds"] = new JsonArray([.. options.Seeds.Select(s => (JsonNode)s)]),
                ["steps"] = options.Steps,
                ["num_samples"] = ForEachWidth(options.SamplesFor),
                ["feature_dim"] = ForEachWidth(options.FeatureDimFor),
                ["dtype"] = options.Dtype,
            },
            Sections = new JsonObject { [Model1] = Average(cells, Model1), [Model2] = Average(cells, Model2) },
        };
        return TrajectoryRunner.Result(log, outcomes, [.. cells.SelectMany(cell => Divergence.Of([KeyValuePair.Create(cell.Name, cell.Log)]))]);

        JsonObject ForEachWidth(Func<int, int> valueFor) =>
            new(options.Dims.Distinct().Select(k => KeyValuePair.Create(k.ToString(CultureInfo.InvariantCulture), (JsonNode?)valueFor(k))));
    }

    /// <inheritdoc/>
    public override RecordKeys RecordKeys { get; } = RecordKeys.None.With("", "model").With("curves", "k").With("nr0", "k").With("nr1", "k");

    /// <inheritdoc/>
    protected override RunSummary Conclude(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        JsonObject[] rows =
        [
            .. from model in new[] { Model1, Model2 }
               let section = log.Sections[model] as JsonObject
               where section is not null
               from k in section["nr0"]!.AsObject().Select(p => p.Key)
               select new JsonObject
               {
                   ["model"] = model,
                   ["k"] = int.Parse(k, CultureInfo.InvariantCulture),
                   ["nr at step 0"] = section["nr0"]![k]?.DeepClone(),
                   ["nr at step 1"] = section["nr1"]![k]?.DeepClone(),
                   ["nr at step 1, over k"] = section["nr1"]![k] is { } nr ? (double)nr / double.Parse(k, CultureInfo.InvariantCulture) : null,
               },
        ];
        return new RunSummary(["model", "k"], rows, []);
    }

    /// <summary>Draws the problem of a cell, seeded anew, and records nr along gradient descent.</summary>
    private static TrajectoryOutcome Train(Cell cell, NuclearRankGrowthOptions options, RunContext context)
    {
        IModel model = cell.Model == Model1 ? Realisable(cell.K, cell.Seed, options) : TeacherStudent(cell.K, cell.Seed, options);
        if (model.Blocks[0].Activation.OperatorNorm == 0)
            throw new BadInputException($"Every feature is zero for k = {cell.K} and seed {cell.Seed}, so there is nothing to fit; try more samples or a larger k.");
        var trajectory = new Trajectory(
            cell.Name,
            model,
            new SteepestDescent(Geometry.Euclidean, StepSize.Natural()),
            [new LossAndRankProbe(cell.Log)],
            0,
            options.Steps);
        return TrajectoryRunner.Run(trajectory, context);
    }

    private static IModel Realisable(int k, int seed, NuclearRankGrowthOptions options)
    {
        var random = new TorchRandom((ulong)seed);
        var precision = Precision.Named(options.Dtype);
        var features = RandomFeatures.Draw(random, k, options.FeatureDimFor(k), options.SamplesFor(k), Activation.Named("relu"), precision);
        var target = RandomFeatures.Gaussian(random, k, k, k, precision);
        return precision == Precision.Reduced
            ? new SinglePrecisionRegression(features, precision.Product(target, features))
            : new LeastSquaresModel(new LeastSquaresProblem(features, target), new Matrix<double>(k, k));
    }

    /// <summary>A = σ(V_student X), Y = W_teacher σ(V_teacher X); drawn in the order X, V_student, V_teacher, W_teacher.</summary>
    private static IModel TeacherStudent(int k, int seed, NuclearRankGrowthOptions options)
    {
        var random = new TorchRandom((ulong)seed);
        var precision = Precision.Named(options.Dtype);
        int d = options.FeatureDimFor(k);
        var x = precision.Normal(random, d, options.SamplesFor(k));
        var relu = Activation.Named("relu");
        var student = RandomFeatures.Of(RandomFeatures.Gaussian(random, k, d, d, precision), x, relu, precision);
        var teacher = RandomFeatures.Of(RandomFeatures.Gaussian(random, k, d, d, precision), x, relu, precision);
        var targets = precision.Product(RandomFeatures.Gaussian(random, k, k, k, precision), teacher);
        return precision == Precision.Reduced ? new SinglePrecisionRegression(student, targets) : new RegressionModel(student, targets);
    }

    private static JsonObject Average(Cell[] cells, string model)
    {
        JsonObject curves = [], nr0 = [], nr1 = [];
        foreach (var group in cells.Where(c => c.Model == model).GroupBy(c => c.K).OrderBy(g => g.Key))
        {
            var mean = new Series();
            for (int step = 0; step < group.Min(c => c.NuclearRank.Count); step++)
                mean.Add(step, group.Average(c => c.NuclearRank[step]));
            string k = group.Key.ToString(CultureInfo.InvariantCulture);
            curves[k] = RunLogFile.ToJson(mean);
            nr0[k] = mean.Count > 0 ? mean.Values[0] : null;
            nr1[k] = mean.Count > 1 ? mean.Values[1] : null;
        }
        return new JsonObject { ["curves"] = curves, ["nr0"] = nr0, ["nr1"] = nr1 };
    }

    private sealed record Cell(string Model, int K, int Seed, MethodLog Log)
    {
        public string Name => string.Create(CultureInfo.InvariantCulture, $"{Model}_k{K}_seed{Seed}");

        public IReadOnlyList<double> NuclearRank => Log.Find(LossAndRankProbe.NuclearRank)?.Values ?? [];
    }
}
