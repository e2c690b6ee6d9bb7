using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Rendering;
using SpecGD.Figures.Tests.Rendering;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Figures.Sweeps;
using SpecGD.Records;
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
        chosen.Caption.ShouldContain("method SpecGD", Case.Sensitive);
    }

    [Theory]
    [InlineData("breadth", "loss.final", "method", "no results of breadth")]
    [InlineData("metod-lr", "loss.final", "method", "no results of metod-lr; its series are loss, and a metric ends with first, final, min or max. Did you mean 'method-lr'?")]
    [InlineData("steps", "loss.final", "method", "--x steps has one value in the part")]
    [InlineData("method-lr", "loss.final", "depth", "no axis 'depth'")]
    [InlineData("dim", "loss.final", "dim", "two axes")]
    [InlineData("method", "loss.final", "dim", "no values that are numbers, but 'gradient_descent'")]
    [InlineData("dim", "grad_ratio.W9.final", "method", "no results of grad_ratio.W9.final")]
    [InlineData("seed", "loss.final", "method", "seed is what the repetitions of the part f differ in, and means are over it, so it is no axis; there is method, dim, method-lr.")]
    [InlineData("dim", "loss.finl", "method", "no results of loss.finl; its series are loss, and a metric ends with first, final, min or max. Did you mean 'loss.final'?")]
    [InlineData("dim", "los.final", "method", "no results of los.final; its series are loss, and a metric ends with first, final, min or max. Did you mean 'loss'?")]
    [InlineData("dim", "loss.final", "metod", "no axis 'metod'; there is method, dim, method-lr. Did you mean 'method'?")]
    public void What_cannot_be_drawn_is_said(string x, string y, string by, string sentence) =>
        Should.Throw<BadInputException>(() => SweepFigure.Compose(Part, Results(), new(x, y, by, []))).Message.ShouldContain(sentence);

    [Fact]
    public void Where_every_repetition_diverged_that_is_the_reason_given()
    {
        var all = Results(diverged: (_, _, _) => true);

        Should.Throw<BadInputException>(() => SweepFigure.Compose(Part, all, new("method-lr", "loss.final", "method", []))).Message
            .ShouldBe("Every repetition in the part f diverged, so that loss.final has no mean to draw.");
        SweepFigures.Of(Part, all, _ => new RunLog("r")).WhyNone.ShouldBe("f: no figure is drawn. Every repetition in the part f diverged, so that loss.final has no mean to draw.");
        Should.Throw<BadInputException>(() => SweepFigure.Compose(Part, Results(diverged: (method, _, _) => method == "specgd"), new("dim", "loss.final", "method-lr", [new("method", "specgd")]))).Message
            .ShouldBe("Every repetition with these values of --where diverged, so that loss.final has no mean to draw.");
    }

    /// <summary>Nothing repeats: captions, axes and keys speak of values, promise no bands, and put lines in the order of their numbers.</summary>
    [Fact]
    public void Single_values_are_not_called_means()
    {
        var part = SweepFile.Of((JsonObject)JsonNode.Parse("""{ "experiment": "nuclear-rank-growth", "name": "g", "grid": { "steps": [3, 4] } }""")!, "f", "f", quick: false).Parts[0];
        TaskResult[] results =
        [
            .. SweepExpansion.Expand(new SweepDefinition("s", "", [part], []), "f").Select(task => new TaskResult(
                new TaskRecord(task, TaskState.Finished, 1, 1, null, null),
                [.. new[] { "model1 k=12", "model1 k=8" }.Select(row => new Observation(row, "nr", 2, 2, (0, 2), (0, 2), 0, false))])),
        ];

        var figure = SweepFigure.Compose(part, results, new("steps", "nr.final", "method", []));

        figure.Caption.ShouldStartWith("Values of nr.final against steps, in the part g of a sweep of nuclear-rank-growth.");
        figure.Caption.ShouldNotContain("bands");
        figure.Panels[0].Y.Label.ToString().ShouldBe("nr.final");
        figure.Panels[0].Curves.OfType<KeySample>().Select(sample => sample.Label.ToString()).ShouldBe(["model1 k=8", "model1 k=12"]);
    }

    [Fact]
    public void A_value_that_no_setting_has_is_told_with_those_that_there_are() => Should.Throw<BadInputException>(
            () => SweepFigure.Compose(Part, Results(), new("dim", "loss.final", "method-lr", [new("method", "specgdd")])))
        .Message.ShouldBe("--where method=specgdd chooses nothing: method is gradient_descent, specgd in the part f. Did you mean 'specgd'?");

    [Fact]
    public void A_method_whose_value_is_no_number_is_left_out_and_named()
    {
        var part = SweepFile.Of((JsonObject)JsonNode.Parse("""
            { "experiment": "random-feature", "options": { "activation": "relu" },
              "grid": { "method-lr": [ { "gradient_descent": 1 }, { "gradient_descent": 2 } ], "seed": [0, 1] }, "metrics": ["loss.final"], "tune": "method-lr" }
            """)!, "f", "f", quick: false).Parts[0];
        TaskResult[] results =
        [
            .. SweepExpansion.Expand(new SweepDefinition("s", "", [part], []), "f").Select(task => new TaskResult(
                new TaskRecord(task, TaskState.Finished, 1, 1, null, null),
                [.. new[] { "gradient_descent", "specgd" }.Select(method => new Observation(method, "loss", 8, 4, (100, 4), (0, 8), 100, false))])),
        ];

        var figure = SweepFigure.Compose(part, results, new("method-lr", "loss.final", "method", []));

        figure.Caption.ShouldContain("Not shown, since method-lr is no number there: SpecGD (default).");
        figure.Panels.ShouldHaveSingleItem().Curves.OfType<PointCurve>().ShouldHaveSingleItem();
    }

    [Fact]
    public void Survivors_are_hollow_alone_and_counted_and_neither_joined_nor_in_a_band()
    {
        var figure = SweepFigure.Usual(Part, Results(diverged: (method, lr, seed) => method == "specgd" && lr == 4 && seed > 0)).ShouldNotBeNull();

        foreach (var panel in figure.Panels)
        {
            var hollow = panel.Curves.OfType<PointCurve>().Where(marks => marks.IsHollow).ShouldHaveSingleItem();
            hollow.Columns[0].Values.ShouldBe([4]);
            hollow.Notes.Select(note => note.ToString()).ShouldBe(["1 of 3"]);
            var joined = panel.Curves.OfType<LineCurve>().Where(line => line.Stroke == MethodStroke.RoleOf("specgd")).ShouldHaveSingleItem();
            joined.Columns[1].Values.Select(double.IsFinite).ShouldBe([true, true, false]);
            panel.Curves.OfType<BandCurve>().Single(band => band.Stroke == joined.Stroke).Columns[1].Values.Select(double.IsFinite)
                .ShouldBe([true, true, false]);
            panel.Curves.OfType<PointCurve>().Single(marks => !marks.IsHollow && marks.Stroke == joined.Stroke).Columns[0].Values.ShouldBe([1, 2]);
        }
        figure.Caption.ShouldContain("Hollow marks");
        figure.Caption.ShouldContain("(\"1 of 3\")");
        SweepFigure.Usual(Part, Results())!.Caption.ShouldNotContain("Hollow");
        SweepFigure.Usual(Part, Results())!.Caption.ShouldNotContain(" of 3");
        var drawn = DrawnFigure.Of(figure);
        drawn.Count("1 of 3").ShouldBe(figure.Panels.Sum(panel => panel.Curves.OfType<PointCurve>().Sum(points => points.Notes.Count(note => !note.IsEmpty))));
        drawn.AllMarks.ShouldContain(marks => marks.Mark.IsCircle && !marks.Mark.IsFilled);
    }

    [Fact]
    public void Survivors_that_span_all_magnitudes_leave_the_axis_of_losses_logarithmic_and_to_the_results()
    {
        var part = Part with { Analysis = Part.Analysis with { Logarithmic = true } };
        List<TaskResult> results =
        [
            .. Results((method, lr, seed) => method == "specgd" && lr == 4 && seed > 1).Select(result => result with
            {
                Observations = [.. result.Observations.Select(o => Lr(result.Task, "specgd") == 4 && o.Method == "specgd" ? o with { Final = Seed(result.Task) == 0 ? 1e200 : 1e-5 } : o)],
            }),
        ];

        foreach (var panel in SweepFigure.Usual(part, results)!.Panels)
        {
            panel.Y.Logarithmic.ShouldBeTrue();
            panel.Y.To.ShouldNotBeNull().ShouldBeLessThan(1e10);
        }
    }

    [Fact]
    public void Values_at_which_every_repetition_diverged_keep_their_place_on_the_axis_and_are_crossed()
    {
        var figure = SweepFigure.Usual(Part, Results(diverged: (_, lr, _) => lr == 4)).ShouldNotBeNull();

        foreach (var panel in figure.Panels)
        {
            var crosses = panel.Curves.OfType<EdgeMarks>().ToArray();
            crosses.Length.ShouldBe(2, "both methods diverged there");
            crosses.ShouldAllBe(marks => marks.X.Single() == 4 && marks.Notes.Single().ToString() == "0 of 3");
            crosses[0].Height.ShouldBeGreaterThan(crosses[1].Height, "one does not hide the other");
            panel.X.Tics.ShouldBe([1, 2, 4]);
        }
        figure.Caption.ShouldContain("0 of 3");
        figure.Caption.ShouldNotContain("Hollow", Case.Sensitive, "there are no survivors");
        var drawn = DrawnFigure.Of(figure);
        drawn.Count("0 of 3").ShouldBe(2 * figure.Panels.Count);
        drawn.AllMarks.Count(marks => marks.Mark.IsCross).ShouldBe(2 * figure.Panels.Count);
        var cross = drawn.AllMarks.First(marks => marks.Mark.IsCross).Places.Single();
        var note = drawn.Texts.First(text => text.Text == "0 of 3");
        note.Align.ShouldBe(TextAlign.Right, "the cross stands at the right end of the axis");
        (cross.X - note.At.X).ShouldBeInRange(0, FigurePicture.Em);
    }

    /// <summary>Gradient descent at 0.05, 0.5, 1, 1.4 and 3, diverged from 1 on: crosses and numbers are nearer to one another than their texts are wide.</summary>
    [Fact]
    public void Every_value_that_was_tried_has_a_tic_and_every_mark_its_label()
    {
        double[] tried = [0.05, 0.5, 1, 1.05, 1.1, 1.4, 3];
        string values = string.Join(',', tried.Select(lr => new JsonObject { ["gradient_descent"] = lr, ["specgd"] = lr }.ToJsonString()));
        var part = SweepFile.Of((JsonObject)JsonNode.Parse($$"""
            { "experiment": "random-feature",
              "grid": { "method-lr": [ {{values}} ], "seed": [0, 1, 2] },
              "metrics": ["loss.final"], "tune": "method-lr", "scale": "log" }
            """)!, "f", "f", quick: false).Parts[0];
        List<TaskResult> results =
        [
            .. SweepExpansion.Expand(new SweepDefinition("s", "", [part], []), "f").Select(task => new TaskResult(
                new TaskRecord(task, TaskState.Finished, 1, 1, null, null),
                [.. new[] { "gradient_descent", "specgd" }.Select(method => new Observation(
                    method, "loss", 8, 1 + Seed(task), (9, 1 + Seed(task)), (0, 8), 9, method == "gradient_descent" && Lr(task, method) >= 1))])),
        ];

        var figure = SweepFigure.Usual(part, results).ShouldNotBeNull();
        var axis = figure.Panels.ShouldHaveSingleItem().X;
        var drawn = DrawnFigure.Of(figure);

        axis.Tics.Count.ShouldBeLessThan(tried.Length, "there is no room for every number");
        axis.Tics.Concat(axis.BareTics).Order().ShouldBe(tried);
        drawn.Count("1.05").ShouldBe(0, "it has a tic without its number");
        drawn.Rules.Count(rule => rule.From.X == rule.To.X && rule.From.Y < rule.To.Y && rule.To.Y - rule.From.Y < FigurePicture.Em).ShouldBe(tried.Length, "tics across");
        drawn.Count("0 of 3").ShouldBe(5);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1e-9, true)]
    public void An_axis_of_courses_holds_the_bands_or_the_caption_says_that_it_cuts_them(double scatter, bool isCut)
    {
        var (part, results) = Courses(0);
        part = part with { Analysis = part.Analysis with { Logarithmic = true } };
        RunLog Log(TaskRecord record)
        {
            var log = CourseOf(record.Task, diverges: false);
            log.Methods["specgd"].Find("loss")!.Values.ShouldNotBeEmpty();
            var series = new Series();
            foreach (var (step, value) in new[] { 8, 1, 1, Seed(record.Task) == 0 ? scatter * 0.01 : 1 }.Index())
                series.Add(step, value);
            log.Methods["specgd"].Series["loss"] = series;
            return log;
        }

        var figure = SweepCourseFigure.Of(part, results, Log).ShouldNotBeNull();

        double low = figure.Panels[0].Curves.OfType<BandCurve>().SelectMany(band => band.Columns[1].Values).Where(lower => lower > 0).Min();
        double end = FigurePlan.Of(figure, FigureFont.Package).Panels[0].Y.From;
        (low < end).ShouldBe(isCut, $"the axis ends at {end}, the band at {low}");
        figure.Caption.Contains("; the frame cuts those that reach beyond it.", StringComparison.Ordinal).ShouldBe(isCut);
    }

    [Fact]
    public void Losses_that_all_exploded_still_have_an_axis()
    {
        var part = Part with { Analysis = Part.Analysis with { Logarithmic = true } };
        List<TaskResult> results =
            [.. Results().Select((r, i) => r with { Observations = [.. r.Observations.Select(o => o with { Final = i % 2 == 0 ? 1e305 : 1e290 })] })];

        FigurePlan.Of(SweepFigure.Usual(part, results).ShouldNotBeNull(), FigureFont.Package).Panels.ShouldAllBe(plan => plan.Y.To > plan.Y.From && plan.Y.From > 0);
    }

    [Fact]
    public void Marks_and_intervals_stand_off_the_frame_and_positive_values_on_a_logarithmic_axis()
    {
        var figure = SweepFigure.Usual(Part, Results()).ShouldNotBeNull();

        foreach (var plan in FigurePlan.Of(figure, FigureFont.Package).Panels)
        {
            plan.X.IsLogarithmic.ShouldBeTrue();
            foreach (var curve in plan.Curves.Where(curve => curve.Columns.Count > 0))
            {
                curve.Columns[0].ShouldAllBe(x => plan.X.Place(x) > 0 && plan.X.Place(x) < 1);
                curve.Columns.Skip(1).SelectMany(column => column).Where(double.IsFinite).ShouldAllBe(y => plan.Y.Place(y) > 0 && plan.Y.Place(y) < 1);
            }
        }
    }

    [Fact]
    public void There_are_bands_wherever_there_are_two_repetitions_and_an_interval_alone_is_a_line()
    {
        List<TaskResult> results =
            [.. Results().Where(r => Seed(r.Task) == 0 || Lr(r.Task, "specgd") != 2)]; // one repetition alone at the middle step size

        var panel = SweepFigure.Usual(Part, results)!.Panels[0];

        foreach (var band in panel.Curves.OfType<BandCurve>())
            band.Columns[1].Values.Select(double.IsFinite).ShouldBe([true, false, true]);
        var alone = panel.Curves.OfType<LineCurve>().Where(line => line.Columns[0].Values.Distinct().Count() == 1).ToArray();
        alone.Select(line => line.Columns[0].Values[0]).ShouldBe([1, 4, 1, 4], "no neighbour has a band");
    }

    [Fact]
    public void A_sweep_over_seeds_alone_draws_its_courses_with_bands_under_the_names_of_all_figures()
    {
        var part = SweepFile.Of((JsonObject)JsonNode.Parse("""
            { "experiment": "random-feature", "grid": { "seed": [0, 1, 2] }, "metrics": ["loss.final", "nuclear_rank.max"], "scale": "log" }
            """)!, "f", "f", quick: false).Parts[0];
        List<TaskResult> results =
        [
            .. SweepExpansion.Expand(new SweepDefinition("s", "", [part], []), "f").Select(task => new TaskResult(
                new TaskRecord(task, TaskState.Finished, 1, 1, null, null), Observation.All(task.Experiment, CourseOf(task), diverged: false))),
        ];

        SweepFigure.Usual(part, results).ShouldBeNull();
        var figure = SweepCourseFigure.Of(part, results, record => CourseOf(record.Task)).ShouldNotBeNull();

        figure.Panels.Select(panel => panel.Y.Label.ToString()).ShouldBe(["loss, geometric mean", "nuclear_rank, geometric mean"]);
        var lines = figure.Panels[0].Curves.OfType<LineCurve>().ToArray();
        lines.Select(line => line.Label.ToString()).ShouldBe(["GD", "SpecGD"]);
        const double rounding = 1e-12; // of powers and logarithms
        lines[0].Columns[1].Values.Zip([8.0, 4, 2], (found, mean) => Math.Abs(found - mean) / mean).ShouldAllBe(error => error < rounding);
        figure.Panels[0].Curves.OfType<BandCurve>().Count().ShouldBe(2);
        figure.Caption.ShouldStartWith("Geometric means over the repetitions (seed)");
        SweepCourseFigure.Of(Part, Results(), _ => throw new InvalidOperationException("its figure is over the step size")).ShouldBeNull();
    }

    [Fact]
    public void Two_survivors_have_no_interval_either()
    {
        var figure = SweepFigure.Usual(Part, Results(diverged: (method, lr, seed) => method == "specgd" && lr == 4 && seed > 1)).ShouldNotBeNull();

        foreach (var panel in figure.Panels)
        {
            panel.Curves.OfType<PointCurve>().Single(marks => marks.IsHollow).Notes.Single().ToString().ShouldBe("2 of 3");
            panel.Curves.OfType<LineCurve>().Where(line => line.Columns[0].Values.Distinct().Count() == 1).ShouldBeEmpty("an interval of survivors is no result");
        }
    }

    [Fact]
    public void A_line_does_not_pass_over_a_value_with_which_everything_diverged()
    {
        var panel = SweepFigure.Usual(Part, Results(diverged: (method, lr, _) => method == "specgd" && lr == 2))!.Panels[0];

        var line = panel.Curves.OfType<LineCurve>().First(line => line.Stroke == MethodStroke.RoleOf("specgd"));
        line.Columns[0].Values.ShouldBe([1, 2, 4]);
        line.Columns[1].Values.Select(double.IsFinite).ShouldBe([true, false, true]);
    }

    [Fact]
    public void A_mean_that_is_not_defined_is_no_cross_and_the_caption_says_why()
    {
        var part = Part with { Analysis = Part.Analysis with { Logarithmic = true } };
        List<TaskResult> results =
            [.. Results().Select(r => r with { Observations = [.. r.Observations.Select(o => o.Method == "specgd" && Lr(r.Task, "specgd") == 2 ? o with { Final = 0 } : o)] })];

        var figure = SweepFigure.Usual(part, results).ShouldNotBeNull();

        figure.Panels.SelectMany(panel => panel.Curves).OfType<EdgeMarks>().ShouldBeEmpty();
        figure.Caption.ShouldContain("loss.final has no geometric mean, no interval and no test for SpecGD dim=4 method-lr=2 and SpecGD dim=8 method-lr=2: "
            + "a repetition's value is 0, which has no logarithm.");
    }

    [Theory]
    [InlineData(1, "2 of 3")]
    [InlineData(2, "1 of 3")]
    [InlineData(3, "0 of 3")]
    public void A_course_is_a_line_as_far_as_every_repetition_goes_and_then_a_mark_that_nothing_joins(int diverging, string count)
    {
        var (part, results) = Courses(diverging);

        var figure = SweepCourseFigure.Of(part, results, record => CourseOf(record.Task, Seed(record.Task) >= 3 - diverging)).ShouldNotBeNull();

        foreach (var panel in figure.Panels)
        {
            var line = panel.Curves.OfType<LineCurve>().Single(line => line.Label.ToString() == "SpecGD");
            line.Columns[0].Values.ShouldBe([0, 1], "at step 2 some have left the axis");
            line.Stroke.ShouldBe(MethodStroke.RoleOf("specgd"), "no dots");
            panel.Curves.OfType<BandCurve>().Single(band => band.Stroke == line.Stroke).Columns[0].Values.ShouldBe([0, 1]);
            var hollow = panel.Curves.OfType<PointCurve>().SingleOrDefault(marks => marks.IsHollow);
            var cross = panel.Curves.OfType<EdgeMarks>().SingleOrDefault();
            (hollow is null).ShouldBe(diverging == 3);
            (cross is null).ShouldBe(diverging < 3);
            (hollow?.Notes ?? cross!.Notes).Single().ToString().ShouldBe(count);
            (hollow?.Columns[0].Values ?? cross!.X).Single().ShouldBe(3);
            panel.Curves.OfType<LineCurve>().Single(other => other.Label.ToString() == "GD").Columns[0].Values.Count.ShouldBe(4, "it diverged nowhere");
        }
        figure.Caption.ShouldContain($"(\"{count}\")");
        var (_, whole) = Courses(0);
        SweepCourseFigure.Of(part, whole, record => CourseOf(record.Task, diverges: false))!.Caption.ShouldNotContain(" of 3");
    }

    [Fact]
    public void Repetitions_that_grew_beyond_all_bounds_diverged_and_do_not_take_the_axis_of_losses_with_them()
    {
        var (part, results) = Courses(diverging: 1);
        RunLog Log(TaskRecord record)
        {
            var log = CourseOf(record.Task, Seed(record.Task) == 2);
            if (Seed(record.Task) < 2)
                log.Methods["specgd"].Series["loss"] = Grown(1e250);
            return log;
        }

        var figure = SweepCourseFigure.Of(part, results, Log).ShouldNotBeNull();

        figure.Panels[0].Curves.OfType<EdgeMarks>().ShouldHaveSingleItem().Notes.Single().ToString().ShouldBe("0 of 3");
        figure.Panels[0].Curves.OfType<PointCurve>().ShouldBeEmpty();
        figure.Panels[0].Curves.OfType<LineCurve>().SelectMany(line => line.Columns[1].Values).ShouldAllBe(mean => mean <= 100);
        figure.Caption.ShouldContain("every repetition has diverged (\"0 of 3\").");
    }

    private static Series Grown(double last)
    {
        var series = new Series();
        foreach (var (step, value) in new[] { 8, 9, 1e10, last }.Index())
            series.Add(step, value);
        return series;
    }

    private static (SweepPart Part, List<TaskResult> Results) Courses(int diverging)
    {
        var part = SweepFile.Of((JsonObject)JsonNode.Parse("""
            { "experiment": "random-feature", "grid": { "seed": [0, 1, 2] }, "metrics": ["loss.final", "nuclear_rank.max"] }
            """)!, "f", "f", quick: false).Parts[0];
        return (part, [
            .. SweepExpansion.Expand(new SweepDefinition("s", "", [part], []), "f").Select(task =>
            {
                bool diverges = Seed(task) >= 3 - diverging;
                return new TaskResult(
                    new TaskRecord(task, diverges ? TaskState.Diverged : TaskState.Finished, 1, 1, null, null), Observation.All(task.Experiment, CourseOf(task, diverges), diverges));
            }),
        ]);
    }

    /// <summary>Four steps of both methods; where SpecGD diverges, it leaves the axis at step 2 and ends at step 3 of five.</summary>
    private static RunLog CourseOf(SweepTask task, bool diverges)
    {
        double factor = 1 + Seed(task);
        var log = new RunLog("r") { Config = new JsonObject { ["num_steps"] = diverges ? 5 : 4 } };
        TestLogs.Add(log, "gradient_descent", 0, [8 * factor, 4 * factor, 2 * factor, factor], [5, 6, 7, 6]);
        TestLogs.Add(log, "specgd", 0, diverges ? [8, 9, 1e40, 1e80] : [8 * factor, factor, factor / 2, factor / 4], [5, 2, 5, 2]);
        if (diverges)
            log.Methods["gradient_descent"].Record("weight", 4, 1); // gradient descent ran to its end
        return log;
    }

    /// <summary>Losses whose geometric mean over the seeds 0, 1 and 2 is 8, 4, 2 for gradient descent.</summary>
    private static RunLog CourseOf(SweepTask task)
    {
        double factor = Math.Pow(2, Seed(task) - 1.0);
        var log = new RunLog("r");
        TestLogs.Add(log, "gradient_descent", 0, [8 * factor, 4 * factor, 2 * factor], [5, 6, 7]);
        TestLogs.Add(log, "specgd", 0, [8 * factor, factor, factor / 2], [5, 2, 5]);
        return log;
    }

    private static double Seed(SweepTask task) => task.Identity.Options["seed"]!.GetValue<ulong>();

    private static double Lr(SweepTask task, string method) =>
        double.Parse(AxisText.For(task.Identity.Options["method-lr"], method), CultureInfo.InvariantCulture);

    private static List<TaskResult> Results(Func<string, double, double, bool>? diverged = null) =>
    [
        .. SweepExpansion.Expand(new SweepDefinition("s", "", [Part], []), "f").Select(task => new TaskResult(
            new TaskRecord(task, TaskState.Finished, 1, 1, null, null),
            [Observed(task, "gradient_descent", diverged), Observed(task, "specgd", diverged)])),
    ];

    private static Observation Observed(SweepTask task, string method, Func<string, double, double, bool>? diverged)
    {
        double dim = task.Identity.Options["dim"]!.GetValue<int>(), seed = task.Identity.Options["seed"]!.GetValue<ulong>();
        double lr = double.Parse(AxisText.For(task.Identity.Options["method-lr"], method), CultureInfo.InvariantCulture);
        double loss = Loss(dim, lr, seed, method);
        return new Observation(method, "loss", 100, loss, (100, loss), (0, 100), 100, diverged?.Invoke(method, lr, seed) ?? false);
    }

    private static double Loss(double dim, double lr, double seed, string method) => (method == "specgd" ? 1 : 3) * dim * (1 + seed) / lr;

    private static double Mean(double dim, double lr, string method) =>
        Enumerable.Range(0, 3).Average(seed => Loss(dim, lr, seed, method));
}
