using System.Runtime.InteropServices;

namespace SpecGD.Cli;

/// <summary>
/// Turns Ctrl-C, a polite request of the system (SIGTERM) and a batch system's warning (SIGUSR1) into cancellation, so
/// that a run ends after its step and what was computed is kept. A second request ends the process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>The numbers of SIGUSR1, for which .NET has no name.</summary>
    private const int UserSignalOfLinux = 10, UserSignalOfBsd = 30;

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Interruption()
    {
        Register(PosixSignal.SIGINT, Cli.ExitCode.Interrupted);
        Register(PosixSignal.SIGHUP, Cli.ExitCode.HungUp);
        Register(PosixSignal.SIGTERM, Cli.ExitCode.Terminated);
        if (!OperatingSystem.IsWindows())
            Register((PosixSignal)(OperatingSystem.IsLinux() ? UserSignalOfLinux : UserSignalOfBsd), Cli.ExitCode.Warned);
    }

    /// <summary>Cancelled at the first request.</summary>
    public CancellationToken Token => _source.Token;

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
        if (_source.IsCancellationRequested)
            return; // the second request: the default, which is to end at once
        context.Cancel = true;
        ExitCode = exitCode;
        _source.Cancel();
    }));
}
