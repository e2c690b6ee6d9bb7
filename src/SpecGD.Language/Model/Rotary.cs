using SpecGD.Torch;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>
/// Half-truncated rotary positions of a head of width D: entry j of the first half and entry j of the second turn together by position · f_j, with
/// f = (1/1024)^linspace(0, 1, D/4) for the first D/4 pairs; the other pairs do not turn.
/// </summary>
/// <param name="Cos">cos θ of the positions, length × D/4.</param>
/// <param name="Sin">sin θ of the positions, length × D/4.</param>
internal readonly record struct Rotary(Tensor Cos, Tensor Sin)
{
    private const double LowestFrequency = 1.0 / 1024;

    /// <summary>The rotations of positions that follow one another.</summary>
    public static Rotary Of(int headWidth, long first, long length, GptPrecision precision, Device device)
    {
        using var scope = NewDisposeScope();
        int turning = headWidth / 4;
        var places = turning == 1 ? zeros(1, precision.Wide, device) : linspace(0, 1, turning, precision.Wide, device);
        var angles = outer(HeldNumbers.Range(first, first + length, precision.Wide, device), places.Times(Math.Log(LowestFrequency)).exp());
        return new Rotary(angles.cos().MoveToOuterDisposeScope(), angles.sin().MoveToOuterDisposeScope());
    }

    /// <summary>Turns x in place: x₁ cos θ + x₂ sin θ in the place of x₁, x₂ cos θ − x₁ sin θ in that of x₂.</summary>
    /// <param name="x">heads × length × D.</param>
    public void Turn(Tensor x) => Turn(x, 1);

    /// <summary>Turns x back, in place.</summary>
    public void TurnBack(Tensor x) => Turn(x, -1);

    private void Turn(Tensor x, double direction)
    {
        using var scope = NewDisposeScope();
        long width = x.shape[2];
        Tensor first = x.narrow(2, 0, width / 4), second = x.narrow(2, width / 2, width / 4);
        Tensor one = first.to(Cos.dtype), two = second.to(Cos.dtype);
        Tensor turnedOne = (one * Cos).IncreaseByProduct(two, Sin, direction), turnedTwo = (two * Cos).IncreaseByProduct(one, Sin, -direction);
        first.copy_(turnedOne);
        second.copy_(turnedTwo);
    }
}
