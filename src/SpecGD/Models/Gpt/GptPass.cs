using System.Numerics;
using System.Numerics.Tensors;
using SpecGD.Numerics;

namespace SpecGD.Models.Gpt;

/// <summary>What the layers share while one sequence goes through: its tokens, its masks, and work matrices that no layer keeps.</summary>
internal sealed class GptPass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AttentionMask _long, _short;
    private readonly GptShape _shape;

    public GptPass(GptShape shape, int length, bool forTraining)
    {
        _shape = shape;
        _long = new AttentionMask(length);
        _short = new AttentionMask(length);
        Rotary = new Rotary<T>(shape.HeadWidth, length);
        Inputs = new int[length];
        Targets = new int[length];
        int d = shape.Width, hidden = shape.HiddenWidth;
        Start = new Matrix<T>(length, d);
        Normed = new Matrix<T>(length, d);
        (Q, K, V) = (new Matrix<T>(length, d), new Matrix<T>(length, d), new Matrix<T>(length, d));
        Hidden = new Matrix<T>(length, hidden);
        if (!forTraining)
            return;
        DStart = new Matrix<T>(length, d);
        DNormed = new Matrix<T>(length, d);
        DQkv = new Matrix<T>(length, 3 * d);
        DHidden = new Matrix<T>(length, hidden);
        DExpanded = new Matrix<T>(length, shape.MlpParts * hidden);
    }

    /// <summary>Tokens of the sequence, and those that follow each.</summary>
    public int[] Inputs { get; }

    /// <inheritdoc cref="Inputs"/>
    public int[] Targets { get; }

    public Rotary<T> Rotary { get; }

    /// <summary>Sees activations; null where nobody looks.</summary>
    public IGptObserver<T>? Observer { get; set; }

    /// <summary>x0, the normalised embeddings, tokens × d; and its gradient, which every block adds to.</summary>
    public Matrix<T> Start { get; }

    /// <inheritdoc cref="Start"/>
    public Matrix<T> DStart { get; }

    /// <summary>The normalised input of the layer at work, tokens × d; and its gradient.</summary>
    public Matrix<T> Normed { get; }

    /// <inheritdoc cref="Normed"/>
    public Matrix<T> DNormed { get; }

    /// <summary>Queries, keys and values as attention takes them, tokens × d each, heads side by side.</summary>
    public Matrix<T> Q { get; }

    /// <inheritdoc cref="Q"/>
    public Matrix<T> K { get; }

    /// <inheritdoc cref="Q"/>
    public Matrix<T> V { get; }

    /// <summary>Gradients of queries, keys and values side by side, tokens × 3d.</summary>
    public Matrix<T> DQkv { get; }

    /// <summary>Post-activations of the MLP, tokens × 4d; and their gradient.</summary>
    public Matrix<T> Hidden { get; }

    /// <inheritdoc cref="Hidden"/>
    public Matrix<T> DHidden { get; }

    /// <summary>Gradient of the MLP's pre-activations.</summary>
    public Matrix<T> DExpanded { get; }

    /// <summary>The mask of a block.</summary>
    public AttentionMask Mask(int block) => _shape.HasLongWindow(block) ? _long : _short;

    /// <summary>Takes in a sequence and the long window in blocks; the short one is half of it, rounded down.</summary>
    /// <exception cref="BadInputException">There are not as many tokens as the model was made for, or one is outside the vocabulary.</exception>
    public void Begin(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets, int window)
    {
        if (inputs.Length != Inputs.Length || targets.Length != Inputs.Length)
            throw new BadInputException($"This model was made for {Counted.Of(Inputs.Length, "token")}; given were {inputs.Length} with {targets.Length} targets.");
        RequireVocabulary(inputs);
        RequireVocabulary(targets);
        inputs.CopyTo(Inputs);
        targets.CopyTo(Targets);
        _long.Set(inputs, _shape.EndOfText, window);
        _short.Set(inputs, _shape.EndOfText, window / 2);
    }

    /// <summary>Normed ← norm(x), row by row.</summary>
    public void Normalise(Matrix<T> x) => RowWork.ForEach(x.Rows, x.Columns, t => RmsNorm<T>.Forward(x.Row(t), Normed.Row(t)));

    /// <summary>dx ← dx + what the gradient of norm(x), in DNormed, means for x. DNormed is overwritten.</summary>
    public void NormaliseBackward(Matrix<T> x, Matrix<T> dx) => RowWork.ForEach(x.Rows, x.Columns, t =>
    {
        var dn = DNormed.Row(t);
        RmsNorm<T>.Backward(x.Row(t), dn, dn);
        TensorPrimitives.Add(dx.Row(t), dn, dx.Row(t));
    });

    private void RequireVocabulary(ReadOnlySpan<int> tokens)
    {
        for (int t = 0; t < tokens.Length; t++)
            if ((uint)tokens[t] >= (uint)_shape.PaddedVocabulary)
                throw new BadInputException($"Token {t} of the sequence is {tokens[t]}; the vocabulary has {_shape.PaddedVocabulary}.");
    }
}
