using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;

namespace SpecGD.Data;

/// <summary>Random features A = σ(VX), or silu(V₁X) ∘ (V₂X), of Gaussian data X, drawn in the order of the authors' script.</summary>
public static class RandomFeatures
{
    /// <summary>Draws X (featureDim × samples), then V (dim × featureDim, entries of variance 1/featureDim), a second V if gated; gives A, dim × samples.</summary>
    public static Matrix<double> Draw(TorchRandom random, int dim, int featureDim, int samples, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(activation);
        var x = random.Normal(featureDim, samples);
        var features = Project(random, dim, x);
        if (!activation.IsGated)
        {
            activation.Apply(features);
            return features;
        }
        var gate = features;
        features = Project(random, dim, x);
        activation.Apply(gate);
        MatrixArithmetic.MultiplyElementwise(features, gate);
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

    private static Matrix<double> Project(TorchRandom random, int dim, Matrix<double> x) =>
        Linear.Product(Gaussian(random, dim, x.Rows, x.Rows), x);
}
