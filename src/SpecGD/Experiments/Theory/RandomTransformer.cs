using System.Numerics.Tensors;
using SpecGD.Data;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;

namespace SpecGD.Experiments.Theory;

/// <summary>
/// The residual stream of the transformer of Section 2.4 at random initialisation: single-head unmasked attention without positions, then a
/// ReLU network,
/// each behind an RMS norm with unit gains. Weights are Gaussian with variance 1/fan-in; matrices are features × tokens.
/// </summary>
internal static class RandomTransformer
{
    /// <summary>k/d, the width of the hidden layer.</summary>
    public const int Expansion = 4;

    private static readonly Activation Relu = Activation.Named("relu");

    /// <summary>
    /// Every column scaled to the length √d: gains of one.
    /// </summary>
    public static Matrix<double> RmsNorm(Matrix<double> x)
    {
        double[] norms = SquaredColumnNorms(x);
        var normalised = x.Clone();
        for (int i = 0; i < x.Rows; i++)
            for (int t = 0; t < x.Columns; t++)
                normalised[i, t] *= Math.Sqrt(x.Rows / norms[t]);
        return normalised;
    }

    /// <summary>‖x_t‖² for every column.</summary>
    public static double[] SquaredColumnNorms(Matrix<double> x)
    {
        var norms = new double[x.Columns];
        for (int i = 0; i < x.Rows; i++)
            TensorPrimitives.MultiplyAdd<double>(x.Row(i), x.Row(i), norms, norms);
        return norms;
    }

    /// <summary>One block with fresh weights on the stream <paramref name="x"/> (d × tokens).</summary>
    public static Block Forward(TorchRandom random, Matrix<double> x)
    {
        int d = x.Rows, k = Expansion * d;
        var aRms = RmsNorm(x);
        var xAtt = Attention(random, aRms);
        xAtt.AddScaled(1, x);
        var aMlp = RmsNorm(xAtt);
        var b = RandomFeatures.Of(RandomFeatures.Gaussian(random, k, d, d), aMlp, Relu);
        var next = xAtt.Clone();
        Linear.Multiply(1, RandomFeatures.Gaussian(random, d, k, k), false, b, false, 1, next);
        return new Block(x, aRms, xAtt, aMlp, b, next);
    }

    /// <summary>W_O W_V A P with P = softmax over keys of (W_K A)ᵀ(W_Q A)/√d, every column a distribution.</summary>
    private static Matrix<double> Attention(TorchRandom random, Matrix<double> a)
    {
        int d = a.Rows, n = a.Columns;
        Matrix<double> Project(Matrix<double> input) => Linear.Product(RandomFeatures.Gaussian(random, d, d, d), input);
        Matrix<double> queries = Project(a), keys = Project(a);
        var scores = new Matrix<double>(n, n); // a row for each query, so that the softmax is over rows
        Linear.Multiply(1 / Math.Sqrt(d), queries, true, keys, false, 0, scores);
        for (int query = 0; query < n; query++)
            TensorPrimitives.SoftMax<double>(scores.Row(query), scores.Row(query));
        return Project(Linear.Product(Project(a), scores, transposeB: true));
    }

    /// <summary>What a block computes, with the paper's names.</summary>
    /// <param name="X">The stream that enters.</param>
    /// <param name="ARms">RMS norm of X.</param>
    /// <param name="XAtt">The stream after attention.</param>
    /// <param name="AMlp">RMS norm of X_att.</param>
    /// <param name="B">Post-activations, k × tokens.</param>
    /// <param name="Next">X⁺, the stream that leaves.</param>
    public sealed record Block(Matrix<double> X, Matrix<double> ARms, Matrix<double> XAtt, Matrix<double> AMlp, Matrix<double> B, Matrix<double> Next);
}
