using System.Diagnostics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Cli.Tests;

/// <summary>Runs the built program as a user does and keeps what it said.</summary>
internal static class SpecgdProcess
{
    /// <summary>Longer than any call of the tests on a loaded machine; reaching it means a hang.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>
    /// What starts .NET. A process started by nohup, or in the background of a script, ignores SIGINT and so do all its children; a test that sends
    /// it restores the default first, by env, which then becomes the program.
    /// </summary>
    private static readonly string[] Launcher = CanRestoreSignals() ? ["env", "--default-signal=INT,HUP,TERM", "dotnet"] : ["dotnet"];

    /// <summary>The program under test: the one compiled ahead of time that <c>./test</c> names, or the one beside the tests.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("SPECGD_TEST_PROGRAM") is { Length: > 0 } given ? given : Path.Combine(AppContext.BaseDirectory, "SpecGD.Cli.dll");

    public sealed record Said(int ExitCode, string Output, string Error);

    /// <summary>Starts <c>specgd</c> with arguments in a working directory and extra environment variables.</summary>
    public static Process Start(string directory, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Launcher[0]) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string word in Launcher[1..])
            start.ArgumentList.Add(word);
        start.ArgumentList.Add(Program);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value.Length > 0 ? value : null; // an empty value: not set, whatever is set here
        return Process.Start(start)!;
    }

    /// <summary>Whether env is GNU's, of version 8.31 or later; others have no way to restore a signal.</summary>
    private static bool CanRestoreSignals()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", "true"]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Runs to the end.</summary>
    public static Said Run(string directory, string[] arguments, params (string Name, string Value)[] environment)
    {
        using var process = Start(directory, arguments, environment);
        return Finish(process, choosesBackend: environment.Any(variable => variable.Name == Backend.ChoiceVariable));
    }

    /// <summary>Sends a signal as soon as something is there, and reads what the process says until its end.</summary>
    /// <param name="process">The process.</param>
    /// <param name="isThere">Whether it is; asked again and again.</param>
    /// <param name="signal">TERM or INT.</param>
    /// <param name="limit">How long to wait for it; a minute where null.</param>
    public static Said SignalOnce(Process process, Func<bool> isThere, string signal, TimeSpan? limit = null)
    {
        SpinWait.SpinUntil(() => process.HasExited || isThere(), limit ?? TimeSpan.FromMinutes(1)).ShouldBeTrue();
        using (var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
            kill.WaitForExit();
        return Finish(process);
    }

    /// <summary>
    /// Waits for the end and reads both streams. The remark that there is no OpenBLAS where these tests run is left out, unless the call itself chose so.
    /// </summary>
    public static Said Finish(Process process, bool choosesBackend = false)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"specgd did not end within {Limit}.");
        }
        string said = error.GetAwaiter().GetResult();
        if (!choosesBackend && Backend.Notice is { } notice)
            said = said.Replace($"specgd: {notice}{Environment.NewLine}", "", StringComparison.Ordinal);
        return new Said(process.ExitCode, output.GetAwaiter().GetResult(), said);
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
