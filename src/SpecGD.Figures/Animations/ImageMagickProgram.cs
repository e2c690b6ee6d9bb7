using System.ComponentModel;
using SpecGD.Figures.Gnuplot;
using SpecGD.Numerics.Platform;

namespace SpecGD.Figures.Animations;

/// <summary>The ImageMagick of this machine, which joins frames to an animation: where it is, and what to do where there is none.</summary>
public sealed class ImageMagickProgram
{
    /// <summary>Environment variable that names the program to use, as a path or a name on PATH; where it is set, no other place is tried.</summary>
    public const string OverrideVariable = "SPECGD_IMAGEMAGICK";

    private const string VersionMark = "ImageMagick ";
    private const int LongestWords = 300;

    /// <summary>Time enough to join the frames, and for an answer about itself.</summary>
    private static readonly TimeSpan UsualTimeLimit = TimeSpan.FromSeconds(120), AnswerTimeLimit = TimeSpan.FromSeconds(10);

    private ImageMagickProgram(IReadOnlyList<string> tried, string? path, TimeSpan timeLimit) => (Tried, Path, TimeLimit) = (tried, path, timeLimit);

    /// <summary>Its path, or null where none was found.</summary>
    public string? Path { get; }

    /// <summary>Its version, such as "6.9.11-60"; null where there is none.</summary>
    public string? Version { get; private init; }

    /// <summary>Every path that was tried, the first first.</summary>
    public IReadOnlyList<string> Tried { get; }

    /// <summary>Why it cannot be used, in one sentence; null where it can.</summary>
    public string? Problem { get; private init; }

    /// <summary>How long it may take for one animation.</summary>
    public TimeSpan TimeLimit { get; }

    /// <summary>The command that installs ImageMagick on this system.</summary>
    public static string InstallCommand { get; } = OperatingSystem.IsWindows() ? "winget install ImageMagick.ImageMagick"
        : OperatingSystem.IsMacOS() ? "brew install imagemagick"
        : !File.Exists("/usr/bin/apt-get") && File.Exists("/usr/bin/dnf") ? "dnf install ImageMagick"
        : "apt-get install imagemagick";

    /// <summary>Version 7 is called magick, version 6 convert; the convert of Windows is another program.</summary>
    private static string[] Names => OperatingSystem.IsWindows() ? ["magick"] : ["magick", "convert"];

    private static string[] UsualFolders => OperatingSystem.IsWindows() ? [] : ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];

    /// <summary>
    /// Looks for ImageMagick where <see cref="OverrideVariable"/> says, else along PATH and in the usual folders; the first program that answers
    /// as ImageMagick is taken.
    /// </summary>
    public static ImageMagickProgram Find() => Find(Environment.GetEnvironmentVariable(OverrideVariable), UsualTimeLimit);

    /// <summary>As <see cref="Find()"/>, with the value of the override variable and the time limit given.</summary>
    internal static ImageMagickProgram Find(string? overridden, TimeSpan timeLimit)
    {
        bool chosen = !string.IsNullOrWhiteSpace(overridden);
        var tried = new List<string>();
        string? refusal = null;
        foreach (string candidate in ProgramPath.Candidates(overridden, Names, UsualFolders))
        {
            tried.Add(candidate);
            if (!ProgramPath.IsProgram(candidate))
                continue;
            var (version, said) = Ask(candidate);
            if (version is not null)
                return new ImageMagickProgram(tried, candidate, timeLimit) { Version = version };
            refusal ??= $"{candidate} cannot be used as ImageMagick: {said}";
        }
        string why = chosen ? $": {OverrideVariable} is '{overridden}', and there is no such program" : "";
        return new ImageMagickProgram(tried, null, timeLimit) { Problem = refusal ?? "ImageMagick was not found" + why };
    }

    /// <summary>Joins pictures of one folder to a GIF in the same folder that repeats for ever, all frames in the same colours.</summary>
    /// <param name="frames">Names of the pictures in order.</param>
    /// <param name="output">Name of the GIF.</param>
    /// <param name="directory">The folder.</param>
    /// <param name="milliseconds">How long a frame stands; the format counts in hundredths of a second, so tens are cut off.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="ImageMagickException">It could not be started, failed, or took longer than <see cref="TimeLimit"/>.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    internal async Task JoinAsync(IReadOnlyList<string> frames, string output, string directory, int milliseconds, CancellationToken stop = default)
    {
        string[] arguments =
            ["-delay", $"{milliseconds / 10}", "-loop", "0", .. frames, "+dither", "-alpha", "off", "+remap", "-layers", "optimize", $"gif:{output}"];
        ChildProcess ended;
        try
        {
            ended = await ChildProcess.RunAsync(Path!, arguments, directory, TimeLimit, stop).ConfigureAwait(false);
        }
        catch (Win32Exception e)
        {
            throw new ImageMagickException($"{Path} could not be started: {e.Message}", e);
        }
        if (ended.ExitCode is null)
            throw new ImageMagickException($"ImageMagick did not join the frames within {TimeLimit.TotalSeconds:0.#} s and was ended");
        if (ended.ExitCode != 0)
            throw new ImageMagickException($"ImageMagick failed with exit code {ended.ExitCode}: {Shortened(ended.Words)}");
    }

    private static (string? Version, string Said) Ask(string path)
    {
        try
        {
            var ended = ChildProcess.RunAsync(path, ["-version"], Environment.CurrentDirectory, AnswerTimeLimit).GetAwaiter().GetResult();
            int mark = ended.Output.IndexOf(VersionMark, StringComparison.Ordinal);
            if (ended.ExitCode == 0 && mark >= 0)
                return (ended.Output[(mark + VersionMark.Length)..].Split((char[]?)null, 2)[0], "");
            return (null, ended.ExitCode is null ? "it does not answer" : $"asked for its version it says '{Shortened(ended.Words)}'");
        }
        catch (Win32Exception e)
        {
            return (null, e.Message);
        }
    }

    private static string Shortened(string words) => words.Length <= LongestWords ? words : words[..LongestWords] + "…";
}
