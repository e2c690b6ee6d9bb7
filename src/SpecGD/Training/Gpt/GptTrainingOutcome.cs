using SpecGD.Records;

namespace SpecGD.Training.Gpt;

/// <summary>How a training run ended.</summary>
/// <param name="Status">Finished, diverged or interrupted.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Detail">One sentence where it did not finish, else null.</param>
public sealed record GptTrainingOutcome(RunStatus Status, int Step, string? Detail = null)
{
    /// <summary>Whether it was interrupted by training data that cannot be used or that ran out.</summary>
    public bool LacksData { get; init; }
}
