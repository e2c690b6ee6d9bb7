using System.Text.Json.Nodes;
using SpecGD.Sweeps;

namespace SpecGD.Cli.Tests;

/// <summary>What --show prints is a sweep file to start from: read again it is the same sweep, in both sizes.</summary>
public sealed class SweepShowTests : InTemporaryDirectory
{
    public static TheoryData<string> Names => [.. ShippedSweeps.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_printed_file_is_read_to_the_same_sweep_full_and_quick(string name)
    {
        string file = Path.Combine(Folder, "mine.json");
        var said = Specgd("sweep", name, "--show");
        said.ExitCode.ShouldBe(0, said.Error);
        File.WriteAllText(file, said.Output);

        foreach (bool quick in new[] { false, true })
            SweepFile.Read(file, quick).Source.ToJsonString().ShouldBe(ShippedSweeps.Read(name, quick).Source.ToJsonString(), quick ? "quick" : "full");
        Specgd("sweep", "mine.json", "--quick", "--dry-run").ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_file_of_ones_own_is_printed_as_it_is_and_with_quick_its_smaller_settings()
    {
        const string text = """{ "experiment": "random-feature", "grid": { "dim": [4, 8] }, "quick": { "grid": { "dim": [2] } } }""";
        File.WriteAllText(Path.Combine(Folder, "own.json"), text);

        Specgd("sweep", "own.json", "--show").Output.TrimEnd().ShouldBe(text);
        var smaller = JsonNode.Parse(Specgd("sweep", "own.json", "--show", "--quick").Output)!;
        smaller["quick"].ShouldBeNull();
        smaller["grid"]!["dim"]!.AsArray().Select(dim => (int)dim!).ShouldBe([2]);
    }
}
