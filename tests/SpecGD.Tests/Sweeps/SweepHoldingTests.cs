using System.Text.Json.Nodes;
using SpecGD.Records;
using SpecGD.Sweeps;

namespace SpecGD.Tests.Sweeps;

/// <summary>A sweep goes on in the folder of the same sweep and of one that it adds to; another one never takes the folder, unless the user says so.</summary>
public sealed class SweepHoldingTests : IDisposable
{
    private const string First = """{ "experiment": "random-feature", "name": "s", "options": { "steps": 4 }, "grid": { "dim": [4, 5], "seed": [0, 1] } }""";

    private readonly string _root = Directory.CreateTempSubdirectory("specgd-holding-").FullName, _path;

    public SweepHoldingTests() => _path = Path.Combine(_root, "s");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("""{ "experiment": "batch-size-sweep", "name": "s", "options": { "dim": 4 }, "grid": { "seed": [0, 1] } }""",
        "holds 4 runs of the sweep 's' that this file does not ask for (of random-feature, and this is of batch-size-sweep).")]
    [InlineData("""{ "experiment": "random-feature", "name": "s", "options": { "steps": 5 }, "grid": { "dim": [4, 5], "seed": [0, 1] } }""",
        "holds 4 runs of the sweep 's' that this file does not ask for (random-feature, steps 4 there, 5 here).")]
    [InlineData("""{ "experiment": "random-feature", "name": "s", "options": { "steps": 4 }, "grid": { "dim": [5, 6], "seed": [0, 1, 2] } }""",
        "holds 2 runs of the sweep 's' that this file does not ask for (random-feature, dim 4 there, 5 here).")]
    [InlineData("""{ "experiment": "random-feature", "name": "t", "options": { "steps": 4 }, "grid": { "dim": [4, 5], "seed": [0, 1] } }""",
        "is the folder of the sweep 's', and this is 't':")]
    public void A_sweep_that_would_lose_sight_of_runs_is_refused_and_leaves_the_folder_as_it_was(string second, string sentence)
    {
        Finished(First);
        string before = Content();

        var refused = Should.Throw<BadInputException>(() => SweepFolder.Prepare(_path, Sweep(second)));

        refused.Message.ShouldContain($"{_path} {sentence}");
        refused.Message.ShouldEndWith("name another --output, or begin again with --fresh, which deletes that sweep.");
        Content().ShouldBe(before);
    }

    [Theory]
    [InlineData("""{ "experiment": "random-feature", "name": "s", "options": { "steps": 4 }, "grid": { "seed": [2, 1, 0], "dim": [4, 5, 6] }, "metrics": ["loss.min"] }""")]
    [InlineData("""{ "name": "s", "parts": [ { "name": "a", "experiment": "random-feature", "options": { "steps": 4 }, "grid": { "dim": [4, 5], "seed": [0, 1] } }, { "name": "b", "experiment": "theory", "grid": { "seed": [0] } } ] }""")]
    [InlineData("""{ "experiment": "random-feature", "name": "s", "description": "mine", "grid": { "dim": [4, 5], "seed": [0, 1], "steps": [4, 8] } }""")]
    public void A_sweep_that_adds_to_what_is_there_goes_on(string second)
    {
        Finished(First);

        SweepCollector.Read(SweepFolder.Prepare(_path, Sweep(second))).Count(record => record.IsDone).ShouldBe(4);
    }

    [Fact]
    public void Tasks_that_left_no_run_hold_nothing_and_a_run_that_is_begun_does()
    {
        var folder = SweepFolder.Prepare(_path, Sweep(First));
        string other = First.Replace("\"steps\": 4", "\"steps\": 5", StringComparison.Ordinal), directory = Directory.CreateDirectory(folder.PathOf(folder.Tasks[0])).FullName;
        AttemptLog.Begin(directory, new Attempt(DateTimeOffset.UnixEpoch, "elsewhere", 1, null));
        AttemptLog.End(directory, AttemptEnd.Failed, 1, "refused");
        SweepFolder.Prepare(_path, Sweep(other));
        SweepFolder.Prepare(_path, Sweep(First));
        KeptWork.In(directory, folder.Tasks[0].Identity, TimeProvider.System).Stopped("part", new JsonObject { ["step"] = 1 });

        Should.Throw<BadInputException>(() => SweepFolder.Prepare(_path, Sweep(other))).Message.ShouldContain("holds 1 run of the sweep 's'");
    }

    [Fact]
    public void A_sweep_that_this_program_does_not_understand_is_not_taken_over_while_it_has_runs()
    {
        Finished(First);
        string file = Path.Combine(_path, SweepFolder.DefinitionName);
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"steps\"", "\"stages\"", StringComparison.Ordinal));

        Should.Throw<BadInputException>(() => SweepFolder.Prepare(_path, Sweep(First.Replace("[4, 5]", "[4]", StringComparison.Ordinal))))
            .Message.ShouldContain("holds runs of the sweep 's', which this version of the program does not understand");
        SweepFolder.Prepare(_path, Sweep(First)).Tasks.Count.ShouldBe(4);
    }

    [Fact]
    public void A_file_is_not_changed_while_another_program_drives_the_sweep()
    {
        var folder = SweepFolder.Prepare(_path, Sweep(First));
        using var other = folder.Lock();

        Should.Throw<BadInputException>(() => SweepFolder.Prepare(_path, Sweep(First.Replace("[0, 1]", "[0, 1, 2]", StringComparison.Ordinal)))).Message.ShouldContain("works on");
        SweepFolder.Open(_path).Tasks.Count.ShouldBe(4);
    }

    [Fact]
    public void What_a_fresh_start_deletes_is_named_and_what_is_the_users_stays()
    {
        var folder = Finished(First);
        string[] mine = ["notes.txt", "sweep.db.bak", "figures/own.png", "tasks/mine/log.json", $"tasks/{folder.Tasks[0].Key}/why.txt", "slurm/own.sh"];
        foreach (string name in mine)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_path, name))!);
            File.WriteAllText(Path.Combine(_path, name), "mine");
        }
        foreach (string name in new[] { "figures/s_course.png", "figures/s_course.caption.txt", "slurm/job.sh", "slurm/7_0.log", "sweep.db", "sweep.db-wal" })
            File.WriteAllText(Path.Combine(_path, name), "ours");

        SweepRemoval.Words(_path).ShouldBe("the sweep 's' of random-feature, 4 runs in tasks/, sweep.db, figures/, slurm/");
        SweepRemoval.Words(_root).ShouldBeNull();
        var fresh = SweepFolder.Prepare(_path, Sweep("""{ "experiment": "theory", "name": "t", "grid": { "seed": [0] } }"""), isFresh: true);

        Directory.EnumerateFiles(_path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_path, file).Replace('\\', '/'))
            .Where(name => name != ".lock").Order(StringComparer.Ordinal).ShouldBe(mine.Append("sweep.json").Order(StringComparer.Ordinal));
        SweepFolder.Open(_path).Definition.Name.ShouldBe("t");
        SweepCollector.Read(fresh).ShouldHaveSingleItem().State.ShouldBe(TaskState.Waiting);
    }

    [Fact]
    public void A_sweep_that_is_being_computed_is_not_deleted()
    {
        var folder = Finished(First);
        string before = Content();

        using (SweepFolder.TryLockTask(folder.PathOf(folder.Tasks[2])))
            Should.Throw<BadInputException>(() => SweepFolder.Prepare(_path, Sweep(First), isFresh: true)).Message.ShouldContain("at this moment");
        using (folder.Lock())
            Should.Throw<BadInputException>(() => SweepFolder.Prepare(_path, Sweep(First), isFresh: true)).Message.ShouldContain("at this moment");

        Content().ShouldBe(before);
    }

    private static SweepDefinition Sweep(string text) => SweepFile.Of((JsonObject)JsonNode.Parse(text)!, "f", "f", quick: false);

    /// <summary>The folder of a sweep whose every task has a run, without its numbers.</summary>
    private SweepFolder Finished(string text)
    {
        var folder = SweepFolder.Prepare(_path, Sweep(text));
        foreach (var task in folder.Tasks)
            RunFolder.Prepare(folder.PathOf(task)).Write(
                new RunLog(task.Key), new Manifest(task.Experiment.Name, task.Identity.Options, RunStatus.Finished, null, DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1)));
        return folder;
    }

    /// <summary>Names and contents of all that is there but locks.</summary>
    private string Content() => string.Join('\n', Directory.EnumerateFiles(_path, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != SweepFolder.LockName)
        .Order(StringComparer.Ordinal).Select(file => $"{file} {File.ReadAllText(file)}"));
}
