using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Tests.Experiments;

/// <summary>The rule is asked where there is a gradient, and not of what rounding leaves of one.</summary>
public class RuleCountTests
{
    [Fact]
    public void Steps_without_a_loss_a_gradient_or_activations_do_not_count()
    {
        Series nuclear = new(), loss = new();
        double[] stable = [2, 2, 2, 0, 2];
        foreach (var (nr, value) in new[] { (3.0, 1.0), (1, 1), (4, 0), (0, 1), (0, 1) })
        {
            nuclear.Add(nuclear.Count, nr);
            loss.Add(loss.Count, value);
        }

        var rule = RuleCount.Of(nuclear, i => stable[i], loss);

        rule.ShouldBe(new RuleCount(Favoured: 1, Asked: 2, Steps: 5));
        rule.Words("nothing is left").ShouldBe("1 of 2 steps (at the other 3 nothing is left)");
        (rule with { Steps = 2 }).Words("nothing is left").ShouldBe("1 of 2 steps");
    }

    /// <summary>Fewer samples than features: gradient descent reaches a loss of zero, and the nuclear rank of what is left is larger than any before.</summary>
    [Fact]
    public void The_peak_of_the_nuclear_rank_is_one_of_a_gradient_and_not_of_rounding()
    {
        var log = new RandomFeature().Run(
            new RandomFeatureOptions { Dim = 10, FeatureDim = 20, NumSamples = 2, Steps = 300, SpecgdRestartFrequency = 0 }, RunContext.Silent).Log!;
        var descent = log.Methods[RandomFeature.GradientDescent];
        Series loss = descent.Find("loss")!, ranks = descent.Find("nuclear_rank")!;
        int end = loss.Values.ToList().IndexOf(0);
        end.ShouldBeInRange(1, 299, "the case shows nothing where the loss does not reach zero");

        int start = log.Methods[RandomFeature.FromPeak].Find("loss")!.Steps[0];
        start.ShouldBeLessThan(end);
        ranks.Values[start].ShouldBe(ranks.Values.Take(end).Max());
        ranks.Values.Max().ShouldBeGreaterThan(ranks.Values[start], "the negative control: rounding has the larger rank");
        var said = new RandomFeature().Summarise(log);
        said.Sentences.ShouldContain(sentence => sentence.Contains($"of {end} steps (at the other {300 - end} the loss is zero, and a gradient is rounding)"));
    }
}
