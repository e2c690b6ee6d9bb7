using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SpecGD.Experiments;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Experiments.OneStepTrials;
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
        corrections.Select(c => c.Figure.Id).ShouldBe(["fig12", "fig16", "theory"]);
        corrections[0].Claim.Statement.ShouldStartWith("gelu");
        corrections[1].Claim.Identity.ShouldBe(corrections[2].Claim.Identity, "one print is wrong, however many figures show it");
        All.Where(c => c.Claim.Statement.Contains("the paper prints", StringComparison.Ordinal)).ShouldAllBe(c => c.Claim.Kind == ClaimKind.Correction);
    }

    [Fact]
    public void A_claim_that_two_figures_check_has_one_identity_and_no_other_is_written_twice()
    {
        foreach (var same in All.GroupBy(c => (c.Claim.Statement, c.Figure.Experiment)).Where(same => same.Count() > 1 && same.All(c => c.Figure.Options.Equals(same.First().Figure.Options))))
            same.Select(c => c.Claim.Identity).Distinct().ShouldHaveSingleItem().ShouldNotBeNull(same.Key.Statement);
        foreach (var same in All.Where(c => c.Figure.Id is "fig16" or "theory").GroupBy(c => c.Claim.Statement).Where(same => same.Count() > 1))
            same.Select(c => c.Claim.Identity).Distinct().ShouldHaveSingleItem().ShouldNotBeNull(same.Key);
        var known = All.Where(c => c.Claim.Identity is not null).ToArray();
        known.Select(c => c.Figure.Id).ShouldBe(["fig16", "fig16", "theory", "theory"]);
        foreach (var (figure, claim) in known)
            PaperFigureCatalog.FirstWith(claim, figure)?.Id.ShouldBe(figure.Id == "theory" ? "fig16" : null);
    }

    [Fact]
    public void A_share_of_too_few_cases_is_undecided_and_says_what_the_cases_were()
    {
        int least = OneStepSummary.LeastCases;
        // One step: the rule favours the Euclidean step by the factor 4, and the spectral one decreases the loss more.
        Measured("ReLU²: at least 90", WrongCalls(1)).ShouldBe((false, true, $"1 of 1 wrong call underrates the spectral step; a share takes {least} cases at least"));
        Measured("ReLU²: at least 90", WrongCalls(least - 1)).ShouldBe((false, true, $"{least - 1} of {least - 1} wrong calls underrate the spectral step; a share takes {least} cases at least"));
        Measured("ReLU²: at least 90", WrongCalls(least)).ShouldBe((true, false, $"100 %: {least} of {least} wrong calls"));
        var few = Measured("ReLU²: at least 80", WrongCalls(1));
        (few.Undecided, few.Words).ShouldBe((true, $"0 of 1 call is right there; a share takes {least} cases at least"));
        Measured("ReLU²: at least 80", WrongCalls(least)).Undecided.ShouldBeFalse();
        Measured("SwiGLU: at least 90", WrongCalls(least)).Words.ShouldBe($"the log has no steps in {OneStepOptions.FourLayer} swiglu", "a claim speaks of one network alone");
        var other = WrongCalls(least, "swiglu");
        Measured("ReLU²: at least 90", other).Words.ShouldBe($"the log has no steps in {OneStepOptions.FourLayer} relu_square");
        Measured("SwiGLU: at least 90", other).ShouldBe((true, false, $"100 %: {least} of {least} wrong calls; right there: 0 of {least} points (0.0 %), of all 0 of {least} points (0.0 %)"));
        foreach (var row in other.Rows(OneStepRow.Section).ToArray())
        {
            var feature = (JsonObject)row.DeepClone();
            feature["model"] = $"{OneStepOptions.RandomFeature} relu";
            ((JsonArray)other.Sections[OneStepRow.Section]!).Add(feature);
            row["spectral"]!["halvings"] = 1;
        }
        Measured("as guaranteed", other).ShouldBe((true, false, $"{least} of {least} points; {OneStepOptions.FourLayer} swiglu: 0 of {least}"));
        OneStepSummary.Words(1, 1).ShouldBe("1 of 1 point");
        OneStepSummary.Words(3, 6).ShouldBe("3 of 6 points (50.0 %)");

        static (bool Holds, bool Undecided, string Words) Measured(string words, RunLog log)
        {
            var finding = PaperFigureCatalog.Named("one-step")[0].Claims.Single(claim => claim.Statement.Contains(words, StringComparison.Ordinal)).Measure(log);
            return (finding.Holds, finding.IsUndecided, finding.Measured);
        }
    }

    private static RunLog WrongCalls(int count, string activation = "relu_square")
    {
        var rows = new JsonArray();
        for (int i = 0; i < count; i++)
            rows.Add(new OneStepRow
            {
                Model = $"{OneStepOptions.FourLayer} {activation}", Layer = "W2", Kind = "W2", Trajectory = "specgd", Seed = 0, Step = i, NuclearRank = 1, StableRank = 4,
                Euclidean = new StepOutcome(Guarantee: 4, Decrease: 4, Halvings: 0, Kept: 4, Best: 4),
                Spectral = new StepOutcome(Guarantee: 1, Decrease: 8, Halvings: 0, Kept: 8, Best: 8),
            }.ToJson());
        return new RunLog("one-step") { Config = new JsonObject { ["experiment"] = OneStep.ExperimentName }, Sections = new JsonObject { [OneStepRow.Section] = rows } };
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
