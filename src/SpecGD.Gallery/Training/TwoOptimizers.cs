using SpecGD.Optimizers;
using Muon = SpecGD.Torch.Muon;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Gallery;

/// <summary>
/// Muon for the matrices of some layers and AdamW for everything else, at one learning rate: Muon's update is scaled to the root mean square that AdamW's has
/// (0.2 √max(rows, columns)). Which layers are on Muon may change from step to step; what an optimizer remembers of a parameter stays for when it is there again.
/// </summary>
internal sealed class TwoOptimizers : IDisposable
{
    private const double Momentum = 0.95;

    private readonly List<(string Layer, Parameter Weight)> _matrices;
    private readonly List<VectorwiseUpdate> _others;
    private readonly Muon? _muon;

    /// <summary>Optimizers of what learns in <paramref name="model"/>.</summary>
    /// <param name="model">The network.</param>
    /// <param name="isSgd">SGD with momentum on everything, and Muon on nothing.</param>
    public TwoOptimizers(nn.Module model, bool isSgd)
    {
        var learning = model.named_parameters().Where(entry => entry.parameter.requires_grad).ToArray();
        _matrices = [.. MatricesOf(model)];
        _muon = isSgd ? null : new Muon(_matrices.Select(matrix => matrix.Weight), momentum: Momentum, scale: MuonScale.MatchRmsAdamW, precision: ScalarType.Float32);
        _others = [.. learning.Select(entry => isSgd ? (VectorwiseUpdate)new MomentumUpdate(entry.parameter) : new AdamUpdate(entry.parameter))];
    }

    /// <summary>The weights that learn and are matrices, or filters, by the names of their layers.</summary>
    public static IEnumerable<(string Layer, Parameter Weight)> MatricesOf(nn.Module model) => model.named_parameters()
        .Where(entry => entry.parameter.requires_grad && entry.parameter.dim() >= 2).Select(entry => (entry.name[..^".weight".Length], entry.parameter));

    /// <summary>One step at the learning rate <paramref name="rate"/>; the gradients are there.</summary>
    public void Step(IReadOnlySet<string> onMuon, double rate)
    {
        using var none = no_grad();
        HashSet<IntPtr> own = _muon is null ? [] : [.. _matrices.Where(matrix => onMuon.Contains(matrix.Layer)).Select(matrix => matrix.Weight.Handle)];
        foreach (var update in _others.Where(update => !own.Contains(update.Weight.Handle)))
            update.Step(rate);
        if (_muon is null)
            return;
        foreach (var group in _muon.ParamGroups)
            group.LearningRate = rate;
        StepWithout(_muon, _matrices.Where(matrix => !onMuon.Contains(matrix.Layer)).Select(matrix => matrix.Weight));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _muon?.Dispose();
        _others.ForEach(update => update.Dispose());
    }

    /// <summary>Muon passes over parameters without a gradient.</summary>
    private static void StepWithout(Muon optimizer, IEnumerable<Parameter> others)
    {
        (Parameter Weight, Tensor? Gradient)[] hidden = [.. others.Select(weight => (weight, weight.grad))];
        foreach (var (weight, _) in hidden)
            weight.grad = null;
        optimizer.step();
        foreach (var (weight, gradient) in hidden)
            weight.grad = gradient;
    }
}
