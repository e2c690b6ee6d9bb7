using System.CommandLine;
using System.CommandLine.Parsing;

namespace SpecGD.Cli;

/// <summary>Commands by what one types.</summary>
internal static class CommandPath
{
    /// <summary>The command that was parsed: "specgd sweep status".</summary>
    public static string Of(ParseResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var names = new Stack<string>();
        for (SymbolResult? at = result.CommandResult; at is CommandResult command; at = command.Parent)
            names.Push(command.Command is RootCommand ? "specgd" : command.Command.Name);
        return string.Join(' ', names);
    }

    /// <summary>
    /// The lines of usage that work: arguments and required options where the command does something itself, and its subcommands, which take none of
    /// its arguments.
    /// </summary>
    public static IEnumerable<string> Usage(ParseResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        string path = Of(result);
        var command = result.CommandResult.Command;
        string[] words =
        [
            path,
            .. command.Arguments.Select(Shown),
            .. command.Options.Where(option => option.Required).Select(option => $"{option.Name} <{option.HelpName ?? "VALUE"}>"),
            "[options]",
        ];
        if (command.Action is not null)
            yield return string.Join(' ', words);
        if (command.Subcommands.Any(c => !c.Hidden))
            yield return $"{path} <command> [options]";
    }

    /// <summary>The arguments of the commands above, as help pages name them, as far as the command has none of that name.</summary>
    public static IEnumerable<string> ArgumentsAbove(ParseResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        string[] own = [.. result.CommandResult.Command.Arguments.Select(Named)];
        for (var at = result.CommandResult.Parent; at is CommandResult above; at = above.Parent)
            foreach (var argument in above.Command.Arguments.Select(Named).Except(own))
                yield return argument;

        static string Named(Argument argument) => $"<{argument.HelpName ?? argument.Name}>";
    }

    private static string Shown(Argument argument)
    {
        string name = $"<{argument.HelpName ?? argument.Name}>" + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }
}
