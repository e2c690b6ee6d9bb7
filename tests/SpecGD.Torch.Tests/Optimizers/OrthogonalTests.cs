using SpecGD.Spectral;
using static TorchSharp.torch;

namespace SpecGD.Torch.Tests.Optimizers;

/// <summary>The iterations and exact polar factors on tensors, against plain loops, the library in double precision, and singular value decompositions.</summary>
public class OrthogonalTests
{
    /// <summary>Two orders of the same sums in double precision, over a dozen products: some 1e-14, with room.</summary>
    private const double Rounding = 1e-11;

    /// <summary>In float32: 2^-23 for each of some 40 products, with room.</summary>
    private const double SingleRounding = 1e-4;

    /// <summary>bfloat16 has 8 bits: 2^-8 at each entry, and the quintic is steep; what singular values may deviate by.</summary>
    private const double BrainRounding = 0.1;

    public OrthogonalTests() => Libtorch.Require();

    [SkippableTheory]
    [InlineData(5, 9, MuonCoefficients.Quintic, 5)]
    [InlineData(9, 5, MuonCoefficients.Quintic, 5)]
    [InlineData(7, 7, MuonCoefficients.PolarExpress, 8)]
    [InlineData(12, 3, MuonCoefficients.PolarExpress, 10)]
    [InlineData(1, 6, MuonCoefficients.Quintic, 1)]
    public void The_fast_iteration_is_the_reference_and_that_of_the_library(int rows, int columns, MuonCoefficients coefficients, int steps)
    {
        using var scope = NewDisposeScope();
        var batch = Tensors.Normal(1, 3, rows, columns);

        var fast = Orthogonal.Iterate(batch, coefficients, steps, ScalarType.Float64);

        for (int i = 0; i < 3; i++)
        {
            var slow = OrthogonalReference.Iterate(Tensors.Array(batch[i]), coefficients, steps);
            Tensors.Deviation(fast[i], tensor(slow)).ShouldBeLessThan(Rounding);
            var matrix = Tensors.Matrix(batch[i]);
            var ours = coefficients == MuonCoefficients.Quintic ? Orthogonalization.NewtonSchulz(matrix, steps) : Orthogonalization.PolarExpress(matrix, steps);
            Tensors.Deviation(fast[i], Tensors.Tensor(ours)).ShouldBeLessThan(Rounding);
        }
    }

    [SkippableFact]
    public void The_comparison_sees_another_coefficient()
    {
        using var scope = NewDisposeScope();
        var batch = Tensors.Normal(2, 1, 4, 6);

        var other = Orthogonal.Iterate(batch, MuonCoefficients.Quintic, 4, ScalarType.Float64);

        Tensors.Deviation(other[0], tensor(OrthogonalReference.Iterate(Tensors.Array(batch[0]), MuonCoefficients.Quintic, 5))).ShouldBeGreaterThan(0.01);
    }

    [SkippableTheory]
    [InlineData(ScalarType.Float32, SingleRounding)]
    [InlineData(ScalarType.BFloat16, BrainRounding)]
    public void Lower_precision_agrees_to_its_digits(ScalarType precision, double tolerance)
    {
        using var scope = NewDisposeScope();
        var batch = Tensors.Normal(3, 2, 24, 40);

        var low = Orthogonal.Iterate(batch, MuonCoefficients.Quintic, 5, precision);

        low.dtype.ShouldBe(precision);
        Tensors.Deviation(low, Orthogonal.Iterate(batch, MuonCoefficients.Quintic, 5, ScalarType.Float64)).ShouldBeInRange(double.Epsilon, tolerance);
    }

    [SkippableFact]
    public void Polar_Express_converges_to_the_exact_factor()
    {
        using var scope = NewDisposeScope();
        var batch = Tensors.Normal(4, 2, 10, 16);

        var (exact, _) = Orthogonal.Exact(batch, ScalarType.Float64);

        Tensors.Deviation(Orthogonal.Iterate(batch, MuonCoefficients.PolarExpress, 12, ScalarType.Float64), exact).ShouldBeLessThan(1e-9);
    }

    [SkippableTheory]
    [InlineData(6, 11, 6)]
    [InlineData(11, 6, 6)]
    [InlineData(8, 8, 3)]
    public void The_exact_factor_is_that_of_the_library_also_below_full_rank(int rows, int columns, int rank)
    {
        using var scope = NewDisposeScope();
        var g = Tensors.Normal(5, rows, rank).matmul(Tensors.Normal(6, rank, columns));

        var (polar, nuclear) = Orthogonal.Exact(g.unsqueeze(0), ScalarType.Float64);

        Tensors.Deviation(polar[0], Tensors.Tensor(Polar.Of(Tensors.Matrix(g)))).ShouldBeLessThan(Rounding);
        nuclear.item<double>().ShouldBe(ExactMeasures.SingularValues(Tensors.Matrix(g)).Sum(), Rounding * nuclear.item<double>());
        linalg.svdvals(polar[0]).sum().item<double>().ShouldBe(rank, Rounding * rank, "as many singular values of 1 as the rank");
    }

    [SkippableTheory]
    [InlineData(ScalarType.Float64, 1e-300)]
    [InlineData(ScalarType.Float64, 1e300)]
    [InlineData(ScalarType.Float32, 1e-38)]
    [InlineData(ScalarType.Float32, 1e37)]
    public void The_size_of_a_gradient_does_not_matter_and_zero_stays_zero(ScalarType type, double size)
    {
        using var scope = NewDisposeScope();
        var g = Tensors.Normal(7, 1, 4, 4);
        var scaled = (g * size).to(type);

        var o = Orthogonal.Iterate(cat([scaled, zeros_like(scaled)]), MuonCoefficients.Quintic, 5, ScalarType.Float32);

        Tensors.Deviation(o[0], Orthogonal.Iterate(g, MuonCoefficients.Quintic, 5, ScalarType.Float64)[0]).ShouldBeLessThan(SingleRounding);
        Tensors.Values(o[1]).ShouldAllBe(value => value == 0);
    }

    [SkippableFact]
    public void A_matrix_alone_is_not_a_batch() =>
        Should.Throw<ArgumentException>(() => Orthogonal.Iterate(Tensors.Normal(8, 3, 3), MuonCoefficients.Quintic, 5, ScalarType.Float64)).Message.ShouldContain("[3, 3]");
}
