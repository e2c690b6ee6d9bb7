using SpecGD.Figures.Gnuplot;

namespace SpecGD.Figures.Tests.Gnuplot;

[Collection(Alone.Name)]
public class GnuplotProgramTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void An_override_that_points_to_nothing_is_the_only_place_tried_and_is_named()
    {
        using var folder = new TemporaryFolder();
        string nowhere = folder.PathOf("no-gnuplot");
        var program = GnuplotProgram.Find(nowhere, Limit);
        program.Path.ShouldBeNull();
        program.Version.ShouldBeNull();
        program.Tried.ShouldBe([nowhere]);
        program.Problem.ShouldBe($"gnuplot was not found: SPECGD_GNUPLOT is '{nowhere}', and there is no such program");
        FigureFormat.All.ShouldAllBe(format => !program.Draws(format));
    }

    [Fact]
    public void A_bare_name_is_looked_for_along_the_path()
    {
        var program = GnuplotProgram.Find("no-such-gnuplot-anywhere", Limit);
        program.Path.ShouldBeNull();
        string[] folders = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        program.Tried.Select(Path.GetFileNameWithoutExtension).Distinct().ShouldBe(["no-such-gnuplot-anywhere"]);
        program.Tried.Count.ShouldBe(folders.Distinct().Count());
    }

    [SkippableFact]
    public void A_file_that_may_not_be_run_is_no_program()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no such permission.");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("gnuplot"), "");
        GnuplotProgram.Find(folder.PathOf("gnuplot"), Limit).Path.ShouldBeNull();
    }

    [SkippableFact]
    public void Version_and_terminals_are_what_the_program_says()
    {
        using var folder = new TemporaryFolder();
        string path = FakeGnuplot.Make(folder, FakeGnuplot.Idles, "pngcairo svg");
        var program = GnuplotProgram.Find(path, Limit);
        program.Path.ShouldBe(path);
        program.Version.ShouldBe("5.4 patchlevel 4");
        program.Terminals.ShouldBe(["pngcairo", "svg"]);
        program.Problem.ShouldBeNull();
        FigureFormat.All.Where(program.Draws).ShouldBe([FigureFormat.Png, FigureFormat.Svg]);
    }

    [SkippableFact]
    public void A_program_that_is_not_gnuplot_cannot_be_used_and_is_quoted()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("gnuplot");
        File.WriteAllText(path, "#!/bin/sh\necho 'I am not' >&2\necho 'a plotter'\nexit 3\n");
        FakeGnuplot.MakeExecutable(path);
        var program = GnuplotProgram.Find(path, Limit);
        program.Path.ShouldBe(path);
        program.Version.ShouldBeNull();
        program.Problem.ShouldBe($"{path} cannot be used as gnuplot: asked for its version it says 'I am not | a plotter'");
    }

    [SkippableFact]
    public void A_file_that_the_system_cannot_start_cannot_be_used()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("gnuplot");
        File.WriteAllBytes(path, [0x7F, (byte)'E', (byte)'L', (byte)'F', 0, 0]);
        FakeGnuplot.MakeExecutable(path);
        GnuplotProgram.Find(path, Limit).Problem!.ShouldStartWith($"{path} cannot be used as gnuplot: ");
    }

    [SkippableFact]
    public void The_gnuplot_of_this_machine_draws_every_format()
    {
        var program = RealGnuplot.OrSkip();
        program.Version.ShouldNotBeNull();
        program.Tried[^1].ShouldBe(program.Path);
        FigureFormat.All.ShouldAllBe(format => program.Draws(format));
    }

    [Fact]
    public void The_install_command_is_one_line() => GnuplotProgram.InstallCommand.ShouldContain("gnuplot");
}
