namespace SpecGD.Data.Language.Tokenizers;

/// <summary>Every byte is its own id; 256 is end of text. Needs no vocabulary file.</summary>
public sealed class ByteTokenizer : ITokenizer
{
    /// <summary>Name of this tokenizer.</summary>
    public const string TokenizerName = "bytes";

    /// <summary>256 bytes and end of text.</summary>
    public const int VocabularySize = 257;

    private ByteTokenizer()
    {
    }

    /// <summary>The only one.</summary>
    public static ByteTokenizer Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => TokenizerName;

    /// <inheritdoc/>
    public int Vocabulary => VocabularySize;

    /// <inheritdoc/>
    public ushort EndOfText => VocabularySize - 1;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> text, List<ushort> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        tokens.EnsureCapacity(tokens.Count + text.Length);
        foreach (byte b in text)
            tokens.Add(b);
    }

    /// <inheritdoc/>
    public byte[] Decode(ReadOnlySpan<ushort> tokens)
    {
        var bytes = new List<byte>(tokens.Length);
        foreach (ushort token in tokens)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(token, EndOfText, nameof(tokens));
            if (token == EndOfText)
                bytes.AddRange(BytePairVocabulary.EndOfTextWord);
            else
                bytes.Add((byte)token);
        }
        return [.. bytes];
    }

    /// <inheritdoc/>
    public int LastCut(ReadOnlySpan<byte> text) => text.Length;
}
