using System.Text.Json.Nodes;
using SpecGD.Records;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Cli.Commands.Sweep;

/// <summary>
/// Every number that the tasks of a sweep recorded, a row each: the task and its options, the keys that say what the number is of, the series, step
/// or place in a list, and the value. One log is in memory at a time.
/// </summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="Records">Its tasks.</param>
/// <param name="Series">The series to write; all where it is empty.</param>
internal sealed record LongTable(SweepFolder Sweep, IReadOnlyList<TaskRecord> Records, IReadOnlyList<string> Series)
{
    /// <summary>What the column of a key is called where an option or another column has the name.</summary>
    public const string OfRow = "row ";

    private static readonly string[] Before = ["part", "task", "experiment", "status"], After = ["series", "step", "index", "value"];

    /// <summary>The rows, each with the same columns.</summary>
    /// <exception cref="BadInputException">A log is damaged.</exception>
    public IEnumerable<JsonObject> Rows()
    {
        string[] options = [.. Sweep.Definition.Parts.SelectMany(part => part.Varying).Distinct()];
        string[] keys = [.. Records.Where(r => r.HasResult).SelectMany(r => RecordedValue.KeysOf(r.Task.Experiment)).Distinct()];
        string[] taken = [.. Before, .. options, .. After];
        return
            from record in Records
            where record.HasResult
            from value in RecordedValue.All(record.Task.Experiment, SweepCollector.LogOf(Sweep, record))
            where Series.Count == 0 || Series.Contains(value.Series)
            select RowOf(record, value, options, [.. keys.Select(key => (key, taken.Contains(key) ? OfRow + key : key))]);
    }

    /// <summary>The names of all series.</summary>
    public string[] Known() =>
        [.. Records.Where(r => r.HasResult).SelectMany(r => RecordedValue.All(r.Task.Experiment, SweepCollector.LogOf(Sweep, r)).Select(value => value.Series)).Distinct()];

    private static JsonObject RowOf(TaskRecord record, RecordedValue value, string[] options, (string Key, string Column)[] keys)
    {
        var row = new JsonObject
        {
            ["part"] = record.Task.Part.Name,
            ["task"] = record.Task.Key,
            ["experiment"] = record.Task.Identity.Experiment,
            ["status"] = record.State.ToString().ToLowerInvariant(),
        };
        foreach (string option in options)
            row[option] = record.Task.Identity.Options.ContainsKey(option)
                ? AxisText.For(record.Task.Identity.Options[option], value.Keys.GetValueOrDefault(RecordedValue.Method, "")) : null;
        foreach (var (key, column) in keys)
            row[column] = value.Keys.GetValueOrDefault(key);
        row["series"] = value.Series;
        row["step"] = value.Step;
        row["index"] = value.Index;
        row["value"] = JsonNumber.From(value.Value);
        return row;
    }
}
