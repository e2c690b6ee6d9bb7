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
            """{ "experiment": "nsr-table", "name": "n", "grid": { "seed": [0, 1] } }""", ["activation=relu|Σ=flat|d=8", "activation=gelu|Σ=flat|d=8", "activation=relu|Σ=flat|d=16", "activation=gelu|Σ=flat|d=16"], ["exact"]);

        var panel = figure.Panels.ShouldHaveSingleItem();
        panel.X.Label.ToString().ShouldBe("d");
        panel.Curves.OfType<KeySample>().Select(sample => sample.Label.ToString()).ShouldBe(["gelu flat", "relu flat"], ignoreOrder: true);
        panel.Curves.OfType<PointCurve>().ShouldAllBe(marks => marks.Columns[0].Values.SequenceEqual(new[] { 8.0, 16 }));
    }

    [Theory]
    [InlineData("""{ "experiment": "theory", "name": "t", "grid": { "seed": [0, 1] } }""", "t: no figure is drawn. The 13 rows of its table differ in no number along which they could be drawn (what names a row: statement).")]
    [InlineData("""{ "experiment": "stable-rank-sweep", "name": "s", "grid": { "lambda-max": [1, 2], "seed": [0, 1] } }""", "s: no figure is drawn. 13 lines would be needed, for each value of method")]
    public void Where_nothing_is_drawn_one_sentence_says_why(string sweep, string sentence)
    {
        var (part, results) = Results(sweep, [.. Enumerable.Range(0, 13).Select(i => $"statement=s{i}")], ["mean"]);

        var (figure, why) = SweepFigures.Of(part, results, _ => new RunLog("r"));

        figure.ShouldBeNull();
        why.ShouldNotBeNull().ShouldStartWith(sentence);
    }

    /// <summary>An option with words takes nothing away: its values are lines.</summary>
    [Fact]
    public void Values_of_an_option_that_are_no_numbers_are_lines_too()
    {
        var figure = Drawn(
            """{ "experiment": "batch-size-sweep", "name": "b", "grid": { "seed": [0, 1], "activation": ["relu", "swiglu"], "width": [8] } }""", ["batch size=8", "batch size=16"], ["st(layer1)"]);

        var panel = figure.Panels.ShouldHaveSingleItem();
        panel.X.Label.ToString().ShouldBe("batch size");
        panel.Curves.OfType<KeySample>().Select(sample => sample.Label.ToString()).ShouldBe(["activation relu", "activation swiglu"]);
        panel.Curves.OfType<PointCurve>().ShouldAllBe(marks => marks.Columns[0].Values.SequenceEqual(new[] { 8.0, 16 }));
    }

    /// <summary>Each reason is one that the numbers at hand bear out: none speaks of lines along a training that there is not, nor of numbers that are there.</summary>
    [Theory]
    [InlineData("", 1, "Its table has one row alone (batch size=1), and a line along the rows needs two.")]
    [InlineData(""", "activation": ["relu", "swiglu"]""", 1, "The values of activation are no numbers to draw over, and its table has one row alone (batch size=1), and a line along the rows needs two.")]
    [InlineData(""", "activation": ["relu"]""", 1, "Its table has one row alone (batch size=1), and a line along the rows needs two.")]
    public void The_reason_for_a_missing_figure_of_rows_is_true(string axis, int rows, string reason)
    {
        var (part, results) = Results(
            $$"""{ "experiment": "batch-size-sweep", "name": "b", "grid": { "seed": [0, 1] {{axis}} } }""", [.. Enumerable.Range(1, rows).Select(i => $"batch size={i}")], ["st"]);

        SweepFigures.Of(part, results, _ => new RunLog("r")).ShouldBe((null, $"b: no figure is drawn. {reason} The table, 'specgd sweep results' and 'specgd sweep export' have the numbers."));
    }

    /// <summary>Of methods along the training it is said how many panels or lines there would be.</summary>
    [Theory]
    [InlineData(""", "activation": ["relu", "swiglu", "gelu", "tanh", "sigmoid"]""", 2, 2, "The values of activation are no numbers to draw over, and 10 panels would be needed along the training, one for each series of each setting, and a figure has 9 at most; 'metrics' in the sweep file chooses.")]
    [InlineData(""", "activation": ["relu", "swiglu"]""", 13, 1, "The values of activation are no numbers to draw over, and 13 lines would be needed along the training, one for each method, and a panel has 12 at most.")]
    [InlineData("", 2, 10, "10 panels would be needed along the training, one for each series, and a figure has 9 at most; 'metrics' in the sweep file chooses.")]
    public void The_reason_for_a_missing_figure_along_the_training_is_true(string axis, int methods, int series, string reason)
    {
        var part = SweepFile.Of((JsonObject)JsonNode.Parse($$"""{ "experiment": "random-feature", "name": "f", "grid": { "seed": [0, 1] {{axis}} } }""")!, "f", "f", quick: false).Parts[0];
        var log = new RunLog("r");
        foreach (int method in Enumerable.Range(0, methods))
        {
            log.Methods.Add($"m{method}", new MethodLog());
            foreach (int name in Enumerable.Range(0, series))
                log.Methods[$"m{method}"].Record($"s{name}", 0, 1);
        }
        TaskResult[] results =
        [
            .. SweepExpansion.Expand(new SweepDefinition("s", "", [part], []), "f").Select(task => new TaskResult(
                new TaskRecord(task, TaskState.Finished, 1, 1, null, null), Observation.All(task.Experiment, log, diverged: false))),
        ];

        SweepFigures.Of(part, results, _ => log).WhyNone.ShouldNotBeNull().ShouldStartWith($"f: no figure is drawn. {reason}");
    }

    [Fact]
    public void Before_there_is_a_result_nothing_is_said()
    {
        var (part, _) = Results("""{ "experiment": "theory", "name": "t", "grid": { "seed": [0, 1] } }""", ["statement=a"], ["mean"]);

        SweepFigures.Of(part, [], _ => new RunLog("r")).ShouldBe((null, null));
    }

    private static Figure Drawn(string sweep, string[] rows, string[] columns)
    {
        var (part, results) = Results(sweep, rows, columns);
        var (figure, why) = SweepFigures.Of(part, results, _ => new RunLog("r"));
        why.ShouldBeNull();
        return figure.ShouldNotBeNull();
    }

    [Fact]
    public void A_row_is_placed_by_its_keys_and_not_by_what_its_name_looks_like()
    {
        // A text that looks like a number with a name, and a number that stands before the text.
        var figure = Drawn(
            """{ "experiment": "nsr-table", "name": "n", "grid": { "seed": [0, 1] } }""", ["d=8|kind=x q=3", "d=16|kind=x q=3", "d=8|kind=y", "d=16|kind=y"], ["exact"]);

        var panel = figure.Panels.ShouldHaveSingleItem();
        panel.X.Label.ToString().ShouldBe("d");
        panel.Curves.OfType<KeySample>().Select(sample => sample.Label.ToString()).ShouldBe(["x q=3", "y"]);
    }

    [Fact]
    public void A_value_that_was_given_twice_is_on_a_line_of_its_own()
    {
        var figure = Drawn("""{ "experiment": "batch-size-sweep", "name": "b", "grid": { "seed": [0, 1] } }""", ["batch size=8", "batch size=16", "batch size=16"], ["st"]);

        figure.Panels[0].Curves.OfType<KeySample>().Select(sample => sample.Label.ToString()).ShouldBe(["", "(2)"]);
    }

    [Fact]
    public void Where_a_value_is_zero_a_geometric_mean_is_missing_and_the_caption_says_which_and_why()
    {
        const string sweep = """{ "experiment": "stable-rank-sweep", "name": "s", "grid": { "seed": [0, 1] }, "scale": "log" }""";
        var (part, results) = Results(sweep, ["λ=0", "λ=0.1", "λ=0.2"], ["GD last loss", "SpecGD last loss"]);
        results = [.. results.Select(r => r with { Observations = [.. r.Observations.Select(o => o.Series == "GD last loss" && o.Method == "λ=0" ? o with { Final = 0 } : o)] })];

        var (figure, _) = SweepFigures.Of(part, results, _ => new RunLog("r"));

        figure.ShouldNotBeNull().Caption.ShouldEndWith(" GD last loss has no geometric mean and no interval for λ=0: a repetition's value is 0, which has no logarithm.");
        var line = figure.Panels[0].Curves.OfType<LineCurve>().First();
        line.Columns[1].Values.Select(double.IsFinite).ShouldBe([false, true, true]);
        SweepFigures.Of(part, Results(sweep, ["λ=0", "λ=0.1"], ["GD last loss"]).Results, _ => new RunLog("r")).Figure!.Caption.ShouldNotContain("no geometric mean");
    }

    [Fact]
    public void Survivors_of_a_row_are_hollow_and_a_row_that_always_diverged_is_crossed_each_with_its_own_count()
    {
        var (part, results) = Results("""{ "experiment": "batch-size-sweep", "name": "b", "grid": { "seed": [0, 1, 2, 3, 4] } }""", ["batch size=8", "batch size=16", "batch size=32"], ["st"]);
        results =
        [
            .. results.Select((r, seed) => r with
            {
                Observations = [.. r.Observations.Select(o => o with { Diverged = o.Method == "batch size=16" || (o.Method == "batch size=32" && seed > 1) })],
            }),
        ];

        var figure = SweepFigures.Of(part, results, _ => new RunLog("r")).Figure.ShouldNotBeNull();

        var panel = figure.Panels.ShouldHaveSingleItem();
        panel.Curves.OfType<PointCurve>().Single(marks => marks.IsHollow).Notes.Select(note => note.ToString()).ShouldBe(["2 of 5"]);
        var crosses = panel.Curves.OfType<EdgeMarks>().ShouldHaveSingleItem();
        (crosses.X.Single(), crosses.Notes.Single().ToString()).ShouldBe((16, "0 of 5"));
        panel.Curves.OfType<LineCurve>().First().Columns[1].Values.Select(double.IsFinite).ShouldBe([true, false, false]);
        figure.Caption.ShouldContain("where every repetition diverged (\"0 of 5\").");
        figure.Caption.ShouldContain("means of those that did not (\"2 of 5\").");
    }

    /// <summary>Results whose number is the row's place from 1, plus the seed.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="rows">Keys as COLUMN=VALUE with bars between.</param>
    /// <param name="columns">What is measured.</param>
    private static (SweepPart Part, TaskResult[] Results) Results(string sweep, string[] rows, string[] columns)
    {
        RowKeys[] keys = [.. rows.Select(KeysOf)];
        keys = [.. keys.Select((key, i) => key.AsCopy(1 + keys.Take(i).Count(earlier => earlier.Equals(key))))];
        var part = SweepFile.Of((JsonObject)JsonNode.Parse(sweep)!, "f", "f", quick: false).Parts[0];
        return (part, [
            .. from task in SweepExpansion.Expand(new SweepDefinition("s", "", [part], []), "f")
               let seed = task.Identity.Options["seed"]!.GetValue<ulong>()
               select new TaskResult(
                   new TaskRecord(task, TaskState.Finished, 1, 1, null, null),
                   [
                       .. from row in keys.Index()
                          from column in columns
                          let value = row.Index + 1.0 + seed
                          select new Observation(row.Item.ToString(), column, value, value, (0, value), (0, value), 0, false) { Keys = row.Item },
                   ]),
        ]);
    }

    private static RowKeys KeysOf(string row)
    {
        var cells = new JsonObject(row.Split('|').Select(key => key.Split('=', 2)).Select(key =>
            KeyValuePair.Create(key[0], AxisText.Number(key[1]) is { } number ? (JsonNode?)number : key[1])));
        return RowKeys.Of(cells.Select(cell => cell.Key), cells);
    }
}
