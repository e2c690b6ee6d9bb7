using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Tests.Models.Gpt;

public class GptModelGoldenTests
{
    /// <summary>Two programs in double differ in the order of sums of some thousands of terms: the golden record states these.</summary>
    private const double LossTolerance = 1e-10, GradientTolerance = 1e-8;

    /// <summary>Single precision through some twelve layers: its epsilon of 1.2e-7 times some hundred operations in a row.</summary>
    private const double SingleLossTolerance = 1e-5, SingleGradientTolerance = 1e-3;

    /// <summary>The other case, measures and steps are held to the record by the verification's own tests.</summary>
    [Fact]
    public void Loss_and_every_gradient_are_the_golden_ones() => Compare<double>("nanogpt_8x32", LossTolerance, GradientTolerance);

    [Theory]
    [InlineData("nanogpt_8x32")]
    [InlineData("nanogpt_12x32_init")]
    public void In_single_precision_they_are_the_golden_ones_to_its_digits(string name) =>
        Compare<float>(name, SingleLossTolerance, SingleGradientTolerance);

    private static void Compare<T>(string name, double lossTolerance, double gradientTolerance)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var record = GptGolden.Record(name);
        using var file = GptGolden.Tensors(name);
        var parameters = GptGolden.Parameters<T>(file, GptGolden.Shape(record));
        int[] tokens = GptGolden.Tokens(file, 0);
        var model = new GptModel<T>(parameters, tokens.Length - 1);

        double loss = model.LossAndGradient(tokens.AsSpan(0, model.Length), tokens.AsSpan(1), (int)record["config"]!["window"]!);

        double golden = (double)record["loss_sum"]!;
        (Math.Abs(loss - golden) <= lossTolerance * golden).ShouldBeTrue($"{loss} for {golden}");
        foreach (var tensor in parameters.All)
        {
            var expected = file.ReadMatrix<T>($"grad.{tensor.Name}");
            double norm = Measures.FrobeniusNorm(expected);
            var difference = new Matrix<T>(expected.Rows, expected.Columns);
            MatrixArithmetic.Subtract(tensor.Gradient, expected, difference);
            double error = Measures.FrobeniusNorm(difference);
            (error <= gradientTolerance * norm).ShouldBeTrue($"{tensor.Name}: {error / norm} of {norm}");
        }
    }
}
