using System.Numerics.Tensors;
using SpecGD.Numerics;

namespace SpecGD.Spectral;

/// <summary>
/// The upper bound of the stable rank that the authors' scripts offer in the place of an SVD: with h features, st(A) ≤ h‖A‖_F²/‖A1‖², since
/// ‖A‖_op ≥ ‖A1‖/√h. It is close where the mean of the features carries the largest singular value, as after a ReLU.
/// </summary>
public static class StableRankBound
{
    /// <summary>
    /// h‖A‖_F²/‖A1‖² for A, samples × features; as st(A) it is 0 for a zero matrix. Infinite where the features of every sample sum to zero.
    /// </summary>
    public static double Of(Matrix<double> activations)
    {
        double norm = Measures.FrobeniusNorm(activations);
        if (norm == 0)
            return 0;
        double[] sums = new double[activations.Rows];
        for (int i = 0; i < sums.Length; i++)
        {
            foreach (double entry in activations.Row(i))
                sums[i] += entry / norm; // so that squares stay in range
        }
        return activations.Columns / TensorPrimitives.SumOfSquares<double>(sums);
    }
}
