using SpecGD.Numerics.LinearAlgebra;
using TorchSharp;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>How fast libtorch multiplies here in a type of numbers.</summary>
public static class ProductRate
{
    /// <summary>Products in bfloat16 that are so many times as fast as in float32 outweigh its conversions.</summary>
    public const double FastBFloat16 = 1.5;

    private const int Size = 1024;

    /// <summary>The best rate of several products of two 1024 × 1024 matrices, in GFLOP/s (2 n³ operations each), over at least <paramref name="duration"/>.</summary>
    /// <param name="type">Type of the factors and the product.</param>
    /// <param name="device">Where they are.</param>
    /// <param name="duration">How long to measure.</param>
    /// <param name="clock">Measures.</param>
    /// <exception cref="BadInputException">There is no libtorch here.</exception>
    public static double Measure(ScalarType type, Device device, TimeSpan duration, TimeProvider clock)
    {
        TorchLibrary.Load();
        using var scope = NewDisposeScope();
        using var without = no_grad();
        Tensor a = randn([Size, Size], device: device).to(type), b = randn([Size, Size], device: device).to(type);
        return GemmRate.Measure(Size, () => Multiply(a, b), duration, clock);
    }

    private static void Multiply(Tensor a, Tensor b)
    {
        using var product = a.matmul(b);
        if (product.device_type == DeviceType.CUDA)
            cuda.synchronize();
    }
}
