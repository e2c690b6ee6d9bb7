using TorchSharp;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>How fast libtorch multiplies here in a type of numbers.</summary>
public static class ProductRate
{
    private const long Size = 1024;

    /// <summary>The best rate of several products of two 1024 × 1024 matrices, in GFLOP/s (2 n³ operations each), over at least <paramref name="duration"/>.</summary>
    /// <param name="type">Type of the factors and the product.</param>
    /// <param name="device">Where they are.</param>
    /// <param name="duration">How long to measure.</param>
    /// <param name="clock">Measures.</param>
    /// <exception cref="BadInputException">There is no libtorch here.</exception>
    public static double Measure(ScalarType type, Device device, TimeSpan duration, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        TorchLibrary.Load();
        using var scope = NewDisposeScope();
        using var without = no_grad();
        Tensor a = randn([Size, Size], device: device).to(type), b = randn([Size, Size], device: device).to(type);
        Multiply(a, b); // the first one wakes the threads and fills the caches
        double best = double.PositiveInfinity;
        long start = clock.GetTimestamp();
        do
        {
            long before = clock.GetTimestamp();
            Multiply(a, b);
            best = Math.Min(best, clock.GetElapsedTime(before).TotalSeconds);
        }
        while (clock.GetElapsedTime(start) < duration);
        return 2.0 * Size * Size * Size / best / 1e9;
    }

    private static void Multiply(Tensor a, Tensor b)
    {
        using var product = a.matmul(b);
        if (product.device_type == DeviceType.CUDA)
            cuda.synchronize();
    }
}
