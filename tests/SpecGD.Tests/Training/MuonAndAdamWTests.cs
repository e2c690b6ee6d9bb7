using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Spectral;

namespace SpecGD.Tests.Training;

/// <summary>Muon and AdamW against their formulas, written out step by step with other means.</summary>
public class MuonAndAdamWTests
{
    /// <summary>Two orders of the same few products and one singular value decomposition.</summary>
    private const double Rounding = 1e-12;

    private const int Rows = 6, Columns = 4, Steps = 5;

    public static TheoryData<string> Scales => [.. MuonScale.Names.Split(',')];

    [Theory]
    [MemberData(nameof(Scales))]
    public void Muon_follows_its_formula_step_by_step(string scale)
    {
        const double lr = 0.02, mu = 0.9, decay = 0.3;
        var settings = new MuonSettings(lr)
        {
            Momentum = mu,
            WeightDecay = decay,
            Scale = MuonScale.Named(scale),
            Orthogonalizer = Orthogonalizer.Exact,
        };
        var block = Block(1);
        var expected = block.Weight.Clone();
        var momentum = new Matrix<double>(Rows, Columns);
        double factor = scale switch
        {
            "original" => Math.Sqrt(1.5),
            "match_rms_adamw" => 0.2 * Math.Sqrt(6),
            _ => Math.Sqrt(1.5),
        };
        var muon = new Muon(settings);
        foreach (var gradient in Gradients())
        {
            gradient.CopyTo(block.Gradient);
            muon.Propose([block]);
            muon.Apply([block]);

            var direction = new Matrix<double>(Rows, Columns);
            for (int i = 0; i < Rows; i++)
            {
                for (int j = 0; j < Columns; j++)
                {
                    momentum[i, j] += (1 - mu) * (gradient[i, j] - momentum[i, j]);
                    direction[i, j] = gradient[i, j] + (mu * (momentum[i, j] - gradient[i, j]));
                }
            }
            var polar = new Matrix<double>(Rows, Columns);
            Polar.DecomposeExact(direction, polar);
            for (int i = 0; i < Rows; i++)
                for (int j = 0; j < Columns; j++)
                    expected[i, j] = (expected[i, j] * (1 - (lr * decay))) - (lr * factor * polar[i, j]);
            (Difference(block.Weight, expected) <= Rounding).ShouldBeTrue();
        }
    }

    [Fact]
    public void Newton_Schulz_keeps_the_update_s_singular_values_near_one_and_Polar_Express_at_one()
    {
        var gradient = new TorchRandom(3).Normal(Rows, Columns);
        var quintic = OfOrthogonalized("newton-schulz");
        var express = OfOrthogonalized("polar-express");

        quintic.ShouldAllBe(s => s > 0.68 && s < 1.14);
        quintic.Any(s => Math.Abs(s - 1) > 1e-3).ShouldBeTrue("Muon's quintic does not converge");
        express.ShouldAllBe(s => Math.Abs(s - 1) < 1e-9);

        double[] OfOrthogonalized(string name)
        {
            var orthogonal = new Matrix<double>(Rows, Columns);
            Orthogonalizer.Named(name).Apply(gradient, orthogonal);
            return Linear.SingularValues(orthogonal);
        }
    }

    [Fact]
    public void AdamW_follows_its_formula_step_by_step()
    {
        const double lr = 0.01, beta1 = 0.8, beta2 = 0.95, epsilon = 1e-3, decay = 0.2;
        var adam = new AdamW(new AdamWSettings(lr) { Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, WeightDecay = decay });
        var block = Block(2);
        var gradients = Gradients().ToArray();
        var start = block.Weight.Clone();
        foreach (var gradient in gradients)
        {
            gradient.CopyTo(block.Gradient);
            adam.Propose([block]);
            adam.Apply([block]);
        }

        for (int i = 0; i < Rows; i++)
        {
            for (int j = 0; j < Columns; j++)
            {
                double w = start[i, j];
                for (int t = 1; t <= Steps; t++)
                {
                    // The moments as explicit weighted sums over the past instead of recursions.
                    double first = 0, second = 0;
                    for (int s = 1; s <= t; s++)
                    {
                        double g = gradients[s - 1][i, j];
                        first += (1 - beta1) * Math.Pow(beta1, t - s) * g;
                        second += (1 - beta2) * Math.Pow(beta2, t - s) * g * g;
                    }
                    first /= 1 - Math.Pow(beta1, t);
                    second /= 1 - Math.Pow(beta2, t);
                    w = (w * (1 - (lr * decay))) - (lr * first / (Math.Sqrt(second) + epsilon));
                }
                (Math.Abs(block.Weight[i, j] - w) <= Rounding).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void A_partition_updates_each_block_by_its_own_optimizer()
    {
        WeightBlock hidden = Block(5), head = Block(5), alone = Block(5);
        var polar = new SteepestDescent(Geometry.Spectral, StepSize.Fixed(0.1));
        var partition = new PartitionedOptimizer(
            b => ReferenceEquals(b, hidden), polar, new SteepestDescent(Geometry.Euclidean, StepSize.Fixed(0.1)));
        foreach (var block in new[] { hidden, head, alone })
            new TorchRandom(8).Normal(Rows, Columns).CopyTo(block.Gradient);

        partition.Propose([hidden, head]);
        partition.Apply([hidden, head]);
        polar.Propose([alone]);
        polar.Apply([alone]);

        Difference(hidden.Weight, alone.Weight).ShouldBe(0);
        (Difference(head.Weight, alone.Weight) > 1e-3).ShouldBeTrue();
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("")]
    public void An_unknown_name_is_refused_with_the_names_there_are(string name)
    {
        Should.Throw<BadInputException>(() => MuonScale.Named(name)).Message.ShouldContain("match_rms_adamw");
        Should.Throw<BadInputException>(() => Orthogonalizer.Named(name)).Message.ShouldContain("polar-express");
    }

    private static IEnumerable<Matrix<double>> Gradients()
    {
        var random = new TorchRandom(7);
        for (int step = 0; step < Steps; step++)
            yield return random.Normal(Rows, Columns);
    }

    private static WeightBlock Block(ulong seed)
    {
        var random = new TorchRandom(seed);
        var weight = random.Normal(Rows, Columns);
        return new WeightBlock("W1", weight, new ActivationMeasurement(random.Normal(Columns, 9), 9));
    }

    private static double Difference(Matrix<double> a, Matrix<double> b)
    {
        var difference = a.Clone();
        difference.AddScaled(-1, b);
        return difference.LargestMagnitude();
    }
}
