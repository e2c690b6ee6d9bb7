namespace SpecGD.Cli.Tests;

/// <summary>A command that is refused leaves nothing behind.</summary>
public sealed class RefusalTests : InTemporaryDirectory
{
    private const string Sweep =
        """{ "experiment": "random-feature", "options": { "feature-dim": 4, "num-samples": 20, "steps": 3 }, "grid": { "dim": [8], "seed": [0, 1] } }""";

    [Theory]
    [InlineData("plot log.json", "no figure is known")]
    [InlineData("plot log.json --output new/figures", "no figure is known")]
    [InlineData("run random-feature --dim 16384 --num-samples 1000000 --output zz", "too large")]
    [InlineData("sweep f.json --engine slurm --output zz", "sbatch was not found")]
    public void Nothing_is_left_of_a_command_that_was_refused(string command, string sentence)
    {
        File.WriteAllText(Path.Combine(Folder, "log.json"), """{"methods":{"specgd":{"unknown":{"steps":[0],"values":[1]}}}}""");
        File.WriteAllText(Path.Combine(Folder, "f.json"), Sweep);
        string dotnet = Path.GetDirectoryName(Environment.ProcessPath)!;

        // Without the programs of a cluster, whatever this machine has.
        var said = SpecgdProcess.Run(Folder, command.Split(' '), command.Contains("slurm", StringComparison.Ordinal) ? [("PATH", dotnet)] : []);

        said.ExitCode.ShouldBe(2, said.Error);
        said.Error.ShouldContain(sentence);
        Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName).Order().ShouldBe(["f.json", "log.json"]);
    }
}
