using SpecGD.Data;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;

namespace SpecGD.Tests.Models;

public class MultilayerPerceptronTests
{
    /// <summary>Central differences with h = 1e-5 on gradients of size 1: the h² of the third derivative, and ε/h.</summary>
    private const double FiniteDifference = 1e-8;

    public static TheoryData<string> Names => [.. Activation.Names.Split(',')];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_gradient_is_that_of_finite_differences(string name)
    {
        const double h = 1e-5;
        var activation = Activation.Named(name);
        var (inputs, targets, weights) = Problem(activation);
        var network = new MultilayerPerceptron(inputs, targets, weights, activation);
        network.Evaluate();

        int compared = 0;
        for (int layer = 0; layer < weights.Length; layer++)
        {
            foreach (var (i, j) in Places(weights[layer]))
            {
                double difference = (LossAt(layer, i, j, +h) - LossAt(layer, i, j, -h)) / (2 * h);
                network.Blocks[layer].Gradient[i, j].ShouldBe(difference, FiniteDifference * Math.Max(1, Math.Abs(difference)), $"{name} W{layer + 1}[{i}, {j}]");
                compared++;
            }
        }
        compared.ShouldBeGreaterThan(30);

        double LossAt(int layer, int i, int j, double change)
        {
            var moved = weights.Select(w => w.Clone()).ToArray();
            moved[layer][i, j] += change;
            return new MultilayerPerceptron(inputs, targets, moved, activation).Evaluate();
        }
    }

    [Fact]
    public void A_linear_network_has_the_loss_of_its_product()
    {
        // With ReLU on positive weights and inputs, the network is linear: ŷ = 2·3·x, loss (6 − 5)² = 1.
        var network = new MultilayerPerceptron(Single(1), Single(5), [Single(2), Single(3)], Activation.Named("relu"));

        network.Evaluate().ShouldBe(1);
        network.Blocks[0].Gradient[0, 0].ShouldBe(2 * 1 * 3); // 2(ŷ − y)·w₂·x
        network.Blocks[1].Gradient[0, 0].ShouldBe(2 * 1 * 2); // 2(ŷ − y)·a₁
    }

    [Fact]
    public void Shapes_that_do_not_chain_are_refused()
    {
        var relu = Activation.Named("relu");
        var swiglu = Activation.Named("swiglu");
        var inputs = new Matrix<double>(4, 3);
        var targets = new Matrix<double>(4, 1);

        Should.Throw<ArgumentException>(() => new MultilayerPerceptron(inputs, targets, [new Matrix<double>(5, 2), new Matrix<double>(1, 5)], relu)).Message.ShouldStartWith("W1 is 5×2, but 3 features enter it.");
        Should.Throw<ArgumentException>(() => new MultilayerPerceptron(inputs, targets, [new Matrix<double>(5, 3), new Matrix<double>(1, 2)], swiglu)).Message.ShouldStartWith("W1 puts out 5 values, which swiglu cannot split in 2.");
        Should.Throw<ArgumentException>(() => new MultilayerPerceptron(inputs, new Matrix<double>(4, 2), [new Matrix<double>(5, 3), new Matrix<double>(1, 5)], relu)).Message.ShouldStartWith("The network puts out 4×1 values; the targets are 4×2.");
    }

    private static Matrix<double> Single(double value) => Matrix.From(new[,] { { value } });

    /// <summary>A corner, the middle and the end of a weight: enough to see every sum and index at work.</summary>
    private static IEnumerable<(int Row, int Column)> Places(Matrix<double> weight) =>
        from i in new[] { 0, weight.Rows / 2, weight.Rows - 1 }.Distinct()
        from j in new[] { 0, 1, weight.Columns / 2, weight.Columns - 1 }.Distinct()
        select (i, j);

    private static (Matrix<double> Inputs, Matrix<double> Targets, Matrix<double>[] Weights) Problem(Activation activation)
    {
        var random = new TorchRandom(8);
        var inputs = random.Normal(12, 5);
        return (inputs, FourLayerNetwork.ProductOfFirstThree(inputs), FourLayerNetwork.Draw(random, dim: 5, width: 6, activation));
    }
}
