using System.Globalization;
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
        var progress = context.ProgressOfNext.Begin(TrajectoryName.InSentences(trajectory.Name), trajectory.Stop - trajectory.Start);
        int begin = trajectory.Start;
        if (context.Kept.Find(trajectory.Name) is { } kept)
            trajectory = Restored(trajectory, kept);
        var watched = trajectory with { Probes = [.. trajectory.Probes, new KeepingProbe(context.Kept, trajectory)] };
        var outcome = TrainingLoop.Run(watched, new Continued(progress, trajectory.Start - begin), context.Cancellation);
        outcome = outcome with { HasBegun = outcome.Step > begin };
        if (outcome.Status == RunStatus.Finished)
            context.Kept.Finished(trajectory.Name, () => TrajectoryState.Capture(trajectory, trajectory.Stop));
        else if (outcome.Status == RunStatus.Interrupted)
            context.Kept.Stopped(trajectory.Name, TrajectoryState.Capture(trajectory, outcome.Step));
        progress.End(SentenceOf(outcome));
        return outcome;
    }

    /// <summary>
    /// The result of a run that ended with these outcomes: diverged if any left the numbers, or if the losses of all ended as
    /// <see cref="Divergence"/> has it; else interrupted if any was. The detail names every method that is the reason.
    /// </summary>
    /// <param name="log">The log.</param>
    /// <param name="outcomes">How the trajectories ended.</param>
    /// <param name="ends">How their losses ended; null for those of the log's methods.</param>
    public static RunResult Result(RunLog log, IReadOnlyList<TrajectoryOutcome> outcomes, IReadOnlyList<LossEnd>? ends = null)
    {
        var broken = outcomes.Where(o => o.Status == RunStatus.Diverged).ToArray();
        var interrupted = outcomes.Where(o => o.Status == RunStatus.Interrupted).ToArray();
        LossEnd[] whole = [.. (ends ?? Divergence.Of(log.Methods)).Where(end => !interrupted.Any(o => o.Name == end.Method))];
        LossEnd[] grown = [.. whole.Where(end => end.IsDiverged)];
        bool allGrew = whole.Length > 0 && grown.Length == whole.Length && interrupted.Length == 0;
        var status = broken.Length > 0 || allGrew ? RunStatus.Diverged : interrupted.Length > 0 ? RunStatus.Interrupted : RunStatus.Finished;
        string[] sentences =
        [
            .. broken.Select(SentenceOf),
            .. status == RunStatus.Diverged ? grown.Where(end => !broken.Any(o => o.Name == end.Method)).Select(end => $"{Sentence.Begin(TrajectoryName.InSentences(end.Method))} diverged: {end.Words}.") : [],
            .. interrupted.Length > MostNamed ? (string[])[InNumbers(outcomes, interrupted)] : interrupted.Length > 0 ? [Interrupted(interrupted)] : [],
        ];
        return new RunResult(log, status, sentences.Length > 0 ? string.Join(' ', sentences) : null)
        {
            DivergedMethods = [.. broken.Select(o => o.Name).Union(grown.Select(end => end.Method))],
        };
    }

    /// <summary>The sentence on how it ended, with the name that people read.</summary>
    internal static string SentenceOf(TrajectoryOutcome outcome) => (outcome with { Name = Sentence.Begin(TrajectoryName.InSentences(outcome.Name)) }).Sentence;

    /// <summary>"Gradient descent was interrupted at step 56 of 2000, SpecGD at step 61 of 2000."</summary>
    private static string Interrupted(TrajectoryOutcome[] outcomes) => SentenceOf(outcomes[0]).TrimEnd('.')
        + string.Concat(outcomes.Skip(1).Select(o => string.Create(CultureInfo.InvariantCulture, $", {TrajectoryName.InSentences(o.Name)} at step {o.Step} of {o.Stop}"))) + ".";

    /// <summary>Trajectories that a sentence on an interrupted run names.</summary>
    private const int MostNamed = 3;

    /// <summary>"The run was interrupted: of 24 trajectories 3 had finished, 2 were under way and 19 had not begun."</summary>
    private static string InNumbers(IReadOnlyList<TrajectoryOutcome> all, TrajectoryOutcome[] interrupted)
    {
        int begun = interrupted.Count(o => o.HasBegun), ended = all.Count - interrupted.Length;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The run was interrupted: of {Counted.Of(all.Count, "trajectory")} {ended} had ended, {begun} {Counted.Verb(begun, begun, "was")} under way and {interrupted.Length - begun} had not begun.");
    }

    private static Trajectory Restored(Trajectory trajectory, JsonNode kept)
    {
        try
        {
            return TrajectoryState.Restore(trajectory, kept);
        }
        catch (FormatException e)
        {
            throw new BadInputException($"{trajectory.Name} cannot go on from what was saved of it: {e.Message} Use --fresh to begin again.", e);
        }
    }

    /// <summary>Progress of a trajectory of which some steps were done before.</summary>
    private sealed class Continued(IProgressTask task, int doneBefore) : IProgressTask
    {
        public void Advance(int done) => task.Advance(doneBefore + done);

        public void End(string remark) => task.End(remark);
    }
}
