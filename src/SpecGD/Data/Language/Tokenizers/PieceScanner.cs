namespace SpecGD.Data.Language.Tokenizers;

/// <summary>
/// Cuts text into the pieces of GPT-2's pattern <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>, within which
/// pairs are merged. Written out because it works on bytes, beyond the Basic Plane too, and several times as fast as a regular expression.
/// </summary>
internal static class PieceScanner
{
    /// <summary>A place to cut is looked for this far from the end, so that the character behind it is there whole.</summary>
    private const int LongestCharacter = 4;

    /// <summary>Length in bytes of the first piece of <paramref name="text"/>, which is not empty.</summary>
    public static int FirstLength(ReadOnlySpan<byte> text)
    {
        if (text[0] == (byte)'\'' && ContractionLength(text) is > 0 and var contraction)
            return contraction;
        var kind = CharacterClasses.At(text, 0, out int width);
        if (kind != CharacterClass.Space)
            return RunEnd(text, width, kind);
        if (text[0] == (byte)' ' && text.Length > 1)
        {
            var next = CharacterClasses.At(text, 1, out int nextWidth);
            if (next != CharacterClass.Space)
                return RunEnd(text, 1 + nextWidth, next);
        }
        return SpaceLength(text);
    }

    /// <summary>
    /// The last place in <paramref name="text"/> where a piece ends whatever follows: between characters of different classes, the first of which is
    /// no space (the last one of a run goes to the next piece) and no apostrophe (which may begin a contraction); 0 where there is none.
    /// </summary>
    public static int LastCut(ReadOnlySpan<byte> text)
    {
        for (int at = text.Length - LongestCharacter; at > 0; at--)
        {
            if ((text[at] & 0xC0) == 0x80 || text[at - 1] == (byte)'\'')
                continue;
            var before = CharacterClasses.Before(text, at);
            if (before != CharacterClass.Space && before != CharacterClasses.At(text, at, out _))
                return at;
        }
        return 0;
    }

    private static int ContractionLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2)
            return 0;
        byte third = text.Length > 2 ? text[2] : (byte)0;
        return text[1] switch
        {
            (byte)'s' or (byte)'t' or (byte)'m' or (byte)'d' => 2,
            (byte)'r' or (byte)'v' when third == (byte)'e' => 3,
            (byte)'l' when third == (byte)'l' => 3,
            _ => 0,
        };
    }

    private static int RunEnd(ReadOnlySpan<byte> text, int at, CharacterClass kind)
    {
        while (at < text.Length && CharacterClasses.At(text, at, out int width) == kind)
            at += width;
        return at;
    }

    /// <summary>
    /// The run of spaces; without its last character where something else follows, and that character alone where it is the only one.
    /// </summary>
    private static int SpaceLength(ReadOnlySpan<byte> text)
    {
        int end = 0, last = 0;
        while (end < text.Length && CharacterClasses.At(text, end, out int width) == CharacterClass.Space)
        {
            last = width;
            end += width;
        }
        return end == text.Length || end == last ? end : end - last;
    }
}
