using System.Text.Json.Nodes;
using SpecGD.Numerics;
using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Experiments;

/// <summary>Runs trajectories, those that do not depend on one another side by side, the longest first; each goes on where it was kept.</summary>
internal static class TrajectoryRunner
{
    /// <summary>Runs them all; each ends by itself, finished or not. Their names are unique within the run.</summary>
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
        int begin = trajectory.Start;
        if (context.Kept.Find(trajectory.Name) is { } kept)
            trajectory = Restored(trajectory, kept);
        var watched = trajectory with { Probes = [.. trajectory.Probes, new KeepingProbe(context.Kept, trajectory)] };
        var outcome = TrainingLoop.Run(watched, new Continued(progress, trajectory.Start - begin), context.Cancellation);
        if (outcome.Status == RunStatus.Finished)
            context.Kept.Finished(trajectory.Name, () => TrajectoryState.Capture(trajectory, trajectory.Stop));
        else if (outcome.Status == RunStatus.Interrupted)
            context.Kept.Stopped(trajectory.Name, TrajectoryState.Capture(trajectory, outcome.Step));
        progress.End(outcome.Sentence);
        return outcome;
    }

    /// <summary>
    /// The result of a run that ended with these outcomes: diverged if any did, with the sentences of all that did; else interrupted if any was.
    /// </summary>
    public static RunResult Result(RunLog log, IReadOnlyList<TrajectoryOutcome> outcomes)
    {
        string[] diverged = [.. outcomes.Where(o => o.Status == RunStatus.Diverged).Select(o => o.Sentence)];
        if (diverged.Length > 0)
            return new RunResult(log, RunStatus.Diverged, string.Join(' ', diverged));
        var ended = outcomes.FirstOrDefault(o => o.Status != RunStatus.Finished);
        return new RunResult(log, ended?.Status ?? RunStatus.Finished, ended?.Sentence);
    }

    private static Trajectory Restored(Trajectory trajectory, JsonNode kept)
    {
        try
        {
            return TrajectoryState.Restore(trajectory, kept);
        }
        catch (FormatException e)
        {
            throw new BadInputException($"{trajectory.Name} cannot go on from what was kept of it: {e.Message} Use --fresh to begin again.", e);
        }
    }

    /// <summary>Progress of a trajectory of which some steps were done before.</summary>
    private sealed class Continued(IProgressTask task, int doneBefore) : IProgressTask
    {
        public void Advance(int done) => task.Advance(doneBefore + done);

        public void End(string remark) => task.End(remark);
    }
}
