using System.Numerics;
using System.Numerics.Tensors;

namespace SpecGD.Models;

/// <summary>silu(z₁) ∘ z₂ for z = (z₁, z₂) side by side, with silu(t) = t/(1 + e^(−t)) and silu′ = s + silu·(1 − s), s the sigmoid.</summary>
internal static class SwiGlu
{
    /// <summary>a ← silu(z₁) ∘ z₂.</summary>
    public static void Forward<T>(ReadOnlySpan<T> z, Span<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ReadOnlySpan<T> z1 = z[..a.Length], z2 = z[a.Length..];
        TensorPrimitives.Sigmoid(z1, a);
        TensorPrimitives.Multiply(a, z1, a);
        TensorPrimitives.Multiply(a, z2, a);
    }

    /// <summary>dz ← what da means for z.</summary>
    public static void Backward<T>(ReadOnlySpan<T> z, ReadOnlySpan<T> da, Span<T> dz)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = da.Length;
        ReadOnlySpan<T> z1 = z[..width], z2 = z[width..];
        Span<T> dz1 = dz[..width], dz2 = dz[width..];
        TensorPrimitives.Sigmoid(z1, dz1);
        TensorPrimitives.Multiply(z1, dz1, dz2); // silu(z₁)
        int j = 0;
        for (; j <= width - Vector<T>.Count; j += Vector<T>.Count)
        {
            Vector<T> s = new(dz1[j..]), silu = new(dz2[j..]);
            (new Vector<T>(da[j..]) * new Vector<T>(z2[j..]) * (s + (silu * (Vector<T>.One - s)))).CopyTo(dz1[j..]);
        }
        for (; j < width; j++)
            dz1[j] = da[j] * z2[j] * (dz1[j] + (dz2[j] * (T.One - dz1[j])));
        TensorPrimitives.Multiply(dz2, da, dz2);
    }
}
