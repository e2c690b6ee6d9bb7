using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Models.Gpt;

/// <summary>
/// The GPT of the modded-NanoGPT snapshot of July 2025 on one sequence at a time: cross-entropy, and its gradient by hand. Everything that
/// depends on the length of the sequence is allocated once. The backward pass computes norms, rotations, nonlinearities and attention
/// probabilities again; it keeps about 11 numbers for each token, block and unit of width.
/// </summary>
/// <typeparam name="T"><see cref="float"/> for training, <see cref="double"/> for verification.</typeparam>
public sealed class GptModel<T> : IGptModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GptParameters<T> _parameters;
    private readonly GptPass<T> _pass;
    private readonly GptBlock<T>[] _blocks;
    private readonly TokenEmbedding<T> _embedding;
    private readonly LanguageModelHead<T> _head;
    private readonly Matrix<T> _dx;
    private readonly bool _forTraining;

    /// <summary>A model for sequences of one length.</summary>
    /// <param name="parameters">The parameters, which the model shares.</param>
    /// <param name="length">Tokens of a sequence, a multiple of 128.</param>
    /// <param name="forTraining">False where no gradient will be asked for: then less memory is taken.</param>
    /// <exception cref="BadInputException">The length is no multiple of 128.</exception>
    public GptModel(GptParameters<T> parameters, int length, bool forTraining = true)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _parameters = parameters;
        _forTraining = forTraining;
        var shape = parameters.Shape;
        _pass = new GptPass<T>(shape, length, forTraining);
        _embedding = new TokenEmbedding<T>(parameters.Embedding);
        _head = new LanguageModelHead<T>(parameters.Head, length);
        _dx = forTraining ? new Matrix<T>(length, shape.Width) : default;
        _blocks = GptBlock<T>.Chain(parameters, length, forTraining);
    }

    /// <summary>The parameters.</summary>
    public GptParameters<T> Parameters => _parameters;

    /// <summary>Tokens of a sequence.</summary>
    public int Length => _pass.Inputs.Length;

    /// <summary>The cross-entropy of the targets, summed over the tokens.</summary>
    /// <param name="inputs">The tokens.</param>
    /// <param name="targets">The token that follows each.</param>
    /// <param name="window">Long attention window in blocks of 128 tokens; the short one is half of it.</param>
    /// <param name="observer">Sees the activations.</param>
    /// <exception cref="BadInputException">A token is outside the vocabulary, or there are not <see cref="Length"/> of them.</exception>
    public double Loss(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets, int window, IGptObserver<T>? observer = null) =>
        _head.Loss(Forward(inputs, targets, window, observer), _pass.Targets);

    /// <summary>The same; its gradient is added to that of the parameters.</summary>
    /// <param name="inputs">The tokens.</param>
    /// <param name="targets">The token that follows each.</param>
    /// <param name="window">Long attention window in blocks of 128 tokens; the short one is half of it.</param>
    /// <param name="observer">Sees the activations.</param>
    /// <param name="done">
    /// Is told of each tensor when nothing more will be added to its gradient, in the order of <see cref="GptParameters{T}.InOrderOfGradients"/>.
    /// </param>
    /// <exception cref="BadInputException">A token is outside the vocabulary, or there are not <see cref="Length"/> of them.</exception>
    /// <exception cref="InvalidOperationException">The model was not made for training.</exception>
    public double LossAndGradient(
        ReadOnlySpan<int> inputs,
        ReadOnlySpan<int> targets,
        int window,
        IGptObserver<T>? observer = null,
        Action<ParameterTensor<T>>? done = null)
    {
        if (!_forTraining)
            throw new InvalidOperationException("A model that was not made for training has no gradient.");
        var x = Forward(inputs, targets, window, observer);
        double loss = _head.LossAndGradient(x, _pass.Targets, _pass.DNormed);
        done?.Invoke(_parameters.Head);
        _dx.Fill(T.Zero);
        _pass.NormaliseBackward(_blocks[^1].Output, _dx);
        _pass.DStart.Fill(T.Zero);
        for (int i = _blocks.Length - 1; i >= 0; i--)
        {
            _blocks[i].Backward(_dx, _pass);
            foreach (var tensor in done is null ? [] : _parameters.Blocks[i].Tensors)
                done!(tensor);
        }
        _pass.DStart.AddScaled(T.One, _dx); // the first block's input is x0 itself
        _embedding.Backward(_pass);
        foreach (var tensor in done is null ? [] : _parameters.OfAllBlocks)
            done!(tensor);
        return loss;
    }

    /// <summary>The normalised state that the head multiplies, tokens × d.</summary>
    private Matrix<T> Forward(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets, int window, IGptObserver<T>? observer)
    {
        _pass.Begin(inputs, targets, window);
        _pass.Observer = observer;
        ObserveEmbeddings();
        _embedding.Forward(_pass);
        foreach (var block in _blocks)
            block.Forward(_pass);
        _pass.Normalise(_blocks[^1].Output);
        observer?.Observe("lm_head.pre", _pass.Normed);
        return _pass.Normed;
    }

    private void ObserveEmbeddings()
    {
        if (_pass.Observer is not { } observer)
            return;
        for (int j = 0; j < _parameters.ValueEmbeddings.Count; j++)
            observer.Observe($"value_embed{j}", TokenEmbedding<T>.LookUp(_parameters.ValueEmbeddings[j].Value, _pass.Inputs));
        observer.Observe("embedding", TokenEmbedding<T>.LookUp(_parameters.Embedding.Value, _pass.Inputs));
    }
}
