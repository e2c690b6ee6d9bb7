using System.CommandLine;
using System.Text.Json.Nodes;

namespace SpecGD.Cli.Tests;

/// <summary>Every command that prints JSON prints it too where it only tells what there is or what would be done.</summary>
public sealed class JsonListingTests : InTemporaryDirectory
{
    private static readonly string[] Tellers = ["--list", "--dry-run", "--show", "--floors"];

    /// <summary>What each command is given, by its path and the option.</summary>
    private static readonly Dictionary<string, string> Words = new()
    {
        ["bench --list"] = "kernel",
        ["bench memory --floors"] = "nano",
        ["reproduce --list"] = "fig3",
        ["sweep --dry-run"] = "fair-comparison --quick",
        ["sweep --show"] = "fair-comparison",
        ["nanogpt train --dry-run"] = "--preset nano --steps 3",
    };

    public static TheoryData<string> Listings => [.. Of(CommandLine.Build(), "")];

    [Theory]
    [MemberData(nameof(Listings))]
    public void A_listing_is_JSON_where_JSON_is_asked_for(string listing)
    {
        Words.ShouldContainKey(listing, "a new command of this kind is tried too");
        var said = Specgd([.. listing.Split(' '), .. Words[listing].Split(' '), "--json"]);

        said.ExitCode.ShouldBe(0, said.Error);
        (JsonNode.Parse(said.Output) is JsonObject or JsonArray).ShouldBeTrue();
    }

    [Fact]
    public void Every_kind_of_listing_is_found() => Of(CommandLine.Build(), "").Order().ShouldBe(Words.Keys.Order());

    [Fact]
    public void The_tasks_of_a_sweep_have_their_options_and_for_Slurm_the_script()
    {
        File.WriteAllText(Path.Combine(Folder, "small.json"), """{ "experiment": "random-feature", "grid": { "dim": [4, 8] } }""");

        var here = JsonNode.Parse(Specgd("sweep", "small.json", "--dry-run", "--json").Output)!;
        here["tasks"]!.AsArray().Select(task => (int)task!["options"]!["dim"]!).ShouldBe([4, 8]);
        here["script"].ShouldBeNull();
        var slurm = JsonNode.Parse(Specgd("sweep", "small.json", "--engine", "slurm", "--dry-run", "--json").Output)!;
        ((string)slurm["script"]!).ShouldStartWith("#!");
    }

    private static IEnumerable<string> Of(Command command, string path) => command.Subcommands.Where(c => !c.Hidden)
        .SelectMany(c => Of(c, $"{path} {c.Name}".TrimStart()))
        .Concat(command.Options.Any(option => option.Name == "--json")
            ? command.Options.Where(option => Tellers.Contains(option.Name)).Select(option => $"{path} {option.Name}") : []);
}
