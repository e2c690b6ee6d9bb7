using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Data;
using SpecGD.Experiments.Settings;
using SpecGD.Models;
using SpecGD.Numerics.Random;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Experiments;

/// <summary>Settings of <see cref="ReluSpectrum"/>.</summary>
public sealed record ReluSpectrumOptions
{
    /// <summary>Input dimensions d.</summary>
    [Setting("dims", "input dimensions d; there are 2d features and 8d samples", Min = 1, Max = 8192)]
    public IReadOnlyList<int> Dims { get; init; } = [128, 256, 512, 1024, 2048, 4096];

    /// <summary>Seed of the first dimension; the next ones follow.</summary>
    [Setting("seed", "seed of the first dimension; each further one takes the next", Min = 0)]
    public ulong Seed { get; init; }

    /// <summary>Floating-point type of W, X and ReLU(WX).</summary>
    [Setting("dtype", "floating-point type of W, X and ReLU(WX); singular values are computed in float64", Choices = Precision.Names)]
    public string Dtype { get; init; } = "float64";
}

/// <summary>The singular values of ReLU(WX) for growing dimension: one stands far above the bulk, so that the stable rank stays near 3.</summary>
public sealed class ReluSpectrum : Experiment<ReluSpectrumOptions>
{
    /// <summary>Name of the result in the log.</summary>
    public const string Rows = "rows";

    private const int FeaturesPerDim = 2, SamplesPerDim = 8;

    /// <inheritdoc/>
    public override string Name => "relu-spectrum";

    /// <inheritdoc/>
    public override string Summary => "Singular values of ReLU features for growing dimension: one spike, and a stable rank that stays put.";

    /// <inheritdoc/>
    public override string RunId(ReluSpectrumOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return string.Create(CultureInfo.InvariantCulture, $"relu-spectrum_d{string.Join('-', options.Dims)}_seed{options.Seed}");
    }

    /// <inheritdoc/>
    protected override RunResult Compute(ReluSpectrumOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        var rows = new JsonArray();
        var log = new RunLog(RunId(options))
        {
            Config = new JsonObject
            {
                ["experiment"] = Name,
                ["dims"] = new JsonArray([.. options.Dims.Select(d => (JsonNode)d)]),
                ["seed"] = options.Seed,
                ["dtype"] = options.Dtype,
            },
            Sections = new JsonObject { [Rows] = rows },
        };
        var progress = context.Progress.Begin(Name, options.Dims.Count);
        for (int i = 0; i < options.Dims.Count; i++)
        {
            if (context.Cancellation.IsCancellationRequested)
                return new RunResult(log, RunStatus.Interrupted, $"{Name} was interrupted before d = {options.Dims[i]}.");
            var (d, seed) = (options.Dims[i], options.Seed + (ulong)i);
            rows.Add(context.Kept.FindOrCompute($"d{d}_seed{seed}", () => Measure(d, seed, Precision.Named(options.Dtype))));
            progress.Advance(i + 1);
        }
        progress.End($"{Name} finished");
        return new RunResult(log, RunStatus.Finished, null);
    }

    /// <inheritdoc/>
    public override RecordKeys RecordKeys { get; } = RecordKeys.OfRows("d", "seed");

    /// <inheritdoc/>
    protected override RunSummary Conclude(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        JsonObject[] rows =
        [
            .. from row in log.Sections[Rows] as JsonArray ?? []
               let values = row["singular_values"]!.AsArray()
               select new JsonObject
               {
                   ["d"] = row["d"]!.DeepClone(),
                   ["singular values"] = values.Count,
                   ["largest"] = row["largest"]!.DeepClone(),
                   ["next"] = values.Count > 1 ? values[1]!.DeepClone() : null,
                   ["st(A)"] = row["stable_rank"]!.DeepClone(),
               },
        ];
        return new RunSummary(["d"], rows, []);
    }

    /// <summary>W (2d × d, variance 1/d), then X (d × 8d): the singular values of ReLU(WX), descending.</summary>
    private static JsonObject Measure(int d, ulong seed, Precision precision)
    {
        var random = new TorchRandom(seed);
        var w = RandomFeatures.Gaussian(random, FeaturesPerDim * d, d, d, precision);
        var features = RandomFeatures.Of(w, precision.Normal(random, d, SamplesPerDim * d), Activation.Named("relu"), precision);
        double[] values = Measures.SingularValues(features);
        return new JsonObject
        {
            ["d"] = d,
            ["seed"] = seed,
            ["stable_rank"] = JsonNumber.From(values.Sum(s => s * s) / (values[0] * values[0])),
            ["largest"] = values[0],
            ["singular_values"] = new JsonArray([.. values.Select(s => (JsonNode)s)]),
        };
    }
}
