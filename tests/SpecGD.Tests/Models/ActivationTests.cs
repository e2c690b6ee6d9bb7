using SpecGD.Models;
using SpecGD.Numerics;

namespace SpecGD.Tests.Models;

public class ActivationTests
{
    /// <summary>The published values carry 15 digits or so; the error function of the library is good to a few ε.</summary>
    private const double Rounding = 1e-14;

    [Theory]
    [InlineData("relu", -1.5, 0)]
    [InlineData("relu", 1.5, 1.5)]
    [InlineData("relu_square", -2, 0)]
    [InlineData("relu_square", 3, 9)]
    [InlineData("gelu", 1, 0.8413447460685429)] // Φ(1)
    [InlineData("gelu", -1, -0.15865525393145707)]
    [InlineData("gelu", -40, 0)]
    [InlineData("sigmoid", 0, 0.5)]
    [InlineData("sigmoid", 1, 0.7310585786300049)]
    [InlineData("sigmoid", -1000, 0)]
    [InlineData("tanh", 1, 0.7615941559557649)]
    [InlineData("swiglu", 1, 0.7310585786300049)] // silu(1), the gate's part
    [InlineData("swiglu", -1000, 0)]
    public void Functions_have_their_published_values(string name, double t, double expected)
    {
        var z = Matrix.From(new[,] { { t } });

        Activation.Named(name).Apply(z);

        z[0, 0].ShouldBe(expected, Rounding);
    }

    [Fact]
    public void Only_swiglu_is_gated() =>
        Activation.Names.Split(',').Where(n => Activation.Named(n).IsGated).ShouldBe(["swiglu"]);

    [Fact]
    public void An_unknown_name_lists_the_known_ones() =>
        Should.Throw<BadInputException>(() => Activation.Named("softmax")).Message.ShouldBe("There is no activation 'softmax'; there are relu, relu_square, gelu, sigmoid, tanh, swiglu.");
}
