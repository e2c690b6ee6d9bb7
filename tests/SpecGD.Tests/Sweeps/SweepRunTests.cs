using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using SpecGD.Experiments;
using SpecGD.Records;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Engines;

namespace SpecGD.Tests.Sweeps;

/// <summary>Folder, store and pool on a tiny sweep, whose runs a shell script takes from prepared ones, so that it can also fail in every way.</summary>
public sealed class SweepRunTests : IDisposable
{
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(2);

    private readonly string _root = Directory.CreateTempSubdirectory("specgd-sweep-").FullName;
    private readonly SweepFolder _folder;

    public SweepRunTests()
    {
        var sweep = SweepFile.Of((JsonObject)JsonNode.Parse("""
            { "experiment": "random-feature", "name": "tiny", "metrics": ["loss"], "baseline": { "method": "gradient_descent" },
              "options": { "feature-dim": 3, "num-samples": 8, "steps": 4, "specgd-restart-frequency": 0 }, "grid": { "dim": [4, 5], "seed": [0, 1, 2] } }
            """)!, "f", "f", quick: false);
        _folder = SweepFolder.Prepare(Path.Combine(_root, "sweep"), sweep);
        foreach (var task in _folder.Tasks)
            Compute(task, Path.Combine(_root, "prepared", $"{task.Index}"));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [SkippableFact]
    public void A_crash_ends_its_own_task_alone_and_only_it_is_run_again()
    {
        NeedShell();
        var seen = Run("1) kill -9 $$;; 4) echo 'no luck' >&2; exit 7;;", workers: 2);

        var records = SweepCollector.Read(_folder);
        records.Select(r => r.State).ShouldBe(
            [TaskState.Finished, TaskState.Crashed, TaskState.Finished, TaskState.Finished, TaskState.Crashed, TaskState.Finished]);
        records[1].Detail!.ShouldContain("It was killed (SIGKILL)");
        records[4].Detail!.ShouldContain("ended with code 7");
        File.ReadAllText(Path.Combine(_folder.PathOf(records[4].Task), LocalEngine.LogName)).ShouldContain("no luck");
        seen.Ended.Count.ShouldBe(6);

        var again = Run("", workers: 2, records.Where(r => !r.IsDone).Select(r => r.Task));

        again.Begun.Order().ShouldBe([1, 4]);
        SweepCollector.Read(_folder).ShouldAllBe(r => r.IsDone);
        SweepCollector.Read(_folder)[1].Attempts.ShouldBe(2);
    }

    [SkippableFact]
    public async Task A_program_that_a_task_leaves_behind_with_its_streams_does_not_hold_the_sweep_up()
    {
        NeedShell();
        string mark = Path.Combine(_root, "left");
        // it holds both streams of the task long after the task has ended
        var run = Task.Run(() => Run($"1) sleep 300 & echo $! >'{mark}'; echo 'last words' >&2;;", workers: 2));
        try
        {
            await run.WaitAsync(Hang);
        }
        finally
        {
            using var left = System.Diagnostics.Process.GetProcessById(int.Parse(File.ReadAllText(mark), System.Globalization.CultureInfo.InvariantCulture));
            left.Kill();
        }

        SweepCollector.Read(_folder).ShouldAllBe(r => r.State == TaskState.Finished);
        File.ReadAllText(Path.Combine(_folder.PathOf(_folder.Tasks[1]), LocalEngine.LogName)).ShouldContain("last words");
    }

    [SkippableFact]
    public void Fail_fast_begins_nothing_after_the_first_failure()
    {
        NeedShell();
        var seen = Run("1) exit 9;;", workers: 1, failFast: true);

        seen.Begun.ShouldBe([0, 1]);
    }

    [SkippableFact]
    public void A_process_that_uses_more_than_its_memory_is_stopped_and_the_rest_goes_on()
    {
        NeedShell();
        Run("2) exec dd if=/dev/zero of=/dev/null bs=400M count=100000 2>/dev/null;;", workers: 2, memory: 200L << 20);

        var records = SweepCollector.Read(_folder);
        records[2].State.ShouldBe(TaskState.Crashed);
        records[2].Detail!.ShouldContain("where --memory-limit allows 200M");
        records.Count(r => r.State == TaskState.Finished).ShouldBe(5);
    }

    [SkippableFact]
    public async Task Asked_to_stop_the_pool_ends_its_processes_and_begins_no_other()
    {
        NeedShell();
        using var stop = new CancellationTokenSource();
        var seen = new Seen();
        seen.OnBegin = _ => stop.CancelAfter(TimeSpan.FromMilliseconds(300));
        // The process waits for the end of its standard input, as a run that is asked to stop does between two steps.
        await Task.Run(() => Engine("*) exec cat >/dev/null;;", 2, false, null).Run(_folder, _folder.Tasks, seen, stop.Token)).WaitAsync(Hang);

        seen.Begun.Count.ShouldBe(2);
    }

    [Fact]
    public void The_store_holds_every_task_option_and_number()
    {
        foreach (var task in _folder.Tasks.Take(5))
            Compute(task, _folder.PathOf(task));

        var results = SweepCollector.Collect(_folder);

        results.Count.ShouldBe(6);
        results[5].Observations.ShouldBeEmpty();
        Query("SELECT count(*) FROM tasks WHERE status = 'finished'").ShouldBe(5L);
        Query("SELECT count(*) FROM tasks WHERE status = 'waiting'").ShouldBe(1L);
        Query("SELECT count(*) FROM options WHERE name = 'dim' AND number = 5 AND varies").ShouldBe(3L);
        var log = RunLogFile.Read(Path.Combine(_folder.PathOf(_folder.Tasks[0]), RunFolder.LogName));
        Query($"SELECT final FROM metrics WHERE task = '{_folder.Tasks[0].Key}' AND method = 'specgd'").ShouldBe(log.Methods["specgd"].Find("loss")!.Values[^1]);
        Query("SELECT avg(final) - (SELECT mean FROM settings WHERE metric = 'loss.final' AND setting LIKE '%specgd%\"4\"%') FROM metrics m "
            + "JOIN options o ON m.task = o.task AND o.name = 'dim' AND o.number = 4 WHERE method = 'specgd'").ShouldBeOfType<double>().ShouldBeInRange(-1e-12, 1e-12);
    }

    [Fact]
    public void Collecting_again_changes_nothing_and_a_damaged_store_is_told()
    {
        foreach (var task in _folder.Tasks)
            Compute(task, _folder.PathOf(task));
        var first = SweepCollector.Collect(_folder);

        var second = SweepCollector.Collect(_folder);

        second.SelectMany(r => r.Observations).ShouldBe(first.SelectMany(r => r.Observations));
        File.WriteAllText(_folder.StorePath, "this is no database, and longer than the header of one, which has a hundred bytes: " + new string('x', 100));
        Should.Throw<BadInputException>(() => SweepCollector.Collect(_folder)).Message.ShouldContain("cannot be used as the file of results");
    }

    [Fact]
    public void A_torn_line_of_attempts_is_passed_over()
    {
        var task = _folder.Tasks[0];
        string directory = Directory.CreateDirectory(_folder.PathOf(task)).FullName;
        AttemptLog.Begin(directory, new Attempt(DateTimeOffset.UnixEpoch, "elsewhere", 1, null));
        File.AppendAllText(Path.Combine(directory, AttemptLog.FileName), """{"ended":"fin""");
        File.AppendAllText(Path.Combine(directory, AttemptLog.FileName), "\n{\"ended\":\"failed\",\"ended\":\"failed\"}\n{\"ended\":\"\\ud800\"}\n");
        AttemptLog.Begin(directory, new Attempt(DateTimeOffset.UnixEpoch, "elsewhere", 2, null));
        AttemptLog.End(directory, AttemptEnd.Failed, 2.5, "no");

        AttemptLog.Read(directory).Select(a => a.End).ShouldBe([null, AttemptEnd.Failed]);
        var record = TaskRecord.Read(task, directory);
        (record.State, record.Attempts, record.Detail, record.WallSeconds).ShouldBe((TaskState.Failed, 2, "no", 2.5));
    }

    [Fact]
    public void One_program_drives_a_sweep_at_a_time()
    {
        using var one = _folder.Lock();

        Should.Throw<BadInputException>(() => _folder.Lock()).Message.ShouldContain("works on");
    }

    private static void NeedShell() => Skip.If(OperatingSystem.IsWindows(), "the stand-in for the program is a shell script");

    private static void Compute(SweepTask task, string directory)
    {
        var result = task.Experiment.Run(task.Options, RunContext.Silent);
        RunFolder.Prepare(directory).Write(
            result.Log, new Manifest(task.Experiment.Name, task.Identity.Options, result.Status, null, DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1)));
    }

    private object? Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.StorePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private Seen Run(string cases, int workers, IEnumerable<SweepTask>? tasks = null, bool failFast = false, long? memory = null)
    {
        var seen = new Seen();
        Engine(cases, workers, failFast, memory).Run(_folder, tasks ?? _folder.Tasks, seen, CancellationToken.None);
        return seen;
    }

    /// <summary>A pool whose program does what <paramref name="cases"/> say for the index of a task, and else puts the prepared run in place.</summary>
    private LocalEngine Engine(string cases, int workers, bool failFast, long? memory)
    {
        string script = Path.Combine(_root, "program.sh");
        string keys = string.Concat(_folder.Tasks.Select(t => $"{t.Index}) key={t.Key};; "));
        File.WriteAllText(script, $"case $5 in {cases} esac\ncase $5 in {keys} esac\ncp '{_root}'/prepared/$5/* \"$3/tasks/$key/\"\n");
        return new LocalEngine(new LocalEngineOptions(workers, Threads: 2, memory, failFast), new TaskLaunch(["sh", script], _root), TimeProvider.System);
    }

    private sealed class Seen : ISweepObserver
    {
        private readonly Lock _gate = new();

        public List<int> Begun { get; } = [];

        public List<TaskRecord> Ended { get; } = [];

        public Action<SweepTask> OnBegin { get; set; } = _ => { };

        public void Began(SweepTask task)
        {
            lock (_gate)
                Begun.Add(task.Index);
            OnBegin(task);
        }

        void ISweepObserver.Ended(TaskRecord record)
        {
            lock (_gate)
                Ended.Add(record);
        }
    }
}
