using SpecGD.Cli.Display;
using SpecGD.Diagnosis;
using SpecGD.Diagnosis.ParameterGroups;
using SpecGD.Figures;
using SpecGD.Figures.Diagnosis;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Figures.Report;
using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Cli.Commands;

/// <summary>One call of <c>specgd diagnose</c>: measures with progress on display, writes the folder, prints.</summary>
internal static class DiagnoseRun
{
    /// <summary>Files of the output folder.</summary>
    public const string JsonName = "diagnosis.json", CsvName = "diagnosis.csv", SpectraName = "spectra", GroupsName = "parameter-groups";

    public static int Run(DiagnoseCommand.Request request)
    {
        SpectrumFiles? spectra = null;
        return Interruption.Guard(() => Stopped(spectra), stop => Run(request, files => spectra = files, stop));
    }

    private static string Stopped(SpectrumFiles? spectra) => "stopped before every layer was measured; no diagnosis was written"
        + (spectra is { Written: ( > 0 and var count, var folder) } ? $", and {folder} holds the singular values of {Counted.Of(count, "matrix")} alone; the same command writes all." : ".");

    private static int Run(DiagnoseCommand.Request request, Action<SpectrumFiles> keep, CancellationToken cancellation)
    {
        if (request.Spectra is not null && request.Output is null)
            throw new BadInputException("--spectra writes files; say where with --output DIR.");
        var optimizer = request.Optimizer is { } described ? OptimizerDescription.Read(described) : null; // before the work
        OutputFolder? output = null;
        if (request.Output is { } folder)
        {
            output = OutputFolder.Require(folder, "a diagnosis", [.. request.Files.Select(file => OutputSource.At(file))]);
            RunFolder.Prepare(folder); // before the work; marked with the first file
        }
        var spectra = request.Spectra is { } patterns
            ? new SpectrumFiles(Path.Combine(request.Output!, SpectraName), patterns, request.Figures ? FigureWriter.ForThisMachine(request.Font) : null, output!.Prepare, cancellation) : null;
        if (spectra is not null)
            keep(spectra);
        var diagnosis = Measure(request, spectra, cancellation);
        spectra?.RequireSome(diagnosis);
        output?.Prepare();
        int code = request.Output is { } directory
            ? Interruption.Guard(
                $"stopped while figures were drawn: figures and {RunFolder.ReportName} are not whole, all else is in {directory}; the same command makes them.",
                stop => Write(diagnosis, directory, request, stop))
            : ExitCode.Done;
        var audit = optimizer is null ? null : OptimizerAudit.Of(diagnosis, optimizer);
        if (request.AsJson)
        {
            var json = DiagnosisJson.Of(diagnosis);
            if (audit is not null)
                json["audit"] = AuditJson.Of(audit);
            SummaryView.PrintJson(json);
        }
        else
        {
            DiagnosisView.Print(diagnosis);
            if (audit is not null)
                AuditView.Print(audit);
        }
        return code;
    }

    private static NetworkDiagnosis Measure(DiagnoseCommand.Request request, SpectrumFiles? spectra, CancellationToken cancellation)
    {
        NetworkDiagnosis With(IProgressReporter reporter)
        {
            IProgressTask? task = null;
            var progress = new Relay<DiagnosisProgress>(p => (task ??= reporter.Begin("layers", p.Total)).Advance(p.Done));
            return Diagnosing.Run(request.Files, new LayerJudge(request.ParameterCurvature), progress, spectra is null ? null : spectra.Write,
                cancellation);
        }

        return Terminal.CanRedraw ? BarProgress.Show(With, stop: cancellation) : With(new LineProgress(Terminal.Error, TimeProvider.System));
    }

    private static int Write(NetworkDiagnosis diagnosis, string directory, DiagnoseCommand.Request request, CancellationToken stop)
    {
        AtomicFile.Write(Path.Combine(directory, JsonName), SummaryView.JsonText(DiagnosisJson.Of(diagnosis)) + "\n");
        AtomicFile.Write(Path.Combine(directory, CsvName), DiagnosisJson.Csv(diagnosis));
        string groups = Path.Combine(directory, GroupsName);
        RunFolder.Prepare(groups);
        var plan = ParameterPlan.Of(diagnosis);
        foreach (var recipe in ParameterGroupText.All)
            AtomicFile.Write(Path.Combine(groups, recipe.Name + ".py"), recipe.Render(plan));
        var figures = DiagnosisFigures.Of(diagnosis).Select(figure => (figure, request.Figures ? Draw(figure, Path.Combine(directory,
            RunFolder.FiguresName), request.Font, stop) : null)).ToArray();
        string command = "specgd diagnose " + string.Join(' ', request.Files.Select(Quoted)) + " --output " + Quoted(directory)
            + (request.ParameterCurvature > 0 ? FormattableString.Invariant($" --c-op {request.ParameterCurvature}") : "");
        string report = Path.Combine(directory, RunFolder.ReportName);
        HtmlReport.Write(DiagnosisReport.Of(diagnosis, figures, command), report);
        Terminal.Remark($"everything on one page: {report}");
        return ExitCode.Done;
    }

    private static PictureFile? Draw(Figure figure, string directory, FigureFont? font, CancellationToken stop)
    {
        var result = FigureWriter.ForThisMachine(font).Write(figure, directory, stop);
        return result.Files.FirstOrDefault(file => file.EndsWith(".svg", StringComparison.Ordinal)) is { } picture ? PictureFile.Read(picture) : null;
    }

    private static string Quoted(string word) => word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "/._-=+:,".Contains(c,
        StringComparison.Ordinal))
        ? word
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
