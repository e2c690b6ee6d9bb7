using System.Numerics;
using System.Numerics.Tensors;

namespace SpecGD.Models.Gpt;

/// <summary>The nonlinearity of an MLP on one row, forward beside backward.</summary>
internal abstract class MlpActivation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The one that a shape names.</summary>
    public static MlpActivation<T> Of(GptMlp mlp) => mlp switch
    {
        GptMlp.ReluSquare => new ReluSquare(),
        GptMlp.SwiGlu => new Gated(),
        _ => throw new ArgumentOutOfRangeException(nameof(mlp), mlp, "There is no such MLP."),
    };

    /// <summary>a ← σ(z).</summary>
    public abstract void Forward(ReadOnlySpan<T> z, Span<T> a);

    /// <summary>dz ← what da means for z.</summary>
    public abstract void Backward(ReadOnlySpan<T> z, ReadOnlySpan<T> da, Span<T> dz);

    /// <summary>max(0, z)², with derivative 2 max(0, z).</summary>
    private sealed class ReluSquare : MlpActivation<T>
    {
        private static readonly T Two = T.CreateChecked(2);

        public override void Forward(ReadOnlySpan<T> z, Span<T> a)
        {
            TensorPrimitives.Max(z, T.Zero, a);
            TensorPrimitives.Multiply<T>(a, a, a);
        }

        public override void Backward(ReadOnlySpan<T> z, ReadOnlySpan<T> da, Span<T> dz)
        {
            TensorPrimitives.Max(z, T.Zero, dz);
            TensorPrimitives.Multiply(dz, Two, dz);
            TensorPrimitives.Multiply(dz, da, dz);
        }
    }

    private sealed class Gated : MlpActivation<T>
    {
        public override void Forward(ReadOnlySpan<T> z, Span<T> a) => SwiGlu.Forward(z, a);

        public override void Backward(ReadOnlySpan<T> z, ReadOnlySpan<T> da, Span<T> dz) => SwiGlu.Backward(z, da, dz);
    }
}
