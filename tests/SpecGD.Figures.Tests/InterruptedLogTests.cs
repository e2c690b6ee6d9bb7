using System.Text.Json;
using SpecGD.Experiments;
using SpecGD.Figures.Report;
using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Figures.Tests;

/// <summary>Of a run that was stopped before its end numbers are told, and nothing is concluded: in no table, caption or title.</summary>
public sealed class InterruptedLogTests
{
    private const string Where = "It was interrupted when 2 of 9 measurements were done.";

    private static readonly string[] Conclusions = ["(holds)", "(does not hold)", "% right", "The rule is right"];

    private static Dictionary<string, Func<RunLog>> Logs { get; } = new()
    {
        ["theory"] = () => new InitialisationTheory().Run(new InitialisationTheoryOptions { Dims = [16, 32, 64], Seeds = 2, Statements = ["thm2.6", "phi"] }, RunContext.Silent).Log,
        ["nsr-table"] = () => new NsrTable().Run(new NsrTableOptions { Dims = [8, 16], Seeds = 2, Samples = 64 }, RunContext.Silent).Log,
        ["random-feature"] = TestLogs.RandomFeature,
        ["sparse-regression"] = TinyRuns.SparseRegression,
        ["stable-rank-sweep"] = () => TinyRuns.StableRankSweep(),
        ["nuclear-rank-growth"] = TinyRuns.NuclearRankGrowth,
        ["batch-size-sweep"] = TinyRuns.BatchSizeSweep,
        ["relu-spectrum"] = TinyRuns.ReluSpectrum,
        ["one-step"] = TinyRuns.OneStep,
        ["adaptive-comparison"] = TinyRuns.AdaptiveComparison,
        ["nanogpt"] = TinyRuns.NanoGpt,
        ["nanogpt-ablation"] = TinyRuns.NanoGptAblation,
    };

    public static TheoryData<string> Names => [.. Logs.Keys];

    [Fact]
    public void Every_experiment_is_looked_at() => ExperimentCatalog.All.Select(e => e.Name).Except(Logs.Keys).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_table_has_numbers_and_no_verdict_and_no_sentence_follows(string name)
    {
        var log = Logs[name]();
        var experiment = ExperimentCatalog.Named(name);
        var whole = experiment.Summarise(log);
        foreach (string column in whole.Rows.SelectMany(row => row).Where(cell => cell.Value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False).Select(cell => cell.Key).Distinct())
            whole.Verdicts.ShouldContain(column, "yes and no is a verdict");

        log.NoteInterrupted(Where);
        var part = experiment.Summarise(log);

        whole.Rows.Count.ShouldBePositive("else this saw nothing");
        part.Rows.Count.ShouldBe(whole.Rows.Count);
        part.Sentences.ShouldBeEmpty();
        foreach (var row in part.Rows)
            row.Select(cell => cell.Key).Intersect(whole.Verdicts).ShouldBeEmpty();
        part.Rows[0].Count.ShouldBe(whole.Rows[0].Count - whole.Verdicts.Count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_captions_say_where_it_stopped_and_conclude_nothing(string name)
    {
        var log = Logs[name]();
        Told(log).ShouldAllBe(text => !text.Contains("Stopped before its end", StringComparison.Ordinal));
        log.NoteInterrupted(Where);

        string[] captions = [.. Captions(log)];

        captions.ShouldNotBeEmpty();
        captions.ShouldAllBe(caption => caption.EndsWith($" Stopped before its end: {Where} The same command resumes it; nothing is concluded from a part of a run.", StringComparison.Ordinal));
        foreach (string text in Told(log))
            foreach (string conclusion in Conclusions)
                text.ShouldNotContain(conclusion);
    }

    [Theory]
    [InlineData("theory")]
    [InlineData("one-step")]
    public void Those_of_a_whole_run_do_conclude(string name) =>
        Told(Logs[name]()).ShouldContain(text => Conclusions.Any(conclusion => text.Contains(conclusion, StringComparison.Ordinal)), "else the tests above look for what is never said");

    [Fact]
    public void One_that_has_nothing_to_draw_yet_says_that_and_no_more()
    {
        var log = new RunLog("r") { Config = new() { ["experiment"] = "adaptive-comparison" } };
        log.NoteInterrupted(Where);
        FigureCatalog.WhyNone(log).ShouldBe("nothing to draw yet");
    }

    /// <summary>A run that is really stopped, after its first measurements: neither its log nor its report judges.</summary>
    [Theory]
    [InlineData("theory")]
    [InlineData("nsr-table")]
    public void A_run_that_is_stopped_judges_nothing_in_its_log_and_its_report(string name)
    {
        using var stop = new CancellationTokenSource();
        var context = new RunContext(new StopAtFirst(stop), stop.Token);
        var result = name == "theory"
            ? new InitialisationTheory().Run(new InitialisationTheoryOptions { Dims = [8, 16, 24], Seeds = 20, Statements = ["thm2.6"] }, context)
            : new NsrTable().Run(new NsrTableOptions { Dims = [8], Seeds = 40, Samples = 64 }, context);

        result.Status.ShouldBe(RunStatus.Interrupted);
        result.Log.Interrupted.ShouldBe(result.Detail);
        string json = System.Text.Encoding.UTF8.GetString(RunLogFile.Serialize(result.Log));
        json.ShouldNotContain("true");
        json.ShouldNotContain("false");
        json.ShouldContain("\"mean\"", customMessage: "what was measured is there");
        var manifest = new Manifest(name, [], result.Status, result.Detail, DateTimeOffset.UnixEpoch, TimeSpan.Zero);
        string page = HtmlReport.Render(RunReport.Of(new RunRecord("r", manifest, result.Log, ExperimentCatalog.Named(name), []), "specgd run " + name));
        page.ShouldContain($"The run was interrupted. {result.Detail} The same command resumes it.");
        page.ShouldNotContain(">holds<");
        page.ShouldNotContain(">trend<");
    }

    /// <summary>Logs of versions that did not note it: the manifest beside them says so.</summary>
    [Fact]
    public void A_log_that_does_not_say_it_is_told_by_its_manifest()
    {
        using var folder = new TemporaryFolder();
        var log = Logs["random-feature"]();
        RunFolder.Prepare(folder.DirectoryPath).Write(log, new Manifest("random-feature", [], RunStatus.Interrupted, Where, DateTimeOffset.UnixEpoch, TimeSpan.Zero));
        RunLogFile.Read(folder.PathOf(RunFolder.LogName)).Interrupted.ShouldBe(Where);
    }

    private static IEnumerable<string> Captions(RunLog log)
    {
        var (still, moving) = FigureCatalog.Compose(log);
        return still.Select(figure => figure.Caption).Concat(moving.Select(animation => animation.Caption));
    }

    private static IEnumerable<string> Told(RunLog log) =>
        Captions(log).Concat(FigureCatalog.Compose(log).Still.SelectMany(figure => figure.Panels.Select(panel => panel.Title.ToString()!)));

    /// <summary>Asks to stop when the first measurement is told.</summary>
    private sealed class StopAtFirst(CancellationTokenSource stop) : IProgressReporter, IProgressTask
    {
        public IProgressTask Begin(string name, int total) => this;

        public void Advance(int done) => stop.Cancel();

        public void End(string message)
        {
        }
    }
}
