using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Experiments.Settings;
using SpecGD.Experiments.Theory;
using SpecGD.Records;

namespace SpecGD.Experiments;

/// <summary>Settings of <see cref="NsrTable"/>.</summary>
public sealed record NsrTableOptions
{
    /// <summary>Widths d.</summary>
    [Setting("dims", "widths d; W is d × d", Min = 2, Max = 8192)]
    public IReadOnlyList<int> Dims { get; init; } = [64, 128, 256, 512];

    /// <summary>Number of weight matrices at each width.</summary>
    [Setting("seeds", "weight matrices at each width, each with samples of its own", Min = 1, Max = 100_000)]
    public int Seeds { get; init; } = 10;

    /// <summary>Fresh samples of x.</summary>
    [Setting("samples", "fresh samples of x for each weight matrix", Min = 16, Max = 10_000_000)]
    public int Samples { get; init; } = 2048;

    /// <summary>Slope q of the leaky ReLU for t ≥ 0.</summary>
    [Setting("slope-positive", "slope q of the leaky ReLU for t >= 0", Min = -1e6, Max = 1e6)]
    public double SlopePositive { get; init; } = 1;

    /// <summary>Slope p of the leaky ReLU for t &lt; 0.</summary>
    [Setting("slope-negative", "slope p of the leaky ReLU for t < 0; where it is q, nothing is bounded", Min = -1e6, Max = 1e6)]
    public double SlopeNegative { get; init; } = 0.1;

    /// <summary>Seed from which all others are made.</summary>
    [Setting("seed", "seed from which those of all repetitions are made", Min = 0)]
    public ulong Seed { get; init; }
}

/// <summary>
/// Figure 12: the noise-to-signal ratio of z = σ(Wx), x ~ N(0, Σ), for each activation against its bound, with the effective rank of M = E zzᵀ
/// and the
/// stable rank of the samples. W is Gaussian with variance 1/d; Σ is the identity, or diagonal with eigenvalues ∝ 1/i and the same trace.
/// </summary>
public sealed class NsrTable : Experiment<NsrTableOptions>
{
    /// <summary>Name of the result in the log: a row for every activation, covariance and width.</summary>
    public const string Section = "nsr";

    /// <summary>Name of the contrast: no nonlinearity, so no mean, no bound, and an effective rank that grows with the width.</summary>
    public const string Unbounded = "linear";

    /// <summary>Names of the covariances in the log.</summary>
    public const string Isotropic = "identity", PowerLaw = "power_law";

    private static readonly (string Name, Func<int, double> Eigenvalue)[] Covariances = [(Isotropic, static _ => 1), (PowerLaw, static i => 1.0 / (i + 1))];

    /// <inheritdoc/>
    public override string Name => "nsr-table";

    /// <inheritdoc/>
    public override string Summary => "Noise-to-signal ratios of activations against their bounds, for growing width (Figure 12).";

    /// <inheritdoc/>
    public override string RunId(NsrTableOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"nsr-table_d{string.Join('-', options.Dims)}_n{options.Samples}_q{options.SlopePositive}_p{options.SlopeNegative}_seeds{options.Seeds}_seed{options.Seed}");
    }

    /// <inheritdoc/>
    protected override RunResult Compute(NsrTableOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var activations = Activations(options);
        Trial[] trials =
        [
            .. from d in options.Dims.Distinct()
               from repetition in Enumerable.Range(0, options.Seeds)
               orderby d descending // the longest first
               select new Trial(d, options.Seed, repetition, context.Cancellation),
        ];
        var (measured, status, detail) = TrialRunner.Run(Name, trials, trial => Measure(trial, activations, options.Samples), context);
        return new RunResult(Log(options, measured.Select(m => m.Measurement), status == RunStatus.Finished), status, detail);
    }

    /// <inheritdoc/>
    public override RecordKeys RecordKeys { get; } = RecordKeys.OfRows("activation", "covariance", "d");

    /// <inheritdoc/>
    protected override RunSummary Conclude(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var rows = NsrRow.All(log);
        string[] sentences = rows.Count == 0
            ? []
            :
            [
                $"{rows.Count(row => row.Holds == true)} of {Counted.Of(rows.Count(row => row.Holds is not null), "row")} {Counted.Verb(rows.Count(row => row.Holds == true), rows.Count(row => row.Holds is not null), "holds")}: the exact ratio of every seed is at most its bound, "
                + "the sampled one too up to its sampling error, and er(M) is at most the ratio.",
                "'exact' is the ratio in closed form given W, 'off' the largest distance of a sampled ratio from it in standard errors, "
                + "'worst' the largest exact/bound.",
            ];
        return new RunSummary(["activation", "Σ", "d"], [.. rows.Select(row => row.ToSummary())], sentences) { Verdicts = ["worst", "holds"] };
    }

    /// <summary>The activations of Figure 12 and the contrast.</summary>
    private static ActivationMoments[] Activations(NsrTableOptions options) =>
    [
        ActivationMoments.Absolute,
        ActivationMoments.Relu,
        ActivationMoments.PiecewiseLinear("leaky_relu", options.SlopePositive, options.SlopeNegative),
        ActivationMoments.ReluSquare,
        ActivationMoments.Gelu,
        ActivationMoments.Linear,
    ];

    private static IEnumerable<NsrMeasurement> Measure(Trial trial, ActivationMoments[] activations, int samples)
    {
        int d = trial.Dimension;
        var w = trial.Random(1).Normal(d, d);
        var g = trial.Random(2).Normal(d, samples);
        foreach (var (name, eigenvalue) in Covariances)
        {
            trial.Cancellation.ThrowIfCancellationRequested();
            double sum = Enumerable.Range(0, d).Sum(eigenvalue);
            var v = w.Clone(); // V = W√Σ with W of variance 1/d and tr Σ = d, so that Wx = Vg
            for (int i = 0; i < d; i++)
                for (int j = 0; j < d; j++)
                    v[i, j] *= Math.Sqrt(eigenvalue(j) / sum);
            var features = new GaussianFeatures(v, g);
            foreach (var activation in activations)
                yield return features.Measure(activation) with { Covariance = name };
        }
    }

    private RunLog Log(NsrTableOptions options, IEnumerable<NsrMeasurement> measurements, bool isWhole)
    {
        var rows = from measurement in measurements
                   group measurement by (measurement.Activation, measurement.Covariance, measurement.Dimension) into row
                   orderby Array.FindIndex(Activations(options), a => a.Name == row.Key.Activation), row.Key.Covariance, row.Key.Dimension
                   select (JsonNode)NsrRow.Of([.. row]).ToJson(isWhole);
        return new RunLog(RunId(options))
        {
            Config = new JsonObject
            {
                ["experiment"] = Name,
                ["dims"] = new JsonArray([.. options.Dims.Select(d => (JsonNode)d)]),
                ["seeds"] = options.Seeds,
                ["samples"] = options.Samples,
                ["slope_positive"] = options.SlopePositive,
                ["slope_negative"] = options.SlopeNegative,
                ["seed"] = options.Seed,
            },
            Sections = new JsonObject { [Section] = new JsonArray([.. rows]) },
        };
    }
}
