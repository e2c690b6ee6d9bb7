using System.Globalization;
using System.Numerics;

namespace SpecGD;

/// <summary>Numbers with the noun that they count, in messages, tables and captions: "1 step", "2 steps", "0 steps".</summary>
public static class Counted
{
    /// <summary>Nouns whose plural is not made by an "s" behind them.</summary>
    private static readonly Dictionary<string, string> Irregular = new()
    {
        ["is"] = "are", ["was"] = "were", ["has"] = "have", ["does"] = "do", ["holds"] = "hold", ["underrates"] = "underrate", ["axis"] = "axes", ["matrix"] = "matrices", ["series"] = "series", ["this"] = "these", ["it"] = "them",
    };

    /// <summary>The number with its noun: "1 claim", "12 claims".</summary>
    /// <param name="count">The number.</param>
    /// <param name="noun">The noun for one; of several words the first is the noun where the others follow with "of", else the last.</param>
    public static string Of<T>(T count, string noun)
        where T : IBinaryInteger<T> => string.Create(CultureInfo.InvariantCulture, $"{count} {Noun(count, noun)}");

    /// <summary>The noun, or the verb, alone: "claim" or "claims", "is" or "are".</summary>
    public static string Noun<T>(T count, string noun)
        where T : IBinaryInteger<T>
    {
        ArgumentNullException.ThrowIfNull(noun);
        if (count == T.One)
            return noun;
        int of = noun.IndexOf(" of ", StringComparison.Ordinal);
        string head = of >= 0 ? noun[..of] : noun, tail = of >= 0 ? noun[of..] : "";
        return Plural(head) + tail;
    }

    /// <summary>The verb behind "so many of so many": "1 of 3 claims holds", "2 of 3 claims hold", "0 of 1 claim holds".</summary>
    public static string Verb(int some, int all, string verb) => Noun(some == 1 || all == 1 ? 1 : 2, verb);

    private static string Plural(string words)
    {
        int last = words.LastIndexOf(' ') + 1;
        string word = words[last..];
        return words[..last] + (Irregular.TryGetValue(word, out string? plural) ? plural
            : word.EndsWith('y') && word.Length > 1 && !"aeiou".Contains(word[^2], StringComparison.Ordinal) ? word[..^1] + "ies"
            : word.EndsWith('s') || word.EndsWith('x') || word.EndsWith("ch", StringComparison.Ordinal) || word.EndsWith("sh", StringComparison.Ordinal) ? word + "es"
            : word + "s");
    }
}
