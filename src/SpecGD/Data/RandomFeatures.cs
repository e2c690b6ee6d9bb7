using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;

namespace SpecGD.Data;

/// <summary>Random features A = σ(VX), or silu(V₁X) ∘ (V₂X), of Gaussian data X, drawn in the order of the authors' script.</summary>
public static class RandomFeatures
{
    /// <summary>
    /// Draws X (featureDim × samples), then V (dim × featureDim, entries of variance
    /// 1/featureDim), a second V if gated; gives A, dim × samples.
    /// </summary>
    public static Matrix<double> Draw(TorchRandom random, int dim, int featureDim, int samples, Activation activation) =>
        Draw(random, dim, featureDim, samples, activation, Precision.Full);

    /// <summary>As <see cref="Draw(TorchRandom, int, int, int, Activation)"/>, drawn and multiplied in the given precision.</summary>
    public static Matrix<double> Draw(TorchRandom random, int dim, int featureDim, int samples, Activation activation, Precision precision)
    {
        ArgumentNullException.ThrowIfNull(precision);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(activation);
        var x = precision.Normal(random, featureDim, samples);
        var z = new Matrix<double>(dim, activation.Parts * samples);
        for (int part = 0; part < activation.Parts; part++)
            precision.Multiply(Gaussian(random, dim, featureDim, featureDim, precision), x, z.ColumnSlice(part * samples, samples));
        var features = new Matrix<double>(dim, samples);
        activation.Forward(z, features);
        precision.Round(features);
        return features;
    }

    /// <summary>σ(VX) for an activation that is not gated.</summary>
    public static Matrix<double> Of(Matrix<double> v, Matrix<double> x, Activation activation) => Of(v, x, activation, Precision.Full);

    /// <summary>As <see cref="Of(Matrix{double}, Matrix{double}, Activation)"/>, multiplied in the given precision.</summary>
    public static Matrix<double> Of(Matrix<double> v, Matrix<double> x, Activation activation, Precision precision)
    {
        ArgumentNullException.ThrowIfNull(activation);
        ArgumentNullException.ThrowIfNull(precision);
        var features = precision.Product(v, x);
        activation.Forward(features, features); // elementwise, so in place
        precision.Round(features);
        return features;
    }

    /// <summary>A Gaussian matrix, rows × columns, with entries of variance 1/scale.</summary>
    public static Matrix<double> Gaussian(TorchRandom random, int rows, int columns, int scale) =>
        Gaussian(random, rows, columns, scale, Precision.Full);

    /// <summary>As <see cref="Gaussian(TorchRandom, int, int, int)"/>, drawn in the given precision.</summary>
    public static Matrix<double> Gaussian(TorchRandom random, int rows, int columns, int scale, Precision precision)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(precision);
        var matrix = precision.Normal(random, rows, columns);
        double root = Math.Sqrt(scale);
        foreach (ref double entry in matrix.AsSpan())
            entry /= root;
        precision.Round(matrix);
        return matrix;
    }
}
