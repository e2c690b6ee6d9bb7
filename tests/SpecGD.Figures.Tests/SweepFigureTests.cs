using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Figures.Model;
using SpecGD.Figures.Sweeps;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Figures.Tests;

public class SweepFigureTests
{
    private static readonly SweepPart Part = SweepFile.Of((JsonObject)JsonNode.Parse("""
        { "experiment": "random-feature", "options": { "activation": "relu" },
          "grid": { "dim": [4, 8], "method-lr": [ { "gradient_descent": 1, "specgd": 1 }, { "gradient_descent": 2, "specgd": 2 }, { "gradient_descent": 4, "specgd": 4 } ], "seed": [0, 1, 2] },
          "metrics": ["loss.final"], "baseline": { "method": "gradient_descent" }, "tune": "method-lr" }
        """)!, "f", "f", quick: false).Parts[0];

    [Fact]
    public void The_usual_figure_has_a_panel_for_each_setting_and_a_band_and_marks_for_each_method_over_the_tuned_option()
    {
        var figure = SweepFigure.Usual(Part, Results()).ShouldNotBeNull();

        figure.Panels.Count.ShouldBe(2, "dim 4 and dim 8");
        foreach (var (panel, dim) in figure.Panels.Zip([4.0, 8]))
        {
            panel.Curves.OfType<BandCurve>().Count().ShouldBe(2);
            var marks = panel.Curves.OfType<PointCurve>().ToArray();
            marks.Length.ShouldBe(2);
            marks[0].Columns[0].Values.ShouldBe([1, 2, 4]);
            marks[0].Columns[1].Values.Zip([1, 2, 4], (y, lr) => Math.Abs(y - Mean(dim, lr, "gradient_descent"))).ShouldAllBe(error => error < 1e-9);
            marks[1].Columns[1].Values.Zip([1, 2, 4], (y, lr) => Math.Abs(y - Mean(dim, lr, "specgd"))).ShouldAllBe(error => error < 1e-9);
        }
        figure.Caption.ShouldContain("95 % confidence interval");
    }

    [Fact]
    public void A_value_that_is_chosen_leaves_one_panel_and_any_axis_can_have_a_line_for_each_value()
    {
        var chosen = SweepFigure.Compose(Part, Results(), new("method-lr", "loss.final", "dim", [new("method", "specgd")]));

        var panel = chosen.Panels.ShouldHaveSingleItem();
        panel.Curves.OfType<BandCurve>().Count().ShouldBe(2, "a line for each dim");
        chosen.Caption.ShouldContain("method specgd");
    }

    [Theory]
    [InlineData("width", "loss.final", "method", "no results of width")]
    [InlineData("method-lr", "loss.final", "depth", "no axis 'depth'")]
    [InlineData("dim", "loss.final", "dim", "two axes")]
    [InlineData("method", "loss.final", "dim", "no numbers")]
    [InlineData("dim", "grad_ratio.W9.final", "method", "no results of grad_ratio.W9.final")]
    public void What_cannot_be_drawn_is_said(string x, string y, string by, string sentence) =>
        Should.Throw<BadInputException>(() => SweepFigure.Compose(Part, Results(), new(x, y, by, []))).Message.ShouldContain(sentence);

    private static List<TaskResult> Results() =>
    [
        .. SweepExpansion.Expand(new SweepDefinition("s", "", [Part], []), "f").Select(task => new TaskResult(
            new TaskRecord(task, TaskState.Finished, 1, 1, null, null),
            [Observed(task, "gradient_descent"), Observed(task, "specgd")])),
    ];

    private static Observation Observed(SweepTask task, string method)
    {
        double dim = task.Identity.Options["dim"]!.GetValue<int>(), seed = task.Identity.Options["seed"]!.GetValue<ulong>();
        double lr = double.Parse(AxisText.For(task.Identity.Options["method-lr"], method), CultureInfo.InvariantCulture);
        double loss = Loss(dim, lr, seed, method);
        return new Observation(method, "loss", 100, loss, (100, loss), (0, 100), 100, false);
    }

    private static double Loss(double dim, double lr, double seed, string method) => (method == "specgd" ? 1 : 3) * dim * (1 + seed) / lr;

    private static double Mean(double dim, double lr, string method) =>
        Enumerable.Range(0, 3).Average(seed => Loss(dim, lr, seed, method));
}
