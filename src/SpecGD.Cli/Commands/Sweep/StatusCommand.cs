using System.CommandLine;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Sweeps;

namespace SpecGD.Cli.Commands.Sweep;

/// <summary><c>specgd sweep status DIR</c>: how far a sweep is.</summary>
internal static class StatusCommand
{
    public static Command Build()
    {
        var folder = SweepCommand.FolderArgument();
        var json = new Option<bool>("--json") { Description = "print the state of every task as JSON" };
        var command = new Command("status", "Tell how far a sweep is, and what failed; also while it runs, here or on a cluster.") { folder, json };
        command.SetAction(parsed => Print(SweepFolder.Open(parsed.GetValue(folder)!), parsed.GetValue(json)));
        return command;
    }

    private static int Print(SweepFolder folder, bool asJson)
    {
        var records = SweepCollector.Read(folder, SlurmQueue.Of(folder));
        TaskRecord[] distinct = [.. records.DistinctBy(record => record.Task.Key)]; // parts may share tasks
        if (asJson)
        {
            SummaryView.PrintJson(new JsonObject
            {
                ["name"] = folder.Definition.Name,
                ["counts"] = new JsonObject(records.GroupBy(Word).OrderBy(g => g.Key).Select(g => KeyValuePair.Create(g.Key, (JsonNode?)g.Count()))),
                ["tasks"] = new JsonArray([.. records.Select(Row)]),
            });
            return ExitCode.Done;
        }
        SummaryView.PrintTable(
            $"{folder.Definition.Name}: {distinct.Count(r => r.HasResult)} of {Counted.Of(distinct.Length, "task")} {Counted.Verb(distinct.Count(r => r.HasResult), distinct.Length, "has")} a result",
            [
                .. records.GroupBy(record => (Part: record.Task.Part.Name, record.State)).Select(g => new JsonObject
                {
                    ["part"] = g.Key.Part,
                    ["status"] = g.Key.State.ToString().ToLowerInvariant(),
                    ["tasks"] = g.Count(),
                    ["attempts"] = g.Sum(record => record.Attempts),
                    ["seconds"] = Math.Round(g.Sum(record => record.WallSeconds), 1),
                }),
            ]);
        SummaryView.PrintTable("Failed or crashed: 'specgd sweep retry' tries them again", [.. records.Where(r => r.IsTrouble).Select(Row)]);
        SummaryView.PrintTable(
            "Stopped: the command that began the sweep resumes them", [.. records.Where(r => r.State == TaskState.Interrupted).Select(Row)]);
        int outdated = records.Count(record => record.HasResult && !record.IsDone);
        if (outdated > 0)
            Terminal.Say($"{Counted.Of(outdated, "result")} {Counted.Noun(outdated, "is")} of another version of the program; 'specgd sweep' computes them again.");
        return ExitCode.Done;
    }

    private static string Word(TaskRecord record) => record.State.ToString().ToLowerInvariant();

    private static JsonObject Row(TaskRecord record) => new()
    {
        ["task"] = record.Task.Key,
        ["options"] = record.Task.Label,
        ["status"] = Word(record),
        ["attempts"] = record.Attempts,
        ["detail"] = record.Detail,
    };
}

/// <summary><c>specgd sweep retry DIR</c>: runs again what failed.</summary>
internal static class RetryCommand
{
    public static Command Build()
    {
        var folder = SweepCommand.FolderArgument();
        var command = new Command(
            "retry",
            "Run again the tasks of a sweep that failed, crashed or were interrupted; each resumes from its saved state.")
        {
            folder,
        };
        var engine = new EngineChoice(command);
        command.SetAction(parsed => SweepSession.Run(
            SweepFolder.Open(parsed.GetValue(folder)!),
            engine.Of(parsed),
            static record => record.State is TaskState.Failed or TaskState.Crashed or TaskState.Interrupted));
        return command;
    }
}
