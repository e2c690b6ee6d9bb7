using System.CommandLine;
using System.Text;
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

        [Setting("long", "write every number that was recorded, a row for each step, also of logs without methods")]
        public bool Long { get; init; }

        [Setting("output", "file to write", UnsetMeans = "standard output")]
        public string? Output { get; init; }
    }

    public static Command Build()
    {
        var folder = SweepCommand.FolderArgument();
        var command = new Command("export", "Write what was measured as one table: a row for each task, method and series with its first, final, least and largest value. "
            + "Of an experiment without methods, such as theory or stable-rank-sweep, these are the numbers of its table, with the columns that name its rows; "
            + "--long writes all that was recorded, the series along the steps too.") { folder };
        var settings = new SettingOptions(command, typeof(ExportSettings));
        command.SetAction(parsed => Interruption.Guard("stopped before the table was whole; no file was written or changed.", stop =>
        {
            var export = (ExportSettings)settings.Resolve(parsed);
            var sweep = SweepFolder.Open(parsed.GetValue(folder)!);
            if (export.Output is { } file)
                OutputFile.Require(file, "a table of 'sweep export'", IsTable);
            if (export.Long)
                return WriteLong(sweep, export, stop);
            var results = ResultsCommand.Collect(sweep).Select(result => Unless(result, stop) with { Observations = Chosen(sweep, result, export.Series) }).ToArray();
            RequireSeries(sweep, export.Series, results);
            string[] keys = [.. results.SelectMany(result => result.Observations).SelectMany(o => o.Keys.All).Select(key => key.Column).Distinct()];
            Write(export, results.SelectMany(result => Rows(sweep, result, keys)), stop);
            foreach (string left in LeftOut(sweep, results))
                Terminal.Remark(left);
            return ExitCode.Done;
        }));
        return command;
    }

    /// <summary>Whether a file begins as every table does: with the columns that name a task. One without rows is empty in either form.</summary>
    private static bool IsTable(byte[] beginning)
    {
        string text = Encoding.UTF8.GetString(beginning);
        return text.StartsWith("part,task,experiment,status,", StringComparison.Ordinal)
            || (text.StartsWith("[{\"part\":", StringComparison.Ordinal) && text.Contains("\"task\":", StringComparison.Ordinal))
            || text.Trim() is "[]" or "";
    }

    private static int WriteLong(SweepFolder sweep, ExportSettings export, CancellationToken stop)
    {
        var table = new LongTable(sweep, [.. ResultsCommand.Collect(sweep).Select(result => result.Record)], export.Series);
        if (export.Series.Count > 0 && table.Known() is { Length: > 0 } known && export.Series.FirstOrDefault(name => !known.Contains(name)) is { } missing)
            throw NoSeries(missing, known);
        Write(export, table.Rows(), stop);
        return ExitCode.Done;
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
                yield return $"of {record.Task.Identity.Experiment} the numbers of its table are written; --long writes all that was recorded, series too";
        }
    }

    private static void RequireSeries(SweepFolder sweep, IReadOnlyList<string> wanted, IReadOnlyList<TaskResult> results)
    {
        if (!results.Any(r => r.Record.HasResult)
            || wanted.FirstOrDefault(name => !results.Any(r => r.Observations.Any(o => o.Series == name))) is not { } missing)
            return;
        string[] known = [.. results.SelectMany(r => SweepCollector.Everything(sweep, r.Record)).Select(o => o.Series).Distinct()];
        throw NoSeries(missing, known);
    }

    private static BadInputException NoSeries(string missing, string[] known) =>
        new($"No task of this sweep has the series '{missing}'; there are {string.Join(", ", known)}.{Spelling.Hint(missing, known)}");

    private static T Unless<T>(T value, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        return value;
    }

    private static void Write(ExportSettings export, IEnumerable<JsonObject> all, CancellationToken stop)
    {
        var rows = all.Select(row => Unless(row, stop));
        if (export.Output is not { } file)
        {
            Write(export.Format, rows, Console.Out);
            return;
        }
        try
        {
            AtomicFile.Write(file, stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true);
                Write(export.Format, rows, writer);
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The table cannot be written to {file}: {e.Message}", e);
        }
        Terminal.Remark($"{file} written");
    }

    /// <summary>The table, row by row: a long one is larger than memory.</summary>
    private static void Write(string format, IEnumerable<JsonObject> rows, TextWriter writer)
    {
        if (format == Csv)
        {
            MetricsCsv.WriteRows(rows, writer);
            return;
        }
        string before = "[";
        foreach (var row in rows)
        {
            writer.Write(before + row.ToJsonString());
            before = ",";
        }
        writer.Write(before == "[" ? "[]\n" : "]\n");
    }

    /// <summary>One row for each series, and one without numbers for a task that has none. Options of all parts have columns, and so have the keys of rows.</summary>
    private static IEnumerable<JsonObject> Rows(SweepFolder sweep, TaskResult result, string[] keys)
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
            foreach (string key in keys)
                row[row.ContainsKey(key) || key == RecordedValue.Method ? LongTable.OfRow + key : key] =
                    observation?.Keys.All.Where(one => one.Column == key).Select(one => one.Text).FirstOrDefault();
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
