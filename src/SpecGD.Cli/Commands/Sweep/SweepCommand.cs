using System.CommandLine;
using SpecGD.Cli.Display;
using SpecGD.Records;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Engines;

namespace SpecGD.Cli.Commands.Sweep;

/// <summary><c>specgd sweep FILE</c>: many runs of an experiment, on this machine or on a cluster, and what follows from them.</summary>
internal static class SweepCommand
{
    /// <summary>Where sweeps are kept, where nothing else is said.</summary>
    private static readonly string DefaultFolder = Path.Combine("runs", "sweeps");

    public static Command Build()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "a sweep file, whose keys docs/sweep.md describes, or the name of a sweep that comes along: "
                + string.Join(", ", ShippedSweeps.Names),
        };
        var output = new Option<string?>("--output")
        {
            Description = "folder of the sweep (default runs/sweeps/ and its name)",
            HelpName = "DIR",
        };
        var quick = new Option<bool>("--quick") { Description = "take the smaller settings of the file's 'quick' objects" };
        var fresh = new Option<bool>("--fresh") { Description = "begin again: delete the sweep that is in the folder, also one of another file, and say before what goes" };
        var dryRun = new Option<bool>("--dry-run") { Description = "run nothing: print the tasks, or for Slurm the batch script" };
        var show = new Option<bool>("--show") { Description = "print the sweep file itself, to start one of your own from; with --quick its smaller settings alone" };
        var command = new Command(
            "sweep",
            "Run an experiment over a grid or list of options, with means, confidence intervals and tests over seeds. "
            + "What has finished is never run again; the same command continues with the rest.")
        {
            file,
            output,
            quick,
            fresh,
        };
        var engine = new EngineChoice(command);
        command.Options.Add(dryRun);
        command.Options.Add(show);
        command.SetAction(parsed =>
        {
            Interruption.Heed();
            var sweep = Find(parsed.GetValue(file)!, parsed.GetValue(quick), command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name));
            if (parsed.GetValue(show))
                return Show(parsed.GetValue(file)!, parsed.GetValue(quick) ? sweep : null);
            string name = sweep.Name + (parsed.GetValue(quick) ? "-quick" : "");
            string directory = parsed.GetValue(output) ?? Path.Combine(DefaultFolder, name);
            var request = engine.Of(parsed);
            if (parsed.GetValue(dryRun))
                return SweepSession.Print(SweepFolder.Planned(directory, sweep), request);
            if (request.IsSlurm && (parsed.GetValue(fresh) || !SweepFolder.IsIn(directory)))
                SlurmCluster.Require(); // before a folder is made, or emptied
            return Run(directory, sweep, request, parsed.GetValue(fresh));
        });
        command.Subcommands.Add(StatusCommand.Build());
        command.Subcommands.Add(ResultsCommand.Build());
        command.Subcommands.Add(RetryCommand.Build());
        command.Subcommands.Add(ExportCommand.Build());
        command.Subcommands.Add(TaskCommand.Build());
        return command;
    }

    /// <summary>Says what a fresh start deletes, where the sweep that is asked for can be meant.</summary>
    private static void SayWhatGoes(string directory, SweepDefinition sweep)
    {
        RunHolding.RequireNoRun(directory);
        _ = SweepFolder.Planned(directory, sweep);
        if (SweepRemoval.Words(directory) is { } held)
            Terminal.Remark($"--fresh deletes what {directory} holds: {held}");
    }

    /// <summary>Runs what is not done; where that is refused before anything was run, what was written for it goes again.</summary>
    private static int Run(string directory, SweepDefinition sweep, EngineRequest request, bool isFresh)
    {
        if (isFresh)
            SayWhatGoes(directory, sweep);
        bool isNew = !SweepFolder.IsIn(directory);
        try
        {
            return SweepSession.Run(SweepFolder.Prepare(directory, sweep, isFresh), request, static record => !record.IsDone);
        }
        catch (BadInputException) when (isNew)
        {
            SweepFolder.Withdraw(directory);
            throw;
        }
    }

    /// <summary>The argument by which the other commands name a sweep.</summary>
    public static Argument<string> FolderArgument() => new("DIR") { Description = "the folder of a sweep" };

    private static bool IsFile(string name) => File.Exists(name) || Directory.Exists(name) || Path.GetExtension(name).Length > 0;

    /// <summary>The sweep that is meant; where there is none, one of the commands below may have been.</summary>
    private static SweepDefinition Find(string file, bool quick, IEnumerable<string> commands)
    {
        if (IsFile(file))
            return SweepFile.Read(file, quick);
        if (ShippedSweeps.Names.Contains(file))
            return ShippedSweeps.Read(file, quick);
        throw new BadInputException($"There is no sweep file at {file}, and no sweep of that name comes along; "
            + $"there is {string.Join(", ", ShippedSweeps.Names)}.{Spelling.Hint(file, ShippedSweeps.Names.Concat(commands))}");
    }

    /// <summary>The text of a sweep file, or where they are given, the smaller settings in the place of the others.</summary>
    private static int Show(string file, SweepDefinition? smaller)
    {
        if (smaller is not null)
            SummaryView.PrintJson(smaller.Source);
        else
            Console.Out.Write((IsFile(file) ? File.ReadAllText(file) : ShippedSweeps.Text(file)).TrimEnd() + "\n");
        return ExitCode.Done;
    }
}
