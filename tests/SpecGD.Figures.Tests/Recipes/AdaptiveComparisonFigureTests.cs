using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Experiments.Adaptive;
using SpecGD.Figures.Recipes;
using SpecGD.Records;

namespace SpecGD.Figures.Tests.Recipes;

public class AdaptiveComparisonFigureTests
{
    [Fact]
    public void A_run_that_diverges_does_not_squeeze_the_others()
    {
        var figure = new AdaptiveComparisonFigure().Compose(Log(
            Row("first", [27, 3, 0.1]), Row("first", [20, 1e60, 1e200]), Row("second", [27, 3, 0.1]))).ShouldNotBeNull();

        figure.Panels[0].Y.To.ShouldBe(100, "the power of ten above 27");
        figure.Panels[1].Y.To.ShouldBeNull("nothing lies beyond");
    }

    private static RunLog Log(params AdaptiveRow[] rows) => new("r")
    {
        Config = new JsonObject { ["experiment"] = AdaptiveComparison.ExperimentName },
        Sections = new JsonObject { [AdaptiveRow.Section] = new JsonArray([.. rows.Select(row => (JsonNode)row.ToJson())]) },
    };

    private static AdaptiveRow Row(string setting, double[] losses)
    {
        var loss = new Series();
        for (int i = 0; i < losses.Length; i++)
            loss.Add(i, losses[i]);
        return new AdaptiveRow { Setting = setting, Seed = 0, Method = "specgd", FirstLoss = losses[0], LastLoss = losses[^1], Loss = loss };
    }
}
