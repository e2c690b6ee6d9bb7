using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Tests.Records;

public sealed class RunFolderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("specgd-folder-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_folder_that_is_worked_in_is_not_given_to_another()
    {
        string place = Path.Combine(_directory, "claimed");
        using (RunFolder.Prepare(place).Claim())
            Should.Throw<BadInputException>(() => RunFolder.Prepare(place).Claim()).Message
                .ShouldBe($"Another specgd works in {place}: wait for it to end, or name another --output.");
        using var again = RunFolder.Prepare(place).Claim();
        again.ShouldNotBeNull();
    }

    [Fact]
    public void The_table_of_a_log_without_methods_is_the_experiments_own()
    {
        var log = new RunLog("r");
        JsonObject[] rows = [new() { ["quantity"] = "a, \"b\"", ["d"] = 8, ["holds"] = true, ["mean"] = 1e-7 }, new() { ["quantity"] = "c", ["d"] = 16, ["holds"] = null, ["mean"] = null }];

        MetricsCsv.Render(log, rows).ShouldBe("quantity,d,holds,mean\n\"a, \"\"b\"\"\",8,true,1E-07\nc,16,,\n");
        MetricsCsv.Render(log).ShouldBe("method,step\n");
        log.Methods.Add("m", new MethodLog());
        MetricsCsv.Render(log, rows).ShouldBe("method,step\n", "a log with methods has its own table");
    }

    [Fact]
    public void A_run_folder_has_log_table_and_manifest()
    {
        var folder = RunFolder.Prepare(Path.Combine(_directory, "a", "b"));
        var log = new RunLog("r");
        var method = new MethodLog();
        method.Record("loss", 0, 2.5);
        method.Record("loss", 1, double.NaN);
        method.Record("nuclear_rank", 1, 1e-7);
        log.Methods.Add("specgd", method);
        var manifest = new Manifest("random-feature", new JsonObject { ["dim"] = 3 }, RunStatus.Diverged, "why", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), TimeSpan.FromSeconds(1.5));

        folder.Write(log, manifest);

        RunLogFile.Read(folder.LogPath).Methods["specgd"].Find("loss")!.Count.ShouldBe(2);
        File.ReadAllLines(Path.Combine(folder.DirectoryPath, RunFolder.MetricsName)).ShouldBe(["method,step,loss,nuclear_rank", "specgd,0,2.5,", "specgd,1,,1E-07"]);
        var json = JsonNode.Parse(File.ReadAllText(folder.ManifestPath))!;
        ((string)json["status"]!).ShouldBe("diverged");
        ((int)json["options"]!["dim"]!).ShouldBe(3);
        ((string)json["started"]!).ShouldBe("2026-01-02T03:04:05+00:00");
        ((double)json["wall_seconds"]!).ShouldBe(1.5);
        ((string)json["machine"]!["blas"]!).ShouldNotBeNullOrEmpty();
        ((int)json["machine"]!["threads"]!).ShouldBeGreaterThan(0);
        Directory.EnumerateFiles(folder.DirectoryPath, "*" + AtomicFile.TemporarySuffix).ShouldBeEmpty();
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_refused_before_any_work()
    {
        string file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "");

        Should.Throw<BadInputException>(() => RunFolder.Prepare(Path.Combine(file, "run"))).Message.ShouldStartWith($"The output folder {Path.Combine(file, "run")} cannot be written; --output names another.");
    }

    [Fact]
    public void Figures_of_an_earlier_run_are_dropped_and_nothing_else()
    {
        var folder = RunFolder.Prepare(_directory);
        Directory.CreateDirectory(folder.FiguresPath);
        Directory.CreateDirectory(Path.Combine(folder.FiguresPath, "moving-frames"));
        Directory.CreateDirectory(Path.Combine(folder.FiguresPath, "other-frames"));
        foreach (string name in new[]
        {
            "fig.json", "fig.csv", "fig.caption.txt", "fig.png", "old.gp", "old.dat", "old.caption.txt", "moving.caption.txt", "moving.gif", "moving-frames/frame-01.png",
            "notes.txt", "photo.png", "cat.gif", "mine.json", "mine.csv", "other-frames/frame-01.png",
        })
            File.WriteAllText(Path.Combine(folder.FiguresPath, name), "");
        File.WriteAllText(Path.Combine(folder.FiguresPath, "uncaptioned.json"), "{\n  \"specgd-figure\": 1\n}");
        File.WriteAllText(Path.Combine(folder.FiguresPath, "uncaptioned.csv"), "");

        folder.DropFigures();

        Directory.EnumerateFileSystemEntries(folder.FiguresPath).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["cat.gif", "mine.csv", "mine.json", "notes.txt", "other-frames", "photo.png"]);
    }

    [Fact]
    public void A_temporary_file_of_a_running_process_is_left_alone()
    {
        // 'sort' is on every system and waits for its input to end.
        var start = new System.Diagnostics.ProcessStartInfo("sort") { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var other = System.Diagnostics.Process.Start(start)!;
        string theirs = Path.Combine(_directory, $"log.json.{other.Id}{AtomicFile.TemporarySuffix}");
        File.WriteAllText(theirs, "half");

        RunFolder.Prepare(_directory);
        bool kept = File.Exists(theirs);
        other.StandardInput.Close();
        other.WaitForExit();
        RunFolder.Prepare(_directory);

        kept.ShouldBeTrue();
        File.Exists(theirs).ShouldBeFalse("its process has ended");
    }

    [Fact]
    public void Preparing_sweeps_what_an_interrupted_write_left()
    {
        string stale = Path.Combine(_directory, $"log.json.{int.MaxValue}" + AtomicFile.TemporarySuffix);
        File.WriteAllText(stale, "half");

        RunFolder.Prepare(_directory);

        File.Exists(stale).ShouldBeFalse();
    }

    [Fact]
    public void A_failed_write_leaves_the_previous_file_whole()
    {
        string target = Path.Combine(_directory, "target");
        Directory.CreateDirectory(target);
        File.WriteAllText(Path.Combine(target, "inside"), "kept");

        Should.Throw<Exception>(() => AtomicFile.Write(target, "a file cannot replace a directory that is not empty"));

        File.ReadAllText(Path.Combine(target, "inside")).ShouldBe("kept");
        Directory.EnumerateFiles(_directory, "*" + AtomicFile.TemporarySuffix).ShouldBeEmpty();
    }

    [SkippableFact]
    public void Replacing_a_file_keeps_its_mode()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no Unix file modes");
        string path = Path.Combine(_directory, "mode");
        AtomicFile.Write(path, "one");
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);

        AtomicFile.Write(path, "two");

        File.ReadAllText(path).ShouldBe("two");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(path).ShouldBe(mode);
    }
}
