using System.Diagnostics;
using System.Globalization;
using SpecGD.Records;

namespace SpecGD.Tests.Records;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-atomic-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void A_file_that_is_replaced_keeps_its_mode()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no file modes");
        string path = Path.Combine(_folder, "x");
        File.WriteAllText(path, "before");
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherExecute;
#pragma warning disable CA1416 // skipped on Windows
        File.SetUnixFileMode(path, mode);

        AtomicFile.Write(path, "after");

        File.GetUnixFileMode(path).ShouldBe(mode);
#pragma warning restore CA1416
        File.ReadAllText(path).ShouldBe("after");
    }

    [SkippableFact]
    public void A_device_is_not_replaced_and_memory_used_as_a_disk_is_a_place_for_files()
    {
        Skip.If(!Directory.Exists("/dev/shm"), "there is no /dev/shm");
        Should.Throw<BadInputException>(() => AtomicFile.Write("/dev/specgd-none", "x")).Message.ShouldStartWith("/dev/specgd-none is a device");

        string file = $"/dev/shm/specgd-{Guid.NewGuid()}";
        AtomicFile.Write(file, "x");
        File.ReadAllText(file).ShouldBe("x");
        File.Delete(file);
    }

    [Fact]
    public void Temporary_files_of_processes_that_are_gone_are_swept_and_those_of_others_stay()
    {
        using var other = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        other.WaitForExit();
        using var parent = Process.GetProcessById(other.Id == 1 ? Environment.ProcessId : Living());
        string Temporary(int process) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"log.json.{process}{AtomicFile.TemporarySuffix}"));
        string[] gone = [Temporary(other.Id), Temporary(Environment.ProcessId), Path.Combine(_folder, "odd" + AtomicFile.TemporarySuffix)];
        foreach (string file in gone.Append(Temporary(parent.Id)))
            File.WriteAllText(file, "half");
        File.WriteAllText(Path.Combine(_folder, "log.json"), "whole");

        AtomicFile.SweepStale(_folder);
        AtomicFile.SweepStale(Path.Combine(_folder, "missing"));

        Directory.EnumerateFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["log.json", Path.GetFileName(Temporary(parent.Id))]);
    }

    [Fact]
    public void A_run_folder_is_swept_with_its_figures_and_its_kept_parts()
    {
        foreach (string place in new[] { "", RunFolder.FiguresName, KeptWork.FolderName })
        {
            Directory.CreateDirectory(Path.Combine(_folder, place));
            File.WriteAllText(Path.Combine(_folder, place, "x.png" + AtomicFile.TemporarySuffix), "half");
        }

        RunFolder.Prepare(_folder);

        Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public void A_run_that_cannot_be_written_leaves_the_one_before_whole()
    {
        var folder = RunFolder.Prepare(_folder);
        folder.Write(Log(1), new Manifest("random-feature", [], RunStatus.Finished, null, DateTimeOffset.UnixEpoch, TimeSpan.Zero));
        string before = File.ReadAllText(folder.LogPath) + File.ReadAllText(folder.ManifestPath);
        Directory.CreateDirectory(folder.ManifestPath + $".{Environment.ProcessId}{AtomicFile.TemporarySuffix}"); // the last of the three cannot be written

        Should.Throw<UnauthorizedAccessException>(() => folder.Write(Log(2), new Manifest("other", [], RunStatus.Finished, null, DateTimeOffset.UnixEpoch, TimeSpan.Zero)));

        (File.ReadAllText(folder.LogPath) + File.ReadAllText(folder.ManifestPath)).ShouldBe(before);
        Directory.EnumerateFiles(_folder, "*" + AtomicFile.TemporarySuffix).ShouldBeEmpty();
    }

    [Fact]
    public void Figures_that_were_not_drawn_to_their_end_are_none()
    {
        var folder = RunFolder.Prepare(_folder);
        folder.HasFigures.ShouldBeFalse();
        bool DrawOne()
        {
            Directory.CreateDirectory(folder.FiguresPath);
            File.WriteAllText(Path.Combine(folder.FiguresPath, "a.png"), "");
            return true;
        }

        Should.Throw<IOException>(() => folder.Draw(() =>
        {
            DrawOne();
            throw new IOException("killed");
        }));
        folder.HasFigures.ShouldBeFalse();
        folder.Draw(() => !DrawOne()).ShouldBeFalse();
        folder.HasFigures.ShouldBeFalse("it was asked to stop");
        folder.Draw(DrawOne).ShouldBeTrue();

        folder.HasFigures.ShouldBeTrue();
        Directory.EnumerateFiles(_folder).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("kill@rename:3", "kill", FaultPoint.Rename, 3, null, false)]
    [InlineData("full@any:17", "full", null, 17, null, false)]
    [InlineData("in-place,kill@write:1", "kill", FaultPoint.Write, 1, null, true)]
    [InlineData("in-place", "", null, 0, null, true)]
    [InlineData("list@any:/tmp/a:b", "list", null, 0, "/tmp/a:b", false)]
    public void A_fault_is_asked_for_in_words(string value, string mode, FaultPoint? point, int number, string? file, bool inPlace) =>
        FaultPoints.Parse(value).ShouldBe(new FaultPoints.Request(mode, point, number, file, inPlace));

    [Theory]
    [InlineData("kill")]
    [InlineData("kill@rename")]
    [InlineData("kill@rename:0")]
    [InlineData("kill@rename:x")]
    [InlineData("kill@1:1")]
    [InlineData("stop@rename:1")]
    [InlineData("list@any:")]
    public void Other_words_are_told(string value) =>
        Should.Throw<InvalidOperationException>(() => FaultPoints.Parse(value)).Message.ShouldStartWith($"SPECGD_FAULT={value} is unknown; use");

    [Fact]
    public void What_does_not_fit_is_refused_with_both_sizes()
    {
        DiskSpace.FreeAt(Path.Combine(_folder, "not", "yet", "there"))!.Value.ShouldBePositive();
        DiskSpace.Require(_folder, 1, "A byte");
        Should.Throw<BadInputException>(() => DiskSpace.Require(_folder, 1L << 60, "The checkpoints")).Message
            .ShouldStartWith($"The checkpoints take 1073741824.0 GiB, and the disk of {_folder} has ");
        DiskSpace.IsFull(new IOException("other")).ShouldBeFalse();
        DiskSpace.IsFull(DiskSpace.Full("No space left")).ShouldBeTrue();
    }

    /// <summary>Some process that lives and is not this one: the first, where there is a list of them.</summary>
    private static int Living() => Process.GetProcesses().Select(process => process.Id).First(id => id != Environment.ProcessId && id > 0);

    private static RunLog Log(double loss)
    {
        var method = new MethodLog();
        method.Record("loss", 0, loss);
        var log = new RunLog("r");
        log.Methods.Add("specgd", method);
        return log;
    }
}
