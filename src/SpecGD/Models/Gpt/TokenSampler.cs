using System.Numerics;
using System.Numerics.Tensors;
using SpecGD.Numerics.Random;

namespace SpecGD.Models.Gpt;

/// <summary>Draws the next token from logits: p ∝ exp(z/temperature) among the most likely ones.</summary>
public sealed class TokenSampler
{
    private readonly double _temperature;
    private readonly int _candidates;
    private readonly TorchRandom _random;

    /// <summary>A sampler at the beginning of its stream.</summary>
    /// <param name="temperature">From 0, which takes the most likely token always; 1 is the model's own distribution.</param>
    /// <param name="candidates">How many of the most likely tokens are drawn from; 0 for all.</param>
    /// <param name="seed">Seed of the stream.</param>
    public TokenSampler(double temperature, int candidates, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(temperature);
        ArgumentOutOfRangeException.ThrowIfNegative(candidates);
        (_temperature, _candidates) = (temperature, candidates);
        _random = new TorchRandom(seed);
    }

    /// <summary>The next token, an index into <paramref name="logits"/>.</summary>
    public int Next<T>(ReadOnlySpan<T> logits)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (_temperature == 0)
            return TensorPrimitives.IndexOfMax(logits);
        double[] p = new double[logits.Length];
        TensorPrimitives.ConvertTruncating<T, double>(logits, p);
        double least = Least(p), largest = TensorPrimitives.Max<double>(p), sum = 0;
        for (int i = 0; i < p.Length; i++)
            sum += p[i] = p[i] < least ? 0 : Math.Exp((p[i] - largest) / _temperature);
        double left = _random.NextUniform() * sum;
        int last = 0;
        for (int i = 0; i < p.Length; i++)
        {
            if (p[i] == 0)
                continue;
            last = i;
            left -= p[i];
            if (left < 0)
                break;
        }
        return last; // where rounding left a crumb, the last candidate
    }

    /// <summary>The smallest logit that is drawn from.</summary>
    private double Least(double[] logits)
    {
        if (_candidates == 0 || _candidates >= logits.Length)
            return double.NegativeInfinity;
        double[] sorted = [.. logits];
        Array.Sort(sorted);
        return sorted[^_candidates];
    }
}
