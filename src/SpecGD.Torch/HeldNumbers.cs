using TorchSharp;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>
/// Operations of tensors with numbers. TorchSharp makes a <see cref="Scalar"/> of a number, which nothing refers to once its address was read; its finalizer may free it while the native
/// code still reads it. The result is then wrong, without a word. Here every number is held until the call is over, and freed at once.
/// </summary>
internal static class HeldNumbers
{
    /// <summary>factor · x.</summary>
    public static Tensor Times(this Tensor x, double factor)
    {
        using var held = factor.ToScalar();
        return x.mul(held);
    }

    /// <summary>x ← factor · x.</summary>
    public static Tensor ScaleBy(this Tensor x, double factor)
    {
        using var held = factor.ToScalar();
        return x.mul_(held);
    }

    /// <summary>x / divisor.</summary>
    public static Tensor DividedBy(this Tensor x, double divisor)
    {
        using var held = divisor.ToScalar();
        return x.div(held);
    }

    /// <summary>x², entry by entry.</summary>
    public static Tensor Squared(this Tensor x) => x.mul(x);

    /// <summary>x + other, of any type: the factor of whole numbers must be one.</summary>
    public static Tensor Plus(this Tensor x, Tensor other)
    {
        using var one = 1.ToScalar();
        return x.add(other, one);
    }

    /// <summary>x ← x + other, of any type.</summary>
    public static Tensor Increase(this Tensor x, Tensor other)
    {
        using var one = 1.ToScalar();
        return x.add_(other, one);
    }

    /// <summary>x + factor · other.</summary>
    public static Tensor Plus(this Tensor x, Tensor other, double factor)
    {
        using var held = factor.ToScalar();
        return x.add(other, held);
    }

    /// <summary>x ← x + factor · other.</summary>
    public static Tensor Increase(this Tensor x, Tensor other, double factor)
    {
        using var held = factor.ToScalar();
        return x.add_(other, held);
    }

    /// <summary>x + number.</summary>
    public static Tensor PlusNumber(this Tensor x, double number)
    {
        using var held = number.ToScalar();
        using var one = 1.ToScalar();
        return x.add(held, one);
    }

    /// <summary>x ← x + number.</summary>
    public static Tensor IncreaseByNumber(this Tensor x, double number)
    {
        using var held = number.ToScalar();
        using var one = 1.ToScalar();
        return x.add_(held, one);
    }

    /// <summary>x + factor · a ∘ b.</summary>
    public static Tensor PlusProduct(this Tensor x, Tensor a, Tensor b, double factor)
    {
        using var held = factor.ToScalar();
        return x.addcmul(a, b, held);
    }

    /// <summary>x ← x + factor · a ∘ b.</summary>
    public static Tensor IncreaseByProduct(this Tensor x, Tensor a, Tensor b, double factor)
    {
        using var held = factor.ToScalar();
        return x.addcmul_(a, b, held);
    }

    /// <summary>Where x is the number.</summary>
    public static Tensor Is(this Tensor x, double number)
    {
        using var held = number.ToScalar();
        return x.eq(held);
    }

    /// <summary>max(x, number).</summary>
    public static Tensor AtLeast(this Tensor x, double number)
    {
        using var held = number.ToScalar();
        return x.clamp(held);
    }

    /// <summary>x ← number.</summary>
    public static Tensor FillWith(this Tensor x, double number)
    {
        using var held = number.ToScalar();
        return x.fill_(held);
    }

    /// <summary>x ← number where <paramref name="mask"/> is true.</summary>
    public static Tensor FillWhere(this Tensor x, Tensor mask, double number)
    {
        using var held = number.ToScalar();
        return x.masked_fill_(mask, held);
    }

    /// <summary>x[…, index[i], …] ← x[…, index[i], …] + source[…, i, …] along <paramref name="dimension"/>.</summary>
    public static Tensor IncreaseAt(this Tensor x, int dimension, Tensor index, Tensor source)
    {
        using var one = 1.ToScalar();
        return x.index_add_(dimension, index, source, one);
    }

    /// <summary>x with source added at the places index[i] along <paramref name="dimension"/>.</summary>
    public static Tensor PlusAt(this Tensor x, int dimension, Tensor index, Tensor source)
    {
        using var one = 1.ToScalar();
        return x.index_add(dimension, index, source, one);
    }

    /// <summary>from, from + 1, …, before <paramref name="to"/>.</summary>
    public static Tensor Range(long from, long to, ScalarType type, Device? device = null)
    {
        using Scalar first = from.ToScalar(), end = to.ToScalar(), step = 1.ToScalar();
        return arange(first, end, step, type, device);
    }
}
