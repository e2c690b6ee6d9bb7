using Spectre.Console;

namespace SpecGD.Cli.Display;

/// <summary>The two streams of the program: results go to standard output, everything else to standard error.</summary>
internal static class Terminal
{
    /// <summary>Width of tables where no terminal sets one.</summary>
    private const int PipedWidth = 200;

    /// <summary>Results.</summary>
    public static IAnsiConsole Out { get; } = Create(Console.Out, Console.IsOutputRedirected || RankSession.IsLaunched);

    /// <summary>Progress, remarks and errors, as plain text lines.</summary>
    public static TextWriter Error => Console.Error;

    /// <summary>Progress with colours and movement, where standard error is a terminal.</summary>
    public static IAnsiConsole Progress { get; } = Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>True where standard error is a terminal that can redraw lines.</summary>
    public static bool CanRedraw => !Console.IsErrorRedirected && Progress.Profile.Capabilities.Ansi;

    /// <summary>One remark on standard error.</summary>
    public static void Remark(string sentence) => Error.WriteLine($"specgd: {sentence}");

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
