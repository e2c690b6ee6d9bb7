using SpecGD.Numerics.Random;

namespace SpecGD.Data.Language.Text;

/// <summary>
/// The words of the sample language, by part of speech, the most frequent first. They are made of syllables by a generator of their own, so that
/// every
/// text is of the same language, whatever its seed.
/// </summary>
internal sealed class SampleLexicon
{
    private const uint LanguageSeed = 20240520;

    private static readonly string[] Onsets =
    [
        "", "b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w",
        "br", "cl", "dr", "gr", "pl", "sh", "sl", "st", "th", "tr",
    ];

    private static readonly string[] Vowels = ["a", "e", "i", "o", "u", "ai", "ea", "ou"];

    private static readonly string[] Codas = ["", "", "n", "r", "l", "s", "t", "m", "nd", "rk"];

    private readonly MersenneTwister _random = new(LanguageSeed);
    private readonly HashSet<string> _taken = [];

    private SampleLexicon()
    {
        Determiners = Words(5, 1);
        Prepositions = Words(9, 1);
        Conjunctions = Words(5, 1);
        Adverbs = Words(60, 2);
        Nouns = Words(600, 2);
        Verbs = Words(300, 2);
        Adjectives = Words(200, 2);
        Names = [.. Words(120, 2).Select(Capitalised)];
    }

    /// <summary>The only one.</summary>
    public static SampleLexicon Instance { get; } = new();

    public string[] Determiners { get; }

    public string[] Prepositions { get; }

    public string[] Conjunctions { get; }

    public string[] Adverbs { get; }

    public string[] Nouns { get; }

    public string[] Verbs { get; }

    public string[] Adjectives { get; }

    public string[] Names { get; }

    /// <summary>The word with a capital letter.</summary>
    public static string Capitalised(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    /// <summary>New words, the frequent ones short, as in every language.</summary>
    private string[] Words(int count, int syllables)
    {
        var words = new string[count];
        for (int i = 0; i < count; i++)
        {
            do
                words[i] = Word(syllables + (i > count / 4 ? (int)(_random.NextUInt32() % 2) : 0));
            while (words[i].Length < 2 || !_taken.Add(words[i]));
        }
        return words;
    }

    private string Word(int syllables)
    {
        string word = "";
        for (int i = 0; i < syllables; i++)
            word += OneOf(Onsets) + OneOf(Vowels);
        return word + OneOf(Codas);
    }

    private string OneOf(string[] parts) => parts[_random.NextUInt32() % (uint)parts.Length];
}
