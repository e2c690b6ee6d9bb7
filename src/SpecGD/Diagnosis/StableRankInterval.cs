using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;
using SpecGD.Spectral;

namespace SpecGD.Diagnosis;

/// <summary>How well the captured activations determine st(A) of the layer's distribution.</summary>
/// <param name="Low">Lower end of the 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Bias">Estimated relative bias of the measured st(A); negative where it is too small, null where it cannot be told.</param>
/// <param name="Method">How it was found, in words.</param>
public sealed record StableRankInterval(double Low, double High, double? Bias, string Method)
{
    /// <summary>Half the width of a normal 95 % interval in standard deviations.</summary>
    private const double Normal95 = 1.959964;

    /// <summary>Replicates of the bootstrap: the standard deviation is then known to some 5 %.</summary>
    private const int Replicates = 200;

    /// <summary>Halvings of the rows at hand, each at random: their mean shows how st(A) grows with the number of units.</summary>
    private const int Halvings = 4;

    /// <summary>Power of the factor, since it is estimated from few rows: without it white noise lies just beyond in some draws of ten.</summary>
    private const double EdgeMargin = 1.15;

    /// <summary>How near √2 the ratio of a halving may come, where st(A) is that of the number of samples and tells nothing of c.</summary>
    private const double SteepestHalving = 0.02;

    /// <summary>
    /// Steps of the power iteration from the eigenvector of the whole sample. Where the second eigenvalue is near, the direction is found slowly and
    /// the
    /// eigenvalue is not: its error is that of the angle, squared, times the gap.
    /// </summary>
    private const int PowerSteps = 12, WholeSteps = 60;

    /// <summary>
    /// Bootstrap over units (sequences, images): rows of one unit resemble each other, so units are drawn with replacement, not rows. Where only
    /// some of
    /// the units are at hand, the spread is that of so few and is scaled to all, as the square root of their numbers.
    /// </summary>
    /// <param name="stableRank">st(A) of all activations.</param>
    /// <param name="rows">The activations at hand, (rows, in).</param>
    /// <param name="units">The unit of each row; every row its own where empty.</param>
    /// <param name="unitCount">Units in all.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <returns>Null where there are fewer than two units or all rows are zero.</returns>
    public static StableRankInterval? Bootstrap(double stableRank, Matrix<double> rows, IReadOnlyList<long> units, long unitCount, ulong seed)
    {
        if (!double.IsFinite(rows.LargestMagnitude()) || rows.LargestMagnitude() == 0)
            return null;
        var kernel = new Matrix<double>(rows.Rows, rows.Rows);
        using (var scaled = new Scaled<double>(rows)) // st does not depend on the size, and squares of 1e±300 are out of range
            Linear.Gram(1.0, scaled.Matrix, transposeFirst: false, kernel);
        return OfKernel(stableRank, kernel, units, unitCount, seed);
    }

    /// <summary>The same from the inner products of the rows, (rows, rows), which is all that it needs.</summary>
    public static StableRankInterval? OfKernel(double stableRank, Matrix<double> kernel, IReadOnlyList<long> units, long unitCount, ulong seed)
    {
        int m = kernel.Rows;
        var place = new int[m];
        var numbers = new Dictionary<long, int>();
        for (int i = 0; i < m; i++)
        {
            long unit = units.Count == m ? units[i] : i;
            if (!numbers.TryGetValue(unit, out int number))
                numbers.Add(unit, number = numbers.Count);
            place[i] = number;
        }
        if (numbers.Count < 2 || !double.IsFinite(kernel.LargestMagnitude()) || kernel.LargestMagnitude() == 0)
            return null;
        double[] logs = Resample(kernel, place, numbers.Count, new TorchRandom(seed));
        double share = Math.Sqrt(Math.Min(1, (double)numbers.Count / Math.Max(1, unitCount)));
        double mean = logs.Average(), spread = Math.Sqrt(logs.Sum(x => (x - mean) * (x - mean)) / (logs.Length - 1)) * share;
        double whole = Math.Log(Measures.EffectiveRank(kernel)!.Value);
        double reach = Math.Pow(EdgeFactor(kernel, place, numbers.Count, whole, unitCount, new TorchRandom(seed + 1)), EdgeMargin);
        var interval = Around(stableRank, spread, Math.Min((mean - whole) * share * share, (1 / reach) - 1), $"bootstrap over {numbers.Count} of {Counted.Of(unitCount, "unit")}, {Counted.Of(m, "row")}");
        return interval with { High = interval.High * reach };
    }

    /// <summary>
    /// By what factor st(A) of n units may be too small, since the largest eigenvalue of n samples is too large. Of white noise it is (1 + √(c/n))² times too
    /// large, c the number of directions (the edge of the spectrum); c is read from how much smaller st(A) of half of the units at hand is. Where one
    /// direction stands out the true factor is nearer 1, so this is for the upper end of the interval alone.
    /// </summary>
    private static double EdgeFactor(Matrix<double> kernel, int[] place, int units, double whole, long unitCount, TorchRandom random)
    {
        if (units < 4)
            return 1;
        double lost = 0;
        for (int halving = 0; halving < Halvings; halving++)
        {
            double[] order = [.. Enumerable.Range(0, units).Select(_ => random.NextUniform())];
            double middle = order.Order().ElementAt(units / 2);
            for (int half = 0; half < 2; half++)
            {
                int[] rows = [.. Enumerable.Range(0, place.Length).Where(i => order[place[i]] < middle == (half == 0))];
                lost += whole - (Measures.EffectiveRank(Of(kernel, rows)) is { } st ? Math.Log(st) : whole);
            }
        }
        double ratio = Math.Exp(Math.Max(0, lost / (2 * Halvings)) / 2); // (1 + √2 x)/(1 + x) with x = √(c/m)
        double x = ratio < Math.Sqrt(2) - SteepestHalving ? (ratio - 1) / (Math.Sqrt(2) - ratio) : 1 / SteepestHalving;
        double factor = 1 + (x * Math.Sqrt((double)units / Math.Max(units, unitCount)));
        return factor * factor;
    }

    private static Matrix<double> Of(Matrix<double> kernel, int[] rows)
    {
        var some = new Matrix<double>(rows.Length, rows.Length);
        for (int i = 0; i < rows.Length; i++)
            for (int j = 0; j < rows.Length; j++)
                some[i, j] = kernel[rows[i], rows[j]];
        return some;
    }

    /// <summary>
    /// From the Gram matrix alone, as if the rows were independent and Gaussian with mean zero: Var log st = (2/n)(Σλ²/(Σλ)² + 1 − 2λ₁/Σλ). Rows
    /// with a
    /// common mean, such as ReLU's, vary less than this says; rows of one sequence more.
    /// </summary>
    public static StableRankInterval Gaussian(double stableRank, Matrix<double> gram, long samples)
    {
        double trace = 0;
        for (int i = 0; i < gram.Rows; i++)
            trace += gram[i, i];
        double relative = Measures.FrobeniusNorm(gram) / trace;
        double variance = 2.0 / samples * ((relative * relative) + 1 - (2 / stableRank));
        return Around(
            stableRank, Math.Sqrt(Math.Max(0, variance)), -Math.Max(0, stableRank - 1) / samples,
                $"as if {Counted.Of(samples, "row")} {Counted.Noun(samples, "was")} independent and Gaussian");
    }

    /// <summary>For an embedding, st = 1/p_max: the binomial spread of the most common token's share, as if tokens were independent.</summary>
    public static StableRankInterval OfTokens(double stableRank, long samples) =>
        Around(stableRank, Math.Sqrt(Math.Max(0, stableRank - 1) / samples), null, $"as if {Counted.Of(samples, "token")} {Counted.Noun(samples, "was")} independent");

    private static StableRankInterval Around(double stableRank, double spread, double? bias, string method) => new(
        Math.Max(1, stableRank * Math.Exp(-Normal95 * spread)), stableRank * Math.Exp(Normal95 * spread), bias, method);

    /// <summary>log st of each replicate, all at once: the columns of one matrix go through the power iteration together.</summary>
    private static double[] Resample(Matrix<double> kernel, int[] place, int units, TorchRandom random)
    {
        int m = kernel.Rows;
        var roots = new Matrix<double>(m, Replicates); // square roots of how often each row was drawn
        var draws = new int[units];
        for (int b = 0; b < Replicates; b++)
        {
            Array.Clear(draws);
            for (int i = 0; i < units; i++)
                draws[Math.Min(units - 1, (int)(random.NextUniform() * units))]++;
            for (int i = 0; i < m; i++)
                roots[i, b] = Math.Sqrt(draws[place[i]]);
        }
        double[] top = TopEigenvalues(kernel, roots);
        var logs = new List<double>();
        for (int b = 0; b < Replicates; b++)
        {
            double trace = 0;
            for (int i = 0; i < m; i++)
                trace += roots[i, b] * roots[i, b] * kernel[i, i];
            if (top[b] > 0)
                logs.Add(Math.Log(trace / top[b]));
        }
        return [.. logs];
    }

    /// <summary>The largest eigenvalue of D K D for every column of <paramref name="roots"/> as the diagonal of D.</summary>
    private static double[] TopEigenvalues(Matrix<double> kernel, Matrix<double> roots)
    {
        int m = kernel.Rows;
        var x = new Matrix<double>(m, Replicates);
        var y = new Matrix<double>(m, Replicates);
        double[] whole = TopEigenvector(kernel);
        for (int i = 0; i < m; i++)
            for (int b = 0; b < Replicates; b++)
                x[i, b] = roots[i, b] * whole[i];
        var values = new double[Replicates];
        for (int step = 0; step < PowerSteps; step++)
        {
            double[] norms = new double[Replicates];
            for (int i = 0; i < m; i++)
                for (int b = 0; b < Replicates; b++)
                    norms[b] += x[i, b] * x[i, b];
            for (int i = 0; i < m; i++)
                for (int b = 0; b < Replicates; b++)
                    x[i, b] *= norms[b] > 0 ? roots[i, b] / Math.Sqrt(norms[b]) : 0;
            Linear.Multiply(1.0, kernel, false, x, false, 0.0, y);
            Array.Clear(values);
            for (int i = 0; i < m; i++)
            {
                for (int b = 0; b < Replicates; b++)
                {
                    values[b] += x[i, b] * y[i, b]; // the Rayleigh quotient of the unit vector that x was
                    x[i, b] = roots[i, b] * y[i, b];
                }
            }
        }
        return values;
    }

    private static double[] TopEigenvector(Matrix<double> kernel)
    {
        double[] x = new double[kernel.Rows], y = new double[kernel.Rows];
        for (int i = 0; i < x.Length; i++)
            x[i] = Math.Sqrt(kernel[i, i]);
        for (int step = 0; step < WholeSteps; step++)
        {
            Linear.Multiply(kernel, false, x, y);
            double norm = Math.Sqrt(y.Sum(value => value * value));
            for (int i = 0; i < x.Length; i++)
                x[i] = norm > 0 ? y[i] / norm : x[i];
        }
        return x;
    }
}
