using System.Diagnostics;

namespace SpecGD.Cli.Tests;

/// <summary>
/// A sweep on a Slurm that the test starts and stops by itself. Mostly idle time; a class of its own, so that it runs beside the others.
/// </summary>
public sealed class SlurmSweepTests
{
    private const int Skipped = 77;

    /// <summary>Waiting for the daemons, for a requeued job and, on a loaded machine, for the tasks.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(12);

    [SkippableFact]
    public void A_sweep_with_a_requeued_a_warned_and_a_killed_task_gives_the_local_engines_numbers()
    {
        Skip.If(OperatingSystem.IsWindows(), "Slurm is not made for Windows");
        string folder = Path.Combine(AppContext.BaseDirectory, "slurm");
        var start = new ProcessStartInfo("sh") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in new[]
        {
            Path.Combine(folder, "run.sh"), Path.Combine(folder, "sweep.json"), "dotnet", SpecgdProcess.Program,
        })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            Process.Start("sh", ["-c", $"kill -TERM {process.Id}"])!.WaitForExit(); // its trap stops the daemons
            throw new TimeoutException($"The script did not end within {Limit}.");
        }
        string said = output.GetAwaiter().GetResult().Trim(), complaint = error.GetAwaiter().GetResult();

        Skip.If(process.ExitCode == Skipped, said);

        process.ExitCode.ShouldBe(0, $"{said}\n{complaint}");
        said.ShouldContain("216 rows equal to the local engine's");
    }
}
