using System.CommandLine;
using System.CommandLine.Help;
using System.Text;

namespace SpecGD.Cli.Commands;

/// <summary><c>specgd docs</c>: the reference of all commands as one page of Markdown, made from the commands themselves.</summary>
internal static class DocsCommand
{
    public static Command Build()
    {
        var command = new Command("docs", "Print the reference of all commands as Markdown: docs/commands.md.");
        command.SetAction(_ =>
        {
            Console.Out.Write(Render(CommandLine.Build()));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The page: each command with what it does, examples, arguments and options; what all commands of a group take stands once, with the group.</summary>
    internal static string Render(RootCommand root)
    {
        string[] everywhere = [.. root.Options.Where(option => option.Recursive).SelectMany(Lines)];
        var text = new StringBuilder("# Commands\n\n`specgd docs` makes this page from the program. [runs.md](runs.md) says what a run writes and what exit codes mean.\n");
        AppendList(text, "Every command takes:", everywhere);
        foreach (var command in Shown(root))
            Append(text, $"specgd {command.Name}", command, []);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string path, Command command, string[] known)
    {
        text.Append($"\n## {path}\n\n{command.Description}\n");
        string[] own = [.. command.Arguments.Where(argument => !argument.Hidden).Select(argument => $"`<{argument.HelpName ?? argument.Name}>`: {argument.Description}"), .. command.Options.SelectMany(Lines).Except(known)];
        if (command.Action is not null)
        {
            text.Append("\n```\n").AppendJoin("", HelpExamples.Of(path).SelectMany(HelpExamples.Lines).Select(line => line + "\n")).Append("```\n");
            AppendList(text, null, own);
        }
        Command[] below = [.. Shown(command)];
        string[] shared = below.Length < 2 ? [] : [.. below.Select(one => one.Options.SelectMany(Lines)).Aggregate((some, others) => some.Intersect(others))];
        AppendList(text, "All of them take:", shared);
        foreach (var one in below)
            Append(text, $"{path} {one.Name}", one, shared);
    }

    private static IEnumerable<Command> Shown(Command command) => command.Subcommands.Where(one => !one.Hidden);

    private static IEnumerable<string> Lines(Option option) => option.Hidden || option is HelpOption or VersionOption ? []
        : [$"`{option.Name}{(option.HelpName is { } value ? $" <{value}>" : "")}`: {option.Description}{(option.Required ? " (required)" : "")}"];

    private static void AppendList(StringBuilder text, string? before, IReadOnlyCollection<string> lines)
    {
        if (lines.Count == 0)
            return;
        text.Append('\n');
        if (before is not null)
            text.Append($"{before}\n\n");
        text.AppendJoin("", lines.Select(line => $"* {line}\n"));
    }
}
