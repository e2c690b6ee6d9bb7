using SpecGD.Models;
using SpecGD.Numerics;

namespace SpecGD.Tests.Models;

public class ActivationTests
{
    /// <summary>The published values carry 15 digits or so; the library's functions are good to a few ε.</summary>
    private const double Rounding = 1e-14;

    /// <summary>Central differences with h = 1e-5 on functions of size 1: h² from the third derivative, and ε/h.</summary>
    private const double FiniteDifference = 1e-9;

    public static TheoryData<string> Names => [.. Activation.Names.Split(',')];

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
    public void Functions_have_their_published_values(string name, double t, double expected) =>
        Value(name, t).ShouldBe(expected, Rounding);

    [Theory]
    [InlineData(1, 2, 2 * 0.7310585786300049)]
    [InlineData(-1000, 3, 0)]
    [InlineData(2, -1, -2 * 0.8807970779778823)]
    public void Swiglu_gates_the_second_half_by_silu_of_the_first(double z1, double z2, double expected) =>
        Value("swiglu", z1, z2).ShouldBe(expected, Rounding);

    [Theory]
    [MemberData(nameof(Names))]
    public void Backward_is_the_derivative_of_forward(string name)
    {
        const double h = 1e-5;
        var activation = Activation.Named(name);
        foreach (double t in new[] { -3, -1.1, -0.2, 0.3, 0.9, 2.5 })
        {
            double[] z = [.. new[] { t, 0.7 - t }.Take(activation.Parts)];
            var dz = new Matrix<double>(1, activation.Parts);
            const double da = 1.7;
            activation.Backward(Matrix.From<double>(1, z.Length, z), Matrix.From(new[,] { { da } }), dz);
            for (int part = 0; part < activation.Parts; part++)
            {
                double[] up = [.. z], down = [.. z];
                up[part] += h;
                down[part] -= h;
                dz[0, part].ShouldBe(da * (Value(name, up) - Value(name, down)) / (2 * h), FiniteDifference, $"{name} at {t}, part {part}");
            }
        }
    }

    [Fact]
    public void Only_swiglu_is_gated() =>
        Activation.Names.Split(',').Where(n => Activation.Named(n).IsGated).ShouldBe(["swiglu"]);

    [Fact]
    public void An_unknown_name_lists_the_known_ones() =>
        Should.Throw<BadInputException>(() => Activation.Named("softmax")).Message.ShouldBe("There is no activation 'softmax'; there are relu, relu_square, gelu, sigmoid, tanh, swiglu.");

    private static double Value(string name, params double[] z)
    {
        var a = new Matrix<double>(1, 1);
        Activation.Named(name).Forward(Matrix.From<double>(1, z.Length, z), a);
        return a[0, 0];
    }
}
