using System.Text.Json.Nodes;

namespace SpecGD.Cli.Tests;

/// <summary>Commands of <c>specgd bench</c> on work that takes no time; no test asks how fast or how small anything is.</summary>
public sealed class BenchCommandTests : InTemporaryDirectory
{
    [Fact]
    public void Floors_are_told_with_their_terms_and_the_program_s_own_memory_is_measured()
    {
        var said = Specgd("bench", "memory", "--floors", "--json", "tiny", "3B");

        said.ExitCode.ShouldBe(0, said.Error);
        var rows = JsonNode.Parse(said.Output)!["memory"]!.AsArray();
        rows.Select(row => (string?)row!["name"]).ShouldBe(["tiny", "3B"]);
        foreach (var row in rows)
        {
            row!["peak"].ShouldBeNull();
            long program = (long)row["parts"]!["program"]!;
            program.ShouldBeInRange(20L << 20, 2L << 30); // no .NET process is smaller; measured in bytes, not pages or kibibytes
            ((long)row["floor"]!).ShouldBe(row["parts"]!.AsObject().Sum(part => (long)part.Value!));
        }
    }

    [Fact]
    public void The_peak_of_a_command_is_written_and_its_exit_code_kept()
    {
        string peak = Path.Combine(Folder, "peak");
        Specgd("bench", "watch", peak, "--", "run", "relu-spectrum", "--dims", "4", "--no-figures", "--output", "run").ExitCode.ShouldBe(0);
        long.Parse(File.ReadAllText(peak)).ShouldBeGreaterThan(20L << 20);
        File.Exists(Path.Combine(Folder, "run", "log.json")).ShouldBeTrue();
        Specgd("bench", "watch", peak, "--", "run", "relu-spectrum", "--dims", "0").ExitCode.ShouldBe(2);
    }

    [Fact]
    public void Scaling_writes_its_table_numbers_and_figure()
    {
        var said = Specgd("bench", "scaling", "threads-product", "--threads", "1", "--output", "scaling");

        said.ExitCode.ShouldBe(0, said.Error);
        said.Output.ShouldContain("threads-product");
        var written = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "scaling", "scaling.json")))!["scaling"]![0]!;
        ((int)written["sizes"]![0]!).ShouldBe(1);
        ((double)written["seconds"]![0]!).ShouldBeGreaterThan(0);
        written["exponent"].ShouldBeNull("one point has no slope");
        File.Exists(Path.Combine(Folder, "scaling", "scaling-times.json")).ShouldBeTrue();
    }
}
