using System.Buffers;
using System.Text.Json;
using SpecGD.Data.Language.Tokenizers;

namespace SpecGD.Data.Language.Text;

/// <summary>Makes the tokens of a block, end of text before each document.</summary>
/// <param name="tokenizer">What makes the tokens.</param>
/// <param name="field">The property of a JSON line that holds the document.</param>
internal sealed class DocumentEncoder(ITokenizer tokenizer, string field)
{
    /// <summary>Clears <paramref name="tokens"/> and fills it with those of <paramref name="block"/>.</summary>
    /// <exception cref="BadInputException">A line of JSON Lines is no document; the sentence names file and line.</exception>
    public void Encode(TextBlock block, BlockTokens tokens)
    {
        tokens.Clear();
        if (block.DocumentEnds is { } ends)
            EncodeDocuments(block, ends, tokens);
        else if (block.Input.IsJsonLines)
            EncodeLines(block, tokens);
        else
            EncodePart(block, tokens);
    }

    private void EncodePart(TextBlock block, BlockTokens tokens)
    {
        if (block.BeginsDocument)
            tokens.Begin(tokenizer);
        tokenizer.Encode(block.Text, tokens.Tokens);
        tokens.TextBytes += block.Length;
    }

    private void EncodeDocuments(TextBlock block, IReadOnlyList<int> ends, BlockTokens tokens)
    {
        int begin = 0;
        foreach (int end in ends)
        {
            Add(block.Text[begin..end], tokens);
            begin = end;
        }
    }

    private void EncodeLines(TextBlock block, BlockTokens tokens)
    {
        long number = block.FirstLine;
        foreach (var range in block.Text.Split((byte)'\n'))
        {
            var line = block.Text[range].Trim(" \t\r"u8);
            if (!line.IsEmpty)
            {
                var document = tokens.Text;
                document.ResetWrittenCount();
                try
                {
                    JsonLine.Read(line, field, document);
                }
                catch (JsonException e)
                {
                    throw new BadInputException($"{block.Input.Path}, line {number}, is no document: {JsonLine.Reason(line, e)}. "
                        + $"Each line must be a JSON object with a string at '{field}'.", e);
                }
                Add(document.WrittenSpan, tokens);
            }
            number++;
        }
    }

    private void Add(ReadOnlySpan<byte> document, BlockTokens tokens)
    {
        tokens.Begin(tokenizer);
        tokenizer.Encode(document, tokens.Tokens);
        tokens.TextBytes += document.Length;
    }
}

/// <summary>The tokens of one block, and room to work in; used again for later blocks.</summary>
internal sealed class BlockTokens
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
