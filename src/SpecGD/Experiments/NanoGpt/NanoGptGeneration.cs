using System.Text;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Experiments.Settings;
using SpecGD.Models.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>How a text is continued.</summary>
public sealed record NanoGptGenerationOptions
{
    /// <summary>Tokens to draw.</summary>
    [Setting("tokens", "tokens to draw at the most; an end of text ends the text before", Min = 1, Max = 1_000_000)]
    public int Tokens { get; init; } = 256;

    /// <summary>Temperature.</summary>
    [Setting("temperature", "1: the model's own probabilities; below: bolder in what is likely; 0: always the most likely token", Min = 0, Max = 100)]
    public double Temperature { get; init; } = 0.8;

    /// <summary>Most likely tokens.</summary>
    [Setting("top-k", "draw from so many of the most likely tokens; 0: from all", Min = 0, Max = 65536)]
    public int TopK { get; init; }

    /// <summary>Seed.</summary>
    [Setting("seed", "seed of the draws; the same seed gives the same text", Min = 0, Max = int.MaxValue)]
    public int Seed { get; init; }

    /// <summary>Attention window.</summary>
    [Setting("window", "long attention window in tokens", Min = 128, Max = 1 << 20, UnsetMeans = "as the weights were last trained")]
    public int? Window { get; init; }
}

/// <summary>Text drawn from a model, token by token: end of text, the prompt, and then what the model says.</summary>
/// <param name="Tokens">The drawn tokens, an end of text left out.</param>
/// <param name="Text">Their bytes as UTF-8; what is none becomes U+FFFD.</param>
/// <param name="Ended">Whether the model ended the text itself.</param>
public sealed record NanoGptGeneration(IReadOnlyList<int> Tokens, string Text, bool Ended)
{
    /// <summary>Draws a text.</summary>
    /// <param name="parameters">The weights.</param>
    /// <param name="engine">What computes.</param>
    /// <param name="tokenizer">What makes tokens of the prompt and text of tokens.</param>
    /// <param name="prompt">How the text begins; it may be empty.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="window">Long attention window in blocks of 128 tokens.</param>
    /// <param name="write">Is given the bytes of each token as it is drawn.</param>
    /// <param name="cancellation">Ends the text between two tokens.</param>
    /// <exception cref="BadInputException">The tokenizer is not the model's.</exception>
    public static NanoGptGeneration Draw(
        GptParameters<float> parameters,
        IGptEngine<float> engine,
        ITokenizer tokenizer,
        string prompt,
        NanoGptGenerationOptions options,
        int window,
        Action<byte[]> write,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(write);
        if (tokenizer.EndOfText != parameters.Shape.EndOfText || tokenizer.Vocabulary > parameters.Shape.PaddedVocabulary)
            throw new BadInputException(
                $"The model ends texts with token {parameters.Shape.EndOfText} of {parameters.Shape.PaddedVocabulary}; "
                + $"the tokenizer '{tokenizer.Name}' with {tokenizer.EndOfText} of {tokenizer.Vocabulary}. Name the vocabulary of its tokens with --vocabulary.");
        using var decoder = engine.Decoder(parameters, window);
        var sampler = new TokenSampler(options.Temperature, options.TopK, (ulong)options.Seed);
        var logits = decoder.Read(Begin(tokenizer, prompt));
        var drawn = new List<int>();
        while (drawn.Count < options.Tokens && !cancellation.IsCancellationRequested)
        {
            int next = sampler.Next(logits[..tokenizer.Vocabulary]); // the rest of the padded vocabulary stands for nothing
            if (next == tokenizer.EndOfText)
                return Of(drawn, tokenizer, ended: true);
            drawn.Add(next);
            write(tokenizer.Decode([(ushort)next]));
            if (drawn.Count < options.Tokens)
                logits = decoder.Read([next]);
        }
        return Of(drawn, tokenizer, ended: false);
    }

    private static int[] Begin(ITokenizer tokenizer, string prompt)
    {
        var tokens = new List<ushort> { tokenizer.EndOfText };
        tokenizer.Encode(Encoding.UTF8.GetBytes(prompt), tokens);
        return [.. tokens.Select(token => (int)token)];
    }

    private static NanoGptGeneration Of(List<int> drawn, ITokenizer tokenizer, bool ended) =>
        new(drawn, Encoding.UTF8.GetString(tokenizer.Decode([.. drawn.Select(token => (ushort)token)])), ended);
}
