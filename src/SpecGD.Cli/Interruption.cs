using System.Runtime.InteropServices;

namespace SpecGD.Cli;

/// <summary>
/// Turns Ctrl-C, a polite request of the system (SIGTERM) and a batch system's warning (SIGUSR1) into cancellation, so
/// that a run ends after its step and what was computed is kept. A second request ends the process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly bool _attached;

    /// <summary>Listens for requests to stop.</summary>
    /// <param name="attached">
    /// Whether another program started this one and holds the other end of standard input: its end is then the request, also where that program
    /// was killed, and signals that a terminal sends to both are never taken for a second request.
    /// </param>
    public Interruption(bool attached = false)
    {
        _attached = attached;
        Register(PosixSignal.SIGINT, Cli.ExitCode.Interrupted);
        Register(PosixSignal.SIGHUP, Cli.ExitCode.HungUp);
        Register(PosixSignal.SIGTERM, Cli.ExitCode.Terminated);
        if (!OperatingSystem.IsWindows())
            Register(UserSignal, Cli.ExitCode.Warned);
        if (attached)
            new Thread(AwaitEndOfInput) { IsBackground = true, Name = "end of standard input" }.Start();
    }

    /// <summary>SIGUSR1 by its number, for which .NET has no name: what Slurm sends before a time limit.</summary>
    private static PosixSignal UserSignal => (PosixSignal)(OperatingSystem.IsMacOS() ? 30 : 10);

    /// <summary>Cancelled at the first request.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>True where the request was SIGUSR1: the time that a scheduler allows is nearly over.</summary>
    public bool TimeIsUp { get; private set; }

    /// <summary>The exit code of the request that came.</summary>
    public int ExitCode { get; private set; } = Cli.ExitCode.Interrupted;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Register(PosixSignal signal, int exitCode) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        if (_source.IsCancellationRequested && !_attached)
            return; // the second request: the default, which is to end at once
        context.Cancel = true;
        TimeIsUp |= signal == UserSignal;
        Request(exitCode);
    }));

    private void Request(int exitCode)
    {
        if (_source.IsCancellationRequested)
            return;
        ExitCode = exitCode;
        _source.Cancel();
    }

    private void AwaitEndOfInput()
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }
        try
        {
            Request(Cli.ExitCode.Interrupted);
        }
        catch (ObjectDisposedException)
        {
            // the run was over
        }
    }
}
