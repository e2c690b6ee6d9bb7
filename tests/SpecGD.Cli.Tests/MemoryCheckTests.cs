using System.Text.Json.Nodes;

namespace SpecGD.Cli.Tests;

public sealed class MemoryCheckTests : InTemporaryDirectory
{
    /// <summary>
    /// Results of linear algebra while another thread collects garbage. With addresses of matrices that nothing held, one thread ended with SIGSEGV and two
    /// gave NaN, each within ten seconds.
    /// </summary>
    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public void Temporaries_live_for_as_long_as_native_code_reads_them(string threads)
    {
        const string SmallYoungGeneration = "10000"; // hexadecimal, bytes

        var said = SpecgdProcess.Run(
            Folder, ["verify", "memory", "--seconds", "8", "--json"], ("SPECGD_THREADS", threads), ("DOTNET_GCgen0size", SmallYoungGeneration));

        said.ExitCode.ShouldBe(0, said.Output + said.Error);
        var result = JsonNode.Parse(said.Output)!;
        ((int)result["deviating"]!).ShouldBe(0);
        ((int)result["collections"]!).ShouldBeGreaterThan(10);
        result["rows"]!.AsArray().Count.ShouldBeGreaterThan(30);
        result["rows"]!.AsArray().ShouldAllBe(row => (int)row!["calls"]! > 0);
    }
}
