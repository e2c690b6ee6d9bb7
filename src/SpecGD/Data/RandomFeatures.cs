using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;

namespace SpecGD.Data;

/// <summary>Random features A = σ(VX), or silu(V₁X) ∘ (V₂X), of Gaussian data X, drawn in the order of the authors' script.</summary>
public static class RandomFeatures
{
    /// <summary>
    /// Draws X (featureDim × samples), then V (dim × featureDim, entries of variance
    /// 1/featureDim), a second V if gated; gives A, dim × samples.
    /// </summary>
    public static Matrix<double> Draw(TorchRandom random, int dim, int featureDim, int samples, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(activation);
        var x = random.Normal(featureDim, samples);
        var z = new Matrix<double>(dim, activation.Parts * samples);
        for (int part = 0; part < activation.Parts; part++)
            Linear.Multiply(1, Gaussian(random, dim, featureDim, featureDim), false, x, false, 0, z.ColumnSlice(part * samples, samples));
        var features = new Matrix<double>(dim, samples);
        activation.Forward(z, features);
        return features;
    }

    /// <summary>σ(VX) for an activation that is not gated.</summary>
    public static Matrix<double> Of(Matrix<double> v, Matrix<double> x, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(activation);
        var features = Linear.Product(v, x);
        activation.Forward(features, features); // elementwise, so in place
        return features;
    }

    /// <summary>A Gaussian matrix, rows × columns, with entries of variance 1/scale.</summary>
    public static Matrix<double> Gaussian(TorchRandom random, int rows, int columns, int scale)
    {
        ArgumentNullException.ThrowIfNull(random);
        var matrix = random.Normal(rows, columns);
        double root = Math.Sqrt(scale);
        foreach (ref double entry in matrix.AsSpan())
            entry /= root;
        return matrix;
    }
}
