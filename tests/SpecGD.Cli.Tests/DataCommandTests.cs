using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using SpecGD.Data.Language.Tokens;

namespace SpecGD.Cli.Tests;

public sealed class DataCommandTests : InTemporaryDirectory
{
    [Fact]
    public void Text_becomes_shards_and_inspect_tells_what_is_in_them()
    {
        File.WriteAllText(Path.Combine(Folder, "a.txt"), "aaab\n");
        File.WriteAllText(Path.Combine(Folder, "b.jsonl"), "{\"text\": \"aa\"}\n{\"text\": \"c\"}\n");

        var made = Specgd("data", "tokenize", "a.txt", "b.jsonl", "--output", "tokens", "--shard-tokens", "6");
        var seen = Specgd("data", "inspect", "tokens", "--json");

        made.ExitCode.ShouldBe(0, made.Error);
        made.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Trim())
            .ShouldBe([Path.Combine("tokens", "text_val_000000.bin"), Path.Combine("tokens", "text_train_000001.bin")]);
        made.Error.ShouldContain("3 documents, 0 MB of text, 11 tokens of bytes");
        seen.ExitCode.ShouldBe(0, seen.Error);
        var json = JsonNode.Parse(seen.Output)!;
        ((string)json["tokenizer"]!).ShouldBe("bytes");
        json["shards"]!.AsArray().Select(s => (int)s!["tokens"]!).ShouldBe([5, 6]); // train before val: by name
        ((int)json["all"]!["documents"]!).ShouldBe(3);
        ((double)json["all"]!["st"]!).ShouldBe(11.0 / 5);
        ((int)json["most_common"]![0]!["token"]!).ShouldBe('a');
        ((double)json["most_common"]![0]!["share"]!).ShouldBe(5.0 / 11);
        var header = json["shards"]![1]!["header"]!;
        ((int)header["magic"]!, (int)header["version"]!, (int)header["tokens"]!).ShouldBe((20240520, 1, 6));
        ((long)header["bytes"]!, (long)header["expected bytes"]!).ShouldBe((1036, 1036));
        ((string)json["most_common"]![0]!["text"]!).ShouldBe("'a'");
        string shown = Specgd("data", "inspect", Path.Combine("tokens", "*_val_*.bin")).Output;
        shown.ShouldContain("'<|endoftext|>'");
        shown.ShouldContain("Headers: every file has the length that its header says");
        shown.ShouldContain("20240520");
        shown.ShouldContain("%");
    }

    [Fact]
    public void Tokens_of_GPT_2_need_no_file_and_inspect_shows_them_as_text()
    {
        File.WriteAllText(Path.Combine(Folder, "a.txt"), "hello world world");

        var made = SpecgdProcess.Run(Folder, ["data", "tokenize", "a.txt", "--tokenizer", "gpt2", "--output", "tokens"], ("SPECGD_GPT2_VOCABULARY", ""));
        var seen = SpecgdProcess.Run(Folder, ["data", "inspect", "tokens", "--json"], ("SPECGD_GPT2_VOCABULARY", ""));

        made.ExitCode.ShouldBe(0, made.Error);
        made.Error.ShouldContain("4 tokens of gpt2");
        var json = JsonNode.Parse(seen.Output)!;
        ((int)json["vocabulary"]!).ShouldBe(50257);
        json["most_common"]!.AsArray().Select(t => ((int)t!["token"]!, (string)t["text"]!)).ShouldContain((995, "' world'"));
    }

    [Fact]
    public void Tokens_of_another_vocabulary_are_not_shown_in_words_of_GPT_2()
    {
        File.WriteAllText(Path.Combine(Folder, "a.txt"), "hello world world");
        string cut = Path.Combine(AppContext.BaseDirectory, "golden", "tokenizer");

        Specgd("data", "tokenize", "a.txt", "--tokenizer", "gpt2", "--vocabulary", cut, "--output", "tokens").ExitCode.ShouldBe(0);

        string Texts(params string[] more) => string.Concat(JsonNode.Parse(Specgd(["data", "inspect", "tokens", "--json", .. more]).Output)!["most_common"]!.AsArray().Select(t => (string?)t!["text"]));
        Texts().ShouldBeEmpty();
        Texts("--vocabulary", cut).ShouldContain("' world'");
    }

    [Fact]
    public void What_was_written_is_told_as_JSON()
    {
        File.WriteAllText(Path.Combine(Folder, "a.txt"), "aaab\n");

        foreach (string[] verb in new[] { new[] { "tokenize", "a.txt" }, ["sample", "--megabytes", "0.001"] })
        {
            var said = Specgd(["data", .. verb, "--output", verb[0], "--json"]);

            said.ExitCode.ShouldBe(0, said.Error);
            var json = JsonNode.Parse(said.Output)!;
            var folder = TokenFolder.Find(Path.Combine(Folder, verb[0]))!;
            ((long)json["tokens"]!, (long)json["documents"]!, (long)json["text_bytes"]!).ShouldBe((folder.Tokens, folder.Documents, folder.TextBytes));
            json["files"]!.AsArray().Count.ShouldBe(2);
            foreach (var file in json["files"]!.AsArray())
                ((long)file!["bytes"]!).ShouldBe(new FileInfo(Path.Combine(Folder, (string)file["file"]!)).Length);
        }
    }

    [Fact]
    public void Files_of_a_folder_that_are_not_named_as_text_are_said_to_be_passed_over()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "mixed"));
        File.WriteAllText(Path.Combine(Folder, "mixed", "a.txt"), "hello");
        File.WriteAllText(Path.Combine(Folder, "mixed", "b.pdf"), "%PDF-1.4");

        var said = Specgd("data", "tokenize", "mixed", "--output", "out");

        said.ExitCode.ShouldBe(0, said.Error);
        said.Error.ShouldContain($"not named as text, and passed over: {Path.Combine("mixed", "b.pdf")}");
    }

    [Fact]
    public void The_sample_text_is_the_same_for_the_same_seed()
    {
        foreach (string folder in new[] { "one", "two" })
            Specgd("data", "sample", "--megabytes", "0.05", "--seed", "3", "--output", folder).ExitCode.ShouldBe(0);
        Specgd("data", "sample", "--megabytes", "0.05", "--seed", "4", "--output", "other").ExitCode.ShouldBe(0);
        byte[] Training(string folder) => File.ReadAllBytes(Path.Combine(Folder, folder, "sample_train_000001.bin"));

        Training("two").ShouldBe(Training("one"));
        Training("other").ShouldNotBe(Training("one"));
        TokenFolder.Find(Path.Combine(Folder, "one"))!.TextBytes.ShouldBeInRange(50_000, 60_000);
    }

    [Theory]
    [InlineData("data", "specgd data needs a command: tokenize, inspect, sample, fetch.")]
    [InlineData("data tokenize missing.txt --output out", "There is no file and no folder at missing.txt.")]
    [InlineData("data tokenize empty.txt.gz --output out", "There is no text in empty.txt.gz.")]
    [InlineData("data tokenize text.txt --output text.txt", "The output folder text.txt cannot be written")]
    [InlineData("data tokenize text.txt --output shards", "has token shards already (bad_train_000001.bin); name another folder, or replace them with --overwrite.")]
    [InlineData("data tokenize text.txt --output out --tokenizer gpt3", "--tokenizer takes one of bytes, gpt2; 'gpt3' is not.")]
    [InlineData("data tokenize text.txt --output out --text-column body", "--text-column body names a column of Parquet, and no input is Parquet")]
    [InlineData("data tokenize text.txt --output out --field body", "--field body names a property of JSON Lines, and no input is JSON Lines")]
    [InlineData("data tokenize cut.parquet --output out", "cut.parquet is no whole Parquet file")]
    [InlineData("data tokenize cut.txt.zst --output out", "cut.txt.zst is no whole Zstandard file")]
    [InlineData("nanogpt train --text cut.txt.zst --output out", "cut.txt.zst is no whole Zstandard file")]
    [InlineData("data tokenize text.txt --output out --tokenizer gpt2 --vocabulary nowhere", "There is no vocabulary at nowhere")]
    [InlineData("data tokenize text.txt --output out --shard-tokens 0", "--shard-tokens takes a whole number from 1")]
    [InlineData("data tokenize --output out", "specgd data tokenize needs INPUT: files of text")]
    [InlineData("data sample", "Option '--output' is required.")]
    [InlineData("data sample --output out --megabytes nan", "--megabytes takes a number")]
    [InlineData("data inspect bad_train_000001.bin", "bad_train_000001.bin is no token shard: it has 3 bytes")]
    [InlineData("data inspect text.txt", "text.txt is no token shard")]
    [InlineData("data inspect *.dat", "No file matches *.dat.")]
    [InlineData("data fetch pile --output out", "There are no shards 'pile' to fetch; there are fineweb10B, fineweb100B, finewebedu10B.")]
    [InlineData("data fetch fineweb10B --shards 104 --output out", "fineweb10B has 103 training shards; 104 were asked for.")]
    [InlineData("data fetch fineweb10B --base-url ftp://x --output out", "'ftp://x' is no address of a hub")]
    public void Bad_input_is_one_sentence_and_exit_code_2(string arguments, string sentence)
    {
        File.WriteAllText(Path.Combine(Folder, "text.txt"), "text");
        File.WriteAllText(Path.Combine(Folder, "bad_train_000001.bin"), "bad");
        Directory.CreateDirectory(Path.Combine(Folder, "shards"));
        File.WriteAllText(Path.Combine(Folder, "shards", "bad_train_000001.bin"), "bad");
        File.WriteAllBytes(Path.Combine(Folder, "empty.txt.gz"), []);
        File.WriteAllBytes(Path.Combine(Folder, "cut.parquet"), [.. "PAR1 and then no more"u8]);
        File.WriteAllBytes(Path.Combine(Folder, "cut.txt.zst"), [0x28, 0xB5, 0x2F, 0xFD, 0x24, 0x03, 0x19]);

        var said = SpecgdProcess.Run(Folder, arguments.Split(' '), ("SPECGD_GPT2_VOCABULARY", ""));

        said.ExitCode.ShouldBe(2, said.Error);
        said.Output.ShouldBeEmpty();
        said.Error.ShouldContain(sentence);
        said.Error.TrimEnd().Split('\n').Length.ShouldBe(1, said.Error);
    }

    /// <summary>Folders lie as the examples of all commands that write shards put them.</summary>
    [Fact]
    public void The_example_with_a_pattern_finds_the_shards_that_the_other_examples_make()
    {
        foreach (string name in new[] { "books", "web" })
            Specgd("data", "sample", "--megabytes", "0.01", "--output", $"data/{name}").ExitCode.ShouldBe(0);
        string[] patterns = [.. HelpExamples.Of("specgd data inspect").Select(example => example.Command.Split(' ')[3].Trim('\'')).Where(place => place.Contains('*', StringComparison.Ordinal))];
        patterns.ShouldNotBeEmpty();

        foreach (string pattern in patterns)
        {
            var said = Specgd("data", "inspect", pattern, "--json");
            said.ExitCode.ShouldBe(0, said.Error);
            said.Output.ShouldContain("web");
        }
    }

    [Fact]
    public async Task Shards_are_fetched_from_the_address_given()
    {
        using var listener = Listen(out string address);
        byte[] shard = new byte[TokenShardHeader.FileLengthOf(100)];
        new TokenShardHeader(100).Write(shard);
        var paths = new List<string>();
        var server = Task.Run(async () =>
        {
            for (int i = 0; i < 2; i++)
            {
                var context = await listener.GetContextAsync();
                paths.Add($"{context.Request.Url!.AbsolutePath} {context.Request.Headers["Authorization"]}");
                context.Response.ContentLength64 = shard.Length;
                context.Response.OutputStream.Write(shard);
                context.Response.Close();
            }
        });

        var said = SpecgdProcess.Run(Folder, ["data", "fetch", "finewebedu10B", "--shards", "1", "--output", "out"], ("HF_ENDPOINT", address), ("HF_TOKEN", "word"));

        said.ExitCode.ShouldBe(0, said.Error);
        await server;
        paths.ShouldBe([
            "/datasets/kjj0/finewebedu10B-gpt2/resolve/main/finewebedu_val_000000.bin Bearer word",
            "/datasets/kjj0/finewebedu10B-gpt2/resolve/main/finewebedu_train_000001.bin Bearer word"]);
        File.ReadAllBytes(Path.Combine(Folder, "out", "finewebedu_train_000001.bin")).ShouldBe(shard);
        Specgd("data", "inspect", "out").Output.ShouldContain("Token shards of bytes", Case.Sensitive, "its tokens are all 0");
        var again = SpecgdProcess.Run(Folder, ["data", "fetch", "finewebedu10B", "--shards", "1", "--output", "out", "--json"], ("HF_ENDPOINT", address));
        ((int)JsonNode.Parse(again.Output)!["tokens"]!).ShouldBe(200, again.Error);
    }

    [SkippableTheory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_request_to_stop_leaves_no_file(string signal, int exitCode)
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no such signals");
        using var process = SpecgdProcess.Start(Folder, ["data", "sample", "--megabytes", "2000", "--output", "out"]);
        string output = Path.Combine(Folder, "out");
        SpinWait.SpinUntil(
            () => process.HasExited || (Directory.Exists(output) && Directory.EnumerateFiles(output, "sample_*").Any(f => new FileInfo(f).Length > 1_000_000)),
            TimeSpan.FromMinutes(1)).ShouldBeTrue();
        Process.Start("sh", ["-c", $"kill -{signal} {process.Id}"])!.WaitForExit();

        var said = SpecgdProcess.Finish(process);

        said.ExitCode.ShouldBe(exitCode, said.Error);
        said.Error.ShouldContain("stopped before the shards were whole: nothing was left in the folder.");
        Directory.Exists(output).ShouldBeFalse("nor the folder, which would be empty");
    }

    [SkippableFact]
    public void Killed_at_once_it_leaves_nothing_that_is_taken_for_a_shard_and_the_next_call_clears_up()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows deletes no open files");
        using var process = SpecgdProcess.Start(Folder, ["data", "sample", "--megabytes", "2000", "--output", "out", "--shard-tokens", "500000"]);
        string output = Path.Combine(Folder, "out");
        SpinWait.SpinUntil(
            () => process.HasExited || (Directory.Exists(output) && Directory.EnumerateFiles(output, "sample_*").Count() > 2),
            TimeSpan.FromMinutes(1)).ShouldBeTrue();
        process.Kill();
        SpecgdProcess.Finish(process);
        Directory.EnumerateFiles(output).Count().ShouldBeGreaterThan(2, "so that the test can fail");

        Specgd("data", "inspect", "out").Error.ShouldContain("has no token shard named *.bin.");
        Specgd("data", "sample", "--megabytes", "0.01", "--output", "out").ExitCode.ShouldBe(0);
        Directory.EnumerateFiles(output).Select(f => Path.GetFileName(f)).Order().ShouldBe(["sample_train_000001.bin", "sample_val_000000.bin", "tokens.json"]);
    }

    private static HttpListener Listen(out string address)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        probe.Stop();
        var listener = new HttpListener();
        listener.Prefixes.Add(address);
        listener.Start();
        return listener;
    }
}
