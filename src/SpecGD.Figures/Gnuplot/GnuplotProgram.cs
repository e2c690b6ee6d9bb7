using System.ComponentModel;
using SpecGD.Numerics.Platform;

namespace SpecGD.Figures.Gnuplot;

/// <summary>The gnuplot of this machine: where it is, what it can draw, and what to do where there is none.</summary>
public sealed class GnuplotProgram
{
    /// <summary>Environment variable that names the gnuplot to use, as a path or a name on PATH; where it is set, no other place is tried.</summary>
    public const string OverrideVariable = "SPECGD_GNUPLOT";

    private const int LongestWords = 300;
    private const string PatchLevelMark = "patchlevel";

    /// <summary>Prints, to standard error as gnuplot does, the version and the terminals.</summary>
    private const string Probe = $"print GPVAL_VERSION, ' {PatchLevelMark} ', GPVAL_PATCHLEVEL; print GPVAL_TERMINALS";

    private static readonly string[] WindowsProgramFolders = ["ProgramFiles", "ProgramFiles(x86)"];

    /// <summary>Time enough for one picture, and for an answer about itself.</summary>
    private static readonly TimeSpan UsualTimeLimit = TimeSpan.FromSeconds(60), AnswerTimeLimit = TimeSpan.FromSeconds(10);

    private GnuplotProgram(IReadOnlyList<string> tried, string? path, TimeSpan timeLimit) => (Tried, Path, TimeLimit) = (tried, path, timeLimit);

    /// <summary>Its path, or null where none was found.</summary>
    public string? Path { get; }

    /// <summary>Its version, such as "5.4 patchlevel 4"; null where it cannot be used.</summary>
    public string? Version { get; private init; }

    /// <summary>The terminals it was built with.</summary>
    public IReadOnlyList<string> Terminals { get; private init; } = [];

    /// <summary>Every path that was tried, the first first.</summary>
    public IReadOnlyList<string> Tried { get; }

    /// <summary>Why it cannot be used, in one sentence; null where it can.</summary>
    public string? Problem { get; private init; }

    /// <summary>How long it may take for one picture.</summary>
    public TimeSpan TimeLimit { get; }

    /// <summary>The command that installs gnuplot on this system.</summary>
    public static string InstallCommand { get; } = OperatingSystem.IsWindows() ? "winget install gnuplot.gnuplot"
        : OperatingSystem.IsMacOS() ? "brew install gnuplot"
        : !File.Exists("/usr/bin/apt-get") && File.Exists("/usr/bin/dnf") ? "dnf install gnuplot"
        : "apt-get install gnuplot-nox";

    private static string[] UsualFolders => OperatingSystem.IsWindows()
        ? [.. WindowsProgramFolders.Select(Environment.GetEnvironmentVariable).OfType<string>()
            .Select(folder => System.IO.Path.Combine(folder, "gnuplot", "bin"))]
        : ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];

    /// <summary>
    /// Looks for gnuplot where <see cref="OverrideVariable"/> says, else along PATH and in the usual folders, and asks it what it can.
    /// </summary>
    public static GnuplotProgram Find() => Find(Environment.GetEnvironmentVariable(OverrideVariable), UsualTimeLimit);

    /// <summary>Whether it can draw <paramref name="format"/>.</summary>
    public bool Draws(FigureFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        return Problem is null && Terminals.Contains(format.Terminal);
    }

    /// <summary>As <see cref="Find()"/>, with the value of the override variable and the time limit given.</summary>
    internal static GnuplotProgram Find(string? overridden, TimeSpan timeLimit)
    {
        bool chosen = !string.IsNullOrWhiteSpace(overridden);
        string[] candidates = ProgramPath.Candidates(overridden, ["gnuplot"], UsualFolders);
        int found = Array.FindIndex(candidates, ProgramPath.IsProgram);
        if (found >= 0)
            return Ask(candidates[..(found + 1)], candidates[found], timeLimit);
        string why = chosen ? $": {OverrideVariable} is '{overridden}', and there is no such program" : "";
        return new GnuplotProgram(candidates, null, timeLimit) { Problem = "gnuplot was not found" + why };
    }

    /// <summary>Runs a script in its folder.</summary>
    /// <param name="script">Name of the script.</param>
    /// <param name="directory">The folder.</param>
    /// <param name="definitions">gnuplot commands to run before it.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="GnuplotException">It could not be started, failed, or took longer than <see cref="TimeLimit"/>.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    internal async Task RunAsync(string script, string directory, string definitions, CancellationToken stop = default)
    {
        ChildProcess ended;
        try
        {
            ended = await ChildProcess.RunAsync(Path!, ["-d", "-e", definitions, script], directory, TimeLimit, stop).ConfigureAwait(false);
        }
        catch (Win32Exception e)
        {
            throw new GnuplotException($"{Path} could not be started: {e.Message}", e);
        }
        if (ended.ExitCode is null)
            throw new GnuplotException($"gnuplot did not finish {script} within {TimeLimit.TotalSeconds:0.#} s and was ended");
        if (ended.ExitCode != 0)
            throw new GnuplotException($"gnuplot failed on {script} with exit code {ended.ExitCode}: {Shortened(ended.Words)}");
    }

    private static GnuplotProgram Ask(string[] tried, string path, TimeSpan timeLimit)
    {
        string answer;
        try
        {
            var ended = ChildProcess.RunAsync(path, ["-d", "-e", Probe], Environment.CurrentDirectory, AnswerTimeLimit).GetAwaiter().GetResult();
            string[] lines = ended.Errors.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (ended.ExitCode == 0 && Array.FindIndex(lines, line => line.Contains(PatchLevelMark, StringComparison.Ordinal)) is >= 0 and var i)
                return new GnuplotProgram(tried, path, timeLimit) { Version = lines[i], Terminals = string.Join(' ', lines[(i + 1)..]).Split(' ') };
            answer = ended.ExitCode is null ? "it does not answer" : $"asked for its version it says '{Shortened(ended.Words)}'";
        }
        catch (Win32Exception e)
        {
            answer = e.Message;
        }
        return new GnuplotProgram(tried, path, timeLimit) { Problem = $"{path} cannot be used as gnuplot: {answer}" };
    }

    private static string Shortened(string words) => words.Length <= LongestWords ? words : words[..LongestWords] + "…";
}
