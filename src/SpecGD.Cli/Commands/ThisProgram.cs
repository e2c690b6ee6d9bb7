using System.Reflection;
using SpecGD.Numerics.Platform;

namespace SpecGD.Cli.Commands;

/// <summary>How this very program is started again.</summary>
internal static class ThisProgram
{
    /// <summary>The words before its arguments: the executable, or <c>dotnet</c> and the assembly.</summary>
    public static IReadOnlyList<string> Command
    {
        get
        {
            string process = Environment.ProcessPath ?? "dotnet";
            bool isHost = Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
            return isHost ? [process, Assembly.GetExecutingAssembly().Location] : [process];
        }
    }

    /// <summary>Runs it on these arguments to its end, saying nothing.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="stop">Asks to end it, with all that it started.</param>
    /// <exception cref="OperationCanceledException">It was asked to stop, and is gone.</exception>
    /// <exception cref="IOException">It ended with an error; the message holds its last words.</exception>
    public static void Run(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        var said = ChildProcess.RunAsync(Command[0], [.. Command.Skip(1), .. arguments], Directory.GetCurrentDirectory(), Timeout.InfiniteTimeSpan, stop)
            .GetAwaiter().GetResult();
        if (said.ExitCode != 0)
            throw new IOException($"'specgd {string.Join(' ', arguments)}' ended with exit code {said.ExitCode}: {said.Errors.TrimEnd().Split('\n')[^1]}");
    }
}
