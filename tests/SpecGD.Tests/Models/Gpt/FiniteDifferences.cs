using SpecGD.Numerics;

namespace SpecGD.Tests.Models.Gpt;

/// <summary>Holds a gradient to central differences of the loss, entry by entry at places spread over the matrix.</summary>
internal static class FiniteDifferences
{
    /// <summary>
    /// Central differences with h = 1e-5: h² of the third derivative and ε·loss/h, both below 1e-9 for losses and gradients of size 1 to 10.
    /// </summary>
    private const double Step = 1e-5, Tolerance = 2e-8;

    /// <summary>Changes entries of <paramref name="value"/> one at a time and compares.</summary>
    /// <returns>How many entries had a gradient other than zero.</returns>
    public static int Hold(Func<double> loss, Matrix<double> value, Matrix<double> gradient, string what, int places = 12)
    {
        int alive = 0;
        int stride = Math.Max(1, value.Count / places);
        for (int at = stride / 2; at < value.Count; at += stride)
        {
            int i = at / value.Columns, j = at % value.Columns;
            double old = value[i, j];
            value[i, j] = old + Step;
            double above = loss();
            value[i, j] = old - Step;
            double below = loss();
            value[i, j] = old;
            double difference = (above - below) / (2 * Step), error = Math.Abs(gradient[i, j] - difference);
            (error <= Tolerance * Math.Max(1, Math.Abs(difference))).ShouldBeTrue($"{what}[{i}, {j}]: {gradient[i, j]} for {difference}");
            alive += Math.Abs(difference) > Tolerance ? 1 : 0;
        }
        return alive;
    }
}
