using System.Globalization;
using SpecGD.Experiments;
using SpecGD.Experiments.Theory;
using SpecGD.Records;

namespace SpecGD.Reproduction;

/// <summary>Figure 12 (noise-to-signal ratios), Figure 16 (φ), and the sheet of everything that the paper states about random
/// initialisation.</summary>
public sealed class TheoryFigures : IPaperFigureSource
{
    /// <summary>"Grows with the width" of an effective rank without a bound: the exponent, 1 for a Gaussian W of fixed shape.</summary>
    private const double GrowingExponent = 0.9;

    /// <summary>Cases of a statement that are all told.</summary>
    private const int MostDescribed = 5;

    /// <summary>The mean of ReLU(g) as the paper prints it.</summary>
    private const double PrintedReluMean = 1 / (2 * Math.PI);

    /// <summary>A variance at which the printed bound of GELU is below the ratio: the two differ by a factor of the variance.</summary>
    private const double LargeVariance = 10;

    private static readonly string[] Bounded =
    [
        ActivationMoments.Absolute.Name, ActivationMoments.Relu.Name, "leaky_relu", ActivationMoments.ReluSquare.Name, ActivationMoments.Gelu.Name,
    ];

    /// <summary>Three dimensions are the fewest that show a trend.</summary>
    private static readonly InitialisationTheoryOptions Quick = new() { Dims = [64, 128, 256], Seeds = 3 };

    private static readonly string Theory = new InitialisationTheory().Name;

    /// <inheritdoc/>
    public IEnumerable<PaperFigure> Figures =>
    [
        new("fig12", "Noise-to-signal ratios of activations against their bounds", new NsrTable().Name, new NsrTableOptions(),
            [.. Bounded.Select(StaysBelow), SamplesAgree().AsOurs(), EffectiveRankBelow(), GrowsWithoutBound().AsOurs()])
        {
            QuickOptions = new NsrTableOptions { Dims = [64, 128], Seeds = 3, Samples = 1024 },
        },
        new("fig16", "The covariance of ReLU features: φ, with Monte Carlo points", Theory, new InitialisationTheoryOptions { Statements = ["phi"] },
            [PhiAgrees(), ReluMean()])
        {
            QuickOptions = Quick with { Statements = ["phi"] },
        },
        new("theory", "Statements about random initialisation, measured over growing dimension", Theory, new InitialisationTheoryOptions(),
            [.. StatementCatalog.All.SelectMany(ClaimsOf)])
        {
            QuickOptions = Quick,
        },
    ];

    private static Claim StaysBelow(string activation) => activation == ActivationMoments.Gelu.Name ? GeluStaysBelow() : new(
        Text($"{activation}: the exact noise-to-signal ratio is at most its bound, and samples exceed the bound by at most {NsrRow.MostStandardErrors} standard errors"),
        log => Below(log, activation));

    /// <summary>
    /// One correction: GELU's bound is the paper's but for a print, with the variance s, not its square. At the variances of the figure the print is no
    /// tighter than the bound and nothing would be seen, so that a larger one is taken, in closed form.
    /// </summary>
    private static Claim GeluStaysBelow() => new Claim(
        Text($"gelu: the exact noise-to-signal ratio is at most its bound 2π(1 + s)/s, s the least variance, samples exceed it by at most {NsrRow.MostStandardErrors} standard errors; with s², as the paper prints, it is no bound at s = {LargeVariance}"),
        static log =>
        {
            var gelu = ActivationMoments.Gelu;
            if (Below(log, gelu.Name) is var below && below.IsMissing)
                return below;
            double mean = gelu.Mean(LargeVariance), ratio = gelu.Product(LargeVariance, LargeVariance, LargeVariance) / (mean * mean);
            double bound = gelu.NsrBound(LargeVariance), printed = bound / LargeVariance;
            return new Finding(
                Text($"{below.Measured}; at s = {LargeVariance} the ratio is {ratio:0.00}, the print {printed:0.00}, the bound {bound:0.00}"),
                below.Holds && ratio > printed && ratio <= bound);
        }).AsCorrection();

    private static Finding Below(RunLog log, string activation)
    {
        NsrRow[] rows = [.. NsrRow.All(log).Where(row => row.Activation == activation)];
        if (rows.Length == 0)
            return Finding.Missing($"ratios of {activation}");
        double above = rows.Max(row => row.Above), worst = rows.Max(row => row.WorstRatio), line = rows.Max(row => row.Sampled.Mean / row.Bound.Mean) - 1;
        string drawn = line > 0 ? Text($", so that the drawn lines lie up to {line:0.0%} above it") : ", and the drawn lines lie below it";
        return new Finding(
            Text($"exact {worst:0.0000} of the bound at most; samples {(above > 0 ? "at most" : "at least")} {Math.Abs(above):0.0} s.e. {(above > 0 ? "above" : "below")} the bound{drawn}"),
            rows.All(row => row.Holds == true));
    }

    private static Claim SamplesAgree() => new(Text($"the sampled ratios are the exact ones within {NsrRow.MostStandardErrors} standard errors"), log =>
    {
        NsrRow[] rows = [.. NsrRow.All(log).Where(row => double.IsFinite(row.Exact.Mean))];
        return rows.Length == 0
            ? Finding.Missing("noise-to-signal ratios")
            : new Finding(Text($"off by {rows.Max(row => row.Off):0.0} s.e. at most"), rows.All(row => row.Off <= NsrRow.MostStandardErrors));
    });

    private static Claim EffectiveRankBelow() => new("er(M) is at most the noise-to-signal ratio", log =>
    {
        NsrRow[] rows = [.. NsrRow.All(log).Where(row => double.IsFinite(row.Exact.Mean))];
        return rows.Length == 0
            ? Finding.Missing("noise-to-signal ratios")
            : new Finding(
                Text($"{rows.Max(row => row.WorstEffectiveRank):0.0000} times at most"),
                rows.All(row => row.WorstEffectiveRank <= 1 + NsrRow.Rounding));
    });

    private static Claim GrowsWithoutBound() => new(Text($"without a nonlinearity nothing is bounded: er(M) grows with the width (like d^{GrowingExponent} at least)"), log =>
    {
        NsrRow[] rows = [.. NsrRow.All(log).Where(row => row is { Activation: NsrTable.Unbounded, Covariance: NsrTable.Isotropic })];
        if (rows.Length < 2)
            return Finding.Missing("widths without a nonlinearity");
        double exponent = LineFit.OfLogarithms([.. rows.Select(row => (double)row.Dimension)], [.. rows.Select(row => row.EffectiveRank.Mean)]).Slope;
        return new Finding(Text($"like d^{exponent:0.00}"), exponent >= GrowingExponent);
    });

    private static Claim PhiAgrees() => new Claim(Text($"Monte Carlo agrees with φ within {CovarianceStatements.MostStandardErrors} standard errors"), log =>
    {
        if (StatementResult.Of(log, CovarianceStatements.Phi) is not { } result)
            return Finding.Missing("covariances of ReLU features");
        var verdict = result.Cases.FirstOrDefault(c => c.Case == CovarianceStatements.PhiCase).Verdict;
        return new Finding(Text($"{verdict.Trend}, of {Counted.Of(result.Rows.Count(r => r.Case == CovarianceStatements.PhiCase), "mean")}"), verdict.Holds == true);
    }).Known("the covariance of ReLU features, Figure 16");

    /// <summary>One correction: what the mean is, and that it is not what the paper prints.</summary>
    private static Claim ReluMean() => new Claim(
        Text($"the mean of ReLU(g) is 1/√(2π) within {CovarianceStatements.MostStandardErrors} standard errors, and more than so many from 1/(2π), which the paper prints"),
        log =>
        {
            if (ReluMeanRow(log) is not { } row)
                return Finding.Missing("means of ReLU(g)");
            double off = Judges.StandardErrors(row), fromPrint = Judges.StandardErrors(row with { Bound = PrintedReluMean });
            return new Finding(
                Text($"{row.Mean:0.00000}: off by {off:0.0} s.e. from {row.Bound:0.00000}, by {fromPrint:0} from {PrintedReluMean:0.00000}"),
                off <= CovarianceStatements.MostStandardErrors && fromPrint > CovarianceStatements.MostStandardErrors);
        }).AsCorrection().Known("the mean of ReLU(g), Section 3.1.1");

    /// <summary>The mean of ReLU(g) from the most samples.</summary>
    private static StatementRow? ReluMeanRow(RunLog log) => StatementResult.Of(log, CovarianceStatements.Phi)?.Rows
        .Where(row => row.Case == CovarianceStatements.ReluMeanCase).MaxBy(row => row.Dimension);

    /// <summary>A statement is one claim; that on ReLU features is two, those of Figure 16, since the paper prints another mean.</summary>
    private static IEnumerable<Claim> ClaimsOf(Statement statement) =>
        statement.Name == CovarianceStatements.Phi ? [PhiAgrees(), ReluMean()] : [Holds(statement)];

    private static Claim Holds(Statement statement) => new($"{statement.Reference}: {statement.Claim} ({statement.Threshold})", log =>
        StatementResult.Of(log, statement.Name) is { } result
            ? new Finding(statement.Answer(result.Rows) is { Length: > 0 } answer ? $"{answer}; {Describe(result)}" : Describe(result), result.Holds)
            : Finding.Missing($"results of {statement.Name}"));

    /// <summary>How each case was judged; of many cases with bounds the one nearest to its bound, and those that do not hold.</summary>
    private static string Describe(StatementResult result)
    {
        var cases = result.Cases;
        if (cases.Count <= MostDescribed)
            return string.Join("; ", cases.Select(c => Describe(c.Group, c.Case, c.Verdict)));
        var worst = cases.MaxBy(c => c.Verdict.Worst);
        var shown = cases.Where(c => c.Verdict.Holds != true).Prepend(worst).Distinct().Select(c => Describe(c.Group, c.Case, c.Verdict));
        return Text($"{Counted.Of(cases.Count, "case")}, nearest to its bound {string.Join("; ", shown)}");
    }

    private static string Describe(string group, string name, Verdict verdict)
    {
        string against = double.IsNaN(verdict.Worst) ? verdict.Trend : Text($"{verdict.Worst:G3} of the bound, {verdict.Trend}");
        return Text($"{(group.Length > 0 ? $"{group}, " : "")}{name}: {against}{(verdict.Holds == true ? "" : " (does not hold)")}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
