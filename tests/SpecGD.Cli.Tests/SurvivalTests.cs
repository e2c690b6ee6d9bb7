using System.Text.Json.Nodes;

namespace SpecGD.Cli.Tests;

/// <summary>A handful of what 'specgd verify survival' does some hundred times, and its negative control.</summary>
public sealed class SurvivalTests : InTemporaryDirectory
{
    [SkippableFact]
    public void Killed_at_work_it_goes_on_and_nothing_is_lost()
    {
        Skip.If(OperatingSystem.IsWindows(), "SIGKILL is Unix's");

        var said = Specgd("verify", "survival", "--kills", "6", "--seed", "4", "--verbs", "run", "nanogpt train", "data tokenize", "--json");

        said.ExitCode.ShouldBe(0, said.Error);
        var json = JsonNode.Parse(said.Output)!;
        ((int)json["kills"]!).ShouldBeGreaterThanOrEqualTo(3); // a random moment may come after the end
        json["failures"]!.AsArray().ShouldBeEmpty();
        json["rows"]!.AsArray().Select(row => (string)row!["verb"]!).Distinct().ShouldBe(["run", "nanogpt train", "data tokenize"]);
        Directory.EnumerateFileSystemEntries(Folder).ShouldBeEmpty("it works in a temporary folder");
    }

    [SkippableFact]
    public void Without_the_atomic_rename_the_check_fails()
    {
        Skip.If(OperatingSystem.IsWindows(), "SIGKILL is Unix's");

        var said = Specgd("verify", "survival", "--kills", "8", "--seed", "1", "--verbs", "data tokenize", "--in-place", "--json");

        said.ExitCode.ShouldBe(1, said.Error);
        JsonNode.Parse(said.Output)!["failures"]!.AsArray().ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("verify survival --verbs nothing", "There is no verb 'nothing' to kill; there are run, nanogpt train, sweep, data tokenize, data fetch, reproduce.")]
    [InlineData("verify survival --kills 0", "--kills takes a whole number from 1")]
    [InlineData("verify fuzz --parser nothing", "There is no parser 'nothing'; there are safetensors, npz, npy, shard,")]
    [InlineData("verify fuzz --inputs 0", "--inputs takes a whole number from 1")]
    public void Bad_input_is_one_sentence_and_exit_code_2(string arguments, string sentence)
    {
        var said = Specgd(arguments.Split(' '));

        said.ExitCode.ShouldBe(2);
        said.Error.ShouldContain(sentence);
    }

    [Fact]
    public void A_few_damaged_files_are_counted_by_parser()
    {
        var said = Specgd("verify", "fuzz", "--inputs", "400", "--parser", "safetensors", "shard", "--json");

        said.ExitCode.ShouldBe(0, said.Error);
        var json = JsonNode.Parse(said.Output)!;
        ((int)json["inputs"]!).ShouldBe(400);
        json["rows"]!.AsArray().Select(row => (string)row!["parser"]!).ShouldBe(["safetensors", "shard"]);
        Directory.EnumerateFileSystemEntries(Folder).ShouldBeEmpty("nothing failed, so nothing is kept");
    }
}
