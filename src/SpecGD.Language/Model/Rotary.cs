using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>
/// Half-truncated rotary positions of a head of width D: entry j of the first half and entry j of the second turn together by position · f_j, with
/// f = (1/1024)^linspace(0, 1, D/4) for the first D/4 pairs; the other pairs do not turn.
/// </summary>
internal sealed class Rotary(int headWidth, GptPrecision precision)
{
    private const double LowestFrequency = 1.0 / 1024;

    /// <summary>cos θ and sin θ of some positions that follow one another, length × D/2 each.</summary>
    public (Tensor Cos, Tensor Sin) Of(long first, long length, Device device)
    {
        using var scope = NewDisposeScope();
        int turning = headWidth / 4;
        var places = turning == 1 ? zeros(1, precision.Wide, device) : linspace(0, 1, turning, precision.Wide, device);
        var frequencies = cat([places.mul(Math.Log(LowestFrequency)).exp(), zeros((headWidth / 2) - turning, precision.Wide, device)]);
        var angles = outer(arange(first, first + length, precision.Wide, device), frequencies);
        return (angles.cos().MoveToOuterDisposeScope(), angles.sin().MoveToOuterDisposeScope());
    }

    /// <summary>x rotated: y₁ = x₁ cos θ + x₂ sin θ, y₂ = −x₁ sin θ + x₂ cos θ, the halves of the last axis.</summary>
    /// <param name="x">heads × length × D.</param>
    /// <param name="cos">length × D/2.</param>
    /// <param name="sin">length × D/2.</param>
    public static Tensor Turn(Tensor x, Tensor cos, Tensor sin)
    {
        var halves = x.chunk(2, -1);
        return cat([(halves[0] * cos) + (halves[1] * sin), (halves[1] * cos) - (halves[0] * sin)], -1);
    }
}
