using System.Numerics;
using SpecGD.Numerics.Random;

namespace SpecGD.Numerics.LinearAlgebra;

/// <summary>How fast, and how exactly, the backend in force multiplies: the yardstick beside every other time.</summary>
public static class GemmRate
{
    /// <summary>
    /// The best rate of several products of two square Gaussian matrices, in GFLOP/s (2 n³
    /// operations each), over at least <paramref name="duration"/>.
    /// </summary>
    public static double Measure<T>(int size, TimeSpan duration, TimeProvider clock)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(clock);
        var (a, b, c) = (Gaussian<T>(size, 1), Gaussian<T>(size, 2), new Matrix<T>(size, size));
        return Measure(size, () => Linear.Multiply(T.One, a, false, b, false, T.Zero, c), duration, clock);
    }

    /// <summary>The same of any product.</summary>
    /// <param name="size">n: the product has n × n × n multiplications.</param>
    /// <param name="multiply">Multiplies once.</param>
    /// <param name="duration">How long to measure at least.</param>
    /// <param name="clock">Measures.</param>
    public static double Measure(int size, Action multiply, TimeSpan duration, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(multiply);
        ArgumentNullException.ThrowIfNull(clock);
        multiply(); // the first one wakes the threads and fills the caches
        double best = double.PositiveInfinity;
        long start = clock.GetTimestamp();
        do
        {
            long before = clock.GetTimestamp();
            multiply();
            best = Math.Min(best, clock.GetElapsedTime(before).TotalSeconds);
        }
        while (clock.GetElapsedTime(start) < duration);
        return 2.0 * size * size * size / best / 1e9;
    }

    /// <summary>
    /// Largest difference between the product of the backend in force and the managed backend's, as a share of ε·n: a few at the most where the
    /// library computes rightly on this processor.
    /// </summary>
    public static double Error<T>(int size)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (a, b) = (Gaussian<T>(size, 1), Gaussian<T>(size, 2));
        var product = Linear.Product(a, b);
        Matrix<T> reference;
        using (Backend.Use(Backend.Managed))
            reference = Linear.Product(a, b);
        product.AddScaled(-T.One, reference);
        return double.CreateChecked(product.LargestMagnitude()) / (double.CreateChecked(T.BitIncrement(T.One) - T.One) * size);
    }

    private static Matrix<T> Gaussian<T>(int size, ulong seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var normal = new TorchRandom(seed).Normal(size, size);
        var matrix = new Matrix<T>(size, size);
        for (int i = 0; i < size; i++)
            for (int j = 0; j < size; j++)
                matrix[i, j] = T.CreateChecked(normal[i, j]);
        return matrix;
    }
}
