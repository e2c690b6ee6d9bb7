using System.Numerics;

namespace SpecGD.Models.Gpt;

/// <summary>The nonlinearity of an MLP on one row, forward beside backward.</summary>
internal abstract class MlpActivation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The one that a shape names.</summary>
    public static MlpActivation<T> Of(GptMlp mlp) => mlp switch
    {
        GptMlp.ReluSquare => new Squared(),
        GptMlp.SwiGlu => new Gated(),
        _ => throw new ArgumentOutOfRangeException(nameof(mlp), mlp, "There is no such MLP."),
    };

    /// <summary>a ← σ(z).</summary>
    public abstract void Forward(ReadOnlySpan<T> z, Span<T> a);

    /// <summary>dz ← what da means for z.</summary>
    public abstract void Backward(ReadOnlySpan<T> z, ReadOnlySpan<T> da, Span<T> dz);

    private sealed class Squared : MlpActivation<T>
    {
        public override void Forward(ReadOnlySpan<T> z, Span<T> a) => ReluSquare.Forward(z, a);

        public override void Backward(ReadOnlySpan<T> z, ReadOnlySpan<T> da, Span<T> dz) => ReluSquare.Backward(z, da, dz);
    }

    private sealed class Gated : MlpActivation<T>
    {
        public override void Forward(ReadOnlySpan<T> z, Span<T> a) => SwiGlu.Forward(z, a);

        public override void Backward(ReadOnlySpan<T> z, ReadOnlySpan<T> da, Span<T> dz) => SwiGlu.Backward(z, da, dz);
    }
}
