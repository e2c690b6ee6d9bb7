using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>A piece of a layer that is judged by itself: the whole, a part of a fused projection, a group of a convolution.</summary>
/// <param name="Suffix">What follows the layer's name.</param>
/// <param name="Outputs">Its rows of the (out, in) matrix; null for all.</param>
/// <param name="Seen">Which of the layer's moments belong to it.</param>
/// <param name="GramName">Whose name the Gram matrix has in a file.</param>
internal readonly record struct LayerPiece(string Suffix, long[]? Outputs, int Seen, string GramName);

/// <summary>A layer that is watched: its module, its weight, and what was seen of its input. Subclasses say what the rows are that the weight multiplies.</summary>
internal abstract class WatchedLayer(string name, nn.Module<Tensor, Tensor> module, string parameterName, LayerProbeOptions options, Random random) : IDisposable
{
    private Action? _unhook;

    /// <summary>The layer's name.</summary>
    public string Name => name;

    /// <summary>The weight's name in the model.</summary>
    public string ParameterName => parameterName;

    /// <summary>linear, conv, embedding or norm, as captures have it.</summary>
    public abstract string Kind { get; }

    /// <summary>How the weight is stored: out_in, in_out, conv or vector.</summary>
    public abstract string Layout { get; }

    /// <summary>The weight of now; moving a model replaces it.</summary>
    public Parameter Weight => module.get_parameter("weight") ?? throw new InvalidOperationException($"The layer '{name}' has lost its weight.");

    /// <summary>Uses of the weight that were seen.</summary>
    public long Calls { get; private set; }

    /// <summary>Whether there was a gradient before watching began.</summary>
    public bool HadGradient { get; set; }

    /// <summary>Whether its activations cannot be measured.</summary>
    public virtual bool IsUnseen => false;

    /// <summary>What was seen.</summary>
    public RowMoments[] Seen { get; protected set; } = [new(options, random)];

    /// <summary>The pieces that are judged.</summary>
    public IReadOnlyList<LayerPiece> Pieces { get; protected set; } = [new("", null, 0, name)];

    /// <summary>For an embedding: how often each token occurred, on the device; else null.</summary>
    public virtual Tensor? TokenCounts => null;

    /// <summary>The layer itself, for subclasses.</summary>
    protected nn.Module<Tensor, Tensor> Module => module;

    /// <summary>The options, for subclasses.</summary>
    protected LayerProbeOptions Options => options;

    /// <summary>Begins to watch.</summary>
    /// <param name="called">Hears of each use.</param>
    /// <param name="when">Whether uses count at the time; always where null.</param>
    public void Hook(Action<WatchedLayer> called, Func<bool>? when = null)
    {
        Unhook();
        var hook = module.register_forward_pre_hook((_, input) =>
        {
            if (!is_grad_enabled() || when?.Invoke() == false) // an evaluation is no use of the weight that its gradient knows of
                return input;
            using (no_grad())
                See(input);
            Calls++;
            called(this);
            return input;
        });
        _unhook = hook.remove;
    }

    /// <summary>Ends watching.</summary>
    public void Unhook()
    {
        _unhook?.Invoke();
        _unhook = null;
    }

    /// <summary>Forgets what was seen.</summary>
    public virtual void Clear()
    {
        foreach (var seen in Seen)
            seen.Dispose();
        Seen = [.. Seen.Select(_ => new RowMoments(options, random))];
        Calls = 0;
    }

    /// <summary>The weight, or its gradient, as (out, in); a gain as one row.</summary>
    public abstract Tensor Matrix(Tensor parameter);

    /// <summary>[out, in] of a piece whose matrix has <paramref name="outputs"/> rows.</summary>
    public virtual long[] ShapeOf(long outputs) => [outputs, Weight.numel() / Outputs];

    /// <summary>Divides a fused projection.</summary>
    /// <exception cref="ArgumentException">The layer has no outputs to divide so.</exception>
    public virtual void Divide(ProjectionSplit split) => throw new ArgumentException($"'{name}' is of the kind {Kind}; fused projections are linear layers.");

    /// <summary>Takes in what enters the layer.</summary>
    protected abstract void See(Tensor input);

    private protected virtual long Outputs => Weight.shape[0];

    public void Dispose()
    {
        Unhook();
        Clear();
    }
}

/// <summary>y = W x: the rows are the inputs.</summary>
internal sealed class WatchedLinear(string name, nn.Module<Tensor, Tensor> module, string parameterName, LayerProbeOptions options, Random random)
    : WatchedLayer(name, module, parameterName, options, random)
{
    public override string Kind => "linear";

    public override string Layout => "out_in";

    public override Tensor Matrix(Tensor parameter) => parameter.reshape(parameter.shape[0], -1);

    public override void Divide(ProjectionSplit split) =>
        Pieces = [.. split.Of(Name, Outputs).Select(part => new LayerPiece("." + part.Name, part.Outputs, 0, Name))];

    protected override void See(Tensor input) => Seen[0].Add(input);
}

/// <summary>An embedding multiplies one-hot vectors: their Gram matrix is the diagonal of the token counts.</summary>
internal sealed class WatchedEmbedding(string name, nn.Module<Tensor, Tensor> module, string parameterName, LayerProbeOptions options, Random random)
    : WatchedLayer(name, module, parameterName, options, random)
{
    private Tensor? _counts;

    public override string Kind => "embedding";

    public override string Layout => "in_out";

    public override Tensor? TokenCounts => _counts;

    public override Tensor Matrix(Tensor parameter) => parameter.mT;

    public override long[] ShapeOf(long outputs) => [outputs, Weight.shape[0]];

    public override void Clear()
    {
        base.Clear();
        _counts?.Dispose();
        _counts = null;
    }

    protected override void See(Tensor input)
    {
        using var scope = NewDisposeScope();
        var counts = input.detach().flatten().to(ScalarType.Int64).bincount(null, Weight.shape[0]);
        if (_counts is null)
            _counts = counts.DetachFromDisposeScope();
        else
            _counts.Increase(counts);
    }

    private protected override long Outputs => Weight.shape[1];
}

/// <summary>
/// The gain of a normalisation multiplies the normalised activations elementwise. Epsilon is what is added under the root, the machine epsilon of the
/// weight's type where null; LayerNorm is centred, RMSNorm is not.
/// </summary>
internal sealed class WatchedGain(
    string name, nn.Module<Tensor, Tensor> module, string parameterName, double? epsilon, bool centred, LayerProbeOptions options, Random random)
    : WatchedLayer(name, module, parameterName, options, random)
{
    private const double SingleEpsilon = 1.0 / (1 << 23), BrainEpsilon = 1.0 / (1 << 7);

    public override string Kind => "norm";

    public override string Layout => "vector";

    public override Tensor Matrix(Tensor parameter) => parameter.reshape(1, -1);

    public override long[] ShapeOf(long outputs) => [Weight.numel(), Weight.numel()];

    protected override void See(Tensor input)
    {
        using var scope = NewDisposeScope();
        var weight = Weight;
        long[] axes = [.. Enumerable.Range(1, (int)weight.dim()).Select(i => (long)-i)];
        var x = input.detach().to(input.device_type == DeviceType.CPU ? ScalarType.Float64 : ScalarType.Float32);
        if (centred)
            x = x - x.mean(axes, keepdim: true);
        x = x * x.Squared().mean(axes, keepdim: true).PlusNumber(epsilon ?? (weight.dtype == ScalarType.BFloat16 ? BrainEpsilon : SingleEpsilon)).rsqrt();
        Seen[0].Add(x.flatten(x.dim() - weight.dim()));
    }
}
