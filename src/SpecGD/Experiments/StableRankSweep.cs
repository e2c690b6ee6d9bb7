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

/// <summary>Settings of <see cref="StableRankSweep"/>.</summary>
public sealed record StableRankSweepOptions
{
    /// <summary>Rows and columns of A and W.</summary>
    [Setting("dim", "rows and columns of A and W (the animation: 200)", Min = 1, Max = 8192)]
    public int Dim { get; init; } = 40;

    /// <summary>The values of λ, where given.</summary>
    [Setting("lambdas", "the very values of λ in A = I + λ11ᵀ", Min = -1e6, Max = 1e6, UnsetMeans = "lambda-count values from lambda-min to lambda-max")]
    public IReadOnlyList<double>? Lambdas { get; init; }

    /// <summary>First λ.</summary>
    [Setting("lambda-min", "first λ", Min = -1e6, Max = 1e6)]
    public double LambdaMin { get; init; }

    /// <summary>Last λ.</summary>
    [Setting("lambda-max", "last λ", Min = -1e6, Max = 1e6)]
    public double LambdaMax { get; init; } = 0.12;

    /// <summary>Number of λ, evenly spaced.</summary>
    [Setting("lambda-count", "number of evenly spaced λ", Min = 1, Max = 10_000)]
    public int LambdaCount { get; init; } = 8;

    /// <summary>Steps of a trajectory from zero.</summary>
    [Setting("steps", "training steps", Min = 1, Max = 1_000_000)]
    public int Steps { get; init; } = 400;

    /// <summary>Seed of every random draw.</summary>
    [Setting("seed", "seed of the random draws, as torch.manual_seed takes it", Min = 0)]
    public ulong Seed { get; init; }

    /// <summary>Whether to restart from the peak of the nuclear rank.</summary>
    [Setting("specgd-from-peak", "also restart SpecGD where gradient descent's nuclear rank is largest")]
    public bool SpecgdFromPeak { get; init; } = true;

    /// <summary>The steps to restart from.</summary>
    [Setting("specgd-from-iter", "steps of gradient descent to restart SpecGD from; those outside the run are dropped")]
    public IReadOnlyList<int> SpecgdFromIter { get; init; } = [];

    /// <summary>Step size of gradient descent at every λ, or null for the natural one.</summary>
    [Setting("gd-lr", "step size of gradient descent at every λ", Min = 0, MinExcluded = true, UnsetMeans = "n/‖A‖_op²")]
    public double? GdLr { get; init; }

    /// <summary>Step size of SpecGD and its restarts at every λ, or null for the natural one.</summary>
    [Setting("specgd-lr", "step size of SpecGD and its restarts at every λ", Min = 0, MinExcluded = true, UnsetMeans = "n/‖A‖_F²")]
    public double? SpecgdLr { get; init; }

    /// <summary>The values of λ.</summary>
    public IReadOnlyList<double> ResolvedLambdas() => Lambdas
        ?? [.. Enumerable.Range(0, LambdaCount).Select(
            i => LambdaCount == 1 ? LambdaMin : LambdaMin + (i * (LambdaMax - LambdaMin) / (LambdaCount - 1)))];
}

/// <summary>
/// Gradient descent against SpecGD while the stable rank of A = I + λ11ᵀ falls from dim to 1: one pair of trajectories for each λ, and a turn
/// from one method's win to the other's.
/// </summary>
public sealed class StableRankSweep : Experiment<StableRankSweepOptions>
{
    /// <summary>Name of the result in the log.</summary>
    public const string Rows = "rows";

    /// <summary>Losses below this are drawn at it and count as it: rounding errors of a loss of order one begin there.</summary>
    public const double Floor = 1e-12;

    /// <inheritdoc/>
    public override string Name => "stable-rank-sweep";

    /// <inheritdoc/>
    public override string Summary => "Gradient descent against SpecGD while the stable rank of the activations falls.";

    /// <inheritdoc/>
    public override string RunId(StableRankSweepOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var lambdas = options.ResolvedLambdas();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"stable-rank-sweep_dim{options.Dim}_lambda{lambdas[0]}-{lambdas[^1]}x{lambdas.Count}_steps{options.Steps}_seed{options.Seed}");
    }

    /// <inheritdoc/>
    public override StableRankSweepOptions Resolve(StableRankSweepOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with { Lambdas = options.ResolvedLambdas() };
    }

    /// <inheritdoc/>
    protected override RunResult Compute(StableRankSweepOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var lambdas = options.ResolvedLambdas();
        if (lambdas.Count == 0)
            throw new BadInputException("--lambdas is empty; give at least one value.");
        var unset = new StableRankSweepOptions();
        if (options.Lambdas is not null
            && (options.LambdaMin, options.LambdaMax, options.LambdaCount) != (unset.LambdaMin, unset.LambdaMax, unset.LambdaCount))
            throw new BadInputException("--lambdas are the very values, --lambda-min, --lambda-max and --lambda-count make some; give the one or the others.");
        if (options.Lambdas is null && options.LambdaMin > options.LambdaMax)
            throw new BadInputException(string.Create(CultureInfo.InvariantCulture,
                $"--lambda-min ({options.LambdaMin}) is above --lambda-max ({options.LambdaMax}); give a minimum that is at most the maximum, or the very values with --lambdas."));
        var random = new TorchRandom(options.Seed);
        var targets = lambdas.Select(_ => RandomFeatures.Gaussian(random, options.Dim, options.Dim, options.Dim)).ToArray();
        var rows = new JsonObject?[lambdas.Count];
        var outcomes = new IReadOnlyList<TrajectoryOutcome>[lambdas.Count];
        ThreadBudget.ForEach(Enumerable.Range(0, lambdas.Count).ToArray(), i => (rows[i], outcomes[i]) = Sweep(i, targets[i], options, context));
        var log = new RunLog(RunId(options))
        {
            Config = new JsonObject
            {
                ["experiment"] = Name,
                ["dim"] = options.Dim,
                ["steps"] = options.Steps,
                ["seed"] = options.Seed,
                ["gd_lr"] = options.GdLr,
                ["specgd_lr"] = options.SpecgdLr,
            },
            Sections = new JsonObject { [Rows] = new JsonArray([.. rows]) },
        };
        return TrajectoryRunner.Result(log, [.. outcomes.SelectMany(of => of)], EndsOf(log));
    }

    /// <inheritdoc/>
    public override RecordKeys RecordKeys { get; } = RecordKeys.OfRows("lambda").With("methods", "method");

    /// <inheritdoc/>
    protected override RunSummary Conclude(RunLog log) => StableRankSweepSummary.Of(log);

    /// <inheritdoc/>
    public override IReadOnlyList<LossEnd> EndsOf(RunLog log) => StableRankSweepSummary.EndsOf(log);

    /// <summary>All trajectories for the λ in place <paramref name="index"/>, one after the other: the λs themselves run side by side.</summary>
    private static (JsonObject Row, IReadOnlyList<TrajectoryOutcome> Outcomes) Sweep(
        int index, Matrix<double> target, StableRankSweepOptions options, RunContext context)
    {
        var lambdas = options.ResolvedLambdas();
        double lambda = lambdas[index];
        var identityPlusOnes = Matrix.Identity<double>(options.Dim);
        foreach (ref double entry in identityPlusOnes.AsSpan())
            entry += lambda;
        if (identityPlusOnes.LargestMagnitude() == 0)
            throw new BadInputException("A = I + λ11ᵀ is zero for dim 1 and λ = -1, so there is nothing to fit; give another λ.");
        var problem = new LeastSquaresProblem(identityPlusOnes, target);
        var zero = new Matrix<double>(options.Dim, options.Dim);
        var restarts = options.SpecgdFromIter.Where(t => t >= 0 && t < options.Steps).Distinct().Order().ToArray();
        var iterates = new IterateKeeper(restarts);
        var peak = new PeakKeeper();
        var methods = new JsonObject();
        var outcomes = new List<TrajectoryOutcome>();
        string name = StableRankSweepSummary.NameOf(lambda, index, lambdas.Count);
        string[] planned =
        [
            RandomFeature.GradientDescent, RandomFeature.SpecGd, .. restarts.Select(step => $"{RandomFeature.FromIterationPrefix}{step}"),
            .. options.SpecgdFromPeak ? (string[])[RandomFeature.FromPeak] : [],
        ];
        var progress = context.ProgressOfNext.Begin(name, planned.Length * options.Steps);

        outcomes.Add(Train(RandomFeature.GradientDescent, Geometry.Euclidean, zero, 0, iterates, peak));
        if (outcomes[0].Status != RunStatus.Interrupted)
            outcomes.Add(Train(RandomFeature.SpecGd, Geometry.Spectral, zero, 0)); // also where gradient descent diverged
        foreach (int step in restarts)
            if (AreFinished())
                outcomes.Add(Train($"{RandomFeature.FromIterationPrefix}{step}", Geometry.Spectral, iterates.Kept[step], step));
        if (options.SpecgdFromPeak && AreFinished() && peak.Peak is { } top)
            outcomes.Add(Train(RandomFeature.FromPeak, Geometry.Spectral, top.Weight, top.Step));
        if (outcomes.Any(outcome => outcome.Status == RunStatus.Interrupted))
        {
            outcomes.AddRange(planned.Skip(outcomes.Count).Select(method =>
                new TrajectoryOutcome(TrajectoryName.Of(name, method), RunStatus.Interrupted, 0) { Stop = options.Steps, HasBegun = false }));
        }
        else
            progress.Advance(planned.Length * options.Steps);
        progress.End(outcomes.Find(outcome => outcome.Status != RunStatus.Finished) is { } cut ? TrajectoryRunner.SentenceOf(cut) : $"{name} finished");
        return (
            new JsonObject
            {
                ["lambda"] = lambda,
                ["stable_rank"] = problem.Activation.StableRank,
                ["gd_lr"] = StepSizeOf(Geometry.Euclidean),
                ["specgd_lr"] = StepSizeOf(Geometry.Spectral),
                ["peak"] = peak.Peak?.Step,
                ["methods"] = methods,
            },
            outcomes);

        bool AreFinished() => outcomes.All(outcome => outcome.Status == RunStatus.Finished);

        double StepSizeOf(Geometry geometry) =>
            (geometry == Geometry.Euclidean ? options.GdLr : options.SpecgdLr) ?? geometry.NaturalScale(problem.Activation);

        TrajectoryOutcome Train(string method, Geometry geometry, Matrix<double> start, int from, params IProbe[] probes)
        {
            var log = new MethodLog();
            var trajectory = new Trajectory(
                TrajectoryName.Of(name, method),
                new LeastSquaresModel(problem, start),
                new SteepestDescent(geometry, StepSize.Fixed(StepSizeOf(geometry))),
                [new LossAndRankProbe(log), .. probes],
                from,
                options.Steps);
            var ended = TrajectoryRunner.Run(trajectory, context with { Progress = new PartOfTask(progress, outcomes.Count * options.Steps) });
            methods[method] = SeriesState.Capture(log);
            return ended;
        }
    }
}
