namespace SpecGD;

/// <summary>What a user may have meant by a name that there is not.</summary>
public static class Spelling
{
    /// <summary>A name is near where at most one letter in so many is another, and at most this many are.</summary>
    private const int LettersPerMistake = 3, MostMistakes = 3;

    /// <summary>" Did you mean 'random-feature'?", to be put behind a message; empty where no name is near.</summary>
    /// <param name="word">What was typed.</param>
    /// <param name="names">What there is.</param>
    public static string Hint(string word, IEnumerable<string> names) =>
        Nearest(word, names) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    /// <summary>As <see cref="Hint(string, IEnumerable{string})"/>, of names with commas between them.</summary>
    public static string Hint(string word, string names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return Hint(word, names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>
    /// The name that is nearest to what was typed, or the only one that begins so, or the only one with these words in it, as "learning-rate" is in
    /// "muon-learning-rate"; null where none is near.
    /// </summary>
    public static string? Nearest(string word, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(names);
        var near = from name in names
                   let mistakes = Mistakes(word.ToUpperInvariant(), name.ToUpperInvariant())
                   let allowed = Math.Min(MostMistakes, Math.Max(1, Math.Min(word.Length, name.Length) / LettersPerMistake))
                   where mistakes <= allowed
                   orderby mistakes
                   select name;
        return near.FirstOrDefault() ?? (word.Length < LettersPerMistake
            ? null
            : Only(names.Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase))) ?? Only(names.Where(name => HasPart(name, word))));
    }

    /// <summary>Whether the words of <paramref name="part"/> stand in the name, whole, between hyphens.</summary>
    private static bool HasPart(string name, string part) =>
        $"-{name.TrimStart('-')}-".Contains($"-{part.Trim('-')}-", StringComparison.OrdinalIgnoreCase);

    /// <summary>The only one of them; null where there are none, or several.</summary>
    private static string? Only(IEnumerable<string> names) => names.Distinct().Take(2).ToArray() is [var only] ? only : null;

    /// <summary>The distance of Damerau and Levenshtein: letters put in, left out, changed, or exchanged with a neighbour.</summary>
    private static int Mistakes(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
            for (int j = 1; j <= b.Length; j++)
            {
                int change = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        return d[a.Length, b.Length];
    }
}
