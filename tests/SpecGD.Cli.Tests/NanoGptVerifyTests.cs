using System.Text.Json.Nodes;

namespace SpecGD.Cli.Tests;

public sealed class NanoGptVerifyTests : InTemporaryDirectory
{
    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "golden", name);

    [Fact]
    public void A_case_that_holds_is_a_table_with_every_deviation()
    {
        var said = Specgd("nanogpt", "verify", Golden("nanogpt_8x32"));

        said.ExitCode.ShouldBe(0, said.Error);
        foreach (string quantity in new[] { "loss", "validation loss", "gradients", "stable ranks", "nuclear ranks", "training losses", "weights after training" })
            said.Output.ShouldContain($" {quantity} ");
        said.Output.ShouldContain("Everything agrees with the record.");
    }

    [Fact]
    public void A_case_that_does_not_hold_is_exit_code_1_and_says_where()
    {
        var record = JsonNode.Parse(File.ReadAllText(Golden("nanogpt_8x32.json")))!;
        record["loss_sum"] = (double)record["loss_sum"]! * (1 + 1e-9);
        File.WriteAllText(Path.Combine(Folder, "case.json"), record.ToJsonString());
        File.Copy(Golden("nanogpt_8x32.safetensors"), Path.Combine(Folder, "case.safetensors"));

        var said = Specgd("nanogpt", "verify", "case", "--json");

        said.ExitCode.ShouldBe(1, said.Error);
        var json = JsonNode.Parse(said.Output)!;
        ((bool)json["agrees"]!).ShouldBeFalse();
        var beyond = json["rows"]!.AsArray().Where(r => !(bool)r!["agrees"]!).ToArray();
        beyond.Length.ShouldBe(1);
        ((string)beyond[0]!["quantity"]!).ShouldBe("loss");
        ((double)beyond[0]!["largest deviation"]!).ShouldBe(1e-9, 1e-12); // the record's twelve digits and rounding
    }

    [Theory]
    [InlineData("nowhere", "nowhere.json cannot be read as a recorded NanoGPT case: there is no such file.")]
    [InlineData("broken", "broken.safetensors is no safetensors file: it has 3 bytes")]
    public void What_is_no_case_is_exit_code_2_with_one_sentence(string name, string sentence)
    {
        File.Copy(Golden("nanogpt_8x32.json"), Path.Combine(Folder, "broken.json"));
        File.WriteAllText(Path.Combine(Folder, "broken.safetensors"), "abc");

        var said = Specgd("nanogpt", "verify", name);

        said.ExitCode.ShouldBe(2);
        said.Error.ShouldContain(sentence);
        said.Error.TrimEnd().Split('\n').Length.ShouldBe(1, said.Error);
    }
}
