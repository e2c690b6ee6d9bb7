using SpecGD.Data;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Optimizers;
using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Experiments.Theory;

/// <summary>
/// Section 3: the gradient's nuclear rank on realisable ReLU random features is bounded at the start, linear in d after one step with
/// η = 1/(1 + ‖B‖_op), and stays at least c·d for a number of steps of order d with η = 1/‖B‖_op. B = AAᵀ/n.
/// </summary>
internal static class GradientRankStatements
{
    /// <summary>c of the window: nr(∇L(W_t)) ≥ 0.4·d. The peak is near 0.6·d, and after one step it is 0.33·d, so that there is a burn-in to
    /// see.</summary>
    internal const double WindowShare = 0.4;

    /// <summary>"Bounded": the exponent of growth over the last doubling of d; in the limit 0, against 1 after one step.</summary>
    private const double BoundedExponent = 0.25;

    /// <summary>"Linear": share of the variance over dimensions that a straight line explains.</summary>
    private const double CloseToLinear = 0.99;

    /// <summary>
    /// The window's length is linear in d if it goes like a power near 1 (a square root would go like ½) and a line explains most of it: for d
    /// below 32 its
    /// beginning and end are as coarse as the seeds differ.
    /// </summary>
    private const double WindowPowerTolerance = 0.3, WindowCloseToLinear = 0.95;

    /// <summary>A step of the measurements along the trajectory is d over this, and the trajectory this many times d long.</summary>
    private const int MeasurementsPerDimension = 16, StepsPerDimension = 8;

    /// <summary>The window needs thousands of decompositions, so it is looked at for this part of each dimension.</summary>
    private const int WindowReduction = 4, LeastWindowDimension = 8;

    public static IReadOnlyList<Statement> All { get; } =
    [
        new(
            "sec3-start",
            "Section 3",
            "nr(∇L(W₀)) is bounded independently of d",
            "nr(∇L(W₀))",
            "d",
            static trial => MeasureFirst(trial, step: 0),
            static _ => Judges.LevelsOff(BoundedExponent))
        {
            Threshold = FormattableString.Invariant($"over the last doubling no faster than d^{BoundedExponent}, give or take two standard errors"),
        },
        new(
            "lem3.5",
            "Lemma 3.5",
            "nr(∇L(W₁)) is linear in d for η = 1/(1 + ‖B‖_op)",
            "nr(∇L(W₁))",
            "d",
            static trial => MeasureFirst(trial, step: 1),
            static _ => Judges.Linear(CloseToLinear))
        {
            Threshold = FormattableString.Invariant($"R² at least {CloseToLinear}"),
            IsProportional = true,
        },
        new(
            "sec3-window",
            "Section 3",
            "nr ≥ 0.4 d after a burn-in, for a number of steps linear in d, for η = 1/‖B‖_op",
            "steps",
            "d",
            MeasureWindow,
            static name => name == Length ? Judges.Both(Judges.GoesLike(1, WindowPowerTolerance), Judges.Linear(WindowCloseToLinear)) : Judges.AtMost(static _ => 0))
        {
            Threshold = FormattableString.Invariant(
                $"from step d at the latest, and a number of steps like d to the power 1 ± {WindowPowerTolerance} with R² at least {WindowCloseToLinear}"),
            Answer = PeakAndWindow,
            DimensionOf = static d => Math.Max(LeastWindowDimension, d / WindowReduction),
            IsProportional = true,
        },
    ];

    private const string Length = "window", Start = "burn-in";

    private const string PeakShare = "peak nr/d";

    /// <summary>How high the rank rises and how long it stays, in units of d.</summary>
    private static string PeakAndWindow(IReadOnlyList<StatementRow> rows)
    {
        StatementRow[] windows = [.. rows.Where(row => row.Case == Length)];
        if (windows.Length == 0)
            return "";
        double[] peaks = [.. windows.SelectMany(row => row.Details).Where(detail => detail.Name == PeakShare).Select(detail => detail.Value)];
        return FormattableString.Invariant($"nr rises to {peaks.DefaultIfEmpty(double.NaN).Min():0.00} d at least, and is ≥ {WindowShare} d for {windows.Min(row => row.Min / row.At):0.0} d to {windows.Max(row => row.Max / row.At):0.0} d steps");
    }

    private static LeastSquaresModel Model(Trial trial, out double operatorNorm)
    {
        int d = trial.Dimension;
        var random = trial.Random();
        var features = RandomFeatures.Draw(random, d, d / 2, 2 * d, Activation.Named("relu"));
        var problem = new LeastSquaresProblem(features, RandomFeatures.Gaussian(random, d, d, d));
        operatorNorm = problem.Activation.OperatorNorm * problem.Activation.OperatorNorm / problem.Activation.Samples;
        return new LeastSquaresModel(problem, new Matrix<double>(d, d));
    }

    private static Series Train(Trial trial, LeastSquaresModel model, double stepSize, int stop, int stride)
    {
        var probe = new NuclearRankProbe(stride);
        var optimizer = new SteepestDescent(Geometry.Euclidean, StepSize.Fixed(stepSize));
        TrainingLoop.Run(new Trajectory("theory", model, optimizer, [probe], 0, stop), SilentProgress.Instance, trial.Cancellation);
        trial.Cancellation.ThrowIfCancellationRequested();
        return probe.Series;
    }

    private static IEnumerable<Measurement> MeasureFirst(Trial trial, int step)
    {
        var model = Model(trial, out double norm);
        var ranks = Train(trial, model, 1 / (1 + norm), step + 1, stride: 1);
        yield return new Measurement($"step {step}", trial.Dimension, ranks.Values[step]) { Details = [("‖B‖_op", norm)] };
    }

    private static IEnumerable<Measurement> MeasureWindow(Trial trial)
    {
        int d = trial.Dimension, stride = Math.Max(1, d / MeasurementsPerDimension);
        var model = Model(trial, out double norm);
        var ranks = Train(trial, model, 1 / norm, (StepsPerDimension * d) + 1, stride);
        var (start, length) = Window(ranks, WindowShare * d);
        var peak = ranks.Peak()!.Value;
        (string, double)[] details = [("c", WindowShare), (PeakShare, peak.Value / d), ("peak at", peak.Step)];
        yield return new Measurement(Start, d, start, d) { Details = details }; // a burn-in of at most d steps
        yield return new Measurement(Length, d, length) { Details = details };
    }

    /// <summary>First recorded step with a value of at least <paramref name="least"/>, and the steps from there until it falls below.</summary>
    internal static (int Start, int Length) Window(Series ranks, double least)
    {
        int first = Enumerable.Range(0, ranks.Count).FirstOrDefault(i => ranks.Values[i] >= least, -1);
        if (first < 0)
            return (ranks.Steps[^1], 0);
        int after = Enumerable.Range(first, ranks.Count - first).FirstOrDefault(i => !(ranks.Values[i] >= least), ranks.Count - 1);
        return (ranks.Steps[first], ranks.Steps[after] - ranks.Steps[first]);
    }

    /// <summary>Records the nuclear rank at the first steps and then at every <paramref name="stride"/>-th.</summary>
    private sealed class NuclearRankProbe(int stride) : IProbe
    {
        private const int AlwaysBelow = 4;

        public Series Series { get; } = new();

        public void Observe(int step, double loss, IModel model)
        {
            if (step < AlwaysBelow || step % stride == 0)
                Series.Add(step, model.Blocks[0].GradientNuclearRank);
        }
    }
}
