using System.CommandLine;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments.Settings;
using SpecGD.Records;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Cli.Commands.Sweep;

/// <summary><c>specgd sweep export DIR</c>: everything that was measured as one flat table.</summary>
internal static class ExportCommand
{
    private const string Csv = "csv", Json = "json";

    internal sealed record ExportSettings
    {
        [Setting("format", "form of the table", Choices = Csv + "," + Json)]
        public string Format { get; init; } = Csv;

        [Setting("series", "series to write", UnsetMeans = "all")]
        public IReadOnlyList<string> Series { get; init; } = [];

        [Setting("output", "file to write", UnsetMeans = "standard output")]
        public string? Output { get; init; }
    }

    public static Command Build()
    {
        var folder = SweepCommand.FolderArgument();
        var command = new Command("export", "Write what was measured as one table: a row for each task, method and series. Of an experiment without methods, such as theory "
            + "or stable-rank-sweep, the numbers of its table are written; what else was recorded is in each task's log.json.") { folder };
        var settings = new SettingOptions(command, typeof(ExportSettings));
        command.SetAction(parsed =>
        {
            var export = (ExportSettings)settings.Resolve(parsed);
            var sweep = SweepFolder.Open(parsed.GetValue(folder)!);
            var results = ResultsCommand.Collect(sweep).Select(result => result with { Observations = Chosen(sweep, result, export.Series) }).ToArray();
            RequireSeries(sweep, export.Series, results);
            JsonObject[] rows = [.. results.SelectMany(result => Rows(sweep, result))];
            string text = export.Format == Csv ? MetricsCsv.OfRows(rows) : new JsonArray([.. rows]).ToJsonString() + "\n";
            if (export.Output is { } file)
                Write(file, text);
            else
                Console.Out.Write(text);
            foreach (string left in LeftOut(sweep, results))
                Terminal.Remark(left);
            return ExitCode.Done;
        });
        return command;
    }

    private static Observation[] Chosen(SweepFolder sweep, TaskResult result, IReadOnlyList<string> series) =>
        [.. SweepCollector.Everything(sweep, result.Record).Where(o => series.Count == 0 || series.Contains(o.Series))];

    /// <summary>What of the logs is not written, by experiment: series within those that have a table in the place of methods.</summary>
    private static IEnumerable<string> LeftOut(SweepFolder sweep, IReadOnlyList<TaskResult> results)
    {
        foreach (var record in results.Select(r => r.Record).Where(r => r.HasResult).DistinctBy(r => r.Task.Identity.Experiment))
        {
            var log = SweepCollector.LogOf(sweep, record);
            if (log.Methods.Count == 0 && log.Sections.Count > 0)
                yield return $"of {record.Task.Identity.Experiment} the numbers of its table are written. All that was recorded, series too, is in "
                    + $"{SweepFolder.TasksName}/TASK/{RunFolder.LogName} under {string.Join(", ", log.Sections.Select(section => $"'{section.Key}'"))}";
        }
    }

    private static void RequireSeries(SweepFolder sweep, IReadOnlyList<string> wanted, IReadOnlyList<TaskResult> results)
    {
        if (!results.Any(r => r.Record.HasResult)
            || wanted.FirstOrDefault(name => !results.Any(r => r.Observations.Any(o => o.Series == name))) is not { } missing)
            return;
        string[] known = [.. results.SelectMany(r => SweepCollector.Everything(sweep, r.Record)).Select(o => o.Series).Distinct()];
        throw new BadInputException(
            $"No task of this sweep has the series '{missing}'; there are {string.Join(", ", known)}.{Spelling.Hint(missing, known)}");
    }

    private static void Write(string file, string text)
    {
        RunHolding.RequireNoFileOfRun(file);
        try
        {
            AtomicFile.Write(file, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The table cannot be written to {file}: {e.Message}", e);
        }
        Terminal.Remark($"{file} written");
    }

    /// <summary>One row for each series, and one without numbers for a task that has none. Options of all parts have columns.</summary>
    private static IEnumerable<JsonObject> Rows(SweepFolder sweep, TaskResult result)
    {
        string[] options = [.. sweep.Definition.Parts.SelectMany(part => part.Varying).Distinct()];
        foreach (var observation in result.Observations.DefaultIfEmpty())
        {
            var row = new JsonObject
            {
                ["part"] = result.Task.Part.Name,
                ["task"] = result.Task.Key,
                ["experiment"] = result.Task.Identity.Experiment,
                ["status"] = result.Record.State.ToString().ToLowerInvariant(),
                ["attempts"] = result.Record.Attempts,
                ["wall_seconds"] = result.Record.WallSeconds,
            };
            foreach (string option in options)
                row[option] = result.Task.Identity.Options.ContainsKey(option)
                    ? AxisText.For(result.Task.Identity.Options[option], observation?.Method ?? "") : null;
            row["method"] = observation?.Method;
            row["series"] = observation?.Series;
            foreach (var (word, statistic) in Metric.Words)
                row[word] = observation is null ? null : JsonNumber.From(observation[statistic]);
            row["final_step"] = observation?.FinalStep;
            row["diverged"] = observation?.Diverged;
            yield return row;
        }
    }
}
