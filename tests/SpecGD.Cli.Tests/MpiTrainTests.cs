using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace SpecGD.Cli.Tests;

/// <summary>Training by real ranks under mpirun.</summary>
public sealed class MpiTrainTests : InTemporaryDirectory
{
    /// <summary>
    /// Sums in single precision taken in another order change 1e-7 of them. Adam's learning rate is small here, since with the snapshot's ε = 1e-10
    /// an entry whose gradient is nothing but rounding moves as far as any other; what is left grew to 3e-6 of a measure in these steps.
    /// </summary>
    private const double Rounding = 1e-4;

    private const int Steps = 60;

    private const string LearningRate = "0.01";

    /// <summary>Within which a job must end when a rank was killed.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [SkippableFact]
    public void Two_ranks_train_as_one_does_and_a_killed_run_goes_on_with_two_or_with_one()
    {
        MpirunProcess.SkipWhereMissing();
        WriteText();
        var alone = Specgd(Train("one"));
        alone.ExitCode.ShouldBe(0, alone.Error);

        var together = MpirunProcess.Run(Folder, 2, Train("two"));
        together.ExitCode.ShouldBe(0, together.Error);
        var json = JsonNode.Parse(together.Output)!; // one rank speaks
        ((int)json["ranks"]!).ShouldBe(2);
        ((double)json["times"]!["exchange_seconds"]!).ShouldBePositive();
        ShouldAgree("two", "one");
        Specgd([.. Train("other").Select(word => word == LearningRate ? LearningRate + "01" : word)]).ExitCode.ShouldBe(0);
        (Difference("other", "one") > 10 * Rounding).ShouldBeTrue("a hundredth more of the learning rate must be seen");

        Kill("killed");
        WaitForRelease("killed");
        CopyFolder("killed", "killed-too");
        var two = MpirunProcess.Run(Folder, 2, [.. Train("killed"), "--resume"]);
        two.ExitCode.ShouldBe(0, two.Error);
        two.Error.ShouldContain("Going on from ");
        Log("killed").ShouldBe(Log("two"), "two ranks go on as two, to the last bit");
        var one = Specgd([.. Train("killed-too"), "--resume"]);
        one.ExitCode.ShouldBe(0, one.Error);
        ShouldAgree("killed-too", "one");
    }

    [SkippableFact]
    public void A_warning_to_mpirun_stops_every_rank_with_a_checkpoint()
    {
        MpirunProcess.SkipWhereMissing();
        WriteText();
        using var running = MpirunProcess.Start(Folder, 2, Train("out", steps: 1_000_000));
        WaitForCheckpoint("out", running);

        Process.Start("sh", ["-c", $"kill -USR1 {running.Id}"])!.WaitForExit();
        var said = SpecgdProcess.Finish(running);

        said.ExitCode.ShouldBe(138, said.Error);
        said.Error.ShouldContain("a checkpoint was saved. The same command resumes it.");
        Newest("out").ShouldBe((int)JsonNode.Parse(said.Output)!["step"]!);
    }

    [SkippableTheory]
    [InlineData("--sequences 3", "3 sequences of a step cannot be shared by 2 ranks: the number of ranks must divide --sequences.")]
    [InlineData("--text nowhere.txt", "The text nowhere.txt cannot be read: there is no such file.")]
    [InlineData("--output text.txt", "text.txt")]
    public void Bad_input_is_told_once_for_all_ranks(string arguments, string sentence)
    {
        MpirunProcess.SkipWhereMissing();
        WriteText();
        string[] given = arguments.Split(' ');
        string[] words = [.. Train("out").Where((word, i) => word != given[0] && (i == 0 || Train("out")[i - 1] != given[0])), .. given];

        var said = MpirunProcess.Run(Folder, 2, words);

        said.ExitCode.ShouldBe(2, said.Error);
        said.Error.Split('\n').Count(line => line.StartsWith("specgd: ", StringComparison.Ordinal) && line.Contains(sentence, StringComparison.Ordinal)).ShouldBe(1, said.Error);
    }

    [SkippableFact]
    public void Constants_are_measured_between_ranks()
    {
        MpirunProcess.SkipWhereMissing();

        var said = MpirunProcess.Run(Folder, 2, "nanogpt", "scaling", "--measure", "--width", "16", "--sequences", "2", "--json");

        said.ExitCode.ShouldBe(0, said.Error);
        var json = JsonNode.Parse(said.Output)!;
        ((double)json["bytes_per_second"]!).ShouldBeGreaterThan(1e6);
        ((double)json["seconds_per_message"]!).ShouldBeInRange(1e-8, 1);
        json["measured"]!.AsArray().Select(trial => (bool)trial!["overlap"]!).ShouldBe([false, true]);
        Specgd("nanogpt", "scaling", "--measure").Error.ShouldContain("--measure needs ranks to measure between");
    }

    private static string[] Train(string output, int steps = Steps) =>
    [
        "nanogpt", "train", "--text", "text.txt", "--steps", $"{steps}", "--width", "16", "--sequences", "2", "--track-every", "20", "--validate-every", "20",
        "--checkpoint-every", "15", "--muon-lr", LearningRate, "--adam-lr", "0.0002", "--no-figures", "--json", "--repeat", "--output", output,
    ];

    /// <summary>Starts two ranks, kills one after the first checkpoint, and sees the job end.</summary>
    private void Kill(string output)
    {
        using var running = MpirunProcess.Start(Folder, 2, Train(output));
        WaitForCheckpoint(output, running);
        int victim = MpirunProcess.ProcessOf(1, running);
        long begin = Stopwatch.GetTimestamp();

        Process.Start("sh", ["-c", $"kill -KILL {victim}"])!.WaitForExit();
        var said = SpecgdProcess.Finish(running);

        (Stopwatch.GetElapsedTime(begin) < Limit).ShouldBeTrue($"{Stopwatch.GetElapsedTime(begin)}");
        said.ExitCode.ShouldNotBe(0);
        Newest(output).ShouldBeInRange(1, Steps - 1);
    }

    private void ShouldAgree(string a, string b) => (Difference(a, b) <= Rounding).ShouldBeTrue($"{Difference(a, b)}");

    /// <summary>The largest difference in losses and spectral measures, relative to the number.</summary>
    private double Difference(string a, string b)
    {
        var (mine, theirs) = (Numbers(a), Numbers(b));
        mine.Select(n => n.Name).ShouldBe(theirs.Select(n => n.Name));
        return mine.Zip(theirs, (x, y) => Math.Abs(x.Value - y.Value) / Math.Max(Math.Abs(y.Value), 1e-3)).Max();
    }

    private (string Name, double Value)[] Numbers(string output)
    {
        var log = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, output, "log.json")))!;
        log.Remove("config");
        return [.. Leaves(log).Concat(Leaves(JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, output, "tracker.json")))!))];
    }

    private static IEnumerable<(string Name, double Value)> Leaves(JsonNode? node) => node switch
    {
        JsonObject section => section.SelectMany(entry => Leaves(entry.Value)),
        JsonArray array => array.SelectMany(Leaves),
        JsonValue value when value.TryGetValue(out double number) => [(value.GetPath(), number)],
        _ => [],
    };

    private string Log(string output) => File.ReadAllText(Path.Combine(Folder, output, "log.json")).Replace(output, "", StringComparison.Ordinal);

    /// <summary>The rank that was not killed may outlive mpirun for as long as it takes to end its step.</summary>
    private void WaitForRelease(string folder)
    {
        SpinWait.SpinUntil(IsFree, TimeSpan.FromMinutes(1)).ShouldBeTrue("a rank of a killed run goes on");

        bool IsFree()
        {
            try
            {
                using var claim = new FileStream(Path.Combine(Folder, folder, ".in-use"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    private void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Folder, from), "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(Folder, to, Path.GetRelativePath(Path.Combine(Folder, from), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private int Newest(string output)
    {
        string folder = Path.Combine(Folder, output, "checkpoints");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "manifest.json", SearchOption.AllDirectories)
                .Select(file => int.Parse(Path.GetFileName(Path.GetDirectoryName(file)!)["step-".Length..], CultureInfo.InvariantCulture))
                .DefaultIfEmpty(0).Max()
            : 0;
    }

    private void WaitForCheckpoint(string output, Process running)
    {
        using var moment = new ManualResetEventSlim();
        for (int waited = 0; Newest(output) == 0 && !running.HasExited; waited++)
        {
            (waited < 6000).ShouldBeTrue("no checkpoint within a minute");
            moment.Wait(TimeSpan.FromMilliseconds(10));
        }
    }

    private void WriteText()
    {
        string[] words = ["the ", "cat ", "sat ", "on ", "a ", "mat. ", "dog ", "ran ", "far ", "and "];
        File.WriteAllText(Path.Combine(Folder, "text.txt"), string.Concat(Enumerable.Range(0, 2000).Select(i => words[(i * i * 7 + (i / 3)) % 10])));
    }
}
