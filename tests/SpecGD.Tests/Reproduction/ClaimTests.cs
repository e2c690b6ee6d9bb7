using System.Text.RegularExpressions;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Experiments.Theory;
using SpecGD.Records;
using SpecGD.Reproduction;

namespace SpecGD.Tests.Reproduction;

/// <summary>Whose claims they are, that each says what decides, and that a tie passes none.</summary>
public partial class ClaimTests
{
    /// <summary>Orders and bounds that are a threshold in words: every, larger, smaller, lower, at most, above.</summary>
    private static readonly string[] ThresholdsInWords = ["for every", "at every point", "at every step", "in every", "at most the", "is at most its bound", "at most each", "at most the stable rank"];

    private static IEnumerable<(PaperFigure Figure, Claim Claim)> All => PaperFigureCatalog.All.SelectMany(figure => figure.Claims, (figure, claim) => (figure, claim));

    [Fact]
    public void Every_claim_says_its_threshold()
    {
        foreach (var (figure, claim) in All)
            (Threshold().IsMatch(claim.Statement) || ThresholdsInWords.Any(words => claim.Statement.Contains(words, StringComparison.Ordinal)))
                .ShouldBeTrue($"{figure.Id}: {claim.Statement}");
        StatementCatalog.All.ShouldAllBe(statement => statement.Threshold.Length > 0);
    }

    [Fact]
    public void The_three_kinds_are_kept_apart()
    {
        var ours = All.Where(c => c.Claim.Kind == ClaimKind.Ours).Select(c => c.Figure.Id).Distinct();
        ours.ShouldBe(["fig12", "adaptive", "one-step"], ignoreOrder: true);
        All.Where(c => c.Figure.Id is "adaptive" or "one-step").ShouldAllBe(c => c.Claim.Kind == ClaimKind.Ours);
        var corrections = All.Where(c => c.Claim.Kind == ClaimKind.Correction).ToArray();
        corrections.Select(c => c.Figure.Id).ShouldBe(["fig12", "fig12", "fig16", "fig16", "theory"]);
        corrections[0].Claim.Statement.ShouldStartWith("gelu");
        corrections[1].Claim.Statement.ShouldStartWith("gelu");
        All.Where(c => c.Claim.Statement.Contains("the paper prints", StringComparison.Ordinal)).ShouldAllBe(c => c.Claim.Kind == ClaimKind.Correction);
    }

    [Theory]
    [InlineData(0.04, true, false)]
    [InlineData(0.001, false, true)] // 2.164 against 2.163
    [InlineData(-0.001, false, true)]
    [InlineData(-0.04, false, false)]
    [InlineData(double.NaN, false, false)]
    public void What_is_within_the_margin_is_undecided_and_no_success(double below, bool holds, bool undecided)
    {
        var finding = Finding.Below("m", below, 0.03);
        (finding.Holds, finding.IsUndecided).ShouldBe((holds, undecided));
    }

    [Theory]
    [InlineData(2.20, 2.163, 2.10, true, false)]
    [InlineData(2.164, 2.163, 2.10, false, true)]
    [InlineData(2.10, 2.163, 2.00, false, false)]
    public void Table_2_does_not_pass_by_a_tie(double adam, double output, double muon, bool holds, bool undecided)
    {
        var log = new RunLog("table");
        double[] losses = [adam, output, muon];
        foreach (var (optimizer, loss) in NanoGptAblation.Optimizers.Zip(losses))
        {
            var method = new MethodLog();
            method.Record(NanoGptLog.ValidationLoss, 10, loss);
            log.Methods.Add(NanoGptAblation.MethodName(optimizer, NanoGptAblation.Mlps[0]), method);
        }
        var finding = PaperFigureCatalog.Named("table2")[0].Claims.First(claim => claim.Statement.Contains("in between", StringComparison.Ordinal)).Measure(log);
        (finding.Holds, finding.IsUndecided).ShouldBe((holds, undecided), finding.Measured);
    }

    /// <summary>A number with what it bounds, or one that the sentence compares with.</summary>
    [GeneratedRegex(@"at least|at most|within|by more than|more than|less than|above 2 st|past \d|R² |nr ≥ 0\.4 d|no faster than")]
    private static partial Regex Threshold();
}
