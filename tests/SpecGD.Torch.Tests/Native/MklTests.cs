using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;
using SpecGD.Numerics.Tests.LinearAlgebra;

namespace SpecGD.Torch.Tests.Native;

/// <summary>The MKL within libtorch, found as the program finds it.</summary>
internal static class MklOfLibtorch
{
    public static Backend? Backend
    {
        get
        {
            Numerics.LinearAlgebra.Backend.MklFile ??= TorchLibrary.MklFile;
            return Numerics.LinearAlgebra.Backend.Mkl;
        }
    }
}

public sealed class MklDouble() : LinearAlgebraTests<double>(MklOfLibtorch.Backend);

public sealed class MklSingle() : LinearAlgebraTests<float>(MklOfLibtorch.Backend);

public class MklTests
{
    /// <summary>
    /// On AMD processors MKL adds up in another order where a matrix begins within a cache line. Every matrix begins at one (<see cref="Matrix{T}.Alignment"/>), and so
    /// do all that are compared here, so that a run gives the same bits wherever the collector lays its matrices.
    /// </summary>
    [SkippableTheory]
    [InlineData(7, 5, 3)]
    [InlineData(100, 100, 100)]
    [InlineData(257, 130, 65)]
    public void A_product_has_the_same_bits_at_whichever_cache_lines_its_matrices_begin(int m, int k, int n)
    {
        using var backend = Backend.Use(Require());
        var random = new TorchRandom(3);
        Matrix<double> a = random.Normal(m, k), b = random.Normal(k, n);
        var first = Linear.Product(a, b);
        for (int line = 0; line < Lines; line++)
        {
            Matrix<double> movedA = Moved(a, line), movedB = Moved(b, Lines - 1 - line), into = Moved(new Matrix<double>(m, n), line);
            Linear.Multiply(1, movedA, false, movedB, false, 0, into);
            for (int i = 0; i < m; i++)
                into.Row(i).SequenceEqual(first.Row(i)).ShouldBeTrue($"row {i}, {line} lines further");
        }
    }

    [SkippableFact]
    public void Decompositions_have_the_same_bits_every_time()
    {
        using var backend = Backend.Use(Require());
        var matrix = new TorchRandom(4).Normal(150, 90);
        double[] first = Linear.SingularValues(matrix);
        byte[][] garbage = new byte[64][];
        for (int trial = 0; trial < 20; trial++)
        {
            garbage[trial] = new byte[1000 + (8 * trial)]; // what is allocated next lies elsewhere
            Linear.SingularValues(matrix.Clone()).ShouldBe(first);
        }
    }

    private const int Lines = 8;

    /// <summary>A copy that begins so many cache lines further in its memory. Its rows lie within their lines as those of the matrix do.</summary>
    private static Matrix<double> Moved(Matrix<double> matrix, int lines)
    {
        int line = Matrix<double>.Alignment / sizeof(double);
        var wide = new Matrix<double>(matrix.Rows, matrix.Columns + (Lines * line));
        var copy = wide.ColumnSlice(lines * line, matrix.Columns);
        matrix.CopyTo(copy);
        return copy;
    }

    private static Backend Require()
    {
        Skip.If(MklOfLibtorch.Backend is null, "libtorch's MKL is not on this machine");
        return MklOfLibtorch.Backend!;
    }
}
