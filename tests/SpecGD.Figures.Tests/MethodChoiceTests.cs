using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Figures.Tests;

/// <summary>Methods are chosen wherever a log has them: with series of their own, as members of sections, as a column of rows.</summary>
public class MethodChoiceTests
{
    [Fact]
    public void Methods_in_the_rows_of_a_log_are_chosen()
    {
        var log = new StableRankSweep().Run(new StableRankSweepOptions { Dim = 4, Steps = 5, LambdaCount = 2 }, RunContext.Silent).Log;

        var chosen = MethodChoice.Of(log, ["gradient_descent"]);

        foreach (var row in chosen.Sections["rows"]!.AsArray())
            row!["methods"]!.AsObject().Select(method => method.Key).ShouldBe(["gradient_descent"]);
        log.Sections["rows"]![0]!["methods"]!.AsObject().Count.ShouldBeGreaterThan(1, "the log itself is as it was");
        FigureCatalog.Compose(chosen).Moving.ShouldNotBeEmpty("it is drawn");
        Should.Throw<BadInputException>(() => MethodChoice.Of(log, ["spcgd"])).Message.ShouldContain("Did you mean 'specgd'?");
    }

    [Fact]
    public void Rows_of_a_method_are_chosen()
    {
        var log = new RunLog("r") { Config = new JsonObject { ["experiment"] = "adaptive-comparison" }, Sections = (JsonObject)JsonNode.Parse(
            """{ "rows": [ { "method": "specgd", "x": 1 }, { "method": "adaptive", "x": 2 } ] }""")! };

        MethodChoice.Of(log, ["adaptive"]).Sections["rows"]!.AsArray().ShouldHaveSingleItem()!["x"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public void A_log_without_methods_says_that_it_has_none() => Should.Throw<BadInputException>(
            () => MethodChoice.Of(new RunLog("r") { Config = new JsonObject { ["experiment"] = "relu-spectrum" } }, ["specgd"]))
        .Message.ShouldBe("--methods chooses among the methods of a log, and this one has none.");

    /// <summary>Every experiment that says that something in its log is named by a method lets that be chosen.</summary>
    [Fact]
    public void Every_place_that_an_experiment_declares_is_searched()
    {
        foreach (var experiment in ExperimentCatalog.All)
        {
            var sections = new JsonObject();
            foreach (string name in experiment.RecordKeys.Members.Where(member => member.Value == MethodName.Column).Select(member => member.Key))
                sections[name] = new JsonObject { ["specgd"] = 1, ["muon"] = 2 };
            if (experiment.RecordKeys.Columns.Contains(MethodName.Column))
                sections["table"] = new JsonArray(new JsonObject { ["method"] = "specgd" }, new JsonObject { ["method"] = "muon" });
            if (sections.Count == 0)
                continue;
            var log = new RunLog("r") { Config = new JsonObject { ["experiment"] = experiment.Name }, Sections = sections };
            MethodChoice.Of(log, ["muon"]).Sections.ToJsonString().ShouldNotContain("specgd", customMessage: experiment.Name);
        }
    }
}
