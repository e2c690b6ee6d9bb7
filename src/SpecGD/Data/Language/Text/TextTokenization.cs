using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
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
public sealed class TextTokenization(ITokenizer tokenizer, string field = "text")
{
    /// <summary>Blocks in hand for each thread, so that none waits while another has a slow one.</summary>
    internal const int BlocksPerThread = 4;

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
        Encoding[] slots = [.. Enumerable.Range(0, BlocksPerThread * ThreadBudget.Total).Select(_ => new Encoding())];
        foreach (var blocks in TextBlocks.Of(inputs, tokenizer).Chunk(slots.Length))
        {
            cancellation.ThrowIfCancellationRequested();
            Encode(blocks, slots, writer, cancellation);
            progress?.Report(new TokenizationProgress(blocks[^1].BytesRead, writer.Count));
        }
        return _textBytes > 0
            ? writer.Complete(_textBytes)
            : throw new BadInputException($"There is no text in {(inputs is [var only] ? only.Path : $"these {inputs.Count} files")}.");
    }

    private void Encode(TextBlock[] blocks, Encoding[] slots, TokenFolderWriter writer, CancellationToken cancellation)
    {
        try
        {
            ThreadBudget.ForEach([.. Enumerable.Range(0, blocks.Length)], i => Encode(blocks[i], slots[i]), cancellation);
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

    private void Encode(TextBlock block, Encoding encoding)
    {
        encoding.Clear();
        if (block.Input.IsJsonLines)
        {
            EncodeLines(block, encoding);
            return;
        }
        if (block.BeginsDocument)
            encoding.Begin(tokenizer);
        tokenizer.Encode(block.Text, encoding.Tokens);
        encoding.TextBytes += block.Length;
    }

    private void EncodeLines(TextBlock block, Encoding encoding)
    {
        long number = block.FirstLine;
        foreach (var range in block.Text.Split((byte)'\n'))
        {
            var line = block.Text[range].Trim(" \t\r"u8);
            if (!line.IsEmpty)
            {
                var document = encoding.Text;
                document.ResetWrittenCount();
                try
                {
                    JsonLine.Read(line, field, document);
                }
                catch (JsonException e)
                {
                    throw new BadInputException($"{block.Input.Path}, line {number}, is no document: {Reason(e)}. "
                        + $"Each line must be a JSON object with a string at '{field}'.", e);
                }
                encoding.Begin(tokenizer);
                tokenizer.Encode(document.WrittenSpan, encoding.Tokens);
                encoding.TextBytes += document.WrittenCount;
            }
            number++;
        }
    }

    /// <summary>The message without the place in the line that the reader adds, which counts from this line alone.</summary>
    private static string Reason(JsonException e) => e.Message.Split(" LineNumber:")[0].TrimEnd('.');

    /// <summary>The tokens of one block, and room to work in; used again for later blocks.</summary>
    private sealed class Encoding
    {
        public List<ushort> Tokens { get; } = [];

        public ArrayBufferWriter<byte> Text { get; } = new();

        public long Documents { get; private set; }

        public long TextBytes { get; set; }

        public void Begin(ITokenizer tokenizer)
        {
            Tokens.Add(tokenizer.EndOfText);
            Documents++;
        }

        public void Clear()
        {
            Tokens.Clear();
            Documents = 0;
            TextBytes = 0;
        }
    }
}
