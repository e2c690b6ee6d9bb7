using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments;
using SpecGD.Figures.Report;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Records;
using SpecGD.Reproduction;
using SpecGD.Torch;

namespace SpecGD.Cli.Tests;

public sealed class ReproduceCommandTests : InTemporaryDirectory
{
    [SkippableFact]
    public void Figures_3_and_11_are_made_and_every_claim_of_the_paper_holds()
    {
        Skip.If(Backend.OpenBlas is null && TorchLibrary.MklFile() is null, "there is neither OpenBLAS nor libtorch, and the managed code takes minutes");
        var said = Specgd("reproduce", "fig3", "fig11", "--json", "--output", "out");

        said.ExitCode.ShouldBe(0, said.Error);
        var claims = JsonNode.Parse(said.Output)!.AsArray();
        claims.Count.ShouldBe(5);
        claims.ShouldAllBe(c => (bool)c!["holds"]!);
        foreach (string figure in new[] { "fig3", "fig11" })
            Directory.EnumerateFiles(Path.Combine(Folder, "out", figure, "figures"), "*.json").ShouldNotBeEmpty();
    }

    [Fact]
    public void A_line_for_each_figure_and_a_short_summary_are_printed_and_tables_on_request()
    {
        const int summary = 10, terminal = 80;
        string[] figures = ["fig14", "fig15", "fig17"];
        var said = Specgd(["reproduce", .. figures, "--quick", "--no-figures", "--output", "out"]);

        said.ExitCode.ShouldBe(0, said.Error + said.Output);
        string[] lines = said.Output.TrimEnd().Split('\n');
        lines.Length.ShouldBeLessThanOrEqualTo(figures.Length + summary, said.Output);
        foreach (var (figure, line) in figures.Zip(lines))
        {
            line.ShouldStartWith(figure + " ");
            line.ShouldMatch(@" (1 of 1 claim holds|\d of [2-9] claims hold)");
            line.Length.ShouldBeLessThanOrEqualTo(terminal);
        }
        lines[1].ShouldEndWith("(run of fig14)");
        said.Output.ShouldContain("All 7 claims of the paper hold.");
        said.Output.ShouldContain(Path.Combine("out", "report.html"));
        said.Error.Split('\n').Where(line => line.Length > 0 && !line.Contains(" steps, ", StringComparison.Ordinal)).ShouldBeEmpty("nothing but progress, where it takes long");

        var verbose = Specgd(["reproduce", .. figures, "--quick", "--no-figures", "--output", "out", "--verbose"]);
        verbose.Output.ShouldContain("(from before)");
        verbose.Output.ShouldContain("nr at step 1, over k");
        verbose.Output.ShouldContain("close to linear in k (R² at least 0.99)");
        verbose.Output.ShouldNotContain("│");

        string report = File.ReadAllText(Path.Combine(Folder, "out", "report.html"));
        var other = Specgd("reproduce", "fig11", "--output", "out");
        (other.ExitCode, other.Error).ShouldBe((2, other.Error), other.Output);
        other.Error.ShouldContain("out holds figures and the report of 'specgd reproduce --quick', and this command would replace the report");
        File.ReadAllText(Path.Combine(Folder, "out", "report.html")).ShouldBe(report);
    }

    /// <summary>The summary of all figures at 80 columns, with four undecided claims of long words, has ten lines; with --verbose it tells them in full.</summary>
    [Fact]
    public void The_summary_of_all_figures_has_ten_lines_at_80_columns()
    {
        const int terminal = 80, most = 10;
        var open = PaperFigureCatalog.All.SelectMany(figure => figure.Claims).OrderByDescending(claim => claim.Statement.Length).Take(4).ToHashSet();
        ReproducedFigure[] figures =
        [
            .. PaperFigureCatalog.All.Select(figure => new ReproducedFigure(figure.Id, figure.Title, null!,
                [.. figure.Claims.Select(claim => new CheckedClaim(claim.Statement, open.Contains(claim) ? Finding.Undecided("what was measured") : new Finding("m", true)) { Kind = claim.Kind })])),
        ];
        open.ShouldAllBe(claim => claim.Statement.Length > terminal);

        var lines = ReproductionView.Summary(figures, TimeSpan.FromSeconds(95), Path.Combine("runs", "reproduce-quick", "report.html"), tables: false, terminal);
        lines.Count.ShouldBeLessThanOrEqualTo(most, string.Join('\n', lines));
        lines.ShouldAllBe(line => line.Length <= terminal);
        lines.Count(line => line.Contains(", undecided: ", StringComparison.Ordinal) && line.EndsWith(" …", StringComparison.Ordinal)).ShouldBe(4);

        string full = string.Join(' ', ReproductionView.Summary(figures, TimeSpan.FromSeconds(95), "report.html", tables: true, terminal));
        foreach (var claim in open)
            full.ShouldContain($", undecided: {claim.Statement}: what was measured");
    }

    /// <summary>What is ours stands under a heading of its own.</summary>
    [Fact]
    public void The_list_keeps_the_figures_of_the_paper_and_ours_apart()
    {
        string[] lines = Specgd("reproduce", "--list").Output.Split('\n');
        int ours = Array.FindIndex(lines, line => line.Contains("Of our own, beside the paper's", StringComparison.Ordinal));
        Array.FindIndex(lines, line => line.Contains("Figures and tables of the paper", StringComparison.Ordinal)).ShouldBeInRange(0, ours);
        foreach (var figure in PaperFigureCatalog.All)
            (Array.FindIndex(lines, line => line.StartsWith($"  {figure.Id} ", StringComparison.Ordinal)) > ours).ShouldBe(figure.Id is "adaptive" or "one-step", figure.Id);
    }

    [Fact]
    public void A_run_with_its_defaults_says_what_the_figure_has_otherwise_and_draws_as_it_is_told()
    {
        var said = Specgd("run", "stable-rank-sweep", "--dim", "3", "--steps", "4", "--lambda-count", "2", "--output", "out", "--fps", "2", "--dpi", "40");
        said.ExitCode.ShouldBe(0, said.Error);
        byte[] picture = File.ReadAllBytes(Path.Combine(Folder, "out", "figures", "stable-rank-sweep.png"));
        double inches = Figures.Description.FigureDescription.Read(Path.Combine(Folder, "out", "figures", "stable-rank-sweep.json")).Width;
        ((double)System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(16))).ShouldBe(40 * inches, 0.5, "whole dots");
        said = Specgd("run", "batch-size-sweep", "--dim", "3", "--batch-sizes", "4", "--dpi", "0", "--output", "refused");
        said.ExitCode.ShouldBe(2);
        said.Error.ShouldContain("--dpi is 0; a number from 30 to 1200 was expected.");
        Directory.Exists(Path.Combine(Folder, "refused")).ShouldBeFalse();
        said = Specgd("run", "sparse-regression", "--dim", "4", "--batch-size", "8", "--steps", "3", "--output", "sparse", "--no-figures");
        said.Error.ShouldContain("Figure 1 of the paper has --method-lr gradient_descent=0.081 specgd=0.1 (here gradient_descent=0.01 specgd=0.01)");
        said.Output.ShouldContain("At the last of 3 steps ");
        File.ReadAllText(Path.Combine(Folder, "sparse", "manifest.json")).ShouldContain("\"width\": 16");
        Specgd("plot", "sparse", "--methods", "adam").Error.ShouldContain("it has gradient_descent, specgd.");
        Specgd("plot", "sparse", "--methods", "specgd").ExitCode.ShouldBe(0);
        Directory.Exists(Path.Combine(Folder, "sparse", "figures")).ShouldBeFalse("figures of one method do not stand among those of all");
        Directory.GetFiles(Path.Combine(Folder, "sparse", "figures-specgd"), "*.json").ShouldNotBeEmpty();
    }

    [Fact]
    public void A_log_that_does_not_show_what_the_paper_says_fails_its_claims()
    {
        var log = new RunLog("flat");
        foreach (string name in new[] { RandomFeature.GradientDescent, RandomFeature.SpecGd })
        {
            var method = new MethodLog();
            method.Record("loss", 0, 1);
            method.Record("nuclear_rank", 0, 5);
            log.Methods.Add(name, method);
        }

        foreach (var figure in PaperFigureCatalog.All)
            foreach (var claim in figure.Claims)
                claim.Measure(log).Holds.ShouldBeFalse($"{figure.Id}: {claim.Statement}");
    }

    [Theory]
    [InlineData("""{"methods": {"m": {"temperature": {"steps": [0], "values": [1]}}}}""", "no figure is drawn: the log")]
    [InlineData("""{"config": {"experiment": "nuclear-rank-growth"}, "model1": {"nr0": {"abc": 1}, "curves": {}}}""", "The log's 'model1.nr0.abc' has a name that is no number.")]
    [InlineData("""{"model1": {"nr0": [1, 2]}}""", "The log's 'model1.nr0' must be an object, not [1,2].")]
    public void A_log_that_cannot_be_drawn_is_bad_input(string content, string sentence)
    {
        File.WriteAllText(Path.Combine(Folder, "log.json"), content);

        var said = Specgd("plot", "log.json");

        said.ExitCode.ShouldBe(2, said.Error);
        said.Error.ShouldContain(sentence);
        said.Error.TrimEnd().Split('\n').Length.ShouldBe(1, said.Error);
    }

    [Fact]
    public void A_file_in_the_place_of_the_figures_is_noticed_before_any_work()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "out"));
        File.WriteAllText(Path.Combine(Folder, "out", "figures"), "");

        var said = Specgd("run", "batch-size-sweep", "--output", "out");

        said.ExitCode.ShouldBe(2, said.Error);
        said.Error.ShouldContain("cannot be written");
        File.Exists(Path.Combine(Folder, "out", "log.json")).ShouldBeFalse();
    }

    [Fact]
    public void One_batch_size_alone_is_drawn()
    {
        var said = Specgd("run", "batch-size-sweep", "--batch-sizes", "16", "--width", "8", "--output", "out");

        said.ExitCode.ShouldBe(0, said.Error);
        Directory.EnumerateFiles(Path.Combine(Folder, "out", "figures"), "*.json").ShouldNotBeEmpty();
    }

    [Fact]
    public void A_run_folder_is_drawn_again_without_running()
    {
        Specgd("run", "random-feature", "--dim", "12", "--feature-dim", "6", "--num-samples", "40", "--steps", "30", "--output", "out", "--no-figures").ExitCode.ShouldBe(0);
        var before = File.GetLastWriteTimeUtc(Path.Combine(Folder, "out", "log.json"));

        var said = Specgd("plot", "out");

        said.ExitCode.ShouldBe(0, said.Error);
        said.Output.ShouldContain(Path.Combine("out", "figures"));
        File.GetLastWriteTimeUtc(Path.Combine(Folder, "out", "log.json")).ShouldBe(before);
    }

    [Fact]
    public void Frames_are_kept_where_asked_for_beside_the_animation()
    {
        Specgd("run", "relu-spectrum", "--dims", "4", "8", "--output", "out", "--no-figures").ExitCode.ShouldBe(0);
        string figures = Path.Combine(Folder, "out", "figures"), frames = Path.Combine(figures, "relu-spectrum-frames");

        var said = Specgd("plot", "out", "--keep-frames");

        said.ExitCode.ShouldBe(0, said.Error);
        File.Exists(Path.Combine(figures, "relu-spectrum.gif")).ShouldBeTrue();
        Directory.EnumerateFiles(frames, "*.png").Count().ShouldBe(2);
    }
}
