using System.Runtime.InteropServices;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Numerics;

namespace SpecGD.Data.Language.Text;

/// <summary>How far a tokenization is.</summary>
/// <param name="FileBytes">Bytes of the files read.</param>
/// <param name="Tokens">Tokens written.</param>
public readonly record struct TokenizationProgress(long FileBytes, long Tokens);

/// <summary>Makes token shards of text: blocks in parallel, written in order, memory independent of the length of the text.</summary>
/// <param name="tokenizer">What makes the tokens.</param>
/// <param name="field">The property of a JSON line that holds the document.</param>
/// <param name="column">The column of a Parquet file that holds the documents; one within others with points, <c>meta.text</c>.</param>
public sealed class TextTokenization(ITokenizer tokenizer, string field = TextTokenization.UsualName, string column = TextTokenization.UsualName)
{
    /// <summary>What corpora call the property or column with the document.</summary>
    public const string UsualName = "text";

    /// <summary>Blocks in hand for each thread, so that none waits while another has a slow one.</summary>
    internal const int BlocksPerThread = 4;

    private readonly DocumentEncoder _encoder = new(tokenizer, field);

    private long _textBytes;

    /// <summary>Reads the files, writes the shards and completes the folder.</summary>
    /// <param name="inputs">The files, in order.</param>
    /// <param name="writer">Where the tokens go.</param>
    /// <param name="progress">Told after every few blocks.</param>
    /// <param name="cancellation">Ends it; disposing <paramref name="writer"/> then leaves nothing behind.</param>
    /// <exception cref="BadInputException">A file cannot be read or is not what its name says (the sentence names file and line), or all are
    /// empty.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TokenFolder Run(
        IReadOnlyList<TextInput> inputs,
        TokenFolderWriter writer,
        IProgress<TokenizationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(writer);
        _textBytes = 0;
        BlockTokens[] slots = [.. Enumerable.Range(0, BlocksPerThread * ThreadBudget.Total).Select(_ => new BlockTokens())];
        foreach (var blocks in TextBlocks.Of(inputs, tokenizer, column).Chunk(slots.Length))
        {
            cancellation.ThrowIfCancellationRequested();
            Encode(blocks, slots, writer, cancellation);
            progress?.Report(new TokenizationProgress(blocks[^1].BytesRead, writer.Count));
        }
        return _textBytes > 0
            ? writer.Complete(_textBytes)
            : throw new BadInputException($"There is no text in {(inputs is [var only] ? only.Path : $"these {Counted.Of(inputs.Count, "file")}")}.");
    }

    private void Encode(TextBlock[] blocks, BlockTokens[] slots, TokenFolderWriter writer, CancellationToken cancellation)
    {
        try
        {
            ThreadBudget.ForEach([.. Enumerable.Range(0, blocks.Length)], i => _encoder.Encode(blocks[i], slots[i]), cancellation);
            foreach (var encoding in slots.Take(blocks.Length))
            {
                writer.Append(CollectionsMarshal.AsSpan(encoding.Tokens), encoding.Documents);
                _textBytes += encoding.TextBytes;
            }
        }
        finally
        {
            foreach (var block in blocks)
                block.Dispose();
        }
    }
}
