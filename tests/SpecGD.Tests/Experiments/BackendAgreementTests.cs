using SpecGD.Experiments;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Records;

namespace SpecGD.Tests.Experiments;

/// <summary>OpenBLAS and the managed code give the same log, as far as the method lets two correct programs agree.</summary>
public class BackendAgreementTests
{
    /// <summary>Gradient descent does not amplify rounding; nuclear norms sum square roots of rounded eigenvalues.</summary>
    private const double Descent = 1e-9, DescentNuclear = 1e-6;

    /// <summary>SpecGD does: this is what the authors' code allows itself over its first forty steps.</summary>
    private const double SpectralLoss = 1e-6, SpectralOther = 1e-4;

    [SkippableTheory]
    [InlineData("relu")]
    [InlineData("swiglu")]
    [InlineData("gelu")]
    public void Both_backends_give_the_same_log(string activation)
    {
        Skip.If(Backend.OpenBlas is null, "OpenBLAS is not installed");
        var options = new RandomFeatureOptions { Activation = activation, Steps = 41, SpecgdRestartFrequency = 0, SpecgdFromPeak = false };
        var openBlas = Run(Backend.OpenBlas!, options);
        var managed = Run(Backend.Managed, options);

        openBlas.Methods.Keys.ShouldBe(managed.Methods.Keys);
        int compared = 0;
        foreach (var (name, method) in openBlas.Methods)
        {
            foreach (var (key, series) in method.Series)
            {
                double tolerance = name == RandomFeature.GradientDescent
                    ? (key.Contains("nuclear", StringComparison.Ordinal) || key.StartsWith("grad_ratio", StringComparison.Ordinal) ? DescentNuclear : Descent)
                    : key is "loss" or "objective_gap" ? SpectralLoss : SpectralOther;
                var other = managed.Methods[name].Find(key)!;
                for (int i = 0; i < series.Count; i++, compared++)
                    (Math.Abs(series.Values[i] - other.Values[i]) <= tolerance * Math.Abs(other.Values[i])).ShouldBeTrue($"{name}.{key} at step {i}"); // a NaN fails
            }
        }
        compared.ShouldBe(2 * 9 * 41);
    }

    private static RunLog Run(Backend backend, RandomFeatureOptions options)
    {
        using var use = Backend.Use(backend);
        return new RandomFeature().Run(options, RunContext.Silent).Log;
    }
}
