using SpecGD.Numerics;
using SpecGD.Numerics.Random;

namespace SpecGD.Experiments.Theory;

/// <summary>A sequence of tokens drawn from Zipf's law, and what it does to a stable rank.</summary>
public sealed class TokenSequence
{
    private readonly int[] _tokens;

    private TokenSequence(int[] tokens) => _tokens = tokens;

    /// <summary>The tokens, counted from 0.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>Share of the most common token; st of the token-indicator matrix is its inverse (2.15).</summary>
    public double LargestShare => (double)_tokens.CountBy(token => token).Max(count => count.Value) / _tokens.Length;

    /// <summary>Draws <paramref name="length"/> tokens; token t of the vocabulary has a probability proportional to (t + 1)^(−exponent).</summary>
    public static TokenSequence Draw(TorchRandom random, int vocabulary, double exponent, int length)
    {
        ArgumentNullException.ThrowIfNull(random);
        var cumulative = new double[vocabulary];
        double sum = 0;
        for (int t = 0; t < vocabulary; t++)
            cumulative[t] = sum += Math.Pow(t + 1, -exponent);
        var tokens = new int[length];
        foreach (ref int token in tokens.AsSpan())
        {
            int place = Array.BinarySearch(cumulative, random.NextUniform() * sum);
            token = Math.Min(place < 0 ? ~place : place + 1, vocabulary - 1);
        }
        return new TokenSequence(tokens);
    }

    /// <summary>X (d × length): the column of each token of <paramref name="embedding"/> (d × vocabulary), token by token.</summary>
    public Matrix<double> Embed(Matrix<double> embedding)
    {
        var x = new Matrix<double>(embedding.Rows, _tokens.Length);
        for (int i = 0; i < x.Rows; i++)
            for (int t = 0; t < _tokens.Length; t++)
                x[i, t] = embedding[i, _tokens[t]];
        return x;
    }
}
