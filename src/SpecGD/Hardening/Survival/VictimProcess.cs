using System.Diagnostics;
using System.Globalization;
using SpecGD.Numerics;
using SpecGD.Records;

namespace SpecGD.Hardening.Survival;

/// <summary>How a call of the program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="WasKilled">Whether it was ended by SIGKILL, ours or its own.</param>
/// <param name="Errors">Its standard error.</param>
/// <param name="Elapsed">How long it ran.</param>
internal sealed record VictimEnd(int ExitCode, bool WasKilled, string Errors, TimeSpan Elapsed)
{
    /// <summary>Its last line on standard error.</summary>
    public string LastWords => Errors.TrimEnd().Split('\n')[^1];
}

/// <summary>Starts the program and kills it, or has it kill itself.</summary>
/// <param name="program">The words before its arguments.</param>
/// <param name="clock">Measures the moment of a kill.</param>
internal sealed class VictimProcess(IReadOnlyList<string> program, TimeProvider clock)
{
    /// <summary>What a process killed by SIGKILL ends with, as .NET tells it.</summary>
    private const int KilledCode = 128 + 9;

    /// <summary>Longer than any of the cases takes on a loaded machine; reaching it means a hang.</summary>
    private static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(3);

    /// <summary>How long its streams are waited for after its end: processes that it started hold them until they have stopped.</summary>
    private static readonly TimeSpan LastWordsLimit = TimeSpan.FromSeconds(30);

    /// <summary>Runs it on these arguments.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="fault">What <see cref="FaultPoints.Variable"/> is to be; null for nothing.</param>
    /// <param name="killAfter">When to kill it; null to let it run to its end.</param>
    /// <exception cref="IOException">It does not end.</exception>
    public async Task<VictimEnd> RunAsync(IReadOnlyList<string> arguments, string? fault = null, TimeSpan? killAfter = null)
    {
        var start = new ProcessStartInfo(program[0], [.. program.Skip(1), .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment[ThreadBudget.Variable] = "1"; // results are the same to the last bit on one number of threads
        start.Environment[KeptWork.IntervalVariable] = "0"; // every part is kept at once: these runs are over before the usual interval
        start.Environment[FaultPoints.Variable] = fault;
        long begin = clock.GetTimestamp();
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        using var limit = new CancellationTokenSource(killAfter ?? HangLimit);
        bool killed = false;
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            killed = killAfter is not null;
            process.Kill(entireProcessTree: !killed); // one SIGKILL to it alone, as the system's out-of-memory killer gives
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        var elapsed = clock.GetElapsedTime(begin);
        string said = await errors.WaitAsync(LastWordsLimit).ConfigureAwait(false);
        await output.WaitAsync(LastWordsLimit).ConfigureAwait(false);
        if (killAfter is null && elapsed > HangLimit)
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture, $"'specgd {string.Join(' ', arguments)}' did not end within {HangLimit.TotalSeconds:0} s."));
        return new VictimEnd(process.ExitCode, process.ExitCode == KilledCode, said, elapsed);
    }
}
