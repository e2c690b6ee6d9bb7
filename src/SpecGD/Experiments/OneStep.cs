using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Data;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Experiments.OneStepTrials;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Records;
using SpecGD.Spectral;
using SpecGD.Training;

namespace SpecGD.Experiments;

/// <summary>
/// How well nr(G)/st(A) predicts: along trajectories both single steps are taken from the same iterate, each with its own guaranteed step size, and
/// the true decreases stand beside the guarantees.
/// </summary>
public sealed class OneStep : Experiment<OneStepOptions>
{
    /// <summary>Name of the experiment.</summary>
    public const string ExperimentName = "one-step";

    private const string GradientDescent = SparseRegression.GradientDescent, SpecGd = SparseRegression.SpecGd;

    /// <summary>
    /// Nonlinearities with the factors on the natural steps, Euclidean and spectral: half of those that the paper trains its wider network with.
    /// </summary>
    private static readonly (string Activation, double Euclidean, double Spectral)[] FourLayer =
        [("relu_square", 0.04, 0.05), ("swiglu", 0.005, 0.0125)];

    private static readonly string[] SpectralLayers = ["W2", "W3"];

    /// <inheritdoc/>
    public override string Name => ExperimentName;

    /// <inheritdoc/>
    public override string Summary => "Both single steps from the same iterates: how well nr(G)/st(A) predicts which decreases the loss more.";

    /// <inheritdoc/>
    public override string RunId(OneStepOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return string.Create(CultureInfo.InvariantCulture,
            $"one-step_{string.Join('-', options.Models.Distinct())}_width{options.Width}_iterates{options.Iterates}_seeds{string.Join('-', options.Seeds)}");
    }

    /// <inheritdoc/>
    protected override RunResult Compute(OneStepOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var seeds = options.Seeds.Distinct().ToArray();
        var rows = new JsonArray();
        var log = new RunLog(RunId(options))
        {
            Config = new JsonObject
            {
                ["experiment"] = Name,
                ["models"] = new JsonArray([.. options.Models.Distinct().Select(m => (JsonNode)m)]),
                ["seeds"] = new JsonArray([.. seeds.Select(s => (JsonNode)s)]),
                ["width"] = options.Width,
            },
            Sections = new JsonObject { [OneStepRow.Section] = rows },
        };
        var trained = (from model in options.Models.Distinct()
                       from seed in seeds
                       from trajectory in model switch
                       {
                           OneStepOptions.RandomFeature => RandomFeatures(seed, options),
                           OneStepOptions.FourLayer => FourLayers(seed, options),
                           _ => [],
                       }
                       select trajectory).ToArray();
        var outcomes = TrajectoryRunner.RunAll(trained, context);
        foreach (var row in trained.SelectMany(t => t.Probes.OfType<OneStepProbe>().Single().Rows))
            rows.Add(row.ToJson());
        // The iterates before a trajectory left the numbers are iterates like others.
        log.Config["diverged"] = new JsonArray([.. outcomes.Where(o => o.Status == RunStatus.Diverged).Select(o => (JsonNode)o.Sentence)]);
        var result = TrajectoryRunner.Result(log, [.. outcomes.Where(o => o.Status != RunStatus.Diverged)]) with
        {
            DivergedMethods = [.. outcomes.Where(o => o.Status == RunStatus.Diverged).Select(o => o.Name)],
        };
        return result.Status == RunStatus.Finished && options.Models.Contains(OneStepOptions.NanoGpt)
            ? Gpts(seeds, options, context, result, rows)
            : result;
    }

    /// <inheritdoc/>
    public override RecordKeys RecordKeys { get; } = RecordKeys.OfRows("model", "layer", "kind", "trajectory", "seed", "step");

    /// <inheritdoc/>
    protected override RunSummary Conclude(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var summary = OneStepSummary.Of(OneStepRow.All(log)) with { Diverged = [] }; // the iterates from before are iterates like others
        return summary with
        {
            Sentences = [.. summary.Sentences, .. (log.Config["diverged"] as JsonArray ?? []).Select(sentence => Sentence.Begin(sentence?.ToString() ?? ""))],
        };
    }

    private static IEnumerable<Trajectory> RandomFeatures(int seed, OneStepOptions options)
    {
        var settings = new RandomFeatureOptions();
        foreach (string activation in new[] { "relu", "swiglu" })
        {
            var random = new TorchRandom((ulong)seed);
            var features = Data.RandomFeatures.Draw(random, settings.Dim, settings.FeatureDim, settings.NumSamples, Activation.Named(activation));
            var problem = new LeastSquaresProblem(features, Data.RandomFeatures.Gaussian(random, settings.Dim, settings.Dim, settings.Dim));
            foreach (var geometry in new[] { Geometry.Euclidean, Geometry.Spectral })
            {
                IModel New() => new LeastSquaresModel(problem, new Matrix<double>(settings.Dim, settings.Dim));
                var source = new TrialSource($"{OneStepOptions.RandomFeature} {activation}", geometry.Name, seed);
                var places = OneStepTrial.Places(options.RandomFeatureSteps, options.Iterates);
                var probe = new OneStepProbe(source, New(), 1.0 / settings.NumSamples, places, []);
                yield return new Trajectory(
                    source.Name, New(), new SteepestDescent(geometry, StepSize.Natural()), [probe], 0, options.RandomFeatureSteps);
            }
        }
    }

    private static IEnumerable<Trajectory> FourLayers(int seed, OneStepOptions options)
    {
        foreach (var (activation, euclidean, spectral) in FourLayer)
        {
            var random = new TorchRandom((ulong)seed);
            var inputs = random.Normal(options.Width, options.Width / 4);
            var targets = FourLayerNetwork.ProductOfFirstThree(inputs);
            var weights = FourLayerNetwork.Draw(random, options.Width / 4, options.Width, Activation.Named(activation));
            foreach (var (name, layers, factor) in new[] { (GradientDescent, (string[])[], euclidean), (SpecGd, SpectralLayers, spectral) })
            {
                IModel New() => new MultilayerPerceptron(inputs, targets, weights, Activation.Named(activation));
                Geometry GeometryOf(WeightBlock block) => layers.Contains(block.Name) ? Geometry.Spectral : Geometry.Euclidean;
                var source = new TrialSource($"{OneStepOptions.FourLayer} {activation}", name, seed);
                var places = OneStepTrial.Places(options.FourLayerSteps, options.Iterates);
                var probe = new OneStepProbe(source, New(), 2.0 / inputs.Rows, places, SpectralLayers);
                yield return new Trajectory(
                    source.Name, New(), new SteepestDescent(GeometryOf, StepSize.Natural(factor)), [probe], 0, options.FourLayerSteps);
            }
        }
    }

    private static RunResult Gpts(int[] seeds, OneStepOptions options, RunContext context, RunResult result, JsonArray rows)
    {
        var settings = new NanoGptOptions { Steps = options.NanoGptSteps, Sequences = options.NanoGptSequences };
        var places = OneStepTrial.Places(options.NanoGptSteps, options.NanoGptIterates);
        var found = new JsonArray[seeds.Length];
        try
        {
            ThreadBudget.ForEach(
                Enumerable.Range(0, seeds.Length).ToArray(),
                i =>
                {
                    var source = new TrialSource($"{OneStepOptions.NanoGpt} {settings.Preset}", settings.Optimizer, seeds[i]);
                    var progress = context.Progress.Begin(source.Name, options.NanoGptSteps);
                    found[i] = context.Kept.FindOrComputeRows(
                        source.Name, () => new GptTrial(source, settings).Run(places, progress, context.Cancellation));
                    progress.End($"{source.Name} finished");
                },
                context.Cancellation);
        }
        catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
        {
            return result with { Status = RunStatus.Interrupted, Detail = "The GPT's training was interrupted." };
        }
        foreach (var row in found.SelectMany(array => array))
            rows.Add(row!.DeepClone());
        return result;
    }
}
