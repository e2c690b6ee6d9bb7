using SpecGD.Models.Gpt;

namespace SpecGD.Benchmarks;

/// <summary>
/// Operations that a piece of work needs at least, a multiplication and an addition counted as two: products by their definition, a symmetric
/// product at half, decompositions by the textbook counts of Golub and Van Loan (Matrix Computations, 4th edition, chapters 5 and 8).
/// </summary>
public static class Flops
{
    /// <summary>An m × k matrix times a k × n one.</summary>
    public static double Product(double m, double k, double n) => 2 * m * k * n;

    /// <summary>AᵀA of an m × k matrix.</summary>
    public static double Gram(double m, double k) => m * k * k;

    /// <summary>Eigenvalues of a symmetric k × k matrix: its reduction to tridiagonal form.</summary>
    public static double Eigenvalues(double k) => 4.0 / 3 * k * k * k;

    /// <summary>Eigenvectors too: the reduction, the tridiagonal problem at its best, and the way back.</summary>
    public static double Eigenvectors(double k) => Eigenvalues(k) + (2 * k * k * k) + (4.0 / 3 * k * k * k);

    /// <summary>All singular values of an m × k matrix, m ≥ k, through its Gram matrix.</summary>
    public static double NuclearNorm(double m, double k) => Gram(m, k) + Eigenvalues(k);

    /// <summary>The polar factor of an m × k matrix, m ≥ k, through its Gram matrix: eigenvectors, inverse root, product.</summary>
    public static double PolarFactor(double m, double k) => Gram(m, k) + Eigenvectors(k) + Gram(k, k) + Product(m, k, k);

    /// <summary>Five quintic steps on an m × k matrix, m ≥ k, each one symmetric product, one square of a symmetric matrix, and one product.</summary>
    public static double QuinticSteps(double m, double k, int steps) => steps * (Gram(m, k) + Gram(k, k) + Product(m, k, k));

    /// <summary>
    /// Forward and backward through a chain of layers: for each one product forward, one for the weights' gradient, and, except
    /// for the first layer, one for the inputs'.
    /// </summary>
    /// <param name="samples">Rows of the batch.</param>
    /// <param name="layers">(out, in) of every weight, in order.</param>
    public static double Training(double samples, params ReadOnlySpan<(int Out, int In)> layers)
    {
        double sum = 0;
        for (int i = 0; i < layers.Length; i++)
            sum += (i == 0 ? 2 : 3) * Product(samples, layers[i].In, layers[i].Out);
        return sum;
    }

    /// <summary>
    /// Forward and backward of one sequence through a GPT's matrices: three products for each weight that multiplies activations. Attention
    /// itself, a small share at these lengths, is left out, so the floor is a true one.
    /// </summary>
    public static double Gpt(GptShape shape, int length)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return 3 * shape.WeightOperations * length;
    }
}
