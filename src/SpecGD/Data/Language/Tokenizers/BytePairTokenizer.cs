using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace SpecGD.Data.Language.Tokenizers;

/// <summary>
/// Byte-level byte-pair encoding as GPT-2 has it: text is cut into pieces by its pattern, and within a piece the bytes are merged in the order of the
/// vocabulary. Bytes that are no UTF-8 count as symbols and keep their own ids.
/// </summary>
public sealed class BytePairTokenizer(BytePairVocabulary vocabulary) : ITokenizer
{
    /// <summary>Name of this tokenizer.</summary>
    public const string TokenizerName = "gpt2";

    /// <summary>How many ids the published vocabulary of GPT-2 has, end of text, the last, included.</summary>
    public const int PublishedSize = 50257;

    private static readonly Lazy<BytePairTokenizer> PublishedOnce = new(() => new BytePairTokenizer(PublishedVocabulary.Gpt2));

    private readonly ConcurrentBag<Worker> _idle = [];

    /// <summary>The tokenizer of GPT-2, with the vocabulary that comes along.</summary>
    /// <exception cref="BadInputException">The vocabulary's assembly is not beside the program.</exception>
    public static BytePairTokenizer Gpt2 => PublishedOnce.Value;

    /// <inheritdoc/>
    public string Name => TokenizerName;

    /// <inheritdoc/>
    public int Vocabulary => vocabulary.Size;

    /// <inheritdoc/>
    public ushort EndOfText => vocabulary.EndOfText;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> text, List<ushort> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (!_idle.TryTake(out var worker))
            worker = new Worker(vocabulary);
        worker.Encode(text, tokens);
        _idle.Add(worker);
    }

    /// <inheritdoc/>
    public byte[] Decode(ReadOnlySpan<ushort> tokens)
    {
        var bytes = new List<byte>(tokens.Length * 4);
        foreach (ushort token in tokens)
            bytes.AddRange(vocabulary.Bytes(token));
        return [.. bytes];
    }

    /// <inheritdoc/>
    public int LastCut(ReadOnlySpan<byte> text) => PieceScanner.LastCut(text);

    /// <summary>What one thread needs.</summary>
    private sealed class Worker(BytePairVocabulary vocabulary)
    {
        private readonly BytePairMerger _merger = new(vocabulary);
        private readonly PieceCache _cache = new();

        public void Encode(ReadOnlySpan<byte> text, List<ushort> tokens)
        {
            while (!text.IsEmpty)
            {
                int length = PieceScanner.FirstLength(text);
                Append(text[..length], tokens);
                text = text[length..];
            }
        }

        private void Append(ReadOnlySpan<byte> piece, List<ushort> tokens)
        {
            if (piece.Length > PieceCache.LongestPiece)
            {
                _merger.Merge(piece, tokens);
                return;
            }
            if (_cache.TryGet(piece, out var known))
            {
                tokens.AddRange(known.AsSpan());
                return;
            }
            int before = tokens.Count;
            _merger.Merge(piece, tokens);
            _cache.Add(piece, CollectionsMarshal.AsSpan(tokens)[before..]);
        }
    }
}
