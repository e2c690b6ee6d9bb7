using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Records;

namespace SpecGD.Cli.Tests;

public sealed class NanoGptTrainTests : InTemporaryDirectory
{
    private static readonly string[] Short =
        ["nanogpt", "train", "--text", "text.txt", "--output", "out", "--steps", "3", "--width", "16", "--sequences", "1", "--track-every", "2", "--checkpoint-every", "2", "--no-figures", "--json"];

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
        Directory.EnumerateFiles(Path.Combine(Folder, "out"), "events.out.tfevents.*").Count().ShouldBe(1);
        json["checks"]!.AsArray().Count.ShouldBeGreaterThan(10);
        Directory.Exists(Path.Combine(Folder, "out", "figures")).ShouldBeFalse("no figures were asked for");
        JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "out", "tracker.json")))!["rms"]!["lm_head.pre"]!["steps"]!.AsArray().Select(s => (int)s!).ShouldBe([2]);
        string log = File.ReadAllText(Path.Combine(Folder, "out", "log.json"));

        var again = Specgd(Short);

        again.ExitCode.ShouldBe(0, again.Error);
        again.Error.ShouldContain("step-000003, after step 3.");
        File.ReadAllText(Path.Combine(Folder, "out", "log.json")).ShouldBe(log);
    }

    [Fact]
    public void Without_data_the_embedded_sample_text_is_trained_on()
    {
        var said = Specgd("nanogpt", "train", "--steps", "2", "--width", "16", "--sequences", "1", "--track-every", "0", "--output", "out", "--no-figures", "--json");

        said.ExitCode.ShouldBe(0, said.Error);
        said.Error.ShouldContain("sample text");
        double entropy = (double)JsonNode.Parse(said.Output)!["unigram_entropy"]!;
        entropy.ShouldBeInRange(1, Math.Log(257));
    }

    [Fact]
    public void Shards_that_data_made_are_trained_on()
    {
        Specgd("data", "sample", "--megabytes", "0.2", "--output", "shards").ExitCode.ShouldBe(0);

        var said = Specgd("nanogpt", "train", "--data", "shards", "--steps", "2", "--width", "16", "--sequences", "1", "--track-every", "0", "--output", "out", "--no-figures");

        said.ExitCode.ShouldBe(0, said.Error);
        said.Error.ShouldContain("shards");
        RunLogFile.Read(Path.Combine(Folder, "out", "log.json")).Methods["nanogpt"].Find("train_loss")!.Count.ShouldBe(2);
    }

    [Fact]
    public void A_run_that_ends_draws_its_figures_and_writes_its_report_and_runs_are_compared()
    {
        WriteText(4000);
        string[] command = [.. Short.Where(word => word is not ("--no-figures" or "--json"))];

        var said = Specgd(command);

        said.ExitCode.ShouldBe(0, said.Error);
        said.Output.ShouldContain("Ranks by weight");
        said.Output.ShouldContain("What must be seen");
        string figures = Path.Combine(Folder, "out", "figures");
        foreach (string name in new[] { "activation_mlp", "gradient_mlp", "verdict", "loss" })
            File.Exists(Path.Combine(figures, $"nanogpt_{name}.json")).ShouldBeTrue(name);
        string report = File.ReadAllText(Path.Combine(Folder, "out", "report.html"));
        report.ShouldContain("What must be seen");
        report.ShouldContain("specgd nanogpt train --text text.txt");

        var compared = Specgd("nanogpt", "plot", "out", "out", "--output", "both");

        compared.ExitCode.ShouldBe(0, compared.Error);
        compared.Output.ShouldContain("Runs compared");
        Directory.EnumerateFiles(Path.Combine(Folder, "both"), "nanogpt*.json").Select(Path.GetFileName).ShouldBe(["nanogpt_loss.json"]);

        var checks = Specgd("nanogpt", "plot", Path.Combine("out", "tracker.json"), "--output", "again", "--check", "--json");

        JsonNode.Parse(checks.Output)!["files"]!.AsArray().Count.ShouldBeGreaterThan(30);
        bool holds = JsonNode.Parse(checks.Output)!["checks"]!.AsArray().All(check => (bool)check!["holds"]!);
        checks.ExitCode.ShouldBe(holds ? 0 : 1);
        holds.ShouldBeFalse("three steps on a sentence show little");
    }

    [Fact]
    public void Help_names_every_setting_with_its_range()
    {
        string help = Specgd("nanogpt", "train", "--help").Output;

        foreach (string option in new[] { "--text", "--preset", "tiny|nano|124M|3B", "--optimizer", "NAME is muon or muon-mlp-output or adam", "--mlp", "--steps", "--fresh", "Examples:" })
            help.ShouldContain(option);
    }

    [SkippableFact]
    public void A_killed_run_goes_on_from_its_checkpoint_and_a_request_to_stop_keeps_one_more()
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are Unix's");
        WriteText(4000);
        using (var killed = SpecgdProcess.Start(Folder, Endless))
        {
            WaitForCheckpoint(after: 0);
            killed.Kill();
            killed.WaitForExit();
        }
        int reached = NewestWhole();
        using var second = SpecgdProcess.Start(Folder, Endless);
        WaitForCheckpoint(after: reached);
        Process.Start("sh", ["-c", $"kill -TERM {second.Id}"])!.WaitForExit();
        var said = SpecgdProcess.Finish(second);

        said.ExitCode.ShouldBe(143, said.Error);
        said.Error.ShouldContain("Going on from ");
        said.Error.ShouldContain("a checkpoint was saved. The same command resumes it.");
        var steps = RunLogFile.Read(Path.Combine(Folder, "out", "log.json")).Methods["nanogpt"].Find("train_loss")!.Steps;
        steps.ShouldBe(Enumerable.Range(0, steps.Count), "no step is missing and none is there twice");
        NewestWhole().ShouldBe(steps.Count);
    }

    [Theory]
    [InlineData("--text nowhere.txt", "The text nowhere.txt cannot be read: there is no such file.")]
    [InlineData("--text .", "The text . cannot be read: it is a directory.")]
    [InlineData("--text text.txt", "A text of 201 tokens is too short: one sequence of 128 needs 129 to train on and 130 to validate on.")]
    [InlineData("--text pointer.txt", "pointer.txt is a Git LFS pointer, not text: fetch the data with 'git lfs pull'.")]
    [InlineData("--text text.txt --validation-length 200", "--validation-length takes a multiple of 128; 200 is none.")]
    [InlineData("--steps 8000 --validation-tokens 128", "8000 steps of 512 tokens are more than there is to train on: one pass over the ")]
    [InlineData("--validation-tokens 100000000", "Validation on 781250 sequences of 128 tokens needs more data: the ")]
    [InlineData("--text text.txt --length 200", "--length takes a multiple of 128; 200 is none.")]
    [InlineData("--text text.txt --optimizer sgd", "--optimizer takes one of muon, muon-mlp-output, adam; 'sgd' is not.")]
    [InlineData("--text text.txt --data shards", "--data and --text name two data sets; give one.")]
    [InlineData("--data nowhere", "nowhere")]
    public void Bad_input_is_one_sentence_and_exit_code_2(string arguments, string sentence)
    {
        WriteText(200);
        File.WriteAllText(Path.Combine(Folder, "pointer.txt"), "version https://git-lfs.github.com/spec/v1\n");

        var said = Specgd(["nanogpt", "train", .. arguments.Split(' ')]);

        said.ExitCode.ShouldBe(2, said.Error);
        said.Error.ShouldContain(sentence);
        said.Error.TrimEnd().Split('\n').Length.ShouldBe(1, said.Error);
    }

    [SkippableTheory]
    [InlineData("INT", 130)]
    [InlineData("USR1", 138)]
    public void Every_request_to_stop_keeps_a_checkpoint_and_has_its_exit_code(string signal, int exitCode)
    {
        Skip.If(OperatingSystem.IsWindows(), "signals are Unix's");
        WriteText(4000);
        using var running = SpecgdProcess.Start(Folder, Endless);
        WaitForCheckpoint(after: 0);

        Process.Start("sh", ["-c", $"kill -{signal} {running.Id}"])!.WaitForExit();
        var said = SpecgdProcess.Finish(running);

        said.ExitCode.ShouldBe(exitCode, said.Error);
        said.Error.ShouldContain("a checkpoint was saved. The same command resumes it.");
        NewestWhole().ShouldBe((int)JsonNode.Parse(said.Output)!["step"]!);
    }

    [Fact]
    public void Resume_needs_a_checkpoint_and_checkpoints_of_other_settings_are_not_deleted_unasked()
    {
        WriteText(4000);
        Refused([.. Short, "--resume"]).ShouldContain("There is no checkpoint in out to go on from; without --resume the run begins.");
        Refused([.. Short, "--resume", "--fresh"]).ShouldContain("--resume continues from a checkpoint and --fresh deletes it; give one.");
        Specgd(Short).ExitCode.ShouldBe(0);

        Refused([.. Short, "--adam-lr", "0.001"]).ShouldContain(
            "The checkpoints in out are of a run with other settings (adam-lr 0.008 there, 0.001 here): "
            + "give those, name another --output, or begin again with --fresh, which deletes them.");
        Specgd([.. Short, "--resume"]).Error.ShouldContain("step-000003, after step 3.");
        var fresh = Specgd([.. Short, "--adam-lr", "0.001", "--fresh"]);
        fresh.ExitCode.ShouldBe(0, fresh.Error);
        NewestWhole().ShouldBe(3);
    }

    [Fact]
    public void Tokens_are_read_again_only_where_that_is_said_and_how_often_is_told()
    {
        Specgd("data", "sample", "--megabytes", "0.05", "--output", "shards").ExitCode.ShouldBe(0);
        string[] run = ["nanogpt", "train", "--data", "shards", "--steps", "100", "--width", "16", "--track-every", "0", "--validate-every", "0", "--no-figures", "--output", "out"];

        Refused(run).ShouldContain("100 steps of 512 tokens are more than there is to train on: one pass over the ");
        Directory.Exists(Path.Combine(Folder, "out")).ShouldBeFalse("nothing was begun");
        var repeated = Specgd([.. run, "--repeat"]);

        Specgd("data", "sample", "--megabytes", "0.03", "--output", "few").ExitCode.ShouldBe(0);
        var figures = Specgd("reproduce", "fig2", "table2", "--quick", "--data", "few", "--output", "figures");
        (figures.ExitCode, Directory.Exists(Path.Combine(Folder, "figures"))).ShouldBe((2, false), figures.Error);
        figures.Error.ShouldContain("80 steps of 512 tokens are more than there is to train on");
        repeated.ExitCode.ShouldBe(0, repeated.Error);
        repeated.Output.ShouldMatch(@"training passes 3\.\d+ times over the \d+ training tokens, \d+ steps a pass, since .*; validation: 1024 tokens in sequences of 128");
        var dry = Specgd([.. run, "--dry-run"]);
        dry.ExitCode.ShouldBe(2, "as the run: " + dry.Error);
        dry.Output.ShouldContain("lm_head.weight", customMessage: "and all is told that was asked for");
        dry.Error.ShouldContain("are more than there is to train on");
        var epochs = JsonNode.Parse(Specgd([.. run.Where(word => word is not ("--steps" or "100")), "--epochs", "2", "--validation-tokens", "2000", "--dry-run", "--json"]).Output)!;
        ((double)epochs["passes"]!, (int)epochs["validation_tokens"]!, (int)epochs["validation_length"]!).ShouldBe((2, 1920, 128));
    }

    /// <summary>A shard that turns out to be damaged in the middle: a bad token, in a place that is first read in training.</summary>
    [Fact]
    public void Data_that_end_in_the_middle_leave_what_was_done_and_exit_code_2()
    {
        Specgd("data", "sample", "--megabytes", "0.2", "--output", "shards").ExitCode.ShouldBe(0);
        using var running = SpecgdProcess.Start(
            Folder, ["nanogpt", "train", "--data", "shards", "--steps", "100000", "--repeat", "--width", "16", "--checkpoint-every", "0", "--validate-every", "5", "--output", "out", "--json"]);
        string shard = Path.Combine(Folder, "shards", "sample_train_000001.bin"), events = Path.Combine(Folder, "out");
        WaitFor(() => Directory.Exists(events) && Directory.EnumerateFiles(events, "events.out.*").Any(), running);
        using (var file = new FileStream(shard, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            byte[] bad = [.. Enumerable.Repeat((byte)0xFF, 4096)];
            for (file.Position = 1024; file.Position < file.Length;)
                file.Write(bad.AsSpan(0, (int)Math.Min(bad.Length, file.Length - file.Position)));
        }

        var said = SpecgdProcess.Finish(running);

        said.ExitCode.ShouldBe(2, said.Error);
        said.Error.ShouldMatch(@"has token 65535 at position \d+; the vocabulary has 257 ids, so the largest is 256\. \d+ of 100000 steps are done, and a checkpoint was saved\.");
        int step = (int)JsonNode.Parse(said.Output)!["step"]!;
        NewestWhole().ShouldBe(step);
        foreach (string file in new[] { "log.json", "tracker.json", "manifest.json" })
            File.Exists(Path.Combine(Folder, "out", file)).ShouldBeTrue(file);
        RunLogFile.Read(Path.Combine(Folder, "out", "log.json")).Methods["nanogpt"].Find("train_loss")!.Count.ShouldBe(step);
    }

    private static void WaitFor(Func<bool> condition, Process process)
    {
        using var moment = new ManualResetEventSlim();
        for (int waited = 0; !condition(); waited++)
        {
            (waited < 1200 && !process.HasExited).ShouldBeTrue("not within a minute");
            moment.Wait(TimeSpan.FromMilliseconds(50));
        }
    }

    [Fact]
    public void A_dry_run_tells_every_tensor_and_writes_nothing()
    {
        WriteText(4000);

        var said = Specgd([.. Short, "--dry-run"]);

        said.ExitCode.ShouldBe(0, said.Error);
        Directory.Exists(Path.Combine(Folder, "out")).ShouldBeFalse();
        var json = JsonNode.Parse(said.Output)!;
        var routing = json["routing"]!.AsArray();
        routing.Sum(line => (long)line!["parameters"]!).ShouldBe((long)json["parameters"]!);
        var embedding = routing.Single(line => (string)line!["tensor"]! == "embed.weight")!;
        ((string)embedding["optimizer"]!, (double)embedding["learning rate"]!, (string)embedding["shape"]!).ShouldBe(("adam", 0.6, "384×16")); // 75·0.008
        ((string)embedding["reason"]!).ShouldNotBeEmpty();
        json["memory"]!.AsObject().Sum(part => (long)part.Value!).ShouldBe((long)json["memory_bytes"]!);
        ((double)json["seconds_at_least"]!).ShouldBePositive();
        var table = Specgd([.. Short.Where(word => word != "--json"), "--dry-run"]);
        table.Output.ShouldContain("optimizer state");
        table.Output.ShouldContain("blocks.0.attn.qkvo_w");
    }

    /// <summary>The memory that a model of the nano size really takes is what was told, to a factor: the collector takes its time to free what is not used.</summary>
    [SkippableFact]
    public void Peak_memory_is_what_was_told_to_a_factor()
    {
        Skip.If(Backend.Notice is not null, "a model of this size takes minutes without OpenBLAS");
        const double factor = 1.5;
        var said = Specgd(
            "nanogpt", "train", "--preset", "nano", "--steps", "3", "--sequences", "1", "--validate-every", "0", "--checkpoint-every", "0", "--output", "out", "--json");

        said.ExitCode.ShouldBe(0, said.Error);
        said.Error.ShouldContain("specgd: memory: about ");
        said.Error.ShouldContain("specgd: time: more than ");
        var json = JsonNode.Parse(said.Output)!;
        double told = (double)json["memory_bytes"]!, peak = (double)json["peak_memory_bytes"]!;
        (peak <= factor * told && told <= factor * peak).ShouldBeTrue($"{peak} taken, {told} told");
        var times = json["times"]!;
        ((int)times["steps"]!, (int)times["tokens"]!).ShouldBe((3, 3 * 1024));
        foreach (string part in new[] { "tokens_per_second", "forward_backward_seconds", "update_seconds", "measures_seconds" })
            ((double)times[part]!).ShouldBePositive(part);
    }

    [Fact]
    public void A_model_too_large_for_the_machine_is_refused_before_anything_is_made()
    {
        var refused = Refused("nanogpt", "train", "--preset", "3B", "--width", "20480", "--length", "1024", "--sequences", "1", "--output", "out");

        refused.ShouldContain("of memory, most of it for ");
        Directory.Exists(Path.Combine(Folder, "out")).ShouldBeFalse();
    }

    private static string[] Endless =>
        ["nanogpt", "train", "--text", "text.txt", "--output", "out", "--steps", "1000000", "--width", "16", "--sequences", "1", "--checkpoint-every", "3", "--repeat", "--json"];

    private string Refused(params string[] arguments)
    {
        var said = Specgd(arguments);
        said.ExitCode.ShouldBe(2, said.Error);
        return said.Error;
    }

    /// <summary>Steps of the newest checkpoint with a manifest; 0 where there is none.</summary>
    private int NewestWhole()
    {
        string folder = Path.Combine(Folder, "out", "checkpoints");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "manifest.json", SearchOption.AllDirectories)
                .Select(file => int.Parse(Path.GetFileName(Path.GetDirectoryName(file)!)["step-".Length..], CultureInfo.InvariantCulture))
                .DefaultIfEmpty(0).Max()
            : 0;
    }

    private void WaitForCheckpoint(int after)
    {
        using var moment = new ManualResetEventSlim();
        for (int waited = 0; NewestWhole() <= after; waited++)
        {
            (waited < 1200).ShouldBeTrue("no checkpoint within a minute");
            moment.Wait(TimeSpan.FromMilliseconds(50));
        }
    }

    private void WriteText(int length) =>
        File.WriteAllText(Path.Combine(Folder, "text.txt"), string.Concat(Enumerable.Repeat("the cat sat on the mat. ", 1 + (length / 24)))[..length]);
}
