using System.Text.Json.Nodes;

namespace SpecGD.Cli.Tests;

public sealed class VerifyCommandTests : InTemporaryDirectory
{
    [Fact]
    public void A_golden_run_is_held_against_the_authors_numbers()
    {
        var said = Specgd("verify", "golden", "batch_size_sweep", "--json");

        said.ExitCode.ShouldBe(0, said.Error);
        var row = JsonNode.Parse(said.Output)!.AsArray().ShouldHaveSingleItem()!;
        ((string)row["run"]!).ShouldBe("batch_size_sweep");
        ((int)row["compared"]!).ShouldBe(12);
        ((double)row["largest deviation"]!).ShouldBeLessThan((double)row["allowed"]!);
        ((bool)row["within"]!).ShouldBeTrue();
        Directory.EnumerateFileSystemEntries(Folder).ShouldBeEmpty("nothing is written");
    }

    [Fact]
    public void An_unknown_name_is_bad_input()
    {
        var said = Specgd("verify", "golden", "nothing");

        said.ExitCode.ShouldBe(2);
        said.Error.ShouldContain("There are no golden values 'nothing'; there are random_feature_relu");
    }
}
