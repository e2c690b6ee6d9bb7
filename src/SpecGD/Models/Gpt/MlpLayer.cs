using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Models.Gpt;

/// <summary>x + σ(norm(x)·c_fc)·c_projᵀ.</summary>
/// <param name="parameters">The block's tensors.</param>
/// <param name="block">Number of the block.</param>
/// <param name="kept">Pre-activations of a forward pass, tokens × 4d (8d where gated), kept for the backward one.</param>
internal sealed class MlpLayer<T>(GptParameters<T> parameters, int block, Matrix<T> kept)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GptParameters<T>.Block _weights = parameters.Blocks[block];
    private readonly MlpActivation<T> _activation = MlpActivation<T>.Of(parameters.Shape.Mlp);

    /// <summary>result ← x + mlp(norm(x)), tokens × d.</summary>
    public void Forward(Matrix<T> x, Matrix<T> result, GptPass<T> pass)
    {
        pass.Normalise(x);
        pass.Observer?.Observe($"block{block}.rms.pre_mlp", pass.Normed);
        Linear.Multiply(T.One, pass.Normed, false, _weights.Expand.Value, false, T.Zero, kept);
        Activate(pass);
        if (pass.Observer is { } observer)
        {
            observer.Observe($"block{block}.mlp.c_fc", kept);
            observer.Observe($"block{block}.mlp.post", pass.Hidden);
        }
        x.CopyTo(result);
        Linear.Multiply(T.One, pass.Hidden, false, _weights.Project.Value, true, T.One, result);
    }

    /// <summary>dx, the gradient of the result, becomes that of x; the gradients of the parameters are added to.</summary>
    public void Backward(Matrix<T> x, Matrix<T> dx, GptPass<T> pass)
    {
        Activate(pass);
        Linear.Multiply(T.One, dx, true, pass.Hidden, false, T.One, _weights.Project.Gradient);
        Linear.Multiply(T.One, dx, false, _weights.Project.Value, false, T.Zero, pass.DHidden);
        RowWork.ForEach(kept.Rows, kept.Columns, t => _activation.Backward(kept.Row(t), pass.DHidden.Row(t), pass.DExpanded.Row(t)));
        pass.Normalise(x);
        Linear.Multiply(T.One, pass.Normed, true, pass.DExpanded, false, T.One, _weights.Expand.Gradient);
        Linear.Multiply(T.One, pass.DExpanded, false, _weights.Expand.Value, true, T.Zero, pass.DNormed);
        pass.NormaliseBackward(x, dx);
    }

    private void Activate(GptPass<T> pass) =>
        RowWork.ForEach(kept.Rows, kept.Columns, t => _activation.Forward(kept.Row(t), pass.Hidden.Row(t)));
}
