using SpecGD.Data;
using SpecGD.Experiments.Theory;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;
using SpecGD.Spectral;

namespace SpecGD.Tests.Experiments;

/// <summary>The closed forms against quadrature of the density, and the bounds of Figure 12 against the closed forms.</summary>
public class ActivationMomentsTests
{
    /// <summary>The rectangle rule with step h is off by h²/12 times the jumps of slope, which are of order one here: h = 0.04 leaves 1e-4.</summary>
    private const double QuadratureError = 3e-4;

    /// <summary>Sums of at most a hundred products of numbers of order one.</summary>
    private const double Rounding = 1e-12;

    private const double Step = 0.04, Reach = 7;

    private static readonly double[] Grid = [.. Enumerable.Range(0, (int)(2 * Reach / Step) + 1).Select(i => -Reach + (i * Step))];

    private static readonly Dictionary<string, ActivationMoments> All = new ActivationMoments[]
    {
        ActivationMoments.Relu, ActivationMoments.Absolute, ActivationMoments.Linear, ActivationMoments.ReluSquare, ActivationMoments.Gelu,
        ActivationMoments.PiecewiseLinear("leaky_relu", 1, 0.1), ActivationMoments.PiecewiseLinear("odd slopes", 0.5, -2),
    }.ToDictionary(a => a.Name);

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Means_are_those_of_the_density(string name)
    {
        var activation = All[name];
        foreach (double v in new[] { 0.3, 1, 2.5 })
        {
            double expected = Expectation(Apply(activation, g => Math.Sqrt(v) * g));
            (Math.Abs(activation.Mean(v) - expected) <= QuadratureError * (1 + v)).ShouldBeTrue($"{name}, variance {v}: {activation.Mean(v)} against {expected}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Products_are_those_of_the_density(string name)
    {
        var activation = All[name];
        foreach (var (v, w, rho) in new[] { (1.0, 1.0, 0.0), (1, 1, 1), (0.5, 2, -1), (0.3, 1.7, 0.6), (2, 1, -0.4) })
        {
            double product = activation.Product(v, w, rho * Math.Sqrt(v * w));
            double[] first = Apply(activation, g => Math.Sqrt(v) * g);
            double[] inner = [.. Grid.Select(g => Expectation(Apply(activation, h => Math.Sqrt(w) * ((rho * g) + (Math.Sqrt(1 - (rho * rho)) * h)))))];
            double expected = Expectation([.. first.Zip(inner, (a, b) => a * b)]);
            (Math.Abs(product - expected) <= QuadratureError * (1 + (v * w * 3))).ShouldBeTrue($"{name}, ({v}, {w}, {rho}): {product} against {expected}");
        }
    }

    [Fact]
    public void Phi_has_its_values_at_the_ends_and_in_the_middle()
    {
        (Math.Abs(ArcCosineKernel.Phi(0)) <= Rounding).ShouldBeTrue();
        (Math.Abs(ArcCosineKernel.Phi(1) - (Math.PI - 1)) <= Rounding).ShouldBeTrue();
        (Math.Abs(ArcCosineKernel.Phi(-1) + 1) <= Rounding).ShouldBeTrue();
        ArcCosineKernel.Phi(1 + 1e-15).ShouldBe(ArcCosineKernel.Phi(1), "rounding beyond the end is the end");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_ratio_is_at_most_the_bound_and_the_effective_rank_at_most_the_ratio(string name)
    {
        var activation = All[name];
        for (ulong seed = 0; seed < 5; seed++)
        {
            var covariance = Covariance(seed, 12);
            double ratio = activation.NoiseToSignalRatio(covariance), bound = activation.Bound(covariance);
            (ratio <= bound * (1 + Rounding)).ShouldBeTrue($"{name}: {ratio} against {bound}");
            double rank = Measures.EffectiveRank(activation.SecondMoment(covariance))!.Value;
            (rank <= ratio * (1 + Rounding)).ShouldBeTrue($"{name}: er {rank} against {ratio}");
            (rank >= 1 - Rounding).ShouldBeTrue($"{name}: er {rank}");
        }
    }

    [Fact]
    public void The_bounds_are_those_of_the_figure()
    {
        (Math.Abs(All["abs"].NsrBound(1) - (Math.PI / 2)) <= Rounding).ShouldBeTrue();
        (Math.Abs(All["relu"].NsrBound(1) - Math.PI) <= Rounding).ShouldBeTrue();
        (Math.Abs(All["leaky_relu"].NsrBound(1) - (Math.PI * 1.01 / 0.81)) <= Rounding).ShouldBeTrue();
        All["relu_square"].NsrBound(1).ShouldBe(6);
        (Math.Abs(All["gelu"].NsrBound(2) - (3 * Math.PI)) <= Rounding).ShouldBeTrue();
        All["linear"].NsrBound(1).ShouldBe(double.PositiveInfinity);
        All["linear"].NoiseToSignalRatio(Matrix.Identity<double>(3)).ShouldBe(double.PositiveInfinity);
    }

    /// <summary>Negative control: the paper prints the square of the variance in GELU's bound, which large variances break.</summary>
    [Fact]
    public void Gelu_needs_the_variance_and_not_its_square()
    {
        var covariance = Matrix.Identity<double>(4);
        covariance.Scale(10);
        double ratio = ActivationMoments.Gelu.NoiseToSignalRatio(covariance), printed = 2 * Math.PI * (1 + 10) / (10 * 10);
        (ratio > printed).ShouldBeTrue($"{ratio} against {printed}");
        (ratio <= ActivationMoments.Gelu.Bound(covariance)).ShouldBeTrue();
    }

    private static Matrix<double> Covariance(ulong seed, int k)
    {
        var covariance = new Matrix<double>(k, k);
        Linear.Gram(1, RandomFeatures.Gaussian(new TorchRandom(seed), k, 5, 3), transposeFirst: false, covariance);
        return covariance;
    }

    /// <summary>σ at every point of the grid, moved by <paramref name="argument"/>.</summary>
    private static double[] Apply(ActivationMoments activation, Func<double, double> argument)
    {
        var row = Matrix.From<double>(1, Grid.Length, [.. Grid.Select(argument)]);
        activation.Activation.Forward(row, row);
        return row.Row(0).ToArray();
    }

    /// <summary>E f(g) for a standard Gaussian g from the values of f on the grid, by the rectangle rule.</summary>
    private static double Expectation(double[] values) =>
        Grid.Zip(values, (g, value) => Math.Exp(-0.5 * g * g) * value).Sum() * Step / Math.Sqrt(2 * Math.PI);
}
