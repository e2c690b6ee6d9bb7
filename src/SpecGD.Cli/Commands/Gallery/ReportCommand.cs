using System.CommandLine;
using SpecGD.Cli.Display;
using SpecGD.Figures;
using SpecGD.Gallery.Analysis;
using SpecGD.Gallery.Networks;
using SpecGD.Records;

namespace SpecGD.Cli.Commands.Gallery;

/// <summary><c>specgd gallery report</c>: the tables, the statistics and the figure of the gallery's page.</summary>
internal static class ReportCommand
{
    public static Command Build()
    {
        var sweeps = new Argument<string[]>("SWEEP") { Description = "folders of sweeps of the gallery; none for the tables of --csv alone", Arity = ArgumentArity.ZeroOrMore };
        var csv = new Option<string?>("--csv") { Description = "folder with runs.csv and layers.csv: what it has is taken in, and with a SWEEP what is new is added", HelpName = "DIR" };
        var networks = new Option<string[]>("--network") { Description = "networks to report, such as those whose runs are all there (default: all)", HelpName = "NAME", AllowMultipleArgumentsPerToken = true };
        var page = new Option<string?>("--page") { Description = $"page whose results are replaced, from '{GalleryPage.Heading}' to its end", HelpName = "FILE" };
        var figure = new Option<string?>("--figure") { Description = "folder for the figure", HelpName = "DIR" };
        var command = new Command("report", "Tables and statistics of the gallery, as docs/gallery.md has them: which arm wins, and whether the gain of a layer follows its nr/st.") { sweeps, csv, networks, page, figure };
        command.SetAction(parsed => Report(parsed.GetValue(sweeps) ?? [], parsed.GetValue(csv), parsed.GetValue(networks) ?? [], parsed.GetValue(page), parsed.GetValue(figure)));
        return command;
    }

    private static int Report(string[] sweeps, string? csv, string[] networks, string? page, string? figure)
    {
        if (sweeps.Length == 0 && csv is null)
            throw new BadInputException("A report needs the folder of a sweep, such as runs/sweeps/gallery, or tables (--csv).");
        if (page is not null && !File.Exists(page))
            throw new BadInputException($"There is no page {page}.");
        var tables = sweeps.Select(GalleryTables.OfSweep).Aggregate(GalleryTables.Empty, (all, one) => all.With(one));
        if (csv is not null)
        {
            tables = tables.With(GalleryTables.Read(csv));
            if (sweeps.Length > 0)
                tables.Write(csv);
        }
        if (networks.Length > 0)
            tables = tables.Of([.. networks.Select(name => Catalog.Named(name).Name)]);
        if (tables.Runs.Count == 0)
            throw new BadInputException("There is no finished run of the gallery there.");
        var analysis = new GalleryAnalysis(tables);
        string results = GalleryPage.Render(tables, analysis);
        if (page is not null)
            AtomicFile.Write(page, GalleryPage.Replace(File.ReadAllText(page), results));
        else
            Console.Out.Write(results);
        if (figure is not null && GalleryFigure.Of(analysis) is { } drawn)
            foreach (string file in FigureWriter.ForThisMachine().Write(drawn, figure).Files)
                Terminal.Remark($"{file} written");
        return ExitCode.Done;
    }
}
