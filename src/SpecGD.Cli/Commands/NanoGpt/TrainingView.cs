using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary>What came of a training run: its series, and what it took.</summary>
internal static class TrainingView
{
    public static void Print(NanoGptRun run, GptTrainingOutcome outcome, NanoGptForecast forecast, bool asJson)
    {
        var log = run.Log();
        var series = log.Methods[NanoGptRun.Name].Series;
        JsonObject[] rows = [.. series.Select(s => Row(s.Key, s.Value))];
        if (asJson)
        {
            SummaryView.PrintJson(new JsonObject
            {
                ["status"] = outcome.Status.ToString().ToLowerInvariant(),
                ["step"] = outcome.Step,
                ["directory"] = run.Folder.DirectoryPath,
                ["detail"] = outcome.Detail,
                ["passes"] = forecast.Passes.Passes,
                ["validation_tokens"] = run.Data.ValidationTokens,
                ["validation_length"] = run.Data.ValidationLength,
                ["unigram_entropy"] = run.Data.UnigramEntropy,
                ["rows"] = new JsonArray(rows),
                ["routing"] = new JsonArray([.. RoutingView.Rows(run.Routing)]),
                ["memory_bytes"] = forecast.Memory.Total,
                ["peak_memory_bytes"] = MachineMemory.PeakOfProcess(),
                ["ranks"] = run.Ranks,
                ["times"] = Times(run.Times),
                ["checks"] = outcome.Status == RunStatus.Finished ? NanoGptPictures.ChecksOf(log) : [],
            });
            return;
        }
        if (outcome.Status == RunStatus.Interrupted)
            return; // where it stopped and how to go on is told by the command: nothing follows from a part of a run
        SummaryView.PrintTable($"After {Counted.Of(outcome.Step, "step")}", rows);
        NanoGptPictures.Print(log, claims: outcome.Status == RunStatus.Finished);
        Terminal.Say($"{forecast.Passes.Sentence}; {run.Data.ValidationSentence}");
        if (run.Times.Steps > 0)
            Terminal.Say(Sentence(run.Times, forecast, run.Ranks));
    }

    private static string Sentence(GptTimes times, NanoGptForecast forecast, int ranks) => string.Create(
        CultureInfo.InvariantCulture,
        $"{times.TokensPerSecond:0} tokens/s over {Counted.Of(times.Steps, "step")}{(ranks > 1 ? $" on {Counted.Of(ranks, "rank")}" : "")}; "
        + $"seconds a step: forward and backward {A(times.ForwardBackward, times)}, update {A(times.Update, times)} (Muon {A(times.MatrixUpdate, times)})"
        + $"{(ranks > 1 ? $", waiting for other ranks {A(times.Exchange, times)}" : "")}; "
        + $"in all: measures {times.Tracking.TotalSeconds:0.0} s, validation {times.Validation.TotalSeconds:0.0} s, "
        + $"checkpoints {times.Checkpoints.TotalSeconds:0.0} s\n"
        + $"peak memory {MachineMemory.Text(MachineMemory.PeakOfProcess())} (estimated: {MachineMemory.Text(forecast.Memory.Total)})");

    private static string A(TimeSpan all, GptTimes times) => (all.TotalSeconds / times.Steps).ToString("0.00", CultureInfo.InvariantCulture);

    private static JsonObject Times(GptTimes times) => new()
    {
        ["steps"] = times.Steps,
        ["tokens"] = times.Tokens,
        ["tokens_per_second"] = times.TokensPerSecond,
        ["forward_backward_seconds"] = times.ForwardBackward.TotalSeconds,
        ["update_seconds"] = times.Update.TotalSeconds,
        ["muon_seconds"] = times.MatrixUpdate.TotalSeconds,
        ["exchange_seconds"] = times.Exchange.TotalSeconds,
        ["measures_seconds"] = times.Tracking.TotalSeconds,
        ["validation_seconds"] = times.Validation.TotalSeconds,
        ["checkpoint_seconds"] = times.Checkpoints.TotalSeconds,
    };

    private static JsonObject Row(string name, Series series) => new()
    {
        ["series"] = name,
        ["records"] = series.Count,
        ["first"] = series.Count > 0 ? JsonNumber.From(series.Values[0]) : null,
        ["last"] = series.Count > 0 ? JsonNumber.From(series.Values[^1]) : null,
        ["last step"] = series.Count > 0 ? series.Steps[^1] : null,
    };
}
