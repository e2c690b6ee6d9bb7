using System.Diagnostics;

namespace SpecGD.Cli.Tests;

/// <summary>Runs the built program as a user does and keeps what it said.</summary>
internal static class SpecgdProcess
{
    /// <summary>Longer than any call of the tests on a loaded machine; reaching it means a hang.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public sealed record Said(int ExitCode, string Output, string Error);

    /// <summary>Starts <c>specgd</c> with arguments in a working directory and extra environment variables.</summary>
    public static Process Start(string directory, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "SpecGD.Cli.dll"));
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs to the end.</summary>
    public static Said Run(string directory, string[] arguments, params (string Name, string Value)[] environment)
    {
        using var process = Start(directory, arguments, environment);
        return Finish(process);
    }

    /// <summary>Waits for the end and reads both streams.</summary>
    public static Said Finish(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"specgd did not end within {Limit}.");
        }
        return new Said(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}

/// <summary>A temporary directory for one test class.</summary>
public abstract class InTemporaryDirectory : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("specgd-cli-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected SpecgdProcess.Said Specgd(params string[] arguments) => SpecgdProcess.Run(Folder, arguments);
}
