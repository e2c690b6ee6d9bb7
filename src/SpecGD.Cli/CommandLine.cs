using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using SpecGD.Cli.Commands;
using SpecGD.Cli.Commands.Bench;
using SpecGD.Cli.Commands.Data;
using SpecGD.Cli.Commands.Gallery;
using SpecGD.Cli.Commands.NanoGpt;
using SpecGD.Cli.Commands.Sweep;
using SpecGD.Cli.Display;
using SpecGD.Experiments;
using SpecGD.Gallery;
using SpecGD.Numerics;
using SpecGD.Records;
using SpecGD.Reproduction;

namespace SpecGD.Cli;

/// <summary>The command line as a whole: verbs, the options common to all, and how errors become sentences and exit codes.</summary>
internal static class CommandLine
{
    /// <summary>Where it is set, an error that is not the user's shows its stack trace.</summary>
    private const string TraceVariable = "SPECGD_TRACE";

    private static readonly Option<string?> Threads = new("--threads")
    {
        Description = $"threads to use; default: {ThreadBudget.Variable}, else every processor",
        HelpName = "N",
        Recursive = true,
    };

    static CommandLine() => ExperimentCatalog.Add(new GalleryExperiment());

    /// <summary>Runs the program on its arguments and gives the exit code.</summary>
    public static int Invoke(IReadOnlyList<string> arguments)
    {
        using var own = Interruption.Listen();
        try
        {
            var result = Build().Parse(arguments.Count > 0 ? arguments : ["--help"]);
            if (Objection(result, arguments) is { } objection)
                return Fail(objection, ExitCode.BadInput);
            if (result.GetValue(Threads) is { } threads)
                ThreadBudget.Total = ThreadBudget.NumberIn(threads) ?? throw new BadInputException($"--threads takes a whole number from 1 to {ThreadBudget.Most}; '{threads}' is not.");
            var interruption = Interruption.Current;
            if (!interruption.BeginWork())
                return Fail("stopped before anything was done.", interruption.ExitCode);
            int code = result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
            if (code != ExitCode.Done)
                NewFolders.DropEmpty(); // refused or stopped without an exception
            return code == ExitCode.Done && interruption.IsRequested && !RankSession.IsLaunched ? Fail("asked to stop when everything was done.", interruption.ExitCode) : code;
        }
        catch (BadInputException e)
        {
            return Fail(e.Message, ExitCode.BadInput);
        }
        catch (InvalidOperationException e) when (e.Message.StartsWith("SPECGD_", StringComparison.Ordinal))
        {
            return Fail(e.Message, ExitCode.BadInput); // an environment variable of ours with a word it does not know
        }
        catch (IOException e) when (DiskSpace.IsFull(e))
        {
            string what = e.Message.TrimEnd('.');
            return Fail($"The disk is full: {what}. What was written before is whole; with room made, the same command resumes it.", ExitCode.Failed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(e.Message, ExitCode.Failed);
        }
        catch (MatrixTooLargeException e)
        {
            return Fail($"These sizes are too large. {e.Message}", ExitCode.BadInput);
        }
        catch (OutOfMemoryException)
        {
            return Fail("These sizes need more memory than this machine has free; try smaller ones.", ExitCode.BadInput);
        }
        catch (Exception e) when (Environment.GetEnvironmentVariable(TraceVariable) is null)
        {
            return Fail($"This should not have happened: {e.Message} ({e.GetType().Name}; with {TraceVariable}=1 the place is shown.)", ExitCode.Failed);
        }
    }

    internal static RootCommand Build()
    {
        var root = new RootCommand(
            "When does a spectral update (SpecGD, Muon) beat a Euclidean one? "
            + "Runs the experiments of arXiv 2512.04299, draws their figures and checks them against the paper.")
        {
            RunCommand.Build(),
            ReproduceCommand.Build(),
            SweepCommand.Build(),
            PlotCommand.Build(),
            DataCommand.Build(),
            NanoGptCommand.Build(),
            DiagnoseCommand.Build(),
            GalleryCommand.Build(),
            VerifyCommand.Build(),
            BenchCommand.Build(),
            DoctorCommand.Build(),
            DocsCommand.Build(),
        };
        root.Options.Add(Threads);
        foreach (var help in root.Options.OfType<HelpOption>())
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    /// <summary>Says why the command failed, which leaves no folder behind that it made and left empty.</summary>
    private static int Fail(string sentence, int code)
    {
        NewFolders.DropEmpty();
        Terminal.Remark(AtomicFile.InUsersNames(sentence));
        return code;
    }

    /// <summary>What is wrong with the line, before anything is done, and where to read what would be right; null where nothing is.</summary>
    /// <param name="result">The line as it was parsed.</param>
    /// <param name="words">The line as it was typed.</param>
    internal static string? Objection(ParseResult result, IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(result);
        bool isHelp = result.Action is HelpWithExamples;
        if (isHelp && result.UnmatchedTokens.Count > 0 && result.CommandResult.Command.Subcommands.Count > 0)
            return WithHelp(result, Complaint(result));
        if (!isHelp && MisplacedOptions.Complaint(result, words) is { } option)
            return WithHelp(result, option);
        if (!isHelp && MisplacedArgument(result) is { } misplaced)
            return WithHelp(result, $"'{misplaced}' stands before '{result.CommandResult.Command.Name}', which takes nothing there.");
        if (EmptyPlace(result) is { } empty)
            return $"{empty} needs the name of a file or folder; '' is none.";
        return result.Errors.Count > 0 ? WithHelp(result, Complaint(result)) : null;
    }

    private static string WithHelp(ParseResult result, string complaint) => $"{complaint} '{Path(result)} --help' lists what there is.";

    private static string Complaint(ParseResult result)
    {
        var command = result.CommandResult.Command;
        if (result.UnmatchedTokens is [var word, ..])
        {
            if (MistakenVerb(result) is { } mistaken)
                word = mistaken;
            return command.Subcommands.Count > 0 && command.Action is null && command.Subcommands.Any(below => HasOption(below, MisplacedOptions.NameIn(word)))
                ? $"{Path(result)} needs a command before '{word}': {string.Join(", ", Visible(command))}."
                : word.StartsWith('-') || command.Subcommands.Count == 0
                ? MisplacedOptions.Misunderstood(result, word)
                : $"There is no '{word}' in {Path(result)}; "
                    + $"there {Counted.Noun(command.Subcommands.Count, "is")} {string.Join(", ", Visible(command))}.{Meant(command, word)}";
        }
        return command.Subcommands.Count > 0 && command.Action is null
            ? $"{Path(result)} needs a command: {string.Join(", ", Visible(command))}."
            : MissingArgument(result) is { } missing
            ? $"{Path(result)} needs {missing.HelpName ?? missing.Name}: {missing.Description}."
            : result.Errors[0].Message.TrimEnd('.', '\n', '\r') + ".";
    }

    /// <summary>
    /// A mistyped verb that was taken for the argument of the command itself, as in "sweep sttus DIR", or stands behind an option, as in "run --dim 8
    /// random-featur"; null where there is none.
    /// </summary>
    private static string? MistakenVerb(ParseResult result)
    {
        var command = result.CommandResult.Command;
        return command.Subcommands.Count == 0 ? null
            : command.Arguments.SelectMany(argument => result.GetResult(argument)?.Tokens ?? []).Select(token => token.Value).Concat(result.UnmatchedTokens)
                .FirstOrDefault(value => !File.Exists(value) && Spelling.Nearest(value, Visible(command)) is not null);
    }

    private static bool HasOption(Command command, string name) =>
        command.Options.Any(option => option.Name == name) || command.Subcommands.Any(below => HasOption(below, name));

    /// <summary>The first argument that must be given and is not; null where the complaint is another.</summary>
    private static Argument? MissingArgument(ParseResult result) => result.CommandResult.Command.Arguments
        .FirstOrDefault(argument => argument.Arity.MinimumNumberOfValues > (result.GetResult(argument)?.Tokens.Count ?? 0));

    /// <summary>An experiment or a figure that was given as a verb, or else a verb that is near.</summary>
    private static string Meant(Command command, string word) =>
        command is not RootCommand ? Spelling.Hint(word, Visible(command))
        : ExperimentCatalog.All.Any(experiment => experiment.Name == word) ? $" '{word}' is an experiment: specgd run {word}."
        : PaperFigureCatalog.Find(word).Count > 0 ? $" '{word}' is a figure: specgd reproduce {word}."
        : Spelling.Hint(word, Visible(command));

    /// <summary>An argument of a command above the one that is called, which would not be read; null where there is none.</summary>
    private static string? MisplacedArgument(ParseResult result)
    {
        for (var above = result.CommandResult.Parent as CommandResult; above is not null; above = above.Parent as CommandResult)
            if (above.Command.Arguments.SelectMany(argument => above.GetResult(argument)?.Tokens ?? []).FirstOrDefault() is { } token)
                return token.Value;
        return null;
    }

    /// <summary>An option for a file or folder that was given an empty name, as an unset variable of a script gives it; null where there is none.</summary>
    private static string? EmptyPlace(ParseResult result) => result.CommandResult.Command.Options
        .Where(option => option.HelpName is { } name && (name.Contains("DIR", StringComparison.Ordinal) || name.Contains("FILE", StringComparison.Ordinal)))
        .FirstOrDefault(option => result.GetResult(option)?.Tokens.Any(token => token.Value.Length == 0) ?? false)?.Name;

    private static IEnumerable<string> Visible(Command command) => command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);

    private static string Path(ParseResult result) => CommandPath.Of(result);
}
