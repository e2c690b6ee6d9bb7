namespace SpecGD;

/// <summary>How sentences begin and list things.</summary>
public static class Sentence
{
    /// <summary>
    /// The text as it begins a sentence: with a capital, unless it begins with what has no other form, such as a symbol (λ = 0.1, x = 3) or a name with a
    /// digit or an underscore (model1_k64).
    /// </summary>
    public static string Begin(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        string word = text.Split(' ')[0];
        bool isSymbol = !char.IsAscii(text[0]) || word.Any(c => char.IsAsciiDigit(c) || c == '_') || (word.Length == 1 && text.StartsWith($"{word} =", StringComparison.Ordinal));
        return isSymbol ? text : char.ToUpperInvariant(text[0]) + text[1..];
    }

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string List(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return words.Count > 1 ? $"{string.Join(", ", words.Take(words.Count - 1))} and {words[^1]}" : string.Concat(words);
    }
}
