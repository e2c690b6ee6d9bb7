using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace SpecGD.Data.Language.Tokenizers;

/// <summary>The four classes that GPT-2's pattern tells apart.</summary>
internal enum CharacterClass : byte
{
    /// <summary>Neither of the others: punctuation, symbols, marks, controls, and bytes that are no UTF-8.</summary>
    Other,

    /// <summary><c>\p{L}</c></summary>
    Letter,

    /// <summary><c>\p{N}</c></summary>
    Number,

    /// <summary><c>\s</c>: Unicode's White_Space.</summary>
    Space,
}

/// <summary>Classes of characters in UTF-8 text.</summary>
internal static class CharacterClasses
{
    /// <summary>Classes of the characters below U+10000, where nearly all text is.</summary>
    private static readonly CharacterClass[] BasicPlane = [.. Enumerable.Range(0, 0x10000).Select(c => Of((char)c))];

    /// <summary>The class of the character at <paramref name="position"/>, and its <paramref name="width"/> in bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // once for every character of the text
    public static CharacterClass At(ReadOnlySpan<byte> text, int position, out int width)
    {
        byte first = text[position];
        width = 1;
        return first < 0x80 ? BasicPlane[first] : BeyondAscii(text, position, out width);
    }

    /// <summary>The class of the character that ends just before <paramref name="position"/>.</summary>
    public static CharacterClass Before(ReadOnlySpan<byte> text, int position)
    {
        Rune.DecodeLastFromUtf8(text[..position], out var rune, out _);
        return Of(rune);
    }

    private static CharacterClass BeyondAscii(ReadOnlySpan<byte> text, int position, out int width)
    {
        Rune.DecodeFromUtf8(text[position..], out var rune, out width); // where it is no UTF-8: U+FFFD, which is a symbol
        return Of(rune);
    }

    private static CharacterClass Of(Rune rune) => rune.IsBmp ? BasicPlane[rune.Value] : Of(Rune.GetUnicodeCategory(rune));

    private static CharacterClass Of(char c) => char.IsWhiteSpace(c) ? CharacterClass.Space : Of(CharUnicodeInfo.GetUnicodeCategory(c));

    private static CharacterClass Of(UnicodeCategory category) => category switch
    {
        <= UnicodeCategory.OtherLetter => CharacterClass.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
        _ => CharacterClass.Other,
    };
}
