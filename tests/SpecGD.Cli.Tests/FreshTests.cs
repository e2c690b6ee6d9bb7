namespace SpecGD.Cli.Tests;

/// <summary>--fresh deletes all of the run that a folder holds, whichever experiment's it is, and says what; what a user put there stays.</summary>
public sealed class FreshTests : InTemporaryDirectory
{
    private static readonly string[] Features =
        ["run", "random-feature", "--dim", "12", "--feature-dim", "6", "--num-samples", "40", "--steps", "30", "--output", "out"];

    private static readonly string[] Language =
        ["nanogpt", "train", "--steps", "2", "--width", "16", "--sequences", "1", "--track-every", "1", "--checkpoint-every", "1", "--output", "out"];

    [Fact]
    public void A_run_deletes_all_of_a_language_models_run_and_names_it()
    {
        Specgd([.. Language, "--no-figures"]).ExitCode.ShouldBe(0);
        File.WriteAllText(Path.Combine(Folder, "out", "notes.txt"), "mine");

        var said = Specgd([.. Features, "--no-figures", "--fresh"]);

        said.ExitCode.ShouldBe(0, said.Error);
        said.Error.ShouldContain("--fresh deletes what out holds: a finished run of nanogpt, checkpoints/, tracker.json, events.out.tfevents.*");
        Names().ShouldBe(["log.json", "manifest.json", "metrics.csv", "notes.txt", "report.html"], "what is the user's stays");
        Specgd("nanogpt", "eval", "out").ExitCode.ShouldBe(2);
    }

    [Fact]
    public void A_language_model_deletes_all_of_another_experiments_run_and_says_so()
    {
        var drawn = SpecgdProcess.Run(Folder, Features);
        drawn.ExitCode.ShouldBe(0, drawn.Error);
        Names().ShouldContain("figures");
        Specgd([.. Language, "--no-figures"]).ExitCode.ShouldBe(2);

        var said = Specgd([.. Language, "--no-figures", "--fresh"]);

        said.ExitCode.ShouldBe(0, said.Error);
        said.Error.ShouldContain("--fresh deletes what out holds: a finished run of random-feature");
        Names().Where(name => !name.StartsWith("events.out.", StringComparison.Ordinal)).ShouldBe(["checkpoints", "log.json", "manifest.json", "metrics.csv", "tracker.json"]);
    }

    [Fact]
    public void A_language_model_that_begins_again_says_that_its_finished_run_goes()
    {
        Specgd([.. Language, "--no-figures"]).ExitCode.ShouldBe(0);
        string[] own = [.. new[] { "mine.txt", "best-kept/model.safetensors", "step-000001/note.txt" }.Select(name => Path.Combine(Folder, "out", "checkpoints", name))];
        foreach (string file in own)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, "mine");
        }

        var said = Specgd([.. Language, "--no-figures", "--fresh"]);

        said.ExitCode.ShouldBe(0, said.Error);
        said.Error.ShouldContain("--fresh deletes what out holds: a finished run of nanogpt, checkpoints/");
        own.ShouldAllBe(file => File.Exists(file), "what a user put there stays");
        Names().Count(name => name.StartsWith("events.out.", StringComparison.Ordinal)).ShouldBe(1, "those of the run before are gone");
    }

    [Fact]
    public void Checkpoints_alone_are_known_as_an_unfinished_run()
    {
        Specgd([.. Language, "--no-figures"]).ExitCode.ShouldBe(0);
        File.Delete(Path.Combine(Folder, "out", "manifest.json"));

        var refused = Specgd([.. Features, "--no-figures"]);
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("out holds an unfinished run of nanogpt: name another --output, or begin again with --fresh");
        Specgd("run", "relu-spectrum", "--dims", "4", "--no-figures", "--output", "out/within").Error.ShouldContain("the folder of a run");
        var said = Specgd([.. Features, "--no-figures", "--fresh"]);
        said.ExitCode.ShouldBe(0, said.Error);
        Names().ShouldBe(["log.json", "manifest.json", "metrics.csv", "report.html"]);
    }

    /// <summary>What of the folder a user sees.</summary>
    private string[] Names() =>
    [
        .. Directory.EnumerateFileSystemEntries(Path.Combine(Folder, "out")).Select(entry => Path.GetFileName(entry)).Where(name => !name.StartsWith('.'))
            .Order(StringComparer.Ordinal),
    ];
}
