using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

public class StableRankBoundTests
{
    /// <summary>Two orders of a few hundred additions.</summary>
    private const double Rounding = 1e-12;

    [Theory]
    [InlineData(7, 5, 1.0)]
    [InlineData(20, 33, 1e-200)]
    [InlineData(20, 33, 1e200)]
    public void It_is_the_mean_squared_norm_of_the_features_over_the_squared_norm_of_their_mean(int samples, int features, double scale)
    {
        var a = new TorchRandom(3).Uniform(samples, features);
        double meanSquare = 0;
        var mean = new double[samples];
        for (int j = 0; j < features; j++)
        {
            for (int i = 0; i < samples; i++)
            {
                meanSquare += a[i, j] * a[i, j] / features;
                mean[i] += a[i, j] / features;
            }
        }
        double expected = meanSquare / mean.Sum(x => x * x), exact = ExactMeasures.StableRank(a)!.Value;
        a.Scale(scale);
        StableRankBound.Of(a).ShouldBe(expected, Rounding * expected);
        expected.ShouldBeGreaterThan(exact);
        expected.ShouldBeLessThan(1.1 * exact, "and it is close where the entries share a mean");
    }

    [Fact]
    public void Of_zero_it_is_zero_and_of_features_that_cancel_it_is_infinite()
    {
        StableRankBound.Of(new Matrix<double>(3, 4)).ShouldBe(0);
        StableRankBound.Of(Matrix.From(new[,] { { 1.0, -1 }, { 2, -2 } })).ShouldBe(double.PositiveInfinity);
    }
}
