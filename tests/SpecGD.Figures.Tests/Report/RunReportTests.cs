using System.Text;
using SpecGD.Experiments;
using SpecGD.Experiments.Settings;
using SpecGD.Figures.Animations;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Figures.Report;
using SpecGD.Records;
using SpecGD.Reproduction;

namespace SpecGD.Figures.Tests.Report;

public class RunReportTests
{
    private const string Svg = """<svg xmlns="http://www.w3.org/2000/svg" width="576" height="384"/>""";
    private const string Caption = "Stable ranks. On <b>fresh</b> batches.";
    private const string HowToDraw = "'specgd plot run' (in the folder that holds run) draws";

    private static readonly BatchSizeSweepOptions Options = new() { Dim = 4, Width = 6, BatchSizes = [8, 16] };

    private static RunLog Log { get; } = ((IExperiment)new BatchSizeSweep()).Run(Options, RunContext.Silent).Log;

    [Fact]
    public void A_run_folder_becomes_a_report_with_pictures_numbers_settings_and_provenance()
    {
        using var folder = new TemporaryFolder();
        Draw(folder, "one.svg", Svg);

        var page = Rendered(RunReport.Of(Run(folder), "specgd run batch-size-sweep --dim 4"));

        page.Leaks().ShouldBeEmpty();
        page.Root.Descendants("img").Count().ShouldBe(1);
        page.Root.Descendants("figcaption").Single().Value.ShouldBe(Caption);
        page.ById("numbers").Descendants("tbody").Single().Elements().Count().ShouldBe(Options.BatchSizes.Count);
        string settings = Page.TextOf(page.ById("settings"));
        settings.ShouldContain("8, 16");
        Setting.Of(typeof(BatchSizeSweepOptions)).ShouldAllBe(s => settings.Contains(s.Name) && settings.Contains(s.Description));
        string provenance = Page.TextOf(page.ById("provenance"));
        string[] expected =
        [
            "9.8.7", "abc", "a processor", "3 of 4 logical processors", "BLAS: built so", "a system", "a runtime", "2026-01-02 03:04 -05:30",
            "2 min 05 s", "specgd run batch-size-sweep --dim 4",
        ];
        expected.ShouldAllBe(value => provenance.Contains(value));
        page.Text.ShouldContain("The run finished.");
    }

    [Fact]
    public void A_run_that_finished_although_methods_diverged_says_which()
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder);
        var manifest = run.Manifest with { Diverged = ["λ = 0.12 (3 of 3): gradient_descent", "specgd"] };
        RunReport.StatusOf(run with { Manifest = manifest }).Words.ShouldBe("The run finished, and gradient descent for λ = 0.12 (3 of 3) and SpecGD diverged.");
        RunReport.StatusOf(run).Words.ShouldBe("The run finished.");
    }

    /// <summary>What the paper has and what is ours are counted apart, and ours are never called the paper's.</summary>
    [Theory]
    [InlineData(new[] { "fig3" }, "SpecGD: Figure 3 of the paper, reproduced", "One figure of “When")]
    [InlineData(new[] { "fig3", "table2", "adaptive", "one-step" }, "SpecGD: the paper’s figures, reproduced", "2 figures and tables of “When")]
    [InlineData(new[] { "fig3", "fig11", "adaptive" }, "SpecGD: the paper’s figures, reproduced", "2 figures of “When")]
    [InlineData(new[] { "adaptive" }, "SpecGD: adaptive, beside the paper’s figures", "1 figure of our own, beside those of “When")]
    public void Figures_of_the_paper_and_of_our_own_are_counted_apart(string[] ids, string title, string first)
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder);
        ReproducedFigure[] figures = [.. ids.Select(id => ReproducedFigure.Of(PaperFigureCatalog.Named(id)[0], run))];

        var report = ReproductionReport.Of(figures, "c");

        report.Title.ShouldBe(title);
        int ours = ids.Count(id => id is "adaptive" or "one-step");
        report.Lead[0].ShouldStartWith(first);
        report.Lead[0].Contains(FormattableString.Invariant($" and {ours} of our own, made"), StringComparison.Ordinal).ShouldBe(ours > 0 && ids.Length > ours);
        PaperFigureCatalog.All.Where(figure => figure.IsOurs).Select(figure => figure.Id).ShouldBe(["adaptive", "one-step"]);
    }

    [Fact]
    public void Without_pictures_the_report_says_how_to_draw_them_and_still_has_the_numbers()
    {
        using var folder = new TemporaryFolder();

        var page = Rendered(RunReport.Of(Run(folder), "c"));
        Draw(folder, "one.json", "{}");
        var undrawn = Rendered(RunReport.Of(Run(folder), "c"));

        page.Text.ShouldContain($"No figure was made of this run. {HowToDraw} what there is to draw.");
        undrawn.Text.ShouldContain($"The figure 'one' was not drawn. {HowToDraw} it. It would show: {Caption}");
        page.Root.Descendants("img").ShouldBeEmpty();
        page.ById("numbers").Descendants("tbody").ShouldNotBeEmpty();
    }

    [Fact]
    public void Of_an_animation_as_it_is_written_the_last_frame_is_shown_and_then_the_animation()
    {
        using var folder = new TemporaryFolder();
        var frames = Enumerable.Range(1, 2).Select(i => new Figure(
            "one", [new Panel("", new Axis(""), new Axis(""), [new LineCurve([0, 1], [0, i], Palette.SpecGd)])], "") { Width = 3, Height = 2 });
        new AnimationWriter(FigureFont.Package)
            .Write(new Animation("one", [.. frames], Caption, 1), folder.PathOf("run/figures"));

        var page = Rendered(RunReport.Of(Run(folder), "c"));

        var images = page.Root.Descendants().Where(element => element.Name.LocalName == "img" || (string?)element.Attribute("class") == "live").ToArray();
        images.Select(image => image.Name.LocalName).ShouldBe(["svg", "img"]);
        ((string)images[1].Attribute("src")!).ShouldStartWith("data:image/gif");
        images.Select(image => image.Ancestors("details").Any()).ShouldBe([false, true]);
        page.Text.ShouldNotContain("was not drawn");
        page.Root.Descendants("figcaption").Single().Value.ShouldBe(Caption + " The still picture is the last frame.");
    }

    [Fact]
    public void An_animation_that_has_no_still_picture_is_shown_with_its_caption()
    {
        using var folder = new TemporaryFolder();
        Draw(folder, "one.gif", "GIF89a\u0010\0\u0010\0");

        var page = Rendered(RunReport.Of(Run(folder), "c"));

        page.Root.Descendants("img").Single().Ancestors("details").ShouldNotBeEmpty();
        page.Text.ShouldContain(Caption);
        page.Text.ShouldNotContain("was not drawn");
    }

    [Fact]
    public void A_drawing_of_very_many_points_gives_way_to_a_smaller_PNG()
    {
        using var folder = new TemporaryFolder();
        byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 2, 0, 0, 0, 1, 0];
        Draw(folder, "one.svg", Svg + new string(' ', 600_001 - Svg.Length));
        Draw(folder, "small.svg", Svg);
        foreach (string name in new[] { "one.png", "small.png" })
            File.WriteAllBytes(Path.Combine(folder.DirectoryPath, "run", "figures", name), png);

        Run(folder).Pictures.Select(p => p.Still!.Format).ShouldBe([PictureFormat.Png, PictureFormat.Svg]);
    }

    [Fact]
    public void A_folder_without_a_manifest_is_refused()
    {
        using var folder = new TemporaryFolder();

        Should.Throw<BadInputException>(() => RunRecord.Read(folder.DirectoryPath)).Message
            .ShouldEndWith("manifest.json cannot be read as a manifest: there is no such file.");
    }

    [Fact]
    public void Of_a_run_that_was_interrupted_the_report_has_numbers_and_no_conclusions()
    {
        using var folder = new TemporaryFolder();
        var run = Run(folder) with { Experiment = new SparseRegression(), Log = TinyRuns.SparseRegression() };
        run.Summary.Sentences.ShouldNotBeEmpty();
        run.Summary.Sentences.ShouldAllBe(sentence => Rendered(RunReport.Of(run, "specgd run")).Text.Contains(sentence));

        string text = Rendered(RunReport.Of(run with { Manifest = run.Manifest with { Status = RunStatus.Interrupted, Detail = "At step 7." } }, "specgd run")).Text;

        text.ShouldContain("The run was interrupted. At step 7.");
        text.ShouldContain("from which nothing follows yet");
        run.Summary.Sentences.ShouldAllBe(sentence => !text.Contains(sentence));
    }

    [Fact]
    public void A_reproduction_leads_with_what_does_not_hold_then_shows_the_figures_and_then_every_claim()
    {
        using var folder = new TemporaryFolder();
        Draw(folder, "one.svg", Svg);
        var run = Run(folder);
        var diverged = run.Manifest with { Status = RunStatus.Diverged, Detail = "At step 7." };
        ReproducedFigure[] figures =
        [
            ReproducedFigure.Of(Figure("fig3", ("claim <1>", true), ("claim 2", true)), run),
            ReproducedFigure.Of(Figure("fig11", ("claim 3", false)), run),
            ReproducedFigure.Of(Figure("fig14b", ("claim 4", true)), run with { Manifest = diverged }),
        ];

        var page = Rendered(ReproductionReport.Of(figures, "specgd reproduce fig3 fig11 fig14b"));

        page.Leaks().ShouldBeEmpty();
        page.Text.ShouldContain("2 of 4 claims of the paper hold, 1 does not, 1 could not be checked.");
        page.Root.Descendants("section").Select(section => (string)section.Attribute("id")!).Take(5).ShouldBe(["exceptions", "fig3", "fig11", "fig14b", "claims"]);
        page.ById("exceptions").Descendants("tbody").Single().Elements().Select(Page.TextOf).ShouldBe(["Figure 11 claim 3 measured claim 3 does not hold"]);
        Rendered(ReproductionReport.Of(figures[..1], "specgd reproduce fig3")).Root.Descendants("section").Select(section => (string)section.Attribute("id")!).First().ShouldBe("fig3");
        page.ById("claims").Descendants("tbody").Single().Elements().Select(Page.TextOf).ShouldBe(
        [
            "Figure 3 claim <1> measured claim <1> holds",
            "Figure 3 claim 2 measured claim 2 holds",
            "Figure 11 claim 3 measured claim 3 does not hold",
            "Figure 14b claim 4 – not checked",
        ]);
        Page.TextOf(page.ById("fig3")).ShouldContain("Both claims of the paper hold.");
        Page.TextOf(page.ById("fig14b")).ShouldContain("The run diverged. At step 7.");
        page.ById("fig11").Descendants("img").Count().ShouldBe(1);
        page.Text.ShouldContain("specgd reproduce fig3 fig11 fig14b");
        Page.TextOf(page.ById("provenance")).ShouldContain("6 min 15 s of all runs together");
    }

    [Theory]
    [InlineData(new bool[0], 0, MarkShape.Ring, "Nothing was to be checked.")]
    [InlineData(new[] { true }, 0, MarkShape.Check, "The one claim of the paper holds.")]
    [InlineData(new[] { true, true }, 0, MarkShape.Check, "Both claims of the paper hold.")]
    [InlineData(new[] { true, true, true }, 0, MarkShape.Check, "All 3 claims of the paper hold.")]
    [InlineData(new[] { false }, 0, MarkShape.Cross, "0 of 1 claim of the paper holds, 1 does not.")]
    [InlineData(new[] { true, false, false }, 0, MarkShape.Cross, "1 of 3 claims of the paper holds, 2 do not.")]
    [InlineData(new[] { true }, 2, MarkShape.Ring, "1 of 3 claims of the paper holds, 2 could not be checked.")]
    [InlineData(new bool[0], 2, MarkShape.Ring, "No claim of the paper could be checked.")]
    public void Verdicts_add_up(bool[] found, int open, MarkShape shape, string words) =>
        ReproductionReport.Sum(
            [.. found.Select(holds => new CheckedClaim("c", new Finding("m", holds))), .. Enumerable.Repeat(new CheckedClaim("c", null), open)])
            .ShouldBe(new Mark(shape, words));

    [Fact]
    public void Kinds_of_claims_are_summed_and_shown_apart()
    {
        CheckedClaim Of(ClaimKind kind, Finding? finding) => new("c", finding) { Kind = kind };
        Finding holds = new("m", true), tie = Finding.Undecided("m");
        CheckedClaim[] claims = [Of(ClaimKind.Paper, holds), Of(ClaimKind.Paper, tie), Of(ClaimKind.Ours, holds), Of(ClaimKind.Correction, holds), Of(ClaimKind.Correction, holds)];
        ReproductionReport.Sum(claims).ShouldBe(new Mark(
            MarkShape.Ring,
            "1 of 2 claims of the paper holds, 1 is undecided; the one claim of our own holds; both corrections of the paper’s print hold."));
        ReproductionReport.TablesOf(claims).OfType<Table>().Select(table => table.Caption).ShouldBe(
            ["What the paper says must be seen", "What this project says beside it", "Where the paper’s print is wrong"]);
        claims[1].Verdict.ShouldBe(new Mark(MarkShape.Ring, "undecided"));
    }

    [Fact]
    public void A_claim_that_two_figures_check_counts_once_and_by_the_worse_finding()
    {
        CheckedClaim Of(bool? holds) => new("c", holds is { } found ? new Finding("m", found) : null) { Identity = "equation 1" };
        ReproductionReport.Sum([Of(true), Of(true), new CheckedClaim("d", new Finding("m", true))]).Words.ShouldBe("Both claims of the paper hold.");
        ReproductionReport.Sum([Of(true), Of(false)]).Words.ShouldBe("0 of 1 claim of the paper holds, 1 does not.");
        ReproductionReport.Sum([Of(true), Of(null)]).Words.ShouldBe("The one claim of the paper holds.");
    }

    [Fact]
    public void The_report_says_with_which_figure_a_claim_is_counted()
    {
        using var folder = new TemporaryFolder();
        var theory = SpecGD.Reproduction.PaperFigureCatalog.Named("theory")[0];
        var figure = ReproducedFigure.Of(theory, Run(folder));
        figure.Claims.Where(claim => claim.CountedWith == "Figure 16").Count().ShouldBe(2);
        ReproductionReport.TablesOf(figure.Claims).OfType<Table>().SelectMany(table => table.Rows).Select(row => ((TextCell)row[0]).Text)
            .Count(text => text.EndsWith("(the claim of Figure 16, counted once)", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public void A_figure_may_show_only_those_pictures_of_a_run_that_are_its_own()
    {
        using var folder = new TemporaryFolder();
        Draw(folder, "one.svg", Svg);
        Draw(folder, "two.svg", Svg);
        var figure = ReproducedFigure.Of(Figure("fig3", ("c", true)), Run(folder));

        Rendered(ReproductionReport.Of([figure], "c")).Root.Descendants("img").Count().ShouldBe(2);
        Rendered(ReproductionReport.Of([figure with { PictureNames = ["two"] }], "c")).Root.Descendants("img").Count().ShouldBe(1);
    }

    private static PaperFigure Figure(string id, params (string Statement, bool Holds)[] claims) => new(
        id,
        "title",
        "batch-size-sweep",
        Options,
        [.. claims.Select(c => new Claim(c.Statement, _ => new Finding("measured " + c.Statement, c.Holds)))]);

    private static Page Rendered(ReportDocument report) => new(HtmlReport.Render(report));

    /// <summary>Writes the folder 'run' with log and manifest, and reads it.</summary>
    private static RunRecord Run(TemporaryFolder folder)
    {
        var run = RunFolder.Prepare(folder.PathOf("run"));
        var started = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(-5.5));
        run.Write(Log, new Manifest("batch-size-sweep", Setting.ToJson(Options), RunStatus.Finished, null, started, TimeSpan.FromSeconds(125))
        {
            Version = "9.8.7",
            Commit = "abc",
            Machine = new Machine("a processor", 4, "a system", "a runtime", "BLAS", "built so", 3),
        });
        return RunRecord.Read(run.DirectoryPath + Path.DirectorySeparatorChar);
    }

    /// <summary>A file of a figure, with the figure's caption.</summary>
    private static void Draw(TemporaryFolder folder, string name, string content)
    {
        string directory = Path.Combine(folder.DirectoryPath, "run", "figures");
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, name), content, Encoding.Latin1);
        File.WriteAllText(Path.Combine(directory, Path.GetFileNameWithoutExtension(name) + ".caption.txt"), Caption + "\n");
    }
}
