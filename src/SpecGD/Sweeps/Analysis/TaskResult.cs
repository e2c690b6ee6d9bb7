namespace SpecGD.Sweeps.Analysis;

/// <summary>A task with what was measured in it.</summary>
/// <param name="Record">The task, and where it stands.</param>
/// <param name="Observations">What was measured; nothing where it has no result.</param>
public sealed record TaskResult(TaskRecord Record, IReadOnlyList<Observation> Observations)
{
    /// <summary>The task.</summary>
    public SweepTask Task => Record.Task;

    /// <summary>Which repetition it is: the value of the option that repetitions differ in.</summary>
    public string Replicate => AxisText.Of(Task.Identity.Options[Task.Part.Analysis.Replicate]);
}
