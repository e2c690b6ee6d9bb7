using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text.RegularExpressions;

namespace SpecGD.Cli;

/// <summary>The help page of a command, followed by examples where the command brings some.</summary>
internal sealed partial class HelpWithExamples(HelpAction page) : SynchronousCommandLineAction
{
    /// <summary>Help is given whatever else is missing on the line.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = PageUnderItsName(parseResult);
        var lines = HelpExamples.Of(CommandPath.Of(parseResult));
        if (lines.Count > 0)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string line in lines.SelectMany(HelpExamples.Lines))
                output.WriteLine($"  {line}");
            output.WriteLine();
        }
        return code;
    }

    [GeneratedRegex(@"^(Usage:\r?\n)(?:[ ].*\r?\n)+", RegexOptions.Multiline)]
    private static partial Regex UsageLine();

    /// <summary>The page names the program after the assembly, and has one line of usage with the arguments of all commands above.</summary>
    private int PageUnderItsName(ParseResult parseResult)
    {
        var configuration = parseResult.InvocationConfiguration;
        var output = configuration.Output;
        using var text = new StringWriter();
        configuration.Output = text;
        int code = page.Invoke(parseResult);
        configuration.Output = output;
        string named = text.ToString().Replace(RootCommand.ExecutableName, "specgd", StringComparison.Ordinal);
        string[] usage = [.. CommandPath.Usage(parseResult).Select(line => "  " + line)];
        foreach (var above in CommandPath.ArgumentsAbove(parseResult)) // those of a command above are not taken by this one
            named = Regex.Replace(named, $@"^  {Regex.Escape(above)}  .*\r?\n(?:   .*\r?\n)*", "", RegexOptions.Multiline);
        foreach (var command in parseResult.CommandResult.Command.Subcommands)
            named = WithOptionalArguments(named, command);
        output.Write(UsageLine().Replace(named, match => match.Groups[1].Value + string.Join(Environment.NewLine, usage) + Environment.NewLine, 1));
        return code;
    }

    /// <summary>The page with the arguments of a listed command that may be left out in square brackets, which take the same room.</summary>
    private static string WithOptionalArguments(string page, Command command)
    {
        string[] names = [.. command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues == 0).Select(argument => argument.HelpName ?? argument.Name)];
        return Regex.Replace(page, $@"^  {Regex.Escape(command.Name)}(?: <[^>]*>)+(?=  |\r?$)", match => names.Aggregate(
            match.Value, (line, name) => line.Replace($"<{name}>", $"[{name}]", StringComparison.Ordinal)), RegexOptions.Multiline);
    }
}
