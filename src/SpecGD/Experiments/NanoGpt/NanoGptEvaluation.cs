using SpecGD.Data.Language.Tokenizers;
using SpecGD.Models.Gpt;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>How good a model is on tokens it was not trained on.</summary>
/// <param name="Loss">Mean cross-entropy of a token, in nats.</param>
/// <param name="Tokens">Tokens that were predicted.</param>
/// <param name="BitsPerByte">
/// Bits for each byte of text: all losses together over the bytes among the targets. Null where a token is more than a byte.
/// </param>
public sealed record NanoGptEvaluation(double Loss, long Tokens, double? BitsPerByte)
{
    /// <summary>e to the loss: among how many equally likely tokens the model would be as unsure.</summary>
    public double Perplexity => Math.Exp(Loss);

    /// <summary>The mean loss of the parameters on the data's validation sequences.</summary>
    /// <param name="parameters">The weights.</param>
    /// <param name="engine">What computes.</param>
    /// <param name="info">What is known of them.</param>
    /// <param name="data">Where the sequences come from; its tokens must be of the model's tokenizer.</param>
    /// <param name="window">Long attention window in blocks of 128 tokens.</param>
    /// <param name="done">Is told how many sequences are done.</param>
    /// <param name="cancellation">Ends the work between two sequences.</param>
    /// <exception cref="BadInputException">The data are of another tokenizer, or have no validation sequence.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static NanoGptEvaluation Of(
        GptParameters<float> parameters,
        IGptEngine<float> engine,
        GptWeightsInfo info,
        NanoGptValidationData data,
        int window,
        Action<int>? done = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(data);
        if (data.Tokenizer != info.Tokenizer || data.EndOfText != info.Shape.EndOfText)
            throw new BadInputException(
                $"The data are tokens of '{data.Tokenizer}' (end of text {data.EndOfText}), the model reads those of '{info.Tokenizer}' "
                + $"({info.Shape.EndOfText}).");
        if (data.Sequences.Count == 0)
            throw new BadInputException($"{data.Description} has no validation sequence that long; a smaller --length would do.");
        var (loss, tokens) = new GptValidator<float>(parameters, engine).Sum(data.Sequences, window, done, cancellation);
        return new NanoGptEvaluation(loss / tokens, tokens, BitsOf(loss, data));
    }

    private static double? BitsOf(double loss, NanoGptValidationData data)
    {
        if (data.Tokenizer != ByteTokenizer.TokenizerName)
            return null;
        long bytes = 0;
        foreach (var sequence in data.Sequences)
            foreach (ushort target in sequence.Span[1..])
                bytes += target != data.EndOfText ? 1 : 0;
        return loss / Math.Log(2) / bytes;
    }
}
