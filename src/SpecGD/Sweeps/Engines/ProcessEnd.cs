using System.Globalization;

namespace SpecGD.Sweeps.Engines;

/// <summary>How a process ended that said nothing of it, in a sentence.</summary>
internal static class ProcessEnd
{
    /// <summary>.NET and shells add the number of the signal to this where one ended a process.</summary>
    private const int Signalled = 128;

    /// <summary>The signals that have one number on every Unix, and the sentences.</summary>
    private static readonly Dictionary<int, string> Sentences = new()
    {
        [1] = "It was ended because its terminal or connection was closed (SIGHUP).",
        [2] = "It was interrupted (Ctrl-C, SIGINT).",
        [3] = "It was asked to quit (SIGQUIT).",
        [4] = "It crashed on an instruction that this processor does not have (SIGILL).",
        [6] = "It ended itself on an error (SIGABRT).",
        [8] = "It crashed in arithmetic (SIGFPE).",
        [9] = "It was killed (SIGKILL), by someone or by the system when memory ran out.",
        [11] = "It crashed on an access to memory that is not its own (SIGSEGV).",
        [13] = "It ended because nothing read its output any longer (SIGPIPE).",
        [15] = "It was asked to end (SIGTERM).",
    };

    /// <summary>The sentence.</summary>
    /// <param name="exitCode">The exit code.</param>
    /// <param name="log">The file with what it wrote before.</param>
    public static string Words(int exitCode, string log) =>
        exitCode <= Signalled ? string.Create(CultureInfo.InvariantCulture, $"It ended with code {exitCode} and said nothing of its run; {log} may tell more.")
        : Sentences.TryGetValue(exitCode - Signalled, out string? sentence) ? sentence
        : string.Create(CultureInfo.InvariantCulture, $"It was ended by signal {exitCode - Signalled}; {log} may tell more.");
}
