using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Numerics.Communication;
using SpecGD.Spectral;

namespace SpecGD.Optimizers.Parameters;

/// <summary>
/// A learning rate that stays and then falls linearly: with x = step/steps the factor is 1 up to 1 − cooldown, then w + floor·(1 − w), w = (1 −
/// x)/cooldown.
/// </summary>
/// <param name="Steps">Steps of the whole run.</param>
public sealed record CooldownSchedule(int Steps)
{
    /// <summary>Share of the run in which the rate falls; 0: it never does.</summary>
    public double Cooldown { get; init; } = 0.45;

    /// <summary>The factor at the end.</summary>
    public double Floor { get; init; } = 0.1;

    /// <summary>The factor at a step, from 0.</summary>
    public double Factor(int step)
    {
        double x = (double)step / Steps;
        if (x < 1 - Cooldown || Cooldown == 0)
            return 1;
        double w = (1 - x) / Cooldown;
        return w + (Floor * (1 - w));
    }
}

/// <summary>
/// Updates the tensors of a model, each by the rule that a routing table gives it, along a schedule. Where several ranks train together, each updates
/// its own pieces and remembers what is needed for those alone; the updated pieces then go to all.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class ParameterOptimizer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Part[] _own, _inTurn, _sideBySide;
    private readonly CooldownSchedule _schedule;
    private readonly ICollective _collective;
    private readonly OwnedMatrices<T> _exchange;
    private readonly Matrix<T>[] _values, _gradients, _sentValues, _sentGradients;
    private readonly Dictionary<string, int[]> _sentOf;

    /// <summary>An optimizer at step 0.</summary>
    /// <param name="tensors">The parameters.</param>
    /// <param name="routing">Which rule updates what.</param>
    /// <param name="schedule">The factor on the learning rates.</param>
    /// <param name="collective">The ranks that train together; null for this process alone.</param>
    /// <param name="gradientOrder">The parameters in the order in which their gradients will be ready; null for that of <paramref name="tensors"/>.</param>
    /// <exception cref="BadInputException">The table leaves a tensor without an optimizer, or gives it one that cannot update it.</exception>
    public ParameterOptimizer(
        IEnumerable<ParameterTensor<T>> tensors,
        RoutingTable routing,
        CooldownSchedule schedule,
        ICollective? collective = null,
        IEnumerable<ParameterTensor<T>>? gradientOrder = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(routing);
        _schedule = schedule;
        _collective = collective ?? SingleProcess.Instance;
        ParameterTensor<T>[] all = [.. tensors];
        Table = routing.Assign(all);
        Pieces = ParameterDivision.Of(all.Select(tensor => tensor.Layout), routing, _collective.Size);
        var byName = all.ToDictionary(tensor => tensor.Name);
        _values = [.. Pieces.Select(piece => byName[piece.Tensor.Name].Value.RowSlice(piece.RowInTensor, piece.Rows))];
        _gradients = [.. Pieces.Select(piece => byName[piece.Tensor.Name].Gradient.RowSlice(piece.RowInTensor, piece.Rows))];
        string[] order = [.. (gradientOrder ?? all).Select(tensor => tensor.Name)];
        int[] sent = [.. Enumerable.Range(0, Pieces.Count).OrderBy(i => Array.IndexOf(order, Pieces[i].Tensor.Name)).ThenBy(i => i)];
        _exchange = new OwnedMatrices<T>(_collective, [.. sent.Select(i => Pieces[i].Owner)], [.. sent.Select(i => Pieces[i].Count)]);
        (_sentValues, _sentGradients) = ([.. sent.Select(i => _values[i])], [.. sent.Select(i => _gradients[i])]);
        _sentOf = Enumerable.Range(0, sent.Length).GroupBy(k => Pieces[sent[k]].Tensor.Name).ToDictionary(group => group.Key, group => group.ToArray());
        _own = [.. Enumerable.Range(0, Pieces.Count).Where(i => Pieces[i].Owner == _collective.Rank).Select(i => PartOf(i, routing))];
        _inTurn = [.. _own.Where(part => !part.Updater.IsForOneThread)];
        _sideBySide = [.. _own.Where(part => part.Updater.IsForOneThread)];
        Slots = [.. ParameterStateSlot<T>.Of(Pieces, routing, _own.ToDictionary(part => part.Piece, part => part.Updater), _collective)];
    }

    /// <summary>What updates what.</summary>
    public IReadOnlyList<RoutedParameter> Table { get; }

    /// <summary>The parameters as they are divided over the ranks.</summary>
    public IReadOnlyList<ParameterPiece> Pieces { get; }

    /// <summary>Steps taken; set when a run goes on from a checkpoint.</summary>
    public int Steps { get; set; }

    /// <summary>
    /// Everything that this rank remembers from step to step besides <see cref="Steps"/>, by name; the memory is the optimizer's own. With one rank
    /// it is everything that there is.
    /// </summary>
    public IEnumerable<(string Name, Matrix<T> Matrix)> State => _own.SelectMany(part =>
        part.StateNames.Zip(part.Updater.State, (name, matrix) => ($"{name}.{part.Piece.Unit.Name}", matrix)));

    /// <summary>Everything that all ranks together remember, whole, in the order of a checkpoint.</summary>
    public IReadOnlyList<ParameterStateSlot<T>> Slots { get; }

    /// <summary>This rank's pieces with their gradients.</summary>
    public IEnumerable<(ParameterPiece Piece, Matrix<T> Gradient)> OwnGradients => _own.Select(part => (part.Piece, _gradients[part.Index]));

    /// <summary>
    /// Gradients become their sums over the ranks, each on the rank that updates it; elsewhere they stay as they are. In the background, tensor by
    /// tensor as their gradients get ready; done when <see cref="GradientSum.Complete"/> returns.
    /// </summary>
    public GradientSum BeginSum() => new(this);

    /// <summary>The gradients of every piece, from the rank that updates it, to all ranks.</summary>
    public void SpreadGradients() => _exchange.SpreadFromOwners(_sentGradients);

    /// <summary>Updates every tensor from its gradient: this rank's pieces here, the others where they belong.</summary>
    public void Step()
    {
        UpdateOwn();
        SpreadUpdates();
    }

    /// <summary>
    /// Updates this rank's pieces from their gradients. Products of one matrix each are done side by side, one thread each, where there are as many as
    /// threads; the others take all threads in turn.
    /// </summary>
    /// <param name="clock">Measures how long it takes; null for the system's.</param>
    /// <returns>The time of the products of one matrix each: Muon's share.</returns>
    public TimeSpan UpdateOwn(TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        double factor = _schedule.Factor(Steps);
        void Update(Part part) => part.Updater.Step(Steps, part.LearningRate * factor);
        foreach (var part in _inTurn)
            Update(part);
        long begin = clock.GetTimestamp();
        if (_sideBySide.Length >= ThreadBudget.Total)
            ThreadBudget.ForEach(_sideBySide, Update);
        else
            foreach (var part in _sideBySide)
                Update(part);
        Steps++;
        return clock.GetElapsedTime(begin);
    }

    /// <summary>Updated pieces, from the ranks that have updated them, to all.</summary>
    public void SpreadUpdates() => _exchange.SpreadFromOwners(_sentValues);

    private Part PartOf(int index, RoutingTable routing)
    {
        var route = routing.RouteOf(Pieces[index].Tensor);
        var updater = route.Rule.For(_values[index], _gradients[index]);
        return new Part(index, Pieces[index], updater, route.Rule.StateNames, route.Rule.LearningRate * route.Multiplier);
    }

    /// <summary>A sum of gradients over the ranks that is under way.</summary>
    public sealed class GradientSum
    {
        private readonly ParameterOptimizer<T> _optimizer;
        private readonly OwnedMatrices<T>.Summation _summation;

        internal GradientSum(ParameterOptimizer<T> optimizer) =>
            (_optimizer, _summation) = (optimizer, optimizer._exchange.BeginSum(optimizer._sentGradients));

        /// <summary>Nothing more will be added to the gradient of this tensor.</summary>
        public void Ready(ParameterTensor<T> tensor)
        {
            ArgumentNullException.ThrowIfNull(tensor);
            foreach (int matrix in _optimizer._sentOf[tensor.Name])
                _summation.Ready(matrix);
        }

        /// <summary>Waits for the sums of all; those that were not told to be ready are taken as they stand.</summary>
        public void Complete() => _summation.Complete();
    }

    /// <summary>A piece of this rank with what updates it.</summary>
    private sealed record Part(int Index, ParameterPiece Piece, PieceUpdater<T> Updater, IReadOnlyList<string> StateNames, double LearningRate);
}
