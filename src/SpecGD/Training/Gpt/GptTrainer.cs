using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Communication;
using SpecGD.Optimizers.Parameters;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Training.Gpt;

/// <summary>
/// Trains a GPT: for every step validation if it is due, the gradient summed over the step's sequences, the tracker, the update, a checkpoint if
/// it is due. All of it is state that a checkpoint keeps, so that a run that goes on equals one that never stopped, bit for bit.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class GptTrainer<T> : IGptTrainer
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GptTrainingPlan _plan;
    private readonly IGptModel<T> _model;
    private readonly ITokenSource _source;
    private readonly IReadOnlyList<ReadOnlyMemory<ushort>> _validation;
    private readonly GptTracker<T> _tracker;
    private readonly GptCheckpoints? _checkpoints;
    private readonly bool _keeps;
    private readonly GptValidator<T> _validator;
    private readonly MethodLog _log = new();
    private readonly int[] _tokens;
    private int _keptAfter = -1;
    private double _lastLoss;

    /// <summary>A run at its start.</summary>
    /// <param name="plan">How long, and what when.</param>
    /// <param name="parameters">The parameters, initialised; trained in place.</param>
    /// <param name="engine">What computes loss and gradient.</param>
    /// <param name="routing">Which optimizer updates what.</param>
    /// <param name="source">The training tokens.</param>
    /// <param name="validation">Sequences of T + 1 tokens each, T a multiple of 128; empty for no validation.</param>
    /// <param name="checkpoints">Where checkpoints are kept; null for none, and on every rank but the first.</param>
    /// <param name="collective">
    /// The ranks that train together, each on its share of a step's sequences; null for this process alone. All must begin with the same parameters.
    /// </param>
    /// <exception cref="BadInputException">The routing leaves a tensor without an optimizer, or a length is no multiple of 128.</exception>
    public GptTrainer(
        GptTrainingPlan plan,
        GptParameters<T> parameters,
        IGptEngine<T> engine,
        RoutingTable routing,
        ITokenSource source,
        IReadOnlyList<ReadOnlyMemory<ushort>> validation,
        GptCheckpoints? checkpoints = null,
        ICollective? collective = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(engine);
        _plan = plan;
        _source = source;
        _validation = validation;
        _checkpoints = checkpoints;
        Collective = collective ?? SingleProcess.Instance;
        _keeps = Collective.Any(checkpoints is not null);
        _model = engine.Model(parameters, plan.Length);
        _tokens = new int[plan.Length + 1];
        _validator = new GptValidator<T>(parameters, engine, _model);
        _tracker = new GptTracker<T>(parameters.Shape, plan.TrackEvery, Collective);
        Optimizer = new ParameterOptimizer<T>(parameters.All, routing, plan.Schedule, Collective, parameters.InOrderOfGradients);
    }

    /// <summary>Measures how long things take; no number of the run depends on it.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Name of what made the tokens, for those who read the checkpoints.</summary>
    public string Tokenizer { get; init; } = ByteTokenizer.TokenizerName;

    /// <summary>Whether gradients go to other ranks while the backward pass of the last sequence goes on; the numbers are the same either way.</summary>
    public bool Overlaps { get; init; } = true;

    /// <summary>The ranks that train together.</summary>
    public ICollective Collective { get; }

    /// <summary>The parameters.</summary>
    public GptParameters<T> Parameters => _model.Parameters;

    /// <inheritdoc/>
    public GptShape Shape => Parameters.Shape;

    /// <inheritdoc/>
    public int Steps => Optimizer.Steps;

    /// <inheritdoc/>
    public IReadOnlyList<RoutedParameter> Routing => Optimizer.Table;

    /// <summary>What the files of weights say of the model as it stands.</summary>
    public GptWeightsInfo Info => new(Parameters.Shape, _plan.WindowBlocks(Optimizer.Steps), Optimizer.Steps, Tokenizer);

    /// <summary>Where the time went since this process began the run.</summary>
    public GptTimes Times { get; private set; } = GptTimes.Zero;

    /// <summary>What updates them.</summary>
    public ParameterOptimizer<T> Optimizer { get; }

    /// <summary>
    /// Series <c>train_loss</c> (mean over the step's tokens, before the update), <c>val_loss</c>, <c>learning_rate_factor</c>, <c>window</c>
    /// (tokens).
    /// </summary>
    public MethodLog Log => _log;

    /// <summary>The tracker's record.</summary>
    public TrackerLog Tracker => _tracker.Log;

    /// <summary>Whether <see cref="Resume"/> found a whole checkpoint.</summary>
    public bool HasResumed { get; private set; }

    /// <summary>Goes on from the newest whole checkpoint, if there is one.</summary>
    /// <returns>What was found and passed over, in sentences for the user; empty for a fresh start.</returns>
    /// <exception cref="BadInputException">A checkpoint is whole but of another model.</exception>
    public IReadOnlyList<string> Resume()
    {
        (HasResumed, var sentences) = _keeps ? GptCheckpoints.Restore(_checkpoints, this) : (false, []);
        _keptAfter = Optimizer.Steps > 0 ? Optimizer.Steps : _keptAfter;
        return sentences;
    }

    /// <summary>Gives every rank the parameters of the first.</summary>
    public void ShareParameters()
    {
        foreach (var tensor in Parameters.All)
            Collective.Broadcast(tensor.Value.AsSpan());
    }

    /// <summary>Trains to the last step, or until something stops it on any rank.</summary>
    public GptTrainingOutcome Run(IProgressTask progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        progress.GoOnFrom(Optimizer.Steps);
        for (int step = Optimizer.Steps; step < _plan.Steps; step = Optimizer.Steps)
        {
            if (Collective.Any(cancellation.IsCancellationRequested))
                return Interrupted(step, progress);
            if (_plan.ValidatesAt(step) && !Validate(step, progress, cancellation))
                return Interrupted(step, progress);
            var sequences = Sequences(step, out string? missing);
            if (missing is not null)
                return WithoutData(step, missing, progress);
            if (Step(step, sequences) is { } problem)
            {
                progress.End("diverged");
                return new GptTrainingOutcome(RunStatus.Diverged, step, problem);
            }
            progress.Tell(string.Create(CultureInfo.InvariantCulture, $"loss {_lastLoss:0.000}, {Times.TokensPerSecond:0} tokens/s"));
            progress.Advance(Optimizer.Steps);
            if (Optimizer.Steps < _plan.Steps && _plan.KeepsAfter(Optimizer.Steps))
                Keep();
        }
        if (!Validate(_plan.Steps, progress, cancellation))
            return Interrupted(_plan.Steps, progress);
        Keep();
        progress.End("done");
        return new GptTrainingOutcome(RunStatus.Finished, _plan.Steps);
    }

    /// <summary>Everything but tensors that a checkpoint must hold.</summary>
    internal JsonObject CaptureState() => new()
    {
        ["step"] = Optimizer.Steps,
        ["tokens"] = _source.CaptureState(),
        ["series"] = SeriesState.Capture(_log),
        ["tracker"] = _tracker.Log.CaptureState(),
    };

    /// <summary>Takes on what <see cref="CaptureState"/> gave.</summary>
    /// <exception cref="BadInputException">It is of other data.</exception>
    internal void RestoreState(JsonObject state)
    {
        Optimizer.Steps = (int)(JsonNumber.Of(state["step"]) ?? throw new FormatException("A checkpoint lacks its step."));
        if (state["tokens"] is { } tokens)
            _source.RestoreState(tokens);
        SeriesState.Restore(_log, state["series"] ?? throw new FormatException("A checkpoint lacks its series."));
        _tracker.Log.RestoreState(state["tracker"] ?? throw new FormatException("A checkpoint lacks the tracker's record."));
    }

    /// <summary>The sequences of a step, or why they cannot be had. Before the first step, which leaves nothing to keep, that is thrown.</summary>
    private IReadOnlyList<ReadOnlyMemory<ushort>> Sequences(int step, out string? missing)
    {
        missing = null;
        try
        {
            return Collective.Agree(_source.Next);
        }
        catch (BadInputException e) when (step > 0)
        {
            missing = e.Message;
            return [];
        }
    }

    /// <summary>One step; a sentence where it must not be taken.</summary>
    private string? Step(int step, IReadOnlyList<ReadOnlyMemory<ushort>> sequences)
    {
        int window = _plan.WindowBlocks(step);
        var watch = _plan.TracksAt(step) ? new WatchedTracker<T>(_tracker, Clock) : null;
        watch?.Begin();
        long begin = Clock.GetTimestamp();
        var sum = Optimizer.BeginSum();
        double loss = Gradient([.. Collective.ShareOf(sequences)], window, watch, Overlaps ? sum.Ready : null);
        var forwardBackward = Clock.GetElapsedTime(begin) - (watch?.Elapsed ?? default);
        var exchange = Timed(() =>
        {
            sum.Complete();
            loss = Sum(loss);
        });
        if (Problem(step, loss, sequences, window) is { } problem)
            return problem;
        if (_plan.Ranks > 1)
            foreach (var (_, gradient) in Optimizer.OwnGradients)
                gradient.Scale(T.One / T.CreateChecked(_plan.Ranks));
        long tokens = (long)sequences.Count * _plan.Length;
        _lastLoss = loss / tokens;
        _log.Record("train_loss", step, _lastLoss);
        _log.Record("learning_rate_factor", step, _plan.Schedule.Factor(step));
        _log.Record("window", step, window * 128);
        if (watch is not null)
            Optimizer.SpreadGradients();
        watch?.Complete(step, Parameters);
        TimeSpan matrices = default;
        var update = Timed(() => matrices = Optimizer.UpdateOwn(Clock));
        exchange += Timed(Optimizer.SpreadUpdates);
        Times = Times with
        {
            Steps = Times.Steps + 1,
            Tokens = Times.Tokens + tokens,
            ForwardBackward = Times.ForwardBackward + forwardBackward,
            Update = Times.Update + update,
            MatrixUpdate = Times.MatrixUpdate + matrices,
            Tracking = Times.Tracking + (watch?.Elapsed ?? default),
            Exchange = Times.Exchange + exchange,
        };
        return null;
    }

    private double Sum(double value)
    {
        Span<double> sum = [value];
        Collective.AllReduce(sum);
        return sum[0];
    }

    private TimeSpan Timed(Action work)
    {
        long begin = Clock.GetTimestamp();
        work();
        return Clock.GetElapsedTime(begin);
    }

    /// <summary>Gradient ← that of this rank's sequences together; gives the sum of their losses.</summary>
    private double Gradient(
        IReadOnlyList<ReadOnlyMemory<ushort>> sequences, int window, WatchedTracker<T>? watch, Action<ParameterTensor<T>>? done)
    {
        Parameters.ClearGradients();
        double loss = 0;
        for (int i = 0; i < sequences.Count; i++)
        {
            Take(sequences[i], _tokens);
            if (watch is not null)
                _tracker.ObserveTokens(_tokens.AsSpan(0, _plan.Length));
            var arrived = i == sequences.Count - 1 ? done : null;
            loss += _model.LossAndGradient(_tokens.AsSpan(0, _plan.Length), _tokens.AsSpan(1), window, watch, arrived);
        }
        return loss;
    }

    /// <summary>A loss or gradient that is not finite, as a sentence; nothing of that step has been recorded or updated.</summary>
    private string? Problem(int step, double loss, IReadOnlyList<ReadOnlyMemory<ushort>> sequences, int window)
    {
        if (double.IsFinite(loss))
            return GradientCheck.Problem(Optimizer, Collective, step);
        string nothing = Collective.Size == 1 ? "; every state before the logits is finite" : ""; // of the first rank, which may not be the one concerned
        string place = Collective.TextFrom(() => FiniteObserver<T>.FirstNotFinite(_model, sequences, window) is { } first ? $"; {first}" : nothing);
        return string.Create(CultureInfo.InvariantCulture, $"The loss at step {step} is {loss}{place}.");
    }

    private GptTrainingOutcome Interrupted(int step, IProgressTask progress)
    {
        Keep();
        progress.End("interrupted");
        return new GptTrainingOutcome(
            RunStatus.Interrupted,
            step,
            $"Interrupted after {step} of {Counted.Of(_plan.Steps, "step")}{(_keeps ? "; a checkpoint was saved" : "")}.");
    }

    /// <summary>Keeps what was done before the data could not be read on.</summary>
    private GptTrainingOutcome WithoutData(int step, string why, IProgressTask progress)
    {
        Keep();
        progress.End("the data end");
        string kept = _keeps ? ", and a checkpoint was saved" : "";
        return new GptTrainingOutcome(RunStatus.Interrupted, step, $"{why} {step} of {Counted.Of(_plan.Steps, "step")} {Counted.Noun(_plan.Steps, "is")} done{kept}.") { LacksData = true };
    }

    /// <summary>Keeps a checkpoint unless this very state has one: writing it again would leave a moment without.</summary>
    private void Keep()
    {
        if (_keptAfter == Optimizer.Steps)
            return;
        long begin = Clock.GetTimestamp();
        if (_checkpoints is not null)
            _checkpoints.Keep(this);
        else if (_keeps)
            GptCheckpoints.Contribute(this);
        Times = Times with { Checkpoints = Times.Checkpoints + Clock.GetElapsedTime(begin) };
        _keptAfter = Optimizer.Steps;
    }

    /// <summary>Records the validation loss unless it is recorded already.</summary>
    /// <returns>False where it was interrupted. Several ranks, which must stop at the same place, validate to the end first.</returns>
    private bool Validate(int step, IProgressTask progress, CancellationToken cancellation)
    {
        if (_validation.Count == 0 || _log.Find("val_loss")?.Steps is [.., var last] && last >= step)
            return true;
        long begin = Clock.GetTimestamp();
        try
        {
            ReadOnlyMemory<ushort>[] share = [.. Collective.ShareOf(_validation)];
            var (loss, count) = _validator.Sum(
                share,
                _plan.WindowBlocks(step),
                done => progress.Tell($"validation: {done} of {Counted.Of(share.Length, "sequence")}"),
                Collective.Size == 1 ? cancellation : CancellationToken.None);
            Span<double> sums = [loss, count];
            Collective.AllReduce(sums);
            _log.Record("val_loss", step, sums[0] / sums[1]);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            Times = Times with { Validation = Times.Validation + Clock.GetElapsedTime(begin) };
        }
        return true;
    }

    private static void Take(ReadOnlyMemory<ushort> sequence, int[] tokens)
    {
        if (sequence.Length != tokens.Length)
            throw new BadInputException($"A sequence has {Counted.Of(sequence.Length, "token")}; {tokens.Length} were expected.");
        for (int t = 0; t < tokens.Length; t++)
            tokens[t] = sequence.Span[t];
    }
}
