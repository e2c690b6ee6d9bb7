using SpecGD.Spectral;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>The coefficients of Muon's iteration.</summary>
public enum MuonCoefficients
{
    /// <summary>(3.4445, −4.7750, 2.0315) at every step: steep, and not converging; singular values end in about [0.68, 1.13].</summary>
    Quintic,

    /// <summary>Another triple at each step (Amsel et al. 2025), converging to the polar factor.</summary>
    PolarExpress,
}

/// <summary>
/// Approximate and exact polar factors of batches of matrices, (n, rows, columns), on the device that they are on. A matrix of zeros gives zeros; there
/// is no other guard, so that small gradients keep their scale. <see cref="OrthogonalReference"/> says the same in plain loops.
/// </summary>
public static class Orthogonal
{
    private const double DoubleEpsilon = 1.0 / (1L << 52), SingleEpsilon = 1.0 / (1 << 23);

    /// <summary>
    /// X ← aX + (bA + cA²)X with A = X Xᵀ, a number of times, from G/‖G‖_F, on the side with fewer rows.
    /// </summary>
    /// <param name="batch">The matrices, (n, rows, columns).</param>
    /// <param name="coefficients">The coefficients of each step.</param>
    /// <param name="steps">Number of steps.</param>
    /// <param name="precision">The floating-point type of the products; the result is of this type.</param>
    /// <exception cref="ArgumentException">The tensor has another number of sizes.</exception>
    public static Tensor Iterate(Tensor batch, MuonCoefficients coefficients, int steps, ScalarType precision)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        RequireBatch(batch);
        using var scope = NewDisposeScope();
        bool tall = batch.shape[1] > batch.shape[2];
        var x = Normalised(batch).to(precision);
        x = (tall ? x.mT : x).contiguous();
        for (int step = 0; step < steps; step++)
        {
            var (a, b, c) = coefficients == MuonCoefficients.Quintic
                ? Orthogonalization.NewtonSchulzCoefficients
                : Orthogonalization.PolarExpressCoefficients(step);
            x = Step(x, a, b, c);
        }
        return (tall ? x.mT : x).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>U Vᵀ over the numerical range of each matrix, with ‖G‖_*, by singular value decompositions.</summary>
    /// <param name="batch">The matrices, (n, rows, columns).</param>
    /// <param name="precision">float32 or float64.</param>
    /// <returns>The polar factors, (n, rows, columns), and the nuclear norms, (n, 1, 1), both of that type.</returns>
    public static (Tensor Polar, Tensor NuclearNorm) Exact(Tensor batch, ScalarType precision)
    {
        RequireBatch(batch);
        using var scope = NewDisposeScope();
        var (u, s, vt) = linalg.svd(batch.to(precision), fullMatrices: false);
        double range = (precision == ScalarType.Float64 ? DoubleEpsilon : SingleEpsilon) * Math.Max(batch.shape[1], batch.shape[2]);
        var top = s.narrow(-1, 0, 1);
        var inRange = s.gt(top.Times(range)).to(precision);
        var polar = (u * inRange.unsqueeze(-2)).matmul(vt);
        return scope.MoveToOuter(polar, s.sum(-1, keepdim: true).unsqueeze(-1));
    }

    /// <summary>(aI + bA + cA²) X; frees X.</summary>
    private static Tensor Step(Tensor x, double a, double b, double c)
    {
        using var scope = NewDisposeScope();
        var gram = x.bmm(x.mT);
        Tensor next;
        if (x.dtype == ScalarType.Float64) // the fused product takes its factors in single precision
            next = x.Times(a).Increase(gram.Times(b).Plus(gram.bmm(gram).Times(c)).bmm(x));
        else
            next = gram.baddbmm(gram, gram, (float)b, (float)c).baddbmm(x, x, (float)a, 1); // first.baddbmm(second, added, β, α)
        x.Dispose();
        return next.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// G/‖G‖_F, in the type of G, so that what the working precision cannot hold is not lost: first by the largest entry, since squares of 1e±30 are out of
    /// float32's range.
    /// </summary>
    private static Tensor Normalised(Tensor batch)
    {
        var wide = batch.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? batch.to(ScalarType.Float32) : batch;
        var scaled = wide / OneWhereZero(maximum(wide.amax([-2, -1], keepdim: true), wide.amin([-2, -1], keepdim: true).neg()));
        return scaled / OneWhereZero(scaled.Squared().sum([-2, -1], keepdim: true).sqrt());
    }

    private static Tensor OneWhereZero(Tensor norms) => norms.Plus(norms.Is(0).to(norms.dtype));

    private static void RequireBatch(Tensor batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.dim() != 3)
            throw new ArgumentException($"A batch of matrices has three sizes, (n, rows, columns), not [{string.Join(", ", batch.shape)}].", nameof(batch));
    }
}
