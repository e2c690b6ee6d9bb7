using System.CommandLine;
using System.CommandLine.Parsing;
using SpecGD.Cli.Commands;

namespace SpecGD.Cli;

/// <summary>
/// Words that look like options and that no option of the line is: mistyped ones, which the parser takes for an argument, and with it what follows for
/// one too many; and options that stand before the command that they are of.
/// </summary>
internal static class MisplacedOptions
{
    /// <summary>What is wrong with the first of them, in the order of the line; null where there is none.</summary>
    /// <param name="result">The line as it was parsed.</param>
    /// <param name="words">The line as it was typed.</param>
    public static string? Complaint(ParseResult result, IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(words);
        if (result.CommandResult.Command is { Action: null, Subcommands.Count: > 0 })
            return null; // the command that they may be of is not known
        if (Strays(result, words).FirstOrDefault() is ({ } token, var isBefore))
            return !isBefore ? Misunderstood(result, token.Value)
                : Find(result, token.Value) is not null ? BeforeCommand(result, token.Value)
                : Misunderstood(result, token.Value) + " Options come after the command.";
        return UnreadOption(result) is not { } unread ? null
            : Find(result, unread) is not null ? BeforeCommand(result, unread)
            : $"'{unread}' stands before '{result.CommandResult.Command.Name}', which has no such option.";
    }

    /// <summary>That a word is not understood, with the option that may have been meant.</summary>
    public static string Misunderstood(ParseResult result, string word) => StrayReproduceOption.Explain(result, word)
        ?? $"'{word}' is not understood by {CommandPath.Of(result)}.{Spelling.Hint(NameIn(word), Names(result))}";

    /// <summary>The name of an option in what was typed: "--dim" of "--dim=8".</summary>
    public static string NameIn(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return word.StartsWith('-') ? word.Split('=', ':')[0] : word;
    }

    /// <summary>The words that look like options and are none, up to "--", each with whether it stands before the name of the command.</summary>
    private static IEnumerable<(Token Token, bool IsBefore)> Strays(ParseResult result, IReadOnlyList<string> words)
    {
        Token[] line = [.. result.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)];
        int command = CommandAt(line);
        var values = OptionsOnLine(result).SelectMany(option => option.Tokens).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var (at, token) in line.Index())
            if (token.Type == TokenType.Argument && LooksLikeOption(token.Value) && (!values.Contains(token) || IsMistyped(result, token.Value, words)))
                yield return (token, at < command);
    }

    /// <summary>Whether the value of an option is rather the next option, mistyped: a word of its own that is near to one.</summary>
    private static bool IsMistyped(ParseResult result, string word, IReadOnlyList<string> words) =>
        word.StartsWith("--", StringComparison.Ordinal) && words.Contains(word) && Spelling.Nearest(NameIn(word), Names(result)) is not null;

    /// <summary>A file may be called "-x", and a value be "-3".</summary>
    private static bool LooksLikeOption(string word) => word.StartsWith("--", StringComparison.Ordinal)
        || (word.Length > 1 && word[0] == '-' && !char.IsAsciiDigit(word[1]) && word[1] != '.' && !Path.Exists(word));

    /// <summary>An option of a command above that stands before the command, where nobody would read it; null where there is none.</summary>
    private static string? UnreadOption(ParseResult result)
    {
        for (var above = result.CommandResult.Parent as CommandResult; above is not null; above = above.Parent as CommandResult)
            if (above.Children.OfType<OptionResult>().FirstOrDefault(option => option is { Implicit: false, Option: { Recursive: false, Action: null } }) is { } unread)
                return unread.IdentifierToken?.Value ?? unread.Option.Name;
        return null;
    }

    /// <summary>That options come after the command, with the line that would be right.</summary>
    private static string BeforeCommand(ParseResult result, string word)
    {
        Token[] line = [.. result.Tokens];
        int command = CommandAt(line);
        IEnumerable<string> given = [.. Shown(line.Skip(command + 1)), .. Shown(line.Take(command))];
        return $"'{NameIn(word)}' stands before '{result.CommandResult.Command.Name}', and options come after the command: "
            + $"'{CommandPath.Of(result)} {string.Join(' ', given)}'.";

        static IEnumerable<string> Shown(IEnumerable<Token> tokens) => tokens.Where(token => token.Type != TokenType.Command).Select(token => token.Value);
    }

    /// <summary>The place of the name of the command that is called; -1 of the root's.</summary>
    private static int CommandAt(Token[] line) => Array.FindLastIndex(line, token => token.Type == TokenType.Command);

    private static IEnumerable<OptionResult> OptionsOnLine(ParseResult result)
    {
        for (SymbolResult? at = result.CommandResult; at is CommandResult command; at = command.Parent)
            foreach (var option in command.Children.OfType<OptionResult>())
                yield return option;
    }

    /// <summary>The option of the command that has the name; null where there is none.</summary>
    private static Option? Find(ParseResult result, string word) =>
        Options(result).FirstOrDefault(option => option.Name == NameIn(word) || option.Aliases.Contains(NameIn(word)));

    private static IEnumerable<string> Names(ParseResult result) => Options(result).SelectMany(option => option.Aliases.Prepend(option.Name));

    /// <summary>The options that the command understands.</summary>
    private static IEnumerable<Option> Options(ParseResult result) =>
        result.CommandResult.Command.Options.Concat(result.RootCommandResult.Command.Options.Where(o => o.Recursive)).Where(o => !o.Hidden).Distinct();
}
