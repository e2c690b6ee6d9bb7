using System.Numerics;
using System.Numerics.Tensors;

namespace SpecGD.Models;

/// <summary>max(0, z)², with derivative 2 max(0, z).</summary>
internal static class ReluSquare
{
    /// <summary>a ← max(0, z)².</summary>
    public static void Forward<T>(ReadOnlySpan<T> z, Span<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TensorPrimitives.Max(z, T.Zero, a);
        TensorPrimitives.Multiply(a, a, a);
    }

    /// <summary>dz ← what da means for z.</summary>
    public static void Backward<T>(ReadOnlySpan<T> z, ReadOnlySpan<T> da, Span<T> dz)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TensorPrimitives.Max(z, T.Zero, dz);
        TensorPrimitives.Multiply(dz, T.CreateChecked(2), dz);
        TensorPrimitives.Multiply(dz, da, dz);
    }
}
