using System.Numerics;
using SpecGD.Numerics;

namespace SpecGD.Models.Gpt;

/// <summary>One block: residual mix, then attention where it has one, then the MLP; with what it keeps of a forward pass.</summary>
internal sealed class GptBlock<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _index;
    private readonly GptBlock<T>? _previous, _skip;
    private readonly Kept _kept;
    private readonly ResidualMix<T> _mix;
    private readonly AttentionLayer<T>? _attention;
    private readonly MlpLayer<T> _mlp;
    private readonly Matrix<T>? _dSkip;

    private GptBlock(GptParameters<T> parameters, int index, GptBlock<T>? previous, GptBlock<T>? skip, Kept kept, Matrix<T> output, Matrix<T>? dSkip)
    {
        _index = index;
        _previous = previous;
        _skip = skip;
        _kept = kept;
        Output = output;
        _dSkip = dSkip;
        _mix = new ResidualMix<T>(parameters, index);
        _attention = GptShape.HasAttention(index) ? new AttentionLayer<T>(parameters, index, kept.Attention!) : null;
        _mlp = new MlpLayer<T>(parameters, index, kept.Expanded);
    }

    /// <summary>The block's output, tokens × d.</summary>
    public Matrix<T> Output { get; }

    /// <summary>The state that enters the MLP.</summary>
    private Matrix<T> Attended => _attention is null ? _kept.Mixed : _kept.Attended;

    /// <summary>
    /// All blocks of a model. For training each keeps its own activations; else they share them, and in the second half, to which no block leads
    /// back, two outputs take turns.
    /// </summary>
    public static GptBlock<T>[] Chain(GptParameters<T> parameters, int length, bool forTraining)
    {
        var shape = parameters.Shape;
        var blocks = new GptBlock<T>[shape.Layers];
        var shared = forTraining ? null : new Kept(shape, length, withAttention: true);
        Matrix<T>[] turns = forTraining ? [] : [new Matrix<T>(length, shape.Width), new Matrix<T>(length, shape.Width)];
        for (int i = 0; i < blocks.Length; i++)
        {
            var skip = shape.SkipSource(i) is { } source ? blocks[source] : null;
            blocks[i] = new GptBlock<T>(
                parameters,
                i,
                i > 0 ? blocks[i - 1] : null,
                skip,
                shared ?? new Kept(shape, length, GptShape.HasAttention(i)),
                forTraining || skip is null ? new Matrix<T>(length, shape.Width) : turns[i % 2],
                forTraining && i < shape.Layers / 2 ? new Matrix<T>(length, shape.Width) : null);
        }
        return blocks;
    }

    /// <summary>Output ← the block applied to the output of the one before, or to x0.</summary>
    public void Forward(GptPass<T> pass)
    {
        _mix.Forward(Input(pass), _skip?.Output, pass.Start, _kept.Mixed);
        if (_attention is not null || pass.Observer is not null)
            pass.Normalise(_kept.Mixed);
        pass.Observer?.Observe($"block{_index}.rms.pre_attn", pass.Normed);
        _attention?.Forward(_kept.Mixed, _kept.Attended, pass);
        _mlp.Forward(Attended, Output, pass);
    }

    /// <summary>
    /// dx, the gradient of the output as far as the next block saw it, becomes that of the input; what a block further back gets through the
    /// skip is left with it.
    /// </summary>
    public void Backward(Matrix<T> dx, GptPass<T> pass)
    {
        if (_dSkip is { } later)
            dx.AddScaled(T.One, later);
        _mlp.Backward(Attended, dx, pass);
        _attention?.Backward(_kept.Mixed, dx, pass);
        _mix.Backward(Input(pass), _skip?.Output, pass.Start, dx, _skip?._dSkip, pass.DStart);
    }

    private Matrix<T> Input(GptPass<T> pass) => _previous?.Output ?? pass.Start;

    /// <summary>
    /// Activations that the backward pass needs: the mixed input, the state after attention (tokens × d each), and what the layers keep.
    /// </summary>
    private sealed class Kept(GptShape shape, int length, bool withAttention)
    {
        public Matrix<T> Mixed { get; } = new(length, shape.Width);

        public Matrix<T> Attended { get; } = withAttention ? new(length, shape.Width) : default;

        public AttentionActivations<T>? Attention { get; } = withAttention ? new(shape, length) : null;

        public Matrix<T> Expanded { get; } = new(length, shape.MlpParts * shape.HiddenWidth);
    }
}
