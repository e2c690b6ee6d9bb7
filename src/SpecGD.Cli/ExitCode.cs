namespace SpecGD.Cli;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A check failed, the disk or the network did, or the program itself.</summary>
    public const int Failed = 1;

    /// <summary>The input cannot be used.</summary>
    public const int BadInput = 2;

    /// <summary>A run diverged.</summary>
    public const int Diverged = 3;

    /// <summary>The terminal went away (128 + SIGHUP).</summary>
    public const int HungUp = 129;

    /// <summary>Stopped by Ctrl-C (128 + SIGINT).</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by a batch system's warning (128 + SIGUSR1 as Linux numbers it).</summary>
    public const int Warned = 138;

    /// <summary>Stopped by the system (128 + SIGTERM).</summary>
    public const int Terminated = 143;
}
