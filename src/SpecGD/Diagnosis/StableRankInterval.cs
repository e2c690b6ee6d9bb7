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

    /// <summary>Into how many groups the units are dealt out, at most: the spread of 16 is known to a fifth, and 16 columns go through one product.</summary>
    private const int MostGroups = 16;

    /// <summary>Power of the factor 1 + √(c/n) beside its square, since c is estimated too: of white noise the interval holds the truth 94 times in a hundred with it and 85 times without.</summary>
    private const double EdgeMargin = 1.15;

    /// <summary>
    /// Steps of the power iteration from the eigenvector of the whole sample. Where the second eigenvalue is near, the direction is found slowly and
    /// the eigenvalue is not: its error is that of the angle, squared, times the gap.
    /// </summary>
    private const int PowerSteps = 60;

    /// <summary>Seed of the dealing, so that a diagnosis repeats itself.</summary>
    private const ulong Seed = 20251203;

    /// <summary>How much of the rows' norms is mixed into the first vector, so that it is zero on no group.</summary>
    private const double Mixed = 1e-3;

    /// <summary>Each group left out in turn, from the rows themselves.</summary>
    /// <param name="stableRank">st(A) of all activations.</param>
    /// <param name="rows">The activations at hand, (rows, in).</param>
    /// <param name="units">The unit (sequence, image) of each row; every row its own where empty.</param>
    /// <param name="unitCount">Units in all.</param>
    /// <returns>Null where there are fewer than two units or all rows are zero.</returns>
    public static StableRankInterval? OfRows(double stableRank, Matrix<double> rows, IReadOnlyList<long> units, long unitCount)
    {
        if (!double.IsFinite(rows.LargestMagnitude()) || rows.LargestMagnitude() == 0)
            return null;
        var kernel = new Matrix<double>(rows.Rows, rows.Rows);
        using (var scaled = new Scaled<double>(rows)) // st does not depend on the size, and squares of 1e±300 are out of range
            Linear.Gram(1.0, scaled.Matrix, transposeFirst: false, kernel);
        return OfKernel(stableRank, kernel, units, unitCount) is { } interval ? interval with { High = Math.Min(interval.High, Math.Max(stableRank, rows.Columns)) } : null;
    }

    /// <summary>
    /// The same from the inner products of the rows, (rows, rows), which is all that it needs. Units are dealt out to groups, since rows of one unit resemble
    /// each other. With v₋ₖ the leading direction of the activations without group k, Σₖ ‖Aₖ v₋ₖ‖² is at most the largest eigenvalue of the
    /// distribution in the mean, because v₋ₖ knows nothing of Aₖ, and that of the sample is at least it; their ratio says how far st(A) may be too small.
    /// How the groups' shares of both differ gives the spread (Student's t). Where only some of the units are at hand, both are scaled to all.
    /// </summary>
    public static StableRankInterval? OfKernel(double stableRank, Matrix<double> kernel, IReadOnlyList<long> units, long unitCount)
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
        int groups = Math.Min(numbers.Count, MostGroups);
        int[] dealt = Dealt(numbers.Count, groups), group = Array.ConvertAll(place, number => dealt[number]);
        double[] held = HeldOut(kernel, group, groups), squares = new double[groups];
        for (int i = 0; i < m; i++)
            squares[group[i]] += kernel[i, i];
        double total = squares.Sum(), alone = held.Sum(), top = total / Measures.EffectiveRank(kernel)!.Value;
        string method = $"{Counted.Of(numbers.Count, "unit")} of {unitCount} in {groups} groups, each left out in turn; {Counted.Of(m, "row")}";
        if (alone <= 0)
            return new StableRankInterval(1, double.MaxValue, null, method); // no group says anything of another
        double share = Math.Sqrt(Math.Min(1, (double)numbers.Count / Math.Max(1, unitCount)));
        double spread = share * Math.Sqrt(groups / (groups - 1.0) * Deviations(held, alone, squares, total));
        double edge = 1 + (share * (Math.Sqrt(Math.Max(1, top / alone)) - 1)); // 1 + √(c/n): a flat spectrum of c directions ends at its square (Marchenko and Pastur)
        double reach = SpecialFunctions.StudentQuantile(0.975, groups - 1) * spread;
        return new StableRankInterval(Math.Max(1, stableRank * Math.Exp(-reach)), stableRank * Math.Pow(edge, 2 * EdgeMargin) * Math.Exp(reach), (1 / (edge * edge)) - 1, method);
    }

    /// <summary>The group of each unit: as many in each, in an order drawn once and for all, so that none has every 16th position of a sequence.</summary>
    private static int[] Dealt(int units, int groups)
    {
        var random = new TorchRandom(Seed);
        int[] dealt = new int[units], order = [.. Enumerable.Range(0, units).Select(unit => (Unit: unit, Draw: random.NextUniform())).OrderBy(pair => pair.Draw).Select(pair => pair.Unit)];
        for (int i = 0; i < units; i++)
            dealt[order[i]] = i % groups;
        return dealt;
    }

    /// <summary>Σₖ (dₖ − d̄)² of the groups' shares in the eigenvalue less those in the trace: what log st changes by with group k, to first order.</summary>
    private static double Deviations(double[] held, double alone, double[] squares, double total)
    {
        double[] differences = [.. held.Zip(squares, (h, t) => (h / alone) - (t / total))];
        double mean = differences.Average();
        return differences.Sum(d => (d - mean) * (d - mean));
    }

    /// <summary>‖Aₖ v₋ₖ‖² of each group, from the kernel alone: with u the leading eigenvector of the kernel without group k and λ its eigenvalue, v₋ₖ = A₋ₖᵀu/√λ.</summary>
    private static double[] HeldOut(Matrix<double> kernel, int[] group, int groups)
    {
        int m = kernel.Rows;
        var x = new Matrix<double>(m, groups);
        var y = new Matrix<double>(m, groups);
        double[] whole = TopEigenvector(kernel);
        double trace = Enumerable.Range(0, m).Sum(i => kernel[i, i]);
        for (int i = 0; i < m; i++)
            for (int k = 0; k < groups; k++)
                x[i, k] = group[i] == k ? 0 : whole[i] + (Mixed * Math.Sqrt(kernel[i, i] / trace));
        double[] values = new double[groups], outside = new double[groups];
        for (int step = 0; step < PowerSteps; step++)
        {
            Normalise(x);
            Linear.Multiply(1.0, kernel, false, x, false, 0.0, y);
            Array.Clear(values);
            Array.Clear(outside);
            for (int i = 0; i < m; i++)
            {
                for (int k = 0; k < groups; k++)
                {
                    values[k] += x[i, k] * y[i, k]; // the Rayleigh quotient of the unit vector x
                    outside[k] += group[i] == k ? y[i, k] * y[i, k] : 0;
                    x[i, k] = group[i] == k ? 0 : y[i, k];
                }
            }
        }
        return [.. outside.Zip(values, (square, value) => value > 0 ? square / value : 0)];
    }

    private static void Normalise(Matrix<double> x)
    {
        for (int k = 0; k < x.Columns; k++)
        {
            double square = 0;
            for (int i = 0; i < x.Rows; i++)
                square += x[i, k] * x[i, k];
            for (int i = 0; i < x.Rows; i++)
                x[i, k] = square > 0 ? x[i, k] / Math.Sqrt(square) : 0;
        }
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

    private static double[] TopEigenvector(Matrix<double> kernel)
    {
        double[] x = new double[kernel.Rows], y = new double[kernel.Rows];
        for (int i = 0; i < x.Length; i++)
            x[i] = Math.Sqrt(kernel[i, i]);
        for (int step = 0; step < PowerSteps; step++)
        {
            Linear.Multiply(kernel, false, x, y);
            double norm = Math.Sqrt(y.Sum(value => value * value));
            for (int i = 0; i < x.Length; i++)
                x[i] = norm > 0 ? y[i] / norm : x[i];
        }
        return x;
    }
}
