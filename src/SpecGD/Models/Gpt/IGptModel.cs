using System.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Models.Gpt;

/// <summary>A GPT on sequences of one length: what a trainer needs of it.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IGptModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The parameters with their gradients, shared with whoever updates them.</summary>
    GptParameters<T> Parameters { get; }

    /// <summary>Tokens of a sequence.</summary>
    int Length { get; }

    /// <summary>The cross-entropy of the targets, summed over the tokens.</summary>
    /// <param name="inputs">The tokens.</param>
    /// <param name="targets">The token that follows each.</param>
    /// <param name="window">Long attention window in blocks of 128 tokens; the short one is half of it.</param>
    /// <param name="observer">Sees the activations.</param>
    /// <exception cref="BadInputException">A token is outside the vocabulary, or there are not <see cref="Length"/> of them.</exception>
    double Loss(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets, int window, IGptObserver<T>? observer = null);

    /// <summary>The same; its gradient is added to that of the parameters.</summary>
    /// <param name="inputs">The tokens.</param>
    /// <param name="targets">The token that follows each.</param>
    /// <param name="window">Long attention window in blocks of 128 tokens; the short one is half of it.</param>
    /// <param name="observer">Sees the activations.</param>
    /// <param name="done">
    /// Is told of each tensor when nothing more will be added to its gradient, in the order of <see cref="GptParameters{T}.InOrderOfGradients"/>.
    /// </param>
    /// <exception cref="BadInputException">A token is outside the vocabulary, or there are not <see cref="Length"/> of them.</exception>
    double LossAndGradient(
        ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets, int window, IGptObserver<T>? observer = null, Action<ParameterTensor<T>>? done = null);
}

/// <summary>A GPT that continues a text token by token.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IGptDecoder<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Tokens read so far.</summary>
    int Position { get; }

    /// <summary>Reads tokens behind those read before.</summary>
    /// <returns>The soft-capped logits of what follows the last of them; overwritten by the next call.</returns>
    /// <exception cref="BadInputException">There is no token, or one is outside the vocabulary.</exception>
    ReadOnlySpan<T> Read(scoped ReadOnlySpan<int> tokens);
}

/// <summary>Makes models of parameters: what computes a language model.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public interface IGptEngine<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>What computes, and in which numbers, in a phrase.</summary>
    string Description { get; }

    /// <summary>A model for sequences of one length.</summary>
    /// <param name="parameters">The parameters, which the model shares.</param>
    /// <param name="length">Tokens of a sequence, a multiple of 128.</param>
    /// <param name="forTraining">False where no gradient will be asked for: then less memory is taken.</param>
    /// <exception cref="BadInputException">The length is no multiple of 128.</exception>
    IGptModel<T> Model(GptParameters<T> parameters, int length, bool forTraining = true);

    /// <summary>A decoder at the beginning of a text.</summary>
    /// <param name="parameters">The parameters, which must not change meanwhile.</param>
    /// <param name="window">Long attention window in blocks of 128 tokens; the short one is half of it.</param>
    IGptDecoder<T> Decoder(GptParameters<T> parameters, int window);
}
