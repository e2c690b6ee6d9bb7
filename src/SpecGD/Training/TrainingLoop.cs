using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Optimizers;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Training;

/// <summary>What to train and how: a trajectory as a value.</summary>
/// <param name="Name">Name of the trajectory in logs.</param>
/// <param name="Model">The model at its first iterate; trained in place.</param>
/// <param name="Optimizer">What makes the steps.</param>
/// <param name="Probes">What is recorded at each iterate before its update.</param>
/// <param name="Start">Step of the first iterate.</param>
/// <param name="Stop">Step after the last recorded one.</param>
public sealed record Trajectory(string Name, IModel Model, IOptimizer Optimizer, IReadOnlyList<IProbe> Probes, int Start, int Stop);

/// <summary>Sees every iterate before its update.</summary>
public interface IProbe : IStateful
{
    /// <summary>Looks at the iterate of <paramref name="step"/>: its loss, and its weights, gradients and measures in the model's blocks.</summary>
    void Observe(int step, double loss, IModel model);

    /// <summary>Looks at the weights after the update of <paramref name="step"/>; most probes have no use for it.</summary>
    void ObserveUpdated(int step, IModel model)
    {
    }
}

/// <summary>How a trajectory ended.</summary>
/// <param name="Name">Name of the trajectory.</param>
/// <param name="Status">Finished, diverged or interrupted.</param>
/// <param name="Step">The step that ended it; the stop of the trajectory where it finished.</param>
/// <param name="Detail">For a divergence, what was not finite.</param>
public sealed record TrajectoryOutcome(string Name, RunStatus Status, int Step, string? Detail = null)
{
    /// <summary>The step at which an interrupted trajectory would have ended; 0 for the others.</summary>
    public int Stop { get; init; }

    /// <summary>Whether any step was taken, in this call or in one before.</summary>
    public bool HasBegun { get; init; } = true;

    /// <summary>One sentence for the user.</summary>
    public string Sentence => Status switch
    {
        RunStatus.Diverged => $"{Name} diverged at step {Step}: {Detail}.",
        RunStatus.Interrupted => $"{Name} was interrupted at step {Step} of {Stop}.",
        _ => $"{Name} finished at step {Step}.",
    };
}

/// <summary>The one training loop: evaluate, propose, observe, apply.</summary>
public static class TrainingLoop
{
    /// <summary>
    /// Runs the trajectory to its stop. A loss or gradient that is not finite ends it before anything of that iterate is recorded or updated;
    /// cancellation ends it between two steps.
    /// </summary>
    public static TrajectoryOutcome Run(Trajectory trajectory, IProgressTask progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(trajectory);
        ArgumentNullException.ThrowIfNull(progress);
        var model = trajectory.Model;
        for (int step = trajectory.Start; step < trajectory.Stop; step++)
        {
            if (cancellation.IsCancellationRequested)
                return new TrajectoryOutcome(trajectory.Name, RunStatus.Interrupted, step) { Stop = trajectory.Stop };
            double loss = model.Evaluate();
            if (NotFinite(loss, model) is { } culprit)
                return new TrajectoryOutcome(trajectory.Name, RunStatus.Diverged, step, culprit);
            trajectory.Optimizer.Propose(model.Blocks);
            foreach (var probe in trajectory.Probes)
                probe.Observe(step, loss, model);
            trajectory.Optimizer.Apply(model.Blocks);
            foreach (var probe in trajectory.Probes)
                probe.ObserveUpdated(step, model);
            progress.Advance(step + 1 - trajectory.Start);
        }
        return new TrajectoryOutcome(trajectory.Name, RunStatus.Finished, trajectory.Stop);
    }

    private static string? FirstNotFinite(IModel model, Func<WeightBlock, Matrix<double>> part) =>
        model.Blocks.FirstOrDefault(block => !double.IsFinite(part(block).LargestMagnitude()))?.Name;

    private static string? NotFinite(double loss, IModel model)
    {
        if (double.IsFinite(loss))
            return FirstNotFinite(model, static block => block.Gradient) is { } layer ? $"the gradient of {layer} is not finite" : null;
        string where = FirstNotFinite(model, static block => block.Weight) is { } weight ? $" ({weight} is the first weight that is not finite)"
            : FirstNotFinite(model, static block => block.Activation.Matrix) is { } activation
                ? $" (the activations that enter {activation} are the first not finite)"
            : $" (the output of {model.Blocks[^1].Name} is the first that is not finite)";
        return $"the loss is {loss}{where}";
    }
}
