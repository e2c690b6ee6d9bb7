using System.ComponentModel;
using System.Diagnostics;

namespace SpecGD.Numerics.Platform;

/// <summary>What another program said before it ended.</summary>
/// <param name="ExitCode">0 for success; null where it was ended for taking too long.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
public sealed record ChildProcess(int? ExitCode, string Output, string Errors)
{
    /// <summary>Everything it said, on one line.</summary>
    public string Words => OneLine(Errors + "\n" + Output);

    /// <summary>Ctrl-C at a terminal reaches the child as well, and may end it before this program has heard of it.</summary>
    private static readonly TimeSpan SignalDelay = TimeSpan.FromSeconds(0.5);

    /// <summary>Runs a program to its end, or ends it with its children after <paramref name="limit"/>, or when that is asked for.</summary>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    public static async Task<ChildProcess> RunAsync(
        string path, IEnumerable<string> arguments, string directory, TimeSpan limit, CancellationToken stop = default)
    {
        stop.ThrowIfCancellationRequested();
        var ended = await RunToItsEndAsync(path, arguments, directory, limit, stop).ConfigureAwait(false);
        if (ended.ExitCode != 0 && stop.CanBeCanceled)
            stop.WaitHandle.WaitOne(SignalDelay);
        stop.ThrowIfCancellationRequested();
        return ended;
    }

    private static async Task<ChildProcess> RunToItsEndAsync(
        string path, IEnumerable<string> arguments, string directory, TimeSpan limit, CancellationToken stop)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        using var process = Process.Start(start) ?? throw new Win32Exception($"{path} did not start");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(limit);
        try
        {
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
            string said = await output.WaitAsync(deadline.Token).ConfigureAwait(false);
            return new ChildProcess(process.ExitCode, said, await errors.WaitAsync(deadline.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new ChildProcess(null, "", "");
        }
    }

    /// <summary>The lines that say something, one after the other; a line with nothing but a caret points into the line above.</summary>
    private static string OneLine(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n')
            .Select(line => string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        return string.Join(" | ", lines.Where(line => line.Length > 0 && line != "^"));
    }
}
