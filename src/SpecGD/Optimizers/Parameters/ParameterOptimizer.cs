using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Optimizers.Parameters;

/// <summary>
/// A learning rate that stays and then falls linearly: with x = step/steps the factor is 1 up to 1 − cooldown, then w + floor·(1 − w), w = (1 −
/// x)/cooldown.
/// </summary>
/// <param name="Steps">Steps of the whole run.</param>
public sealed record CooldownSchedule(int Steps)
{
    /// <summary>Share of the run in which the rate falls.</summary>
    public double Cooldown { get; init; } = 0.45;

    /// <summary>The factor at the end.</summary>
    public double Floor { get; init; } = 0.1;

    /// <summary>The factor at a step, from 0.</summary>
    public double Factor(int step)
    {
        double x = (double)step / Steps;
        if (x < 1 - Cooldown)
            return 1;
        double w = (1 - x) / Cooldown;
        return w + (Floor * (1 - w));
    }
}

/// <summary>Updates the tensors of a model, each by the rule that a routing table gives it, along a schedule.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class ParameterOptimizer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly (TensorUpdater<T> Updater, double LearningRate)[] _updaters;
    private readonly Part[] _inTurn, _sideBySide;
    private readonly CooldownSchedule _schedule;

    /// <summary>An optimizer at step 0.</summary>
    /// <exception cref="BadInputException">The table leaves a tensor without an optimizer, or gives it one that cannot update it.</exception>
    public ParameterOptimizer(IEnumerable<ParameterTensor<T>> tensors, RoutingTable routing, CooldownSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(routing);
        _schedule = schedule;
        ParameterTensor<T>[] all = [.. tensors];
        Table = routing.Assign(all);
        _updaters = [.. all.Select(tensor => Updater(tensor, routing.RouteOf(tensor.Layout)))];
        Part[] parts = [.. _updaters.SelectMany(u => Enumerable.Range(0, u.Updater.Parts).Select(i => new Part(u.Updater, i, u.LearningRate)))];
        _inTurn = [.. parts.Where(part => !part.Updater.IsForOneThread)];
        _sideBySide = [.. parts.Where(part => part.Updater.IsForOneThread)];
    }

    /// <summary>What updates what.</summary>
    public IReadOnlyList<RoutedParameter> Table { get; }

    /// <summary>Steps taken; set when a run goes on from a checkpoint.</summary>
    public int Steps { get; set; }

    /// <summary>Everything remembered from step to step besides <see cref="Steps"/>, by name; the memory is the optimizer's own.</summary>
    public IEnumerable<(string Name, Matrix<T> Matrix)> State => _updaters.SelectMany(u => u.Updater.State);

    /// <summary>
    /// Updates every tensor from its gradient. Products of one matrix each are done side by side, one thread each, where there are as many as
    /// threads; the others take all threads in turn.
    /// </summary>
    public void Step()
    {
        double factor = _schedule.Factor(Steps);
        void Update(Part part) => part.Updater.Step(part.Index, Steps, part.LearningRate * factor);
        foreach (var part in _inTurn)
            Update(part);
        if (_sideBySide.Length >= ThreadBudget.Total)
            ThreadBudget.ForEach(_sideBySide, Update);
        else
            foreach (var part in _sideBySide)
                Update(part);
        Steps++;
    }

    /// <summary>A part of a tensor with what updates it.</summary>
    private sealed record Part(TensorUpdater<T> Updater, int Index, double LearningRate);

    private static (TensorUpdater<T> Updater, double LearningRate) Updater(ParameterTensor<T> tensor, Route route) =>
        (route.Rule.For(tensor), route.Rule.LearningRate * route.Multiplier);
}
