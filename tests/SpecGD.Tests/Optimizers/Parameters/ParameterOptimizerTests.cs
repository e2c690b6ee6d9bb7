using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Optimizers.Parameters;
using SpecGD.Spectral;

namespace SpecGD.Tests.Optimizers.Parameters;

public class ParameterOptimizerTests
{
    /// <summary>A handful of operations on numbers of size 1 in double.</summary>
    private const double Rounding = 1e-12;

    private static readonly CooldownSchedule Constant = new(1000);

    [Fact]
    public void The_first_step_of_Adam_is_the_learning_rate_along_the_sign_of_the_gradient()
    {
        var tensor = Tensor("w", [1, 3], [1, 2, 3], [0.5, -4, 0]);
        var optimizer = new ParameterOptimizer<double>([tensor], Everything(new AdamRule { LearningRate = 0.1 }), Constant);

        optimizer.Step();

        // m/√v = (1 − β₁)g / (√(1 − β₂)|g|), and the bias correction takes both factors away; ε is 1e-10 of an entry of 0.1 or more
        ShouldBe(tensor.Value, [1 - 0.1, 2 + 0.1, 3], 1e-9);
    }

    [Fact]
    public void Adam_is_its_recurrence_written_out()
    {
        var rule = new AdamRule { LearningRate = 0.01, Beta1 = 0.7, Beta2 = 0.9, Epsilon = 0.3, WeightDecay = 0.5 };
        var tensor = Tensor("w", [1], [2], [0]);
        var optimizer = new ParameterOptimizer<double>([tensor], Everything(rule, multiplier: 3), Constant);
        double w = 2, m = 0, v = 0;
        for (int t = 1; t <= 5; t++)
        {
            double g = Math.Sin(t), rate = 0.03;
            tensor.Gradient[0, 0] = g;
            optimizer.Step();
            m = (0.7 * m) + (0.3 * g);
            v = (0.9 * v) + (0.1 * g * g);
            w = (w * (1 - (rate * 0.5))) - (rate * Math.Sqrt(1 - Math.Pow(0.9, t)) / (1 - Math.Pow(0.7, t)) * m / (Math.Sqrt(v) + 0.3));
            tensor.Value[0, 0].ShouldBe(w, Rounding, $"step {t}");
        }
    }

    [Fact]
    public void Muon_is_its_recurrence_written_out_on_every_matrix_of_a_stack()
    {
        var rule = new MuonRule { LearningRate = 0.02, Momentum = new MomentumWarmup(0.5, 0.9, 4), WeightDecay = 0.1, Scale = MuonScale.MatchRmsAdamW };
        var random = new TorchRandom(1);
        var tensor = new ParameterTensor<double>("w", [2, 6, 3], "a", "b");
        random.FillNormal(tensor.Value.AsSpan());
        var optimizer = new ParameterOptimizer<double>([tensor], Everything(rule), Constant);
        var weights = tensor.Matrices.Select(m => m.Value.Clone()).ToArray();
        var momenta = weights.Select(w => new Matrix<double>(w.Rows, w.Columns)).ToArray();
        for (int step = 0; step < 6; step++)
        {
            random.FillNormal(tensor.Gradient.AsSpan());
            optimizer.Step();
            double mu = Math.Min(0.9, 0.5 + (0.1 * step));
            for (int part = 0; part < 2; part++)
            {
                var (g, m) = (tensor.Matrices[part].Gradient, momenta[part]);
                Matrix<double> u = new(6, 3);
                for (int i = 0; i < 6; i++)
                {
                    for (int j = 0; j < 3; j++)
                    {
                        m[i, j] += (1 - mu) * (g[i, j] - m[i, j]);
                        u[i, j] = g[i, j] + (mu * (m[i, j] - g[i, j]));
                    }
                }
                weights[part].Scale(1 - (0.02 * 0.1));
                weights[part].AddScaled(-0.02 * 0.2 * Math.Sqrt(6), Orthogonalization.NewtonSchulz(u));
            }
        }
        ShouldBe(tensor.Matrices[0].Value, weights[0].AsSpan().ToArray(), Rounding);
        ShouldBe(tensor.Matrices[1].Value, weights[1].AsSpan().ToArray(), Rounding);
    }

    [Fact]
    public void Muon_with_Polar_Express_steps_along_the_polar_factor_and_leaves_a_weight_without_gradient()
    {
        const double converged = 1e-8; // eight steps, singular values of a 4×4 normal matrix above 1e-2 of its norm
        var tensor = new ParameterTensor<double>("w", [4, 4]);
        new TorchRandom(3).FillNormal(tensor.Gradient.AsSpan());
        var optimizer = new ParameterOptimizer<double>(
            [tensor], Everything(new MuonRule { LearningRate = 1, Orthogonalization = MuonOrthogonalization.PolarExpress }), Constant);
        optimizer.Step();
        var expected = Polar.Of(tensor.Gradient);
        expected.Scale(-1);
        ShouldBe(tensor.Value, expected.AsSpan().ToArray(), converged);

        var still = new ParameterTensor<float>("w", [4, 4]);
        new ParameterOptimizer<float>([still], Everything(new MuonRule()), Constant).Step();
        still.Value.LargestMagnitude().ShouldBe(0);
    }

    [Fact]
    public void The_scales_are_those_of_the_shape()
    {
        MuonScale.Original.Of(8, 2).ShouldBe(2);
        MuonScale.Original.Of(2, 8).ShouldBe(1);
        MuonScale.MatchRmsAdamW.Of(9, 4).ShouldBe(0.6, Rounding);
        MuonScale.Spectral.Of(2, 8).ShouldBe(0.5);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(549, 1)]
    [InlineData(550, 1)] // w = 1
    [InlineData(775, 0.55)] // w = 1/2
    [InlineData(1000, 0.1)]
    public void The_learning_rate_stays_and_then_falls(int step, double factor) => Constant.Factor(step).ShouldBe(factor, Rounding);

    [Theory]
    [InlineData(0, 0.85)]
    [InlineData(150, 0.9)]
    [InlineData(300, 0.95)]
    [InlineData(1700, 0.95)]
    public void The_momentum_warms_up(int step, double mu) => new MuonRule().Momentum.At(step).ShouldBe(mu, Rounding);

    [Fact]
    public void The_schedule_acts_on_the_step()
    {
        var tensor = Tensor("w", [1, 1], [0], [1]);
        var optimizer = new ParameterOptimizer<double>([tensor], Everything(new AdamRule { LearningRate = 1 }), new CooldownSchedule(10)) { Steps = 10 };
        double before = tensor.Value[0, 0];
        optimizer.Step();
        double early = new AdamRule().Beta1; // at t = 11 the moments have one gradient in them
        double step = 0.1 * AdamMath.BiasCorrection(early, 0.95, 11) * 0.2 / Math.Sqrt(0.05);
        (before - tensor.Value[0, 0]).ShouldBe(step, 1e-9); // ε
        optimizer.Steps.ShouldBe(11);
    }

    [Fact]
    public void The_state_is_everything_remembered()
    {
        ParameterTensor<double>[] tensors = [Tensor("w", [2, 2], [1, 2, 3, 4], [4, 3, 2, 1]), Tensor("b", [2], [1, 2], [3, 4])];
        var routing = new RoutingTable("two", [new("w", new MuonRule(), 1, ""), new("b", new AdamRule(), 1, "")]);
        var optimizer = new ParameterOptimizer<double>(tensors, routing, Constant);
        optimizer.Step();
        optimizer.State.Select(s => s.Name).ShouldBe(["muon.momentum.w", "adam.first.b", "adam.second.b"]);

        ParameterTensor<double>[] twins = [Tensor("w", [2, 2], tensors[0].Value.AsSpan().ToArray(), [4, 3, 2, 1]), Tensor("b", [2], tensors[1].Value.AsSpan().ToArray(), [3, 4])];
        var twin = new ParameterOptimizer<double>(twins, routing, Constant) { Steps = optimizer.Steps };
        foreach (var (from, to) in optimizer.State.Zip(twin.State))
            from.Matrix.CopyTo(to.Matrix);
        optimizer.Step();
        twin.Step();
        foreach (var (a, b) in tensors.Zip(twins))
            b.Value.AsSpan().ToArray().ShouldBe(a.Value.AsSpan().ToArray());
    }

    private static RoutingTable Everything(UpdateRule rule, double multiplier = 1) => new("everything", [new("*", rule, multiplier, "test")]);

    private static ParameterTensor<double> Tensor(string name, int[] shape, double[] value, double[] gradient)
    {
        var tensor = new ParameterTensor<double>(name, shape);
        value.CopyTo(tensor.Value.AsSpan());
        gradient.CopyTo(tensor.Gradient.AsSpan());
        return tensor;
    }

    private static void ShouldBe(Matrix<double> actual, double[] expected, double tolerance)
    {
        foreach (var (a, e) in actual.Clone().AsSpan().ToArray().Zip(expected))
            (Math.Abs(a - e) <= tolerance).ShouldBeTrue($"{a} for {e}");
        actual.Count.ShouldBe(expected.Length);
    }
}
