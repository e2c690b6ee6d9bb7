using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>
/// What the optimizers of this package share: parameter groups of matrices, their options, and the state of each parameter, saved and loaded as
/// TorchSharp's own optimizers do. Everything that a step allocates is on the device of its parameter, and is freed at its end.
/// </summary>
/// <typeparam name="TOptions">The options of a group.</typeparam>
public abstract class MatrixOptimizer<TOptions> : OptimizerHelper
    where TOptions : MatrixOptions, new()
{
    private protected MatrixOptimizer(TOptions defaults, IEnumerable<ParamGroup<TOptions>> groups, bool takesVectors)
    {
        defaults.InitialLearningRate = defaults.LearningRate!.Value;
        defaults.Require();
        (_defaults, TakesVectors, _parameter_groups) = (defaults, takesVectors, []);
        foreach (var group in groups)
            add_param_group(group);
        if (_parameter_groups.Count == 0)
            throw new ArgumentException($"{GetType().Name} was given no parameters.", nameof(groups));
    }

    private bool TakesVectors { get; }

    /// <summary>The groups, each with its options.</summary>
    public IEnumerable<ParamGroup<TOptions>> Groups => _parameter_groups.Cast<ParamGroup<TOptions>>();

    /// <summary>Adds a group; options that it does not set are the optimizer's own.</summary>
    /// <param name="param_group">A group of this optimizer.</param>
    /// <exception cref="ArgumentException">A parameter is no matrix, is in another group already, or the group is of another optimizer.</exception>
    public override void add_param_group(ParamGroup param_group)
    {
        if (param_group is not ParamGroup<TOptions> group)
            throw new ArgumentException($"A group of {GetType().Name} is a {typeof(TOptions).DeclaringType?.Name}.ParamGroup, not a {param_group?.GetType().Name}.", nameof(param_group));
        group.Parameters = [.. group.Parameters]; // a sequence may be one that is made anew each time
        group.Options ??= new TOptions();
        group.Options.Complete((TOptions)_defaults);
        group.Options.Require();
        foreach (var parameter in group.Parameters)
            RequireFits(parameter);
        foreach (var parameter in group.Parameters)
            if (!_state.TryAdd(parameter.Handle, new MomentumState(parameter)))
                throw new ArgumentException($"The parameter {NameOf(parameter)} is in two groups, or twice in one.", nameof(param_group));
        _parameter_groups.Add(group);
    }

    /// <summary>One step: every group with its options, without recording it for gradients.</summary>
    /// <param name="closure">Computes the loss again, where given.</param>
    /// <returns>What the closure gave, or null.</returns>
    public override Tensor step(Func<Tensor>? closure = null) => _step<ParamGroup<TOptions>>(group => Update(group.Options, DueIn(group)), closure!);

    /// <summary>Updates the parameters of one group that have a gradient.</summary>
    private protected abstract void Update(TOptions options, IReadOnlyList<Due> due);

    /// <summary>A parameter with its gradient and state.</summary>
    private protected readonly record struct Due(Parameter Weight, Tensor Gradient, MomentumState State);

    /// <summary>W ← W(1 − lr·wd) + factor·direction, the direction in any shape with as many elements and any precision.</summary>
    private protected static void Move(Tensor weight, Tensor direction, double factor, MatrixOptions options)
    {
        if (options.WeightDecay != 0)
            weight.ScaleBy(1 - (options.LearningRate!.Value * options.WeightDecay!.Value));
        weight.Increase(direction.reshape(weight.shape).to(weight.dtype), factor);
    }

    /// <summary>All parameters as one group with the defaults.</summary>
    private protected static ParamGroup<TOptions>[] Whole(IEnumerable<Parameter> parameters) => [new ParamGroup<TOptions>(parameters)];

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing)
            return;
        foreach (var (_, state) in _state)
            ((MomentumState)state).Dispose();
        _state.Clear();
    }

    private List<Due> DueIn(ParamGroup<TOptions> group)
    {
        var due = new List<Due>();
        foreach (var parameter in group.Parameters)
        {
            if (!_state.TryGetValue(parameter.Handle, out var state))
                throw new InvalidOperationException(
                    $"The parameter {NameOf(parameter)} was replaced since the optimizer was made, as moving a model to another device does; make the optimizer after that.");
            if (parameter.grad is { } gradient)
                due.Add(new Due(parameter, gradient, (MomentumState)state));
        }
        return due;
    }

    private void RequireFits(Parameter parameter)
    {
        if (!TakesVectors && parameter.dim() < 2)
            throw new ArgumentException(
                $"{GetType().Name} updates matrices; a parameter of shape {NameOf(parameter)} is none. Give biases and gains to another optimizer, such as AdamW.");
        if (!parameter.is_floating_point())
            throw new ArgumentException($"{GetType().Name} updates floating-point numbers; {NameOf(parameter)} holds {parameter.dtype}.");
    }

    private static string NameOf(Parameter parameter) => $"[{string.Join(", ", parameter.shape)}]";
}
