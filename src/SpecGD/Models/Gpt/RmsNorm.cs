using System.Numerics;
using System.Numerics.Tensors;

namespace SpecGD.Models.Gpt;

/// <summary>norm(x) = x / √(mean(x²) + ε), with ε the machine epsilon of the element type.</summary>
internal static class RmsNorm<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Distance from 1 to the next number: 1.19e-7 in float, 2.2e-16 in double.</summary>
    private static readonly T Epsilon = T.BitIncrement(T.One) - T.One;

    /// <summary>y ← norm(x); y may be x.</summary>
    public static void Forward(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Multiply(x, Reciprocal(x), y);

    /// <summary>
    /// dx ← r·dy − r³·x·mean(x∘dy), r = 1/√(mean(x²) + ε): what dy means for x. dx may be dy.
    /// </summary>
    public static void Backward(ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dx)
    {
        T r = Reciprocal(x);
        T inner = -r * r * TensorPrimitives.Dot(x, dy) / T.CreateChecked(x.Length);
        TensorPrimitives.MultiplyAdd(x, inner, dy, dx);
        TensorPrimitives.Multiply(dx, r, dx);
    }

    private static T Reciprocal(ReadOnlySpan<T> x) =>
        T.One / T.Sqrt((TensorPrimitives.SumOfSquares(x) / T.CreateChecked(x.Length)) + Epsilon);
}
