using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;
using SpecGD.Spectral;

namespace SpecGD.Benchmarks;

/// <summary>The spectral routines alone, each beside the decomposition that it does without.</summary>
internal static class KernelBenchmarks
{
    /// <summary>Decades between the largest and the smallest singular value of a gradient on its way to zero loss.</summary>
    private const int Decades = 9;

    private const int Size = 512;

    /// <summary>All of them.</summary>
    public static IEnumerable<Benchmark> All =>
    [
        new()
        {
            Name = "stable-rank",
            Description = "st of 512×512 ReLU activations by Lanczos",
            Kind = BenchmarkKind.Kernel,
            Prepare = static () => Over(Activations(Size, Size), static a => Measures.StableRank(a)),
        },
        new()
        {
            Name = "stable-rank-svd",
            Description = "the same by singular values",
            Kind = BenchmarkKind.Kernel,
            LeastFlops = 2 * Flops.Eigenvalues(Size),
            Prepare = static () => Over(Activations(Size, Size), static a => ExactMeasures.StableRank(a)),
        },
        new()
        {
            Name = "nuclear-norm",
            Description = $"‖G‖_* of 512×512, singular values over {Decades} decades",
            Kind = BenchmarkKind.Kernel,
            LeastFlops = Flops.NuclearNorm(Size, Size),
            Prepare = static () => Over(NearSingular(Size, Size), static g => Measures.NuclearNorm(g)),
        },
        new()
        {
            Name = "nuclear-norm-svd",
            Description = "the same by singular values",
            Kind = BenchmarkKind.Kernel,
            LeastFlops = Flops.NuclearNorm(Size, Size),
            Prepare = static () => Over(NearSingular(Size, Size), static g => ExactMeasures.NuclearNorm(g)),
        },
        Polar("polar", "polar factor of 512×512, singular values over 9 decades", Size, exact: false),
        Polar("polar-svd", "the same by SVD", Size, exact: true),
        Polar("polar-100", "polar factor of 100×100, as in the random-feature model", 100, exact: false),
        Quintic("newton-schulz", "five quintic steps of 768×768 in single precision", static (g, into) => Orthogonalization.NewtonSchulz(g, into)),
        Quintic("newton-schulz-plain", "the same with whole products in place of symmetric ones",
            static (g, into) => PlainQuintic.Iterate(g, into, Orthogonalization.MuonSteps)),
        Quintic("polar-express", "five steps of Polar Express of 768×768 in single precision", static (g, into) => Orthogonalization.PolarExpress(g, into, 5)),
    ];

    private static Benchmark Polar(string name, string description, int size, bool exact) => new()
    {
        Name = name,
        Description = description,
        Kind = BenchmarkKind.Kernel,
        LeastFlops = Flops.PolarFactor(size, size),
        Prepare = () =>
        {
            var (g, factor) = (NearSingular(size, size), new Matrix<double>(size, size));
            return () => _ = exact ? Spectral.Polar.DecomposeExact(g, factor) : Spectral.Polar.Decompose(g, factor);
        },
    };

    private static Benchmark Quintic(string name, string description, Action<Matrix<float>, Matrix<float>> steps) => new()
    {
        Name = name,
        Description = description,
        Kind = BenchmarkKind.Kernel,
        SinglePrecision = true,
        LeastFlops = Flops.QuinticSteps(768, 768, 5),
        Prepare = () =>
        {
            var (g, into) = (Single(new TorchRandom(3).Normal(768, 768)), new Matrix<float>(768, 768));
            return () => steps(g, into);
        },
    };

    private static Action Over<TResult>(Matrix<double> matrix, Func<Matrix<double>, TResult> measure) => () => measure(matrix);

    /// <summary>max(0, X) of Gaussian X: a gap at the top, as activations have it.</summary>
    private static Matrix<double> Activations(int rows, int columns)
    {
        var a = new TorchRandom(1).Normal(rows, columns);
        foreach (ref double x in a.AsSpan())
            x = Math.Max(0, x);
        return a;
    }

    /// <summary>Random directions with singular values spread evenly over the decades.</summary>
    private static Matrix<double> NearSingular(int rows, int columns)
    {
        var random = new TorchRandom(2);
        int k = Math.Min(rows, columns);
        var (u, v) = (Linear.Qr(random.Normal(rows, k)).Q, Linear.Qr(random.Normal(columns, k)).Q);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < k; j++)
                u[i, j] *= Math.Pow(10, -(double)Decades * j / k);
        return Linear.Product(u, v, transposeB: true);
    }

    internal static Matrix<float> Single(Matrix<double> matrix)
    {
        var single = new Matrix<float>(matrix.Rows, matrix.Columns);
        for (int i = 0; i < matrix.Rows; i++)
            for (int j = 0; j < matrix.Columns; j++)
                single[i, j] = (float)matrix[i, j];
        return single;
    }
}
