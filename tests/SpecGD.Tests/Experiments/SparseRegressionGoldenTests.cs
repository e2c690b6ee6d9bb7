using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Records;

namespace SpecGD.Tests.Experiments;

/// <summary>The first steps of the four-layer network against the authors' own run.</summary>
public class SparseRegressionGoldenTests
{
    /// <summary>Gradient descent does not amplify rounding; nuclear ranks sum square roots of rounded eigenvalues.</summary>
    private const double Descent = 1e-9, DescentNuclear = 1e-6;

    /// <summary>Where no gradient is near singular (n far above the width), both methods agree to this.</summary>
    private const double WellConditioned = 1e-8;

    /// <summary>SpecGD with ReLU²: up to step 40, then up to step 120; measured with another BLAS kernel 3e-6 (ranks 1e-5) and 2e-5.</summary>
    private const double ReluSquareEarly = 1e-4, ReluSquareLate = 1e-2;

    /// <summary>SpecGD with SwiGLU and n = width, whose gradients are close to singular: up to step 3, then up to step 60; measured 4e-6 and 4e-4.</summary>
    private const double SwigluEarly = 1e-4, SwigluLate = 2e-2;

    /// <summary>Operator norms of the spectrally updated weights see almost-null directions first; measured 9e-5 within three steps.</summary>
    private const double SpectralWeightEarly = 1e-3, SpectralWeightLate = 2e-2;

    [SkippableTheory]
    [InlineData("relu_square", 512, 50, 0.081, 0.1)]
    [InlineData("swiglu", 512, 25, 0.01, 0.025)]
    [InlineData("swiglu", 8196, 3, 0.0035, 0.0015)]
    public void Every_value_is_within_the_measured_tolerance_of_the_authors_run(string activation, int batchSize, int steps, double descentLr, double spectralLr)
    {
        Skip.If(Backend.OpenBlas is null, "OpenBLAS is not installed, and the managed code takes minutes");
        string file = activation == "swiglu" ? $"sparse_regression_swiglu_{batchSize}" : $"sparse_regression_{activation}";
        var golden = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", file + ".json")))!["methods"]!.AsObject();
        var options = new SparseRegressionOptions
        {
            Activation = activation,
            BatchSize = batchSize,
            Steps = steps,
            MethodLr = new Dictionary<string, double> { ["gradient_descent"] = descentLr, ["specgd"] = spectralLr },
        };

        var result = new SparseRegression().Run(options, RunContext.Silent);

        result.Status.ShouldBe(RunStatus.Finished);
        var deviations = new List<string>();
        int compared = golden.Sum(method => Compare(method.Key, method.Value!, result.Log.Methods[method.Key], file, deviations));
        deviations.ShouldBeEmpty();
        compared.ShouldBeGreaterThan(2 * 19 * 3 - 1);
    }

    private static int Compare(string method, JsonNode golden, MethodLog log, string file, List<string> deviations)
    {
        int[] steps = [.. golden["steps"]!.AsArray().Select(s => (int)s!)];
        int compared = 0;
        foreach (var (key, node) in golden.AsObject())
        {
            if (key is "lr" or "spectral_layers" or "steps")
                continue;
            var series = log.Find(key).ShouldNotBeNull($"{method} has no series {key}");
            for (int i = 0; i < steps.Length && steps[i] < series.Count; i++, compared++)
            {
                double expected = (double)node![i]!, actual = series.Values[steps[i]], tolerance = Tolerance(method, key, steps[i], file);
                if (!(Math.Abs(actual - expected) <= tolerance * Math.Abs(expected)))
                    deviations.Add($"{method}.{key} at step {steps[i]}: expected {expected:R}, got {actual:R}, off by {Math.Abs(actual / expected - 1):E1} (allowed {tolerance:E0})");
            }
        }
        return compared;
    }

    private static double Tolerance(string method, string key, int step, string file)
    {
        if (file.EndsWith("8196", StringComparison.Ordinal))
            return key.StartsWith("grad_ratio", StringComparison.Ordinal) ? DescentNuclear : WellConditioned;
        if (method == SparseRegression.GradientDescent)
            return key.StartsWith("grad_ratio", StringComparison.Ordinal) ? DescentNuclear : Descent;
        bool relu = file.EndsWith("relu_square", StringComparison.Ordinal);
        if (key is "weight_op_norm.W2" or "weight_op_norm.W3")
            return step <= (relu ? 40 : 3) ? SpectralWeightEarly : SpectralWeightLate;
        return relu ? (step <= 40 ? ReluSquareEarly : ReluSquareLate) : step <= 3 ? SwigluEarly : SwigluLate;
    }
}
