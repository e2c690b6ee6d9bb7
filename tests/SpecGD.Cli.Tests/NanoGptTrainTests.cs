using System.Text.Json.Nodes;

namespace SpecGD.Cli.Tests;

public sealed class NanoGptTrainTests : InTemporaryDirectory
{
    private static readonly string[] Short =
        ["nanogpt", "train", "--text", "text.txt", "--output", "out", "--steps", "3", "--width", "16", "--sequences", "1", "--track-every", "2", "--checkpoint-every", "2", "--json"];

    [Fact]
    public void A_run_leaves_its_log_tracker_and_checkpoints_and_the_same_command_finds_them()
    {
        WriteText(4000);

        var said = Specgd(Short);

        said.ExitCode.ShouldBe(0, said.Error);
        var json = JsonNode.Parse(said.Output)!;
        ((string)json["status"]!).ShouldBe("finished");
        ((int)json["step"]!).ShouldBe(3);
        json["routing"]!.AsArray().Count.ShouldBe(1 + 3 + (6 * 3) + 2);
        foreach (string file in new[] { "log.json", "tracker.json", "manifest.json", "metrics.csv" })
            File.Exists(Path.Combine(Folder, "out", file)).ShouldBeTrue(file);
        JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "out", "tracker.json")))!["rms"]!["lm_head.pre"]!["steps"]!.AsArray().Select(s => (int)s!).ShouldBe([2]);
        string log = File.ReadAllText(Path.Combine(Folder, "out", "log.json"));

        var again = Specgd(Short);

        again.ExitCode.ShouldBe(0, again.Error);
        again.Error.ShouldContain("step-000003, after step 3.");
        File.ReadAllText(Path.Combine(Folder, "out", "log.json")).ShouldBe(log);
    }

    [Theory]
    [InlineData("--text nowhere.txt", "The text nowhere.txt cannot be read: there is no such file.")]
    [InlineData("--text .", "The text . cannot be read: it is a directory.")]
    [InlineData("--text text.txt", "A text of 201 tokens is too short: training and validation need 129 each for one sequence of 128.")]
    [InlineData("--text text.txt --length 200", "--length takes a multiple of 128; 200 is none.")]
    [InlineData("--text text.txt --optimizer sgd", "--optimizer takes one of muon, muon-mlp-output, adam; 'sgd' is not.")]
    [InlineData("--steps 3", "--text")]
    public void Bad_input_is_one_sentence_and_exit_code_2(string arguments, string sentence)
    {
        WriteText(200);

        var said = Specgd(["nanogpt", "train", .. arguments.Split(' ')]);

        said.ExitCode.ShouldBe(2, said.Error);
        said.Error.ShouldContain(sentence);
        said.Error.TrimEnd().Split('\n').Length.ShouldBe(1, said.Error);
    }

    private void WriteText(int length) =>
        File.WriteAllText(Path.Combine(Folder, "text.txt"), string.Concat(Enumerable.Repeat("the cat sat on the mat. ", 1 + (length / 24)))[..length]);
}
