using System.Text.Json.Nodes;
using SpecGD.Figures.Model;
using SpecGD.Figures.Sweeps;
using SpecGD.Records;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Figures.Tests;

/// <summary>What a sweep draws unasked of experiments whose tables stand in for methods, or says where it draws nothing.</summary>
public class SweepRowFigureTests
{
    [Fact]
    public void Columns_are_drawn_over_the_number_that_names_the_rows()
    {
        var figure = Drawn("""{ "experiment": "batch-size-sweep", "name": "b", "grid": { "seed": [0, 1] } }""", ["batch size=8", "batch size=16"], ["st(layer1)", "st(layer2)"]);

        figure.Panels.Select(panel => panel.X.Label.ToString()).ShouldBe(["batch size", "batch size"]);
        figure.Panels.Select(panel => panel.Y.Label.ToString()).ShouldBe(["st(layer1), mean", "st(layer2), mean"]);
        var marks = figure.Panels[0].Curves.OfType<PointCurve>().ShouldHaveSingleItem();
        marks.Columns[0].Values.ShouldBe([8, 16]);
        marks.Columns[1].Values.ShouldBe([1.5, 2.5], "means of the row's place and the seed over the seeds 0 and 1");
        figure.Panels[0].Curves.OfType<BandCurve>().ShouldHaveSingleItem();
        figure.Caption.ShouldStartWith("Means over the repetitions (seed) of what the table of batch-size-sweep has, against batch size");
    }

    [Fact]
    public void Other_names_of_the_rows_are_lines()
    {
        var figure = Drawn(
            """{ "experiment": "nsr-table", "name": "n", "grid": { "seed": [0, 1] } }""", ["relu flat d=8", "gelu flat d=8", "relu flat d=16", "gelu flat d=16"], ["exact"]);

        var panel = figure.Panels.ShouldHaveSingleItem();
        panel.X.Label.ToString().ShouldBe("d");
        panel.Curves.OfType<KeySample>().Select(sample => sample.Label.ToString()).ShouldBe(["gelu flat", "relu flat"], ignoreOrder: true);
        panel.Curves.OfType<PointCurve>().ShouldAllBe(marks => marks.Columns[0].Values.SequenceEqual(new[] { 8.0, 16 }));
    }

    [Theory]
    [InlineData("""{ "experiment": "theory", "name": "t", "grid": { "seed": [0, 1] } }""", "t: no figure is drawn. 13 rows or methods are neither")]
    [InlineData("""{ "experiment": "stable-rank-sweep", "name": "s", "grid": { "lambda-max": [1, 2], "seed": [0, 1] } }""", "s: no figure is drawn. 13 lines would be needed, for each value of method")]
    public void Where_nothing_is_drawn_one_sentence_says_why(string sweep, string sentence)
    {
        var (part, results) = Results(sweep, [.. Enumerable.Range(0, 13).Select(i => $"statement {i}")], ["mean"]);

        var (figure, why) = SweepFigures.Of(part, results, _ => new RunLog("r"));

        figure.ShouldBeNull();
        why.ShouldNotBeNull().ShouldStartWith(sentence);
    }

    [Fact]
    public void Before_there_is_a_result_nothing_is_said()
    {
        var (part, _) = Results("""{ "experiment": "theory", "name": "t", "grid": { "seed": [0, 1] } }""", ["a"], ["mean"]);

        SweepFigures.Of(part, [], _ => new RunLog("r")).ShouldBe((null, null));
    }

    private static Figure Drawn(string sweep, string[] rows, string[] columns)
    {
        var (part, results) = Results(sweep, rows, columns);
        var (figure, why) = SweepFigures.Of(part, results, _ => new RunLog("r"));
        why.ShouldBeNull();
        return figure.ShouldNotBeNull();
    }

    /// <summary>Results whose number is the row's place from 1, plus the seed.</summary>
    private static (SweepPart Part, TaskResult[] Results) Results(string sweep, string[] rows, string[] columns)
    {
        var part = SweepFile.Of((JsonObject)JsonNode.Parse(sweep)!, "f", "f", quick: false).Parts[0];
        return (part, [
            .. from task in SweepExpansion.Expand(new SweepDefinition("s", "", [part], []), "f")
               let seed = task.Identity.Options["seed"]!.GetValue<ulong>()
               select new TaskResult(
                   new TaskRecord(task, TaskState.Finished, 1, 1, null, null),
                   [
                       .. from row in rows.Index()
                          from column in columns
                          let value = row.Index + 1.0 + seed
                          select new Observation(row.Item, column, value, value, (0, value), (0, value), 0, false),
                   ]),
        ]);
    }
}
