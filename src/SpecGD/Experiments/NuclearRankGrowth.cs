using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Data;
using SpecGD.Experiments.Settings;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Experiments;

/// <summary>Settings of <see cref="NuclearRankGrowth"/>.</summary>
public sealed record NuclearRankGrowthOptions
{
    /// <summary>Widths k.</summary>
    [Setting("dims", "numbers k of features; inputs have k/2 dimensions and 2k samples", Min = 2, Max = 16384)]
    public IReadOnlyList<int> Dims { get; init; } = [64, 128, 256, 512];

    /// <summary>Seeds to average over.</summary>
    [Setting("seeds", "seeds to average over", Min = 0)]
    public IReadOnlyList<int> Seeds { get; init; } = [0, 1, 2];

    /// <summary>Steps of gradient descent.</summary>
    [Setting("steps", "training steps (the figure: 1024)", Min = 1, Max = 1_000_000)]
    public int Steps { get; init; } = 200;
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
    public override RunResult Run(NuclearRankGrowthOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var cells = (from k in options.Dims.Distinct().OrderDescending() // the longest first
                     from model in new[] { Model1, Model2 }
                     from seed in options.Seeds.Distinct()
                     select new Cell(model, k, seed, new MethodLog())).ToArray();
        var outcomes = new TrajectoryOutcome[cells.Length];
        ThreadBudget.ForEach(Enumerable.Range(0, cells.Length).ToArray(), i => outcomes[i] = Train(cells[i], options.Steps, context));
        var log = new RunLog(RunId(options))
        {
            Config = new JsonObject
            {
                ["experiment"] = Name,
                ["dims"] = new JsonArray([.. options.Dims.Select(k => (JsonNode)k)]),
                ["seeds"] = new JsonArray([.. options.Seeds.Select(s => (JsonNode)s)]),
                ["steps"] = options.Steps,
            },
            Sections = new JsonObject { [Model1] = Average(cells, Model1), [Model2] = Average(cells, Model2) },
        };
        return TrajectoryRunner.Result(log, outcomes);
    }

    /// <inheritdoc/>
    public override RunSummary Summarise(RunLog log)
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
        return new RunSummary(rows, []);
    }

    /// <summary>Draws the problem of a cell, seeded anew, and records nr along gradient descent.</summary>
    private static TrajectoryOutcome Train(Cell cell, int steps, RunContext context)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{cell.Model}_k{cell.K}_seed{cell.Seed}");
        IModel model = cell.Model == Model1 ? Realisable(cell.K, cell.Seed) : TeacherStudent(cell.K, cell.Seed);
        var trajectory = new Trajectory(
            name,
            model,
            new SteepestDescent(Geometry.Euclidean, StepSize.Natural()),
            [new LossAndRankProbe(cell.Log)],
            0,
            steps);
        return TrajectoryRunner.Run(trajectory, context);
    }

    private static LeastSquaresModel Realisable(int k, int seed)
    {
        var random = new TorchRandom((ulong)seed);
        var features = RandomFeatures.Draw(random, k, k / 2, 2 * k, Activation.Named("relu"));
        return new LeastSquaresModel(new LeastSquaresProblem(features, RandomFeatures.Gaussian(random, k, k, k)), new Matrix<double>(k, k));
    }

    /// <summary>A = σ(V_student X), Y = W_teacher σ(V_teacher X); drawn in the order X, V_student, V_teacher, W_teacher.</summary>
    private static RegressionModel TeacherStudent(int k, int seed)
    {
        var random = new TorchRandom((ulong)seed);
        int d = k / 2;
        var x = random.Normal(d, 2 * k);
        var relu = Activation.Named("relu");
        var student = RandomFeatures.Of(RandomFeatures.Gaussian(random, k, d, d), x, relu);
        var teacher = RandomFeatures.Of(RandomFeatures.Gaussian(random, k, d, d), x, relu);
        return new RegressionModel(student, Linear.Product(RandomFeatures.Gaussian(random, k, k, k), teacher));
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
        public IReadOnlyList<double> NuclearRank => Log.Find(LossAndRankProbe.NuclearRank)?.Values ?? [];
    }
}
