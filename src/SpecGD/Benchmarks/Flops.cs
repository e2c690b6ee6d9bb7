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
    /// Forward and backward of one sequence, one document, through a GPT: three products for each weight that multiplies activations; and for each
    /// query and key that it sees, scores and mixed values forward, and backward the gradients of values, probabilities, queries and keys.
    /// </summary>
    /// <param name="shape">The model.</param>
    /// <param name="length">Tokens of the sequence.</param>
    /// <param name="window">Long attention window in blocks; the short one is half of it.</param>
    public static double Gpt(GptShape shape, int length, int window)
    {
        ArgumentNullException.ThrowIfNull(shape);
        const int attentionProducts = 6;
        double attention = 0;
        for (int block = 0; block < shape.Layers; block++)
            if (GptShape.HasAttention(block))
                attention += 2.0 * shape.Width * Pairs(length, shape.HasLongWindow(block) ? window : window / 2);
        return (3 * shape.WeightOperations * length) + (attentionProducts * attention);
    }

    /// <summary>Pairs of a query and a key that it sees, in one document.</summary>
    private static double Pairs(int length, int window)
    {
        double pairs = 0;
        for (int query = 0; query < length; query++)
            pairs += query + 1 - Math.Max(0, AttentionMask.FirstKey(query, documentStart: 0, window));
        return pairs;
    }
}
