using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Reproduction.Golden;

/// <summary>The authors' sparse-regression runs (Figures 1, 4 and 18) in their three settings.</summary>
internal static class SparseRegressionGolden
{
    /// <summary>Gradient descent does not amplify rounding; nuclear ranks sum square roots of rounded eigenvalues.</summary>
    private const double Descent = 1e-9, DescentNuclear = 1e-6;

    /// <summary>Where no gradient is near singular (n far above the width), both methods agree to this.</summary>
    private const double WellConditioned = 1e-8;

    /// <summary>
    /// SpecGD where gradients are near singular: the two tolerances, the steps up to which each holds, and by how many decades the loss may be
    /// off after that. Measured with another BLAS kernel: ReLU² 3e-6 to step 40 (ranks 1e-5) and 2e-5 to step 120; SwiGLU 4e-6 to step 3 and 4e-4
    /// to step 60.
    /// </summary>
    private static readonly Amplified
        ReluSquare = new(1e-4, 40, 1e-2, 120, 0.3),
        SwiGlu = new(1e-4, 3, 2e-2, 60, 0.5, UpperBoundBelow: TwoCourses.LossBelow);

    /// <summary>Operator norms of the spectrally updated weights see almost-null directions first; measured 9e-5 within three steps.</summary>
    private const double SpectralWeightEarly = 1e-3, SpectralWeightLate = 2e-2;

    public static IEnumerable<GoldenCase> Cases =>
    [
        Case("sparse_regression_relu_square", Settings("relu_square", 512, 0.081, 0.1, 400), shortSteps: 50, ReluSquare),
        Case("sparse_regression_swiglu_512", Settings("swiglu", 512, 0.01, 0.025, TwoCourses.Steps), shortSteps: 25, SwiGlu),
        Case("sparse_regression_swiglu_8196", Settings("swiglu", 8196, 0.0035, 0.0015, 20), shortSteps: 3, null),
    ];

    private static SparseRegressionOptions Settings(string activation, int samples, double descent, double spectral, int steps) => new()
    {
        Activation = activation,
        BatchSize = samples,
        Steps = steps,
        MethodLr = new Dictionary<string, double> { [SparseRegression.GradientDescent] = descent, [SparseRegression.SpecGd] = spectral },
    };

    private static GoldenCase Case(string name, SparseRegressionOptions options, int shortSteps, Amplified? amplified) => new(
        name,
        "sparse-regression",
        options,
        options with { Steps = shortSteps },
        (golden, log, comparison) =>
        {
            foreach (var (method, values) in golden["methods"]!.AsObject())
            {
                Compare(comparison, method, values!.AsObject(), log.Methods[method], amplified);
                if (amplified?.UpperBoundBelow > 0 && method == SparseRegression.SpecGd)
                    TwoCourses.Compare(comparison, values.AsObject(), log.Methods[method]);
            }
        });

    private static void Compare(GoldenComparison comparison, string method, JsonObject golden, MethodLog log, Amplified? amplified)
    {
        int[] steps = [.. golden["steps"]!.AsArray().Select(s => (int)s!)];
        foreach (var (key, node) in golden)
        {
            if (key is "lr" or "spectral_layers" or "steps")
                continue;
            var found = log.Find(key);
            double[] values = JsonNumber.All(node);
            for (int i = 0; i < steps.Length && (found is null || steps[i] < found.Count); i++)
            {
                string place = string.Create(CultureInfo.InvariantCulture, $"{key} at step {steps[i]}"), quantity = $"{method} {key.Split('.')[0]}";
                double actual = found?.Values[steps[i]] ?? double.NaN;
                if (Tolerance(method, key, steps[i], amplified) is { } tolerance)
                    comparison.Relative(quantity, place, values[i], actual, tolerance);
                else if (key == "loss" && values[i] < amplified!.UpperBoundBelow)
                    comparison.DecadesAbove(quantity, place, values[i], actual, amplified.LateDecades);
                else if (key == "loss")
                    comparison.Decades(quantity, place, values[i], actual, amplified!.LateDecades);
            }
        }
    }

    private static double? Tolerance(string method, string key, int step, Amplified? amplified)
    {
        bool nuclear = key.StartsWith("grad_ratio", StringComparison.Ordinal);
        if (amplified is null)
            return nuclear ? DescentNuclear : WellConditioned;
        if (method == SparseRegression.GradientDescent)
            return nuclear ? DescentNuclear : Descent;
        if (step > amplified.LateSteps)
            return null;
        bool early = step <= amplified.EarlySteps;
        return key is "weight_op_norm.W2" or "weight_op_norm.W3"
            ? early ? SpectralWeightEarly : SpectralWeightLate
            : early ? amplified.Early : amplified.Late;
    }

    /// <param name="Early">Relative tolerance up to <paramref name="EarlySteps"/>.</param>
    /// <param name="EarlySteps">Last step of it.</param>
    /// <param name="Late">Relative tolerance up to <paramref name="LateSteps"/>.</param>
    /// <param name="LateSteps">Last step of it.</param>
    /// <param name="LateDecades">Tolerance of the loss beyond, in decades.</param>
    /// <param name="UpperBoundBelow">Golden losses below this bound ours from above alone (<see cref="TwoCourses"/>).</param>
    private sealed record Amplified(double Early, int EarlySteps, double Late, int LateSteps, double LateDecades, double UpperBoundBelow = 0);
}
