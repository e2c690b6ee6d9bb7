using SpecGD.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Gallery;

/// <summary>
/// The right preconditioner of Newton-Muon (Du and Su 2026, arXiv 2604.01472): of each linear layer the second moment of its inputs, K ← βK + (1−β) ZZᵀ/N with the inputs of a step
/// as the N columns of Z, from K = ZZᵀ/N at the first step on; and G ← G (K + γI)⁻¹ with γ = 0.1 tr(K)/d.
/// </summary>
internal sealed class InputMoments : IDisposable
{
    private const double Decay = 0.95, Damping = 0.1;

    private readonly List<Watched> _layers = [];

    /// <summary>Watches the linear layers of a model while it trains.</summary>
    /// <param name="model">The model.</param>
    /// <param name="except">Layers that are left as they are.</param>
    /// <exception cref="BadInputException">Another of its matrices is of no linear layer.</exception>
    public InputMoments(nn.Module model, IEnumerable<string> except)
    {
        var layers = TwoOptimizers.MatricesOf(model).Select(matrix => matrix.Layer).Except(except);
        var linear = model.named_modules().Where(entry => entry.module is Linear).ToDictionary(entry => entry.name, entry => (Linear)entry.module);
        foreach (string name in layers)
            _layers.Add(new Watched(linear.TryGetValue(name, out var layer) ? layer : throw new BadInputException($"The arm '{Arms.Newton}' is for linear layers; {name} is none.")));
    }

    /// <summary>Takes the inputs of the step that was computed, and multiplies the gradients.</summary>
    public void Precondition()
    {
        using var none = no_grad();
        foreach (var layer in _layers)
            layer.Precondition();
    }

    /// <inheritdoc/>
    public void Dispose() => _layers.ForEach(layer => layer.Dispose());

    private sealed class Watched : IDisposable
    {
        private readonly Linear _layer;
        private readonly Action _unhook;
        private Tensor? _moment, _sum; // K, and ZZᵀ of the step; d × d
        private long _count;

        public Watched(Linear layer)
        {
            _layer = layer;
            _unhook = layer.register_forward_pre_hook((_, input) =>
            {
                if (layer.training && is_grad_enabled())
                    Add(input);
                return input;
            }).remove;
        }

        public void Precondition()
        {
            if (_sum is null || _layer.weight!.grad is not { } gradient)
                return;
            using var scope = NewDisposeScope();
            if (_moment is null)
                _moment = _sum.DividedBy(_count).DetachFromDisposeScope();
            else
                _moment.ScaleBy(Decay).Increase(_sum, (1 - Decay) / _count);
            _sum.Dispose();
            (_sum, _count) = (null, 0);
            long width = _moment.shape[0];
            var damped = _moment.Plus(eye(width, dtype: _moment.dtype), Damping * _moment.trace().item<float>() / width);
            gradient.copy_(linalg.solve(damped, gradient.mT).mT); // damped is symmetric
        }

        public void Dispose()
        {
            _unhook();
            _moment?.Dispose();
            _sum?.Dispose();
        }

        private void Add(Tensor input)
        {
            using var none = no_grad();
            using var scope = NewDisposeScope();
            var rows = input.reshape(-1, input.shape[^1]);
            var product = rows.mT.matmul(rows);
            if (_sum is null)
                _sum = product.DetachFromDisposeScope();
            else
                _sum.Increase(product);
            _count += rows.shape[0];
        }
    }
}
