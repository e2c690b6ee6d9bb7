using System.Numerics;
using SpecGD.Numerics;

namespace SpecGD.Models.Gpt;

/// <summary>
/// Half-truncated rotary positions of a head of width D: entry j of the first half and entry j of the second turn together by position · f_j, with
/// f = (1/1024)^linspace(0, 1, D/4) for the first D/4 pairs; the other pairs do not turn. Angles are in the working precision.
/// </summary>
internal sealed class Rotary<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double LowestFrequency = 1.0 / 1024;

    private readonly Matrix<T> _cos, _sin;
    private readonly int _half;

    /// <summary>Tables for positions 0 … <paramref name="length"/> − 1.</summary>
    public Rotary(int headWidth, int length)
    {
        _half = headWidth / 2;
        int turning = headWidth / 4;
        _cos = new Matrix<T>(length, turning);
        _sin = new Matrix<T>(length, turning);
        for (int j = 0; j < turning; j++)
        {
            T place = turning == 1 ? T.Zero : T.CreateChecked(j) / T.CreateChecked(turning - 1);
            T frequency = T.Pow(T.CreateChecked(LowestFrequency), place);
            for (int t = 0; t < length; t++)
                (_sin[t, j], _cos[t, j]) = T.SinCos(T.CreateChecked(t) * frequency);
        }
    }

    /// <summary>x ← rotated x for one head at one position: y₁ = x₁ cos θ + x₂ sin θ, y₂ = −x₁ sin θ + x₂ cos θ.</summary>
    public void Forward(int position, Span<T> x) => Turn(_cos.Row(position), _sin.Row(position), x[.._half], x[_half..]);

    /// <summary>dy ← what dy means for x: the rotation back.</summary>
    public void Backward(int position, Span<T> dy) => Turn(_cos.Row(position), _sin.Row(position), dy[_half..], dy[.._half]);

    /// <summary>first ← first cos θ + second sin θ, second ← second cos θ − first sin θ; the other way round it turns back.</summary>
    private static void Turn(ReadOnlySpan<T> cos, ReadOnlySpan<T> sin, Span<T> first, Span<T> second)
    {
        int j = 0;
        for (; j <= cos.Length - Vector<T>.Count; j += Vector<T>.Count)
        {
            Vector<T> c = new(cos[j..]), s = new(sin[j..]), x1 = new(first[j..]), x2 = new(second[j..]);
            ((x1 * c) + (x2 * s)).CopyTo(first[j..]);
            ((x2 * c) - (x1 * s)).CopyTo(second[j..]);
        }
        for (; j < cos.Length; j++)
            (first[j], second[j]) = ((first[j] * cos[j]) + (second[j] * sin[j]), (second[j] * cos[j]) - (first[j] * sin[j]));
    }
}
