using System.Text.Json.Nodes;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Tests.Recipes;

/// <summary>Logs that hold a part of what their experiment records: the figure and its caption show that part and speak of nothing else.</summary>
public class PartialLogTests
{
    private static readonly string[] OfLosses = ["loss L(W)", "Left", "Right", "losses"], OfRanks = ["nuclear rank", "Nuclear rank", "st(A)", "Left", "Right", "period two"];

    [Fact]
    public void Ranks_alone_are_one_panel()
    {
        var figure = OfRandomFeature("nuclear_rank", "gradient_descent", "specgd");

        figure.Panels.ShouldHaveSingleItem().Title.ToString().ShouldBe("Nuclear rank of the gradient");
        NotIn(figure.Caption, OfLosses);
        figure.Caption.ShouldContain("Nuclear rank nr(∇L(W)) of the gradient and, dashed black, the stable rank st(A) = 2.50.");
    }

    [Theory]
    [InlineData(true, "random-feature")]
    [InlineData(false, "loss")]
    public void Losses_alone_are_one_panel_whether_or_not_the_log_tells_its_experiment(bool hasStableRank, string name)
    {
        var log = Authors(TestLogs.RandomFeature());
        if (!hasStableRank)
            log.Dataset.Clear();
        Keep(log, "loss", "gradient_descent", "specgd");
        var figure = Single(log);

        figure.Name.ShouldBe(name);
        figure.Panels.ShouldHaveSingleItem().Title.ToString().ShouldBe("Training loss");
        NotIn(figure.Caption, OfRanks);
    }

    [Fact]
    public void A_restart_alone_is_drawn_with_its_loss_and_the_caption_speaks_of_no_rank_and_no_other_method()
    {
        var figure = OfRandomFeature("loss", "specgd_from_iter_3");

        figure.Panels.ShouldHaveSingleItem().Title.ToString().ShouldBe("Training loss");
        figure.Caption.ShouldStartWith("SpecGD from iterates of gradient descent (GD) on a random-feature regression");
        figure.Caption.ShouldContain("Dashed grey: SpecGD restarted from GD's iterate at step 3.");
        NotIn(figure.Caption, OfRanks);
    }

    [Fact]
    public void The_ranks_of_a_restart_are_drawn_where_they_hide_no_others()
    {
        var both = OfRandomFeature(null, "specgd_from_iter_3");
        both.Panels.Count.ShouldBe(2);
        both.Panels[1].Curves[0].ShouldBeOfType<LineCurve>().Stroke.ShouldBe(Palette.Restart);
        NotIn(both.Caption, ["period two"]);

        OfRandomFeature("nuclear_rank", "specgd_from_iter_3").Panels.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_series_without_a_number_that_the_axis_has_a_place_for_is_no_panel()
    {
        var log = Authors(TestLogs.RandomFeature());
        Keep(log, null, "gradient_descent");
        log.Methods["gradient_descent"].Series["loss"] = Of([0, double.NaN, -1]);
        var figure = Single(log);

        figure.Panels.ShouldHaveSingleItem().Title.ToString().ShouldBe("Nuclear rank of the gradient");
        NotIn(figure.Caption, OfLosses);
    }

    /// <summary>Logs of every experiment, as a file has them.</summary>
    public static TheoryData<string> Experiments =>
        ["sparse-regression", "stable-rank-sweep", "nuclear-rank-growth", "batch-size-sweep", "relu-spectrum", "one-step", "adaptive-comparison", "nanogpt", "nanogpt-ablation"];

    [Theory]
    [MemberData(nameof(Experiments))]
    public void Whatever_single_thing_is_left_of_a_log_no_panel_is_empty_and_none_throws(string experiment)
    {
        int drawn = 0;
        foreach (var (left, log) in Parts(Whole(experiment)))
        {
            var (still, moving) = FigureCatalog.Compose(log);
            foreach (var figure in still)
                figure.Panels.ShouldAllBe(panel => PanelPlan.HasData(panel), $"{figure.Name} of {left} alone");
            foreach (var animation in moving)
                Enumerable.Range(0, animation.Frames[0].Panels.Count).ShouldAllBe(i => animation.Frames.Any(frame => PanelPlan.HasData(frame.Panels[i])), $"{animation.Name} of {left} alone");
            foreach (var (name, caption) in still.Select(figure => (figure.Name, figure.Caption)).Concat(moving.Select(animation => (animation.Name, animation.Caption))))
                SaysOnly(name, caption.Split(" Not drawn, since")[0], left);
            drawn += still.Count + moving.Count;
            if (still.Count + moving.Count == 0)
                FigureCatalog.WhyNone(log).ShouldStartWith("no figure is drawn: the log ");
        }
        drawn.ShouldBePositive("else this saw nothing");
    }

    [Fact]
    public void Where_nothing_can_be_drawn_the_sentence_says_of_what_the_log_is_and_what_it_has()
    {
        var log = new RunLog("r");
        log.Methods.Add("m", new MethodLog());
        log.Methods["m"].Record("speed", 0, 1);
        FigureCatalog.WhyNone(log).ShouldBe("no figure is drawn: the log r does not say of which experiment it is, and no figure shows what it holds; it has the series speed");
        FigureCatalog.WhyNone(new RunLog("r") { Config = new() { ["experiment"] = "x" } })
            .ShouldBe("no figure is drawn: the log r is of x, and nothing that it holds is what a figure of that shows; it has no series with numbers");
    }

    /// <summary>Words of a caption that belong to something that is not left.</summary>
    private static void SaysOnly(string name, string caption, string left)
    {
        bool isOf(params string[] parts) => parts.Any(part => left.Contains(part, StringComparison.Ordinal));
        if (isOf("grad_ratio", "nuclear_rank", "activations", "norm"))
            NotIn(caption, ["Training loss", "training loss", "Left", "Right"]);
        if (name.StartsWith("nanogpt_", StringComparison.Ordinal) && name != "nanogpt_loss")
            return; // of the tracker, which is left as it is
        if (isOf("/loss", "train_loss", "val_loss", "activations", "norm") && !isOf("from_peak")) // whose name is that of the largest rank
            NotIn(caption, ["uclear rank", "beside the stable rank", "Right"]);
        if (isOf("val_loss") && name == "nanogpt_loss")
            NotIn(caption, ["raining"]);
        if (isOf("train_loss") && name == "nanogpt_loss")
            NotIn(caption, ["alidation"]);
        if (isOf("model1"))
            NotIn(caption, ["teacher"]);
        if (isOf("nr1"))
            NotIn(caption, ["zero start"]);
        if (isOf("method specgd"))
            NotIn(caption, ["radient descent (GD)", "adaptive method"]);
        if (isOf("method gradient_descent"))
            NotIn(caption, ["SpecGD", "adaptive method"]);
    }

    /// <summary>Each log with one series, one method, or one member of its sections left.</summary>
    private static IEnumerable<(string Left, RunLog Log)> Parts(RunLog whole)
    {
        foreach (string method in whole.Methods.Keys)
        {
            yield return ($"method {method}", Copy(whole, (name, _) => name == method));
            foreach (string series in whole.Methods[method].Series.Keys)
                yield return ($"{method}/{series}", Copy(whole, (name, one) => name == method && one == series));
        }
        foreach (string section in whole.Sections.Select(section => section.Key).ToArray())
        {
            foreach (string member in (whole.Sections[section] as JsonObject ?? []).Select(one => one.Key).ToArray())
                yield return ($"{section}.{member}", OfSection(whole, section, new JsonObject { [member] = whole.Sections[section]![member]!.DeepClone() }));
            foreach (string key in MembersOfRows(whole, section))
                yield return ($"rows without {key}", OfSection(whole, section, new JsonArray([.. whole.Sections[section]!.AsArray().Select(row => Without(row!, key))])));
            foreach (var (method, series) in SeriesOfRows(whole, section))
                yield return ($"{method}/{series}", OfSection(whole, section, new JsonArray([.. whole.Sections[section]!.AsArray().Select(row => OneSeries(row!, method, series))])));
        }
    }

    /// <summary>Members of rows that a row may lack: numbers and lists that are measured.</summary>
    private static string[] MembersOfRows(RunLog whole, string section) => whole.Sections[section] is JsonArray { Count: > 0 } rows && rows[0] is JsonObject first
        ? [.. first.Select(one => one.Key).Intersect(["stable_rank", "singular_values", "loss", "methods", "euclidean", "spectral", "first_loss"])] : [];

    private static (string, string)[] SeriesOfRows(RunLog whole, string section) => whole.Sections[section] is JsonArray { Count: > 0 } rows && rows[0]!["methods"] is JsonObject methods
        ? [.. methods.SelectMany(method => method.Value!.AsObject().Where(one => one.Value is JsonObject).Select(one => (method.Key, one.Key)))] : [];

    private static JsonNode Without(JsonNode row, string key)
    {
        var copy = row.DeepClone().AsObject();
        copy.Remove(key);
        return copy;
    }

    private static JsonNode OneSeries(JsonNode row, string method, string series)
    {
        var copy = row.DeepClone().AsObject();
        copy["methods"] = new JsonObject { [method] = new JsonObject { [series] = row["methods"]![method]?[series]?.DeepClone() } };
        return copy;
    }

    private static RunLog OfSection(RunLog whole, string name, JsonNode section)
    {
        var copy = Copy(whole, (_, _) => false);
        copy.Sections.Clear();
        copy.Sections[name] = section;
        return copy;
    }

    private static RunLog Copy(RunLog whole, Func<string, string, bool> keeps)
    {
        var copy = new RunLog(whole.RunId) { Config = (JsonObject)whole.Config.DeepClone(), Dataset = (JsonObject)whole.Dataset.DeepClone(), Sections = (JsonObject)whole.Sections.DeepClone() };
        foreach (var (name, method) in whole.Methods)
        {
            var kept = new MethodLog { Metadata = method.Metadata, Properties = method.Properties };
            foreach (var (series, values) in method.Series.Where(one => keeps(name, one.Key)))
                kept.Series.Add(series, values);
            if (kept.Series.Count > 0)
                copy.Methods.Add(name, kept);
            else
                (copy.Sections["spectrum_gif"] as JsonObject)?.Remove(name);
        }
        return copy;
    }

    private static RunLog Whole(string experiment) => experiment switch
    {
        "sparse-regression" => TinyRuns.SparseRegression(),
        "stable-rank-sweep" => TinyRuns.StableRankSweep(fromPeak: true, 1),
        "nuclear-rank-growth" => TinyRuns.NuclearRankGrowth(),
        "batch-size-sweep" => TinyRuns.BatchSizeSweep(),
        "relu-spectrum" => TinyRuns.ReluSpectrum(),
        "one-step" => TinyRuns.OneStep(),
        "adaptive-comparison" => TinyRuns.AdaptiveComparison(),
        "nanogpt" => TinyRuns.NanoGpt(),
        _ => TinyRuns.NanoGptAblation(),
    };

    private static Figure OfRandomFeature(string? series, params string[] methods)
    {
        var log = Authors(TestLogs.RandomFeature());
        Keep(log, series, methods);
        return Single(log);
    }

    /// <summary>As the authors' script writes it: without the name of an experiment.</summary>
    private static RunLog Authors(RunLog log)
    {
        log.Config.Remove("experiment");
        return log;
    }

    private static void Keep(RunLog log, string? series, params string[] methods)
    {
        foreach (string name in log.Methods.Keys.Except(methods).ToArray())
            log.Methods.Remove(name);
        foreach (var method in log.Methods.Values)
            foreach (string other in method.Series.Keys.Where(name => series is not null && name != series).ToArray())
                method.Series.Remove(other);
    }

    private static Series Of(double[] values)
    {
        var series = new Series();
        foreach (var (step, value) in values.Index())
            series.Add(step, value);
        return series;
    }

    private static Figure Single(RunLog log)
    {
        var (still, moving) = FigureCatalog.Compose(log);
        moving.ShouldBeEmpty();
        return still.ShouldHaveSingleItem();
    }

    private static void NotIn(string caption, string[] words)
    {
        foreach (string word in words)
            caption.ShouldNotContain(word, Case.Sensitive);
    }
}
