using SpecGD.Numerics;
using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Experiments;

/// <summary>Runs trajectories, those that do not depend on one another side by side, the longest first.</summary>
internal static class TrajectoryRunner
{
    /// <summary>Runs them all; each ends by itself, finished or not.</summary>
    public static TrajectoryOutcome[] RunAll(IReadOnlyList<Trajectory> trajectories, RunContext context)
    {
        var outcomes = new TrajectoryOutcome[trajectories.Count];
        var longestFirst = Enumerable.Range(0, trajectories.Count).OrderBy(i => trajectories[i].Start).ToArray();
        ThreadBudget.ForEach(longestFirst, i => outcomes[i] = Run(trajectories[i], context));
        return outcomes;
    }

    /// <summary>Runs one, as a task on display.</summary>
    public static TrajectoryOutcome Run(Trajectory trajectory, RunContext context)
    {
        var progress = context.Progress.Begin(trajectory.Name, trajectory.Stop - trajectory.Start);
        var outcome = TrainingLoop.Run(trajectory, progress, context.Cancellation);
        progress.End(outcome.Sentence);
        return outcome;
    }

    /// <summary>The result of a run that ended with these outcomes: diverged or interrupted if any did, with that one's sentence.</summary>
    public static RunResult Result(RunLog log, IReadOnlyList<TrajectoryOutcome> outcomes)
    {
        var ended = outcomes.FirstOrDefault(o => o.Status == RunStatus.Diverged) ?? outcomes.FirstOrDefault(o => o.Status != RunStatus.Finished);
        return new RunResult(log, ended?.Status ?? RunStatus.Finished, ended?.Sentence);
    }
}
