using SpecGD.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>Gradients that more than one block adds to in a backward pass, and how a product is added to a weight's.</summary>
internal sealed class GptGradients(GptPass pass, Parameter scalars) : IDisposable
{
    private readonly Tensor?[] _skipped = new Tensor?[pass.Shape.Layers], _values = new Tensor?[pass.Values.Count];
    private readonly Tensor _scalars = Of(scalars).DetachFromDisposeScope();

    /// <summary>Of x0, what the blocks take of it beside the stream.</summary>
    public Tensor Start { get; } = zeros_like(pass.Start).DetachFromDisposeScope();

    /// <summary>Of the value vectors; null where no block uses them.</summary>
    public IReadOnlyList<Tensor?> Values => _values;

    /// <summary>The gradient of a parameter; zeros are made where there is none.</summary>
    public static Tensor Of(Parameter weight) => weight.grad ??= zeros_like(weight);

    /// <summary>gradient += left · right.</summary>
    public static void AddProduct(Tensor gradient, Tensor left, Tensor right)
    {
        if (gradient.dtype == left.dtype)
            gradient.addmm_(left, right);
        else
            gradient.Increase(left.matmul(right));
    }

    /// <summary>A scalar s of y = s·x gets Σ g·x, g the gradient in y.</summary>
    public void AddScalar(int at, Tensor gradient, Tensor x)
    {
        using var scope = NewDisposeScope();
        _scalars[at].Increase((gradient * x).sum(pass.Precision.Wide).to(_scalars.dtype));
    }

    /// <summary>The stream behind a block of the first half gets the gradient times the weight with which a later block adds it.</summary>
    public void AddSkipped(int source, Tensor gradient, double weight) => _skipped[source] = gradient.Times(weight).DetachFromDisposeScope();

    /// <summary>Adds to the gradient behind a block what came by the skip from it.</summary>
    public void TakeSkipped(int block, Tensor gradient)
    {
        if (_skipped[block] is not { } skipped)
            return;
        gradient.Increase(skipped);
        skipped.Dispose();
        _skipped[block] = null;
    }

    /// <summary>Value vectors get the gradient in what a block mixed of them, times their weight.</summary>
    public void AddValues(int embedding, Tensor gradient, double weight)
    {
        if (_values[embedding] is { } sum)
            sum.Increase(gradient, weight);
        else
            _values[embedding] = gradient.Times(weight).DetachFromDisposeScope();
    }

    public void Dispose()
    {
        foreach (var tensor in _skipped.Concat(_values).Append(Start).Append(_scalars))
            tensor?.Dispose();
    }
}
