using Spectre.Console;

namespace SpecGD.Cli.Display;

/// <summary>The two streams of the program: results go to standard output, everything else to standard error.</summary>
internal static class Terminal
{
    /// <summary>Width of what Spectre lays out where no terminal sets one.</summary>
    private const int PipedWidth = 200;

    /// <summary>Characters in a line of standard output; null where it is no terminal, and lines may have any length.</summary>
    public static int? Width { get; } = Console.IsOutputRedirected || RankSession.IsLaunched ? null : Create(Console.Out, redirected: false).Profile.Width;

    /// <summary>Progress, remarks and errors, as plain text lines.</summary>
    public static TextWriter Error => Console.Error;

    /// <summary>Progress with colours and movement, where standard error is a terminal.</summary>
    public static IAnsiConsole Progress { get; } = Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>True where standard error is a terminal that can redraw lines.</summary>
    public static bool CanRedraw => !Console.IsErrorRedirected && Progress.Profile.Capabilities.Ansi;

    /// <summary>One remark on standard error; on a terminal broken between words.</summary>
    public static void Remark(string sentence)
    {
        foreach (string line in Lines($"specgd: {sentence}", Console.IsErrorRedirected ? null : Progress.Profile.Width))
            Error.WriteLine(line);
    }

    /// <summary>One sentence on standard output, so many blanks from the left; on a terminal broken between words.</summary>
    public static void Say(string sentence, int indent = 0)
    {
        foreach (string line in Lines(sentence, Width - indent))
            Console.Out.WriteLine(new string(' ', indent) + line);
    }

    /// <summary>One line: the sentence, or as many of its words as fit before the dots that stand for the rest.</summary>
    internal static string Brief(string sentence, int? width)
    {
        const string rest = " …";
        return width is null || sentence.Length <= width ? sentence : TableLayout.Wrapped(sentence, width.Value - rest.Length)[0] + rest;
    }

    /// <summary>A line of columns on standard output, as it is where it fits; on a narrower terminal its words, broken between them.</summary>
    public static void SayRow(string row)
    {
        foreach (string line in Row(row, Width))
            Console.Out.WriteLine(line);
    }

    /// <summary>The lines of a row of columns: itself where it fits into the width, else its words with the columns given up and what follows the first line set in.</summary>
    internal static IEnumerable<string> Row(string row, int? width)
    {
        const int indent = 2;
        return width is null || row.Length <= width
            ? [row]
            : TableLayout.Wrapped(string.Join(' ', row.Split(' ', StringSplitOptions.RemoveEmptyEntries)), width.Value - indent).Select((line, i) => i == 0 ? line : new string(' ', indent) + line);
    }

    private static IEnumerable<string> Lines(string text, int? width) =>
        width is null ? [text] : text.Split('\n').SelectMany(line => TableLayout.Wrapped(line, width.Value));

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        if (redirected)
            console.Profile.Width = PipedWidth;
        return console;
    }
}
