using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Cli.Tests;

/// <summary>What is done with a trained model: judged, made to write, exported, begun with again.</summary>
public sealed class NanoGptWeightsTests : IClassFixture<NanoGptWeightsTests.TrainedRun>
{
    /// <summary>A short run on a text of one sentence, enough to learn it by heart.</summary>
    public sealed class TrainedRun : InTemporaryDirectory
    {
        public TrainedRun()
        {
            File.WriteAllText(Path.Combine(Place, "text.txt"), string.Concat(Enumerable.Repeat("the cat sat on the mat. ", 400)));
            var said = Run("nanogpt", "train", "--text", "text.txt", "--output", "out", "--steps", "40", "--width", "32", "--sequences", "1", "--track-every", "0", "--json");
            said.ExitCode.ShouldBe(0, said.Error);
            LastLoss = (double)JsonNode.Parse(said.Output)!["rows"]!.AsArray().Single(row => (string)row!["series"]! == "val_loss")!["last"]!;
        }

        public string Place => Folder;

        public double LastLoss { get; }

        internal SpecgdProcess.Said Run(params string[] arguments) => Specgd(arguments);
    }

    private readonly TrainedRun _run;

    public NanoGptWeightsTests(TrainedRun run) => _run = run;

    [Fact]
    public void Eval_gives_the_loss_that_training_ended_with()
    {
        var said = _run.Run("nanogpt", "eval", "out", "--text", "text.txt", "--length", "128", "--sequences", "8", "--json");

        said.ExitCode.ShouldBe(0, said.Error);
        var json = JsonNode.Parse(said.Output)!;
        double loss = (double)json["loss"]!;
        loss.ShouldBe(_run.LastLoss); // the same weights, sequences and window
        ((double)json["perplexity"]!).ShouldBe(Math.Exp(loss), 1e-12);
        ((double)json["bits_per_byte"]!).ShouldBe(loss / Math.Log(2), 1e-12); // no end of text among these targets
        ((int)json["step"]!).ShouldBe(40);
        _run.Run("nanogpt", "eval", "out", "--text", "text.txt", "--length", "128").Output.ShouldContain("perplexity");
    }

    [Fact]
    public void Eval_of_a_run_takes_the_data_and_the_length_it_was_trained_with()
    {
        var said = _run.Run("nanogpt", "eval", "out", "--sequences", "8", "--json");

        said.ExitCode.ShouldBe(0, said.Error);
        var json = JsonNode.Parse(said.Output)!;
        ((double)json["loss"]!).ShouldBe(_run.LastLoss);
        ((int)json["length"]!).ShouldBe(128);
        ((string)json["data"]!).ShouldContain("text.txt");
    }

    [Fact]
    public void Generate_writes_what_was_learned_and_the_same_for_the_same_seed()
    {
        string[] command = ["nanogpt", "generate", "out", "--prompt", "the cat sat on the mat. the c", "--tokens", "40"];

        var greedy = _run.Run([.. command, "--temperature", "0"]);

        greedy.ExitCode.ShouldBe(0, greedy.Error);
        greedy.Output.ShouldStartWith("the cat sat on the mat. the cat sat on the mat. the cat sat");
        string Drawn(string seed) => (string)JsonNode.Parse(_run.Run([.. command, "--temperature", "3", "--seed", seed, "--json"]).Output)!["text"]!;
        string first = Drawn("1");
        first.ShouldNotBeEmpty();
        Drawn("1").ShouldBe(first);
        Drawn("2").ShouldNotBe(first);
    }

    [Fact]
    public void An_export_is_begun_with_again()
    {
        var said = _run.Run("nanogpt", "export", "out", "--output", "weights.safetensors");
        said.ExitCode.ShouldBe(0, said.Error);
        said.Output.TrimEnd().ShouldBe("weights.safetensors");
        using (var file = SafetensorsFile.Open(Path.Combine(_run.Place, "weights.safetensors")))
            file.Entry("blocks.0.attn.qkvo_w").Element.ShouldBe(SafetensorsElement.F32);

        JsonNode.Parse(_run.Run("nanogpt", "eval", "weights.safetensors", "--text", "text.txt", "--length", "128", "--sequences", "8", "--json").Output)!["loss"]!
            .GetValue<double>().ShouldBe(_run.LastLoss);
        string[] command =
            ["nanogpt", "train", "--text", "text.txt", "--output", "again", "--steps", "2", "--width", "32", "--sequences", "1", "--track-every", "0", "--init-from", "weights.safetensors"];
        var again = _run.Run([.. command, "--json"]);
        again.ExitCode.ShouldBe(0, again.Error);
        var losses = RunLogFile.Read(Path.Combine(_run.Place, "again", "log.json")).Methods["nanogpt"].Find("train_loss")!;
        losses.Values[0].ShouldBeLessThan(1, "what was learned is there from the first step, where a fresh model has ln 384");
        string manifest = File.ReadAllText(Path.Combine(_run.Place, "again", "manifest.json"));
        manifest.ShouldContain("\"init_from\": \"weights.safetensors, SHA-256 ");
        _run.Run([.. command.SkipLast(2)]).Error.ShouldContain("other settings (init_from weights.safetensors, SHA-256 ");
    }

    [Theory]
    [InlineData("eval nowhere", "nowhere cannot be read as a safetensors file: there is no such file.")]
    [InlineData("eval .", ". is no run folder of 'specgd nanogpt train': it has neither checkpoints/ nor model.safetensors.")]
    [InlineData("eval out --length 100", "--length takes a whole number from 128 to 1048576; '100' is not.")]
    [InlineData("eval out --length 200", "--length takes a multiple of 128; 200 is none.")]
    [InlineData("generate text.txt", "text.txt is no safetensors file")]
    [InlineData("generate out --temperature -1", "--temperature takes a number from 0 to 100; '-1' is not.")]
    [InlineData("export out --output .", ". is a folder; the name of a file to write was expected.")]
    [InlineData("train --text text.txt --sequences 1 --init-from text.txt --output no", "text.txt is no safetensors file")]
    public void Bad_input_is_one_sentence_and_exit_code_2(string arguments, string sentence)
    {
        var said = _run.Run(["nanogpt", .. arguments.Split(' ')]);

        said.ExitCode.ShouldBe(2, said.Error);
        said.Error.ShouldContain(sentence);
    }
}
