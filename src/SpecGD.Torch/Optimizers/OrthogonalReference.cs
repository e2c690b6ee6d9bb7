using SpecGD.Spectral;

namespace SpecGD.Torch;

/// <summary>
/// Muon's step as one reads it in a paper: one matrix after another, plain loops over its entries, double precision. Nothing but the tests uses it;
/// they hold the fast code to it.
/// </summary>
internal static class OrthogonalReference
{
    /// <summary>m ← μm + (1−μ)G; u = (1−μ)G + μm; W ← W(1 − lr·wd) − lr·scale·iterate(u). Changes W and m.</summary>
    public static void MuonStep(
        double[,] weight, double[,] momentum, double[,] gradient, double mu, double learningRate, double weightDecay, double scale,
        MuonCoefficients coefficients, int steps)
    {
        var u = new double[weight.GetLength(0), weight.GetLength(1)];
        ForEach(u, (i, j) =>
        {
            momentum[i, j] = (mu * momentum[i, j]) + ((1 - mu) * gradient[i, j]);
            u[i, j] = ((1 - mu) * gradient[i, j]) + (mu * momentum[i, j]);
        });
        var o = Iterate(u, coefficients, steps);
        ForEach(u, (i, j) => weight[i, j] = (weight[i, j] * (1 - (learningRate * weightDecay))) - (learningRate * scale * o[i, j]));
    }

    /// <summary>X ← aX + (bA + cA²)X with A = X Xᵀ, from G/‖G‖_F.</summary>
    public static double[,] Iterate(double[,] gradient, MuonCoefficients coefficients, int steps)
    {
        if (gradient.GetLength(0) > gradient.GetLength(1))
            return Transpose(Iterate(Transpose(gradient), coefficients, steps));
        double norm = 0;
        ForEach(gradient, (i, j) => norm += gradient[i, j] * gradient[i, j]);
        var x = (double[,])gradient.Clone();
        if (norm > 0)
            ForEach(x, (i, j) => x[i, j] /= Math.Sqrt(norm));
        for (int step = 0; step < steps; step++)
        {
            var (a, b, c) = coefficients == MuonCoefficients.Quintic
                ? Orthogonalization.NewtonSchulzCoefficients
                : Orthogonalization.PolarExpressCoefficients(step);
            var gram = Product(x, Transpose(x));
            var square = Product(gram, gram);
            var polynomial = new double[gram.GetLength(0), gram.GetLength(0)];
            ForEach(gram, (i, j) => polynomial[i, j] = (b * gram[i, j]) + (c * square[i, j]) + (i == j ? a : 0));
            x = Product(polynomial, x);
        }
        return x;
    }

    private static double[,] Product(double[,] left, double[,] right)
    {
        var result = new double[left.GetLength(0), right.GetLength(1)];
        ForEach(result, (i, j) =>
        {
            for (int k = 0; k < left.GetLength(1); k++)
                result[i, j] += left[i, k] * right[k, j];
        });
        return result;
    }

    private static double[,] Transpose(double[,] matrix)
    {
        var result = new double[matrix.GetLength(1), matrix.GetLength(0)];
        ForEach(result, (i, j) => result[i, j] = matrix[j, i]);
        return result;
    }

    private static void ForEach(double[,] matrix, Action<int, int> body)
    {
        for (int i = 0; i < matrix.GetLength(0); i++)
            for (int j = 0; j < matrix.GetLength(1); j++)
                body(i, j);
    }
}
