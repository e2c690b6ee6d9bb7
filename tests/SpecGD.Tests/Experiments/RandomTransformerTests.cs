using SpecGD.Data;
using SpecGD.Experiments.Theory;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Spectral;

namespace SpecGD.Tests.Experiments;

/// <summary>The random transformer against plain loops, and token sequences against Zipf's law.</summary>
public class RandomTransformerTests
{
    /// <summary>A block of a few products of sizes up to 20, of numbers of order one to ten.</summary>
    private const double Rounding = 1e-11;

    [Fact]
    public void A_block_is_what_its_formulas_say()
    {
        const int d = 5, n = 7, k = RandomTransformer.Expansion * d;
        var x = new TorchRandom(1).Normal(d, n);
        var block = RandomTransformer.Forward(new TorchRandom(2), x);

        var random = new TorchRandom(2);
        Matrix<double> Draw(int rows, int columns) => RandomFeatures.Gaussian(random, rows, columns, columns);
        double[,] a = Rms(Array(x));
        double[,] q = Times(Array(Draw(d, d)), a), keys = Times(Array(Draw(d, d)), a), v = Times(Array(Draw(d, d)), a);
        var attended = new double[d, n];
        for (int t = 0; t < n; t++)
        {
            double[] weights = [.. Enumerable.Range(0, n).Select(s => Math.Exp(Enumerable.Range(0, d).Sum(i => q[i, t] * keys[i, s]) / Math.Sqrt(d)))];
            for (int i = 0; i < d; i++)
                attended[i, t] = Enumerable.Range(0, n).Sum(s => v[i, s] * weights[s]) / weights.Sum();
        }
        double[,] xAtt = Plus(Array(x), Times(Array(Draw(d, d)), attended));
        double[,] aMlp = Rms(xAtt), b = Times(Array(Draw(k, d)), aMlp);
        for (int i = 0; i < k; i++)
            for (int t = 0; t < n; t++)
                b[i, t] = Math.Max(0, b[i, t]);

        ShouldAgree(block.ARms, a);
        ShouldAgree(block.XAtt, xAtt);
        ShouldAgree(block.AMlp, aMlp);
        ShouldAgree(block.B, b);
        ShouldAgree(block.Next, Plus(xAtt, Times(Array(Draw(d, k)), b)));
    }

    [Fact]
    public void Equal_tokens_stay_equal()
    {
        var tokens = TokenSequence.Draw(new TorchRandom(0), vocabulary: 1, exponent: 1, length: 9);
        var block = RandomTransformer.Forward(new TorchRandom(3), tokens.Embed(new TorchRandom(4).Normal(6, 1)));

        foreach (var matrix in new[] { block.X, block.ARms, block.XAtt, block.AMlp, block.B, block.Next })
            (Math.Abs(Measures.StableRank(matrix)!.Value - 1) <= Rounding).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1.5)]
    public void Tokens_follow_Zipfs_law(double exponent)
    {
        const int vocabulary = 5, length = 40_000;
        double[] expected = [.. Enumerable.Range(1, vocabulary).Select(t => Math.Pow(t, -exponent))];
        var tokens = TokenSequence.Draw(new TorchRandom(5), vocabulary, exponent, length);

        for (int t = 0; t < vocabulary; t++)
        {
            double p = expected[t] / expected.Sum(), share = tokens.Tokens.Count(token => token == t) / (double)length;
            double standardError = Math.Sqrt(p * (1 - p) / length);
            (Math.Abs(share - p) <= 4 * standardError).ShouldBeTrue($"token {t}: {share} against {p}");
        }
    }

    /// <summary>st(H) = 1/p_max (2.15), by the embedding that is the identity.</summary>
    [Fact]
    public void The_token_indicator_matrix_has_the_inverse_of_the_largest_share_as_its_stable_rank()
    {
        var tokens = TokenSequence.Draw(new TorchRandom(6), vocabulary: 8, exponent: 1, length: 50);
        double st = Measures.StableRank(tokens.Embed(Matrix.Identity<double>(8)))!.Value;

        (Math.Abs(st * tokens.LargestShare - 1) <= Rounding).ShouldBeTrue($"{st} and {tokens.LargestShare}");
        tokens.LargestShare.ShouldBe(tokens.Tokens.CountBy(t => t).Max(c => c.Value) / 50.0);
    }

    private static double[,] Array(Matrix<double> matrix)
    {
        var array = new double[matrix.Rows, matrix.Columns];
        for (int i = 0; i < matrix.Rows; i++)
            for (int j = 0; j < matrix.Columns; j++)
                array[i, j] = matrix[i, j];
        return array;
    }

    private static double[,] Fill(int rows, int columns, Func<int, int, double> entry)
    {
        var array = new double[rows, columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                array[i, j] = entry(i, j);
        return array;
    }

    private static double[,] Times(double[,] a, double[,] b) =>
        Fill(a.GetLength(0), b.GetLength(1), (i, j) => Enumerable.Range(0, a.GetLength(1)).Sum(l => a[i, l] * b[l, j]));

    private static double[,] Plus(double[,] a, double[,] b) => Fill(a.GetLength(0), a.GetLength(1), (i, j) => a[i, j] + b[i, j]);

    private static double[,] Rms(double[,] x) => Fill(x.GetLength(0), x.GetLength(1), (i, t) =>
        x[i, t] / Math.Sqrt(Enumerable.Range(0, x.GetLength(0)).Average(row => x[row, t] * x[row, t])));

    private static void ShouldAgree(Matrix<double> matrix, double[,] expected)
    {
        (matrix.Rows, matrix.Columns).ShouldBe((expected.GetLength(0), expected.GetLength(1)));
        for (int i = 0; i < matrix.Rows; i++)
            for (int j = 0; j < matrix.Columns; j++)
                (Math.Abs(matrix[i, j] - expected[i, j]) <= Rounding).ShouldBeTrue($"({i}, {j}): {matrix[i, j]} against {expected[i, j]}");
    }
}
