namespace SpecGD.Data.Language.Tokenizers;

/// <summary>
/// Text to token ids and back. Text is UTF-8 bytes; bytes that are no UTF-8 are kept as they are, so that decoding gives back what was encoded.
/// Every member may be called from several threads at once.
/// </summary>
public interface ITokenizer
{
    /// <summary>Name on the command line and in manifests: <c>bytes</c> or <c>gpt2</c>.</summary>
    string Name { get; }

    /// <summary>How many ids there are, end of text included; every id is below it.</summary>
    int Vocabulary { get; }

    /// <summary>The id that stands before each document. It is never read out of the text itself.</summary>
    ushort EndOfText { get; }

    /// <summary>Appends the ids of <paramref name="text"/> to <paramref name="tokens"/>; end of text is not among them.</summary>
    void Encode(ReadOnlySpan<byte> text, List<ushort> tokens);

    /// <summary>The bytes that <paramref name="tokens"/> stand for; end of text is shown as <c>&lt;|endoftext|&gt;</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    byte[] Decode(ReadOnlySpan<ushort> tokens);

    /// <summary>
    /// The last place where <paramref name="text"/>, which goes on behind its end, may be cut so that the ids of both parts together are those of the
    /// whole; 0 where there is none.
    /// </summary>
    int LastCut(ReadOnlySpan<byte> text);
}
