using System.Runtime.InteropServices;
using SpecGD.Cli.Display;

namespace SpecGD.Cli;

/// <summary>
/// Turns Ctrl-C, a polite request of the system (SIGTERM) and a batch system's warning (SIGUSR1) into cancellation, so that a command ends after its step
/// and what was done is kept. There is one for the whole command, from the first moment of the program to its last: a request is never lost between two
/// pieces of work. A second request ends the process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private static readonly AsyncLocal<Interruption?> OfCommand = new();

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private volatile bool _isAtWork, _isHeeded, _isAttached;

    private Interruption()
    {
        Register(PosixSignal.SIGINT, Cli.ExitCode.Interrupted);
        Register(PosixSignal.SIGHUP, Cli.ExitCode.HungUp);
        Register(PosixSignal.SIGTERM, Cli.ExitCode.Terminated);
        if (!OperatingSystem.IsWindows())
            Register(UserSignal, Cli.ExitCode.Warned);
    }

    /// <summary>SIGUSR1 by its number, for which .NET has no name: what Slurm sends before a time limit.</summary>
    private static PosixSignal UserSignal => (PosixSignal)(OperatingSystem.IsMacOS() ? 30 : 10);

    /// <summary>Listens for requests to stop from now on; null where that was begun before, by the program or by a command that calls another.</summary>
    public static Interruption? Listen() => OfCommand.Value is null ? OfCommand.Value = new Interruption() : null;

    /// <summary>
    /// The requests to stop of this command, which heeds them from now on to its end; one that came before is there already. A command that heeds none is
    /// ended at once, with a sentence.
    /// </summary>
    public static Interruption Heed()
    {
        var own = OfCommand.Value ??= new Interruption();
        own._isHeeded = true;
        return own;
    }

    /// <summary>Does work that a request to stop ends; then says <paramref name="whenStopped"/> and gives the exit code of the request.</summary>
    public static int Guard(string whenStopped, Func<CancellationToken, int> work) => Guard(() => whenStopped, work);

    /// <summary>The same, where what is to be said depends on how far the work had come.</summary>
    public static int Guard(Func<string> whenStopped, Func<CancellationToken, int> work)
    {
        var own = Heed();
        try
        {
            return work(own.Token);
        }
        catch (OperationCanceledException) when (own.IsRequested)
        {
            Terminal.Remark(whenStopped());
            return own.ExitCode;
        }
    }

    /// <summary>The requests of the command at work, whether it heeds them or not.</summary>
    public static Interruption Current => OfCommand.Value ??= new Interruption();

    /// <summary>Cancelled at the first request.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether there was a request.</summary>
    public bool IsRequested => _source.IsCancellationRequested;

    /// <summary>True where the request was SIGUSR1: the time that a scheduler allows is nearly over.</summary>
    public bool TimeIsUp { get; private set; }

    /// <summary>The exit code of the request that came.</summary>
    public int ExitCode { get; private set; } = Cli.ExitCode.Interrupted;

    /// <summary>The command begins: what it does not heed ends it. False where it was asked to stop before.</summary>
    public bool BeginWork()
    {
        _isAtWork = true;
        return !IsRequested;
    }

    /// <summary>
    /// Another program started this one and holds the other end of standard input: its end is a request too, also where that program was killed, and
    /// signals that a terminal sends to both are never taken for a second request.
    /// </summary>
    public void Attach()
    {
        _isAttached = true;
        new Thread(AwaitEndOfInput) { IsBackground = true, Name = "end of standard input" }.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
        if (OfCommand.Value == this)
            OfCommand.Value = null;
    }

    private void Register(PosixSignal signal, int exitCode) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        if (IsRequested && !_isAttached)
            return; // the second request: the default, which is to end at once
        if (_isAtWork && !_isHeeded && !IsRequested)
        {
            Terminal.Remark("stopped before it was done");
            return; // the default again: nothing that this command does can be left in the middle
        }
        context.Cancel = true;
        TimeIsUp |= signal == UserSignal;
        Request(exitCode);
    }));

    private void Request(int exitCode)
    {
        if (IsRequested)
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
