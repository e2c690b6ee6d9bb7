namespace SpecGD.Hardening.Survival;

/// <summary>How a process is made to fail.</summary>
public enum FaultKind
{
    /// <summary>SIGKILL at a random moment.</summary>
    RandomKill,

    /// <summary>SIGKILL at a chosen moment of a write.</summary>
    PointKill,

    /// <summary>A disk that is full at a chosen moment of a write.</summary>
    FullDisk,
}

/// <summary>What came of the faults of one kind in one verb.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="Kind">The kind of fault.</param>
public sealed record SurvivalRow(string Verb, FaultKind Kind)
{
    /// <summary>Faults that met the program at work.</summary>
    public int Faults { get; init; }

    /// <summary>Distinct moments of a write at which it was met; 0 for random moments.</summary>
    public int Points { get; init; }

    /// <summary>How many such moments an undisturbed run passes.</summary>
    public int PointsInAll { get; init; }

    /// <summary>Runs that were continued to their end.</summary>
    public int Resumed { get; init; }

    /// <summary>What went wrong, in sentences; none where all is well.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];
}
