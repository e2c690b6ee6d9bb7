namespace SpecGD.Cli.Tests;

/// <summary>A command that is refused leaves nothing behind.</summary>
public sealed class RefusalTests : InTemporaryDirectory
{
    private const string Sweep =
        """{ "experiment": "random-feature", "options": { "feature-dim": 4, "num-samples": 20, "steps": 3 }, "grid": { "dim": [8], "seed": [0, 1] } }""";

    [Theory]
    [InlineData("plot log.json", "no figure is drawn")]
    [InlineData("plot log.json --output new/figures", "no figure is drawn")]
    [InlineData("run random-feature --dim 16384 --num-samples 1000000 --output zz", "too large")]
    [InlineData("sweep f.json --engine slurm --output zz", "sbatch was not found")]
    [InlineData("sweep f.json --output zz --memory-limit 4X", "--memory-limit takes an amount of memory")]
    [InlineData("sweep twice.json --output new/zz", "grid.seed lists 1 twice")]
    [InlineData("run nuclear-rank-growth --seeds 5 5 6 --output new/zz", "--seeds lists 5 twice")]
    [InlineData("reproduce --seed 7 --output new/zz", "is not for reproduce")]
    public void Nothing_is_left_of_a_command_that_was_refused(string command, string sentence)
    {
        File.WriteAllText(Path.Combine(Folder, "log.json"), """{"methods":{"specgd":{"unknown":{"steps":[0],"values":[1]}}}}""");
        File.WriteAllText(Path.Combine(Folder, "f.json"), Sweep);
        File.WriteAllText(Path.Combine(Folder, "twice.json"), Sweep.Replace("[0, 1]", "[0, 1, 1]", StringComparison.Ordinal));
        string dotnet = Path.GetDirectoryName(Environment.ProcessPath)!;

        // Without the programs of a cluster, whatever this machine has.
        var said = SpecgdProcess.Run(Folder, command.Split(' '), command.Contains("slurm", StringComparison.Ordinal) ? [("PATH", dotnet)] : []);

        said.ExitCode.ShouldBe(2, said.Error);
        said.Error.ShouldContain(sentence);
        Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName).Order().ShouldBe(["f.json", "log.json", "twice.json"]);
    }

    /// <summary>A cluster whose sbatch refuses, and scripts that cannot be written for it.</summary>
    [SkippableTheory]
    [InlineData("sweep f.json --engine slurm --output new/zz", "sbatch refused")]
    [InlineData("sweep f.json --engine slurm --output new/z%z", "which Slurm would not take as it is")]
    public void Nothing_is_left_of_a_sweep_that_a_cluster_refused(string command, string sentence)
    {
        Skip.If(OperatingSystem.IsWindows(), "sbatch is a shell script here");
        File.WriteAllText(Path.Combine(Folder, "f.json"), Sweep);
        string cluster = ClusterThatRefuses();

        var said = SpecgdProcess.Run(Folder, command.Split(' '), ("PATH", $"{cluster}:{Environment.GetEnvironmentVariable("PATH")}"));

        said.ExitCode.ShouldBe(2, said.Error);
        said.Error.ShouldContain(sentence);
        Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName).Order().ShouldBe(["bin", "f.json"]);
    }

    [SkippableFact]
    public void A_refused_sweep_keeps_what_was_there_before()
    {
        Skip.If(OperatingSystem.IsWindows(), "sbatch is a shell script here");
        File.WriteAllText(Path.Combine(Folder, "f.json"), Sweep);
        Specgd("sweep", "f.json", "--output", "s").ExitCode.ShouldBe(0);
        string[] before = Files();

        var said = SpecgdProcess.Run(Folder, ["sweep", "f.json", "--engine", "slurm", "--output", "s"], ("PATH", $"{ClusterThatRefuses()}:{Environment.GetEnvironmentVariable("PATH")}"));

        said.ExitCode.ShouldBe(0, "all is done, and nothing to submit");
        Files().ShouldBe(before);
        string[] Files() => [.. Directory.EnumerateFiles(Path.Combine(Folder, "s"), "*", SearchOption.AllDirectories).Where(file => !file.Contains("figures", StringComparison.Ordinal)).Order()];
    }

    private string ClusterThatRefuses()
    {
        string folder = Path.Combine(Folder, "bin"), program = Path.Combine(folder, "sbatch");
        Directory.CreateDirectory(folder);
        File.WriteAllText(program, "#!/bin/sh\necho 'sbatch: error: invalid partition specified' >&2\nexit 1\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return folder;
    }
}
