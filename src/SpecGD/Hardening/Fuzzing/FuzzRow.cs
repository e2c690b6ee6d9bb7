namespace SpecGD.Hardening.Fuzzing;

/// <summary>What came of the damaged files that one parser was given.</summary>
/// <param name="Parser">Its name.</param>
public sealed record FuzzRow(string Parser)
{
    /// <summary>Files that it was given.</summary>
    public long Inputs { get; init; }

    /// <summary>Files that it read: the damage was in a place where it does not show.</summary>
    public long Accepted { get; init; }

    /// <summary>Files that it refused in a sentence.</summary>
    public long Refused { get; init; }

    /// <summary>The longest time that one file took.</summary>
    public TimeSpan Slowest { get; init; }

    /// <summary>The most bytes that were allocated for one file.</summary>
    public long MostAllocated { get; init; }

    /// <summary>What went wrong, in sentences; none where all is well.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];
}
