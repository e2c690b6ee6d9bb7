using System.CommandLine;
using System.Globalization;
using SpecGD.Cli.Display;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary><c>specgd nanogpt train</c>: trains a GPT and measures it on the way.</summary>
internal static class NanoGptTrainCommand
{
    public static Command Build()
    {
        var command = new Command(
            "train",
            "Train the model with stable and nuclear ranks measured on the way: on token shards, on a text byte by byte, or on the embedded sample "
            + "text. The same command resumes where it was stopped.");
        var tokens = new TokenPlace(command, "train on");
        var settings = new SettingOptions(command, typeof(NanoGptOptions));
        var output = new Option<string?>("--output")
        {
            Description = "run folder to write (default runs/ and a name made of the settings)",
            HelpName = "DIR",
        };
        var initFrom = new Option<string?>("--init-from")
        {
            Description = "weights to begin with, in a safetensors file under the names of the snapshot; the optimizers begin afresh",
            HelpName = "FILE",
        };
        var resume = new Option<bool>("--resume")
        {
            Description = "there must be a checkpoint to go on from; one of another version of this program will do",
        };
        var fresh = new Option<bool>("--fresh") { Description = "begin again and delete the run that is in the folder, also one of another experiment or of other settings" };
        var dryRun = new Option<bool>("--dry-run") { Description = "tell what updates what, and memory and time, and train nothing" };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var noFigures = new Option<bool>("--no-figures") { Description = "train and write the logs, draw nothing" };
        foreach (Option option in new Option[] { output, initFrom, resume, noFigures, fresh, dryRun, json })
            command.Options.Add(option);
        command.SetAction(parsed => RankSession.Run(collective =>
        {
            Interruption.Heed();
            var (options, beginning, data, forecast) = collective.Agree(() =>
            {
                var options = (NanoGptOptions)settings.Resolve(parsed);
                var beginning = new NanoGptBeginning(parsed.GetValue(fresh), parsed.GetValue(resume), KeepOthers: true, parsed.GetValue(initFrom));
                beginning.Require();
                var data = tokens.ForTraining(parsed, options);
                return (options, beginning, data, NanoGptForecast.Of(options, data, collective.Size));
            });
            if (parsed.GetValue(dryRun))
                return collective.Rank == 0 ? Tell(forecast, data.Remarks, parsed.GetValue(json)) : ExitCode.Done;
            string directory = parsed.GetValue(output)
                ?? Path.Combine("runs", $"{NanoGptRun.Name}-{options.Preset}-{options.Optimizer}-{options.Mlp}-{options.Seed}");
            string? commandToDraw = parsed.GetValue(noFigures) ? null : "specgd " + string.Join(' ', parsed.Tokens.Select(token => token.Value));
            collective.Agree(() =>
            {
                if (collective.Rank == 0)
                    NanoGptRun.RequireFolder(directory, beginning.Fresh);
            });
            collective.Agree(() => RequireRoom(forecast, collective.Rank == 0 ? directory : null));
            using var claim = collective.Agree(() => collective.Rank == 0 ? RunFolder.Prepare(directory).Claim() : null);
            NanoGptRun Prepare() => new(options, directory, data, beginning, collective);
            return collective.Rank == 0 ? Train(forecast, Prepare, commandToDraw, parsed.GetValue(json)) : Follow(Prepare);
        }));
        return command;
    }

    /// <summary>Refuses what lacks data, or room: in memory, and on the disk of the run folder, of which the first rank alone knows.</summary>
    private static void RequireRoom(NanoGptForecast forecast, string? directory)
    {
        forecast.Passes.Require();
        if (forecast.Refusal(MachineMemory.Here(), RankSession.RanksHere) is { } refusal)
            throw new BadInputException(refusal);
        if (directory is null)
            return;
        RunFolder.Prepare(directory);
        DiskSpace.Require(directory, forecast.DiskBytes, "The checkpoints of this run (two stored, one being written)");
    }

    /// <summary>Trains along with the first rank, which does all else.</summary>
    private static int Follow(Func<NanoGptRun> prepare)
    {
        var interruption = Interruption.Heed();
        prepare().Train(SilentProgress.Instance, TimeProvider.System, interruption.Token);
        return ExitCode.Done;
    }

    private static int Tell(NanoGptForecast forecast, IReadOnlyList<string> remarks, bool asJson)
    {
        foreach (string remark in remarks)
            Terminal.Remark(remark);
        var machine = MachineMemory.Here();
        double rate = NanoGptForecast.MeasureRate(TimeProvider.System);
        if (asJson)
            SummaryView.PrintJson(ForecastView.ToJson(forecast, machine, rate));
        else
            ForecastView.Print(forecast, machine, rate);
        if ((forecast.Refusal(machine) ?? forecast.Warning(machine)) is { } warning)
            Terminal.Remark(warning);
        if (forecast.Passes.Shortage is not { } shortage)
            return ExitCode.Done;
        Terminal.Remark(shortage);
        return ExitCode.BadInput; // as the run would: data are the same on every machine, where memory is not
    }

    private static int Train(NanoGptForecast forecast, Func<NanoGptRun> prepare, string? commandToDraw, bool asJson)
    {
        if (Backend.Notice is { } notice)
            Terminal.Remark(notice);
        var machine = MachineMemory.Here();
        if (RankSession.Describe() is { } ranks)
            Terminal.Remark(ranks);
        ForecastView.Remark(forecast, machine, NanoGptForecast.MeasureRate(TimeProvider.System));
        var interruption = Interruption.Heed();
        var run = prepare();
        foreach (string remark in run.Remarks.Concat(run.Data.Remarks))
            Terminal.Remark(remark);
        Terminal.Remark(string.Create(
            CultureInfo.InvariantCulture,
            $"computed by {run.Engine}; data: {run.Data.Description}; a model that knew only how often each token occurs would have the loss {run.Data.UnigramEntropy:0.000}"));
        Terminal.Remark($"{forecast.Passes.Sentence}; {forecast.Validation}");
        if (!asJson)
            SummaryView.PrintTable("What updates what (each tensor by itself: --dry-run)", RoutingView.Summary(run.Routing));
        var outcome = Terminal.CanRedraw
            ? BarProgress.Show(progress => run.Train(progress, TimeProvider.System, interruption.Token), stop: interruption.Token)
            : run.Train(new LineProgress(Terminal.Error, TimeProvider.System), TimeProvider.System, interruption.Token);
        string? missing = NanoGptPictures.Draw(run.Folder, outcome.Status, commandToDraw, interruption.Token);
        TrainingView.Print(run, outcome, forecast, asJson);
        RunSession.SayAfterword(missing);
        return outcome.Status switch
        {
            RunStatus.Diverged => Explained($"{outcome.Detail} {Advice(run, outcome.Step)}", ExitCode.Diverged),
            RunStatus.Interrupted when outcome.LacksData => Explained(outcome.Detail!, ExitCode.BadInput),
            RunStatus.Interrupted => Explained($"{outcome.Detail} The same command resumes it.", interruption.ExitCode),
            _ => missing is null ? ExitCode.Done : interruption.ExitCode,
        };
    }

    /// <summary>What a user may do about a run that diverged.</summary>
    private static string Advice(NanoGptRun run, int step) =>
        step == 0 ? "No step was taken: the weights that the run began with give no finite numbers."
        : run.HasCheckpoint ? $"The last good state is in {NanoGptRun.CheckpointsName}/; a smaller learning rate may help."
        : "No checkpoint was due before (--checkpoint-every); a smaller learning rate may help.";

    private static int Explained(string sentence, int code)
    {
        Terminal.Remark(sentence);
        return code;
    }
}
