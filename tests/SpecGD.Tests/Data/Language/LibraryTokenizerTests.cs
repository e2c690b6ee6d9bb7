using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;
using SpecGD.Data.Language.Tokenizers;

namespace SpecGD.Tests.Data.Language;

/// <summary>
/// Our tokenizer against Microsoft.ML.Tokenizers, which cuts by a regular expression and merges by another method. Its expression sees halves of
/// letters and digits beyond the Basic Plane; those are held to other tokenizers (<see cref="TokenizerGolden"/>).
/// </summary>
public class LibraryTokenizerTests
{
    private const int Texts = 4000;

    private static readonly TiktokenTokenizer Library = TiktokenTokenizer.CreateForModel("gpt2");

    [Fact]
    public void Ids_of_random_Unicode_text_are_those_of_the_library()
    {
        var random = new RandomText(21);
        int beyond = 0;
        for (int i = 0; i < Texts; i++)
        {
            string text = Comparable(random.Next(random.Below(80), beyond: true));
            beyond += text.Any(char.IsSurrogate) ? 1 : 0;
            Ids(text).SequenceEqual(OfLibrary(text)).ShouldBeTrue(text);
        }
        beyond.ShouldBeGreaterThan(Texts / 20, "symbols beyond the Basic Plane are among them");
    }

    [Fact]
    public void Ids_of_any_characters_are_those_of_the_library()
    {
        var random = new RandomText(22);
        for (int i = 0; i < Texts; i++)
        {
            var text = new StringBuilder();
            for (int left = random.Below(40); left > 0; left--)
                if (Rune.TryCreate(random.Below(random.Below(2) == 0 ? 0x800 : 0x11_0000), out var rune))
                    text.Append(rune.ToString()).Append(random.Below(3) == 0 ? " " : "");
            string whole = Comparable(text.ToString());
            Ids(whole).SequenceEqual(OfLibrary(whole)).ShouldBeTrue(whole);
        }
    }

    [Fact]
    public void Ids_of_ordinary_text_and_of_long_runs_are_those_of_the_library()
    {
        string[] texts =
        [
            "", new string(' ', 300) + "x", new string('x', 900), new string('=', 700) + "\n\n\n",
            string.Concat(Enumerable.Repeat("It's the best of times; they'll say it'd've been 1775. ", 200)), "\r\n\t \u00a0\u3000 \u2028x",
        ];
        foreach (string text in texts)
            Ids(text).ShouldBe(OfLibrary(text), text);
    }

    [Theory]
    [InlineData("a<|endoftext|>b <|endoftext|>", "64,27,91,437,1659,5239,91,29,65,1279,91,437,1659,5239,91,29")]
    [InlineData("\U00011bc4's\U00013110", "172,239,107,226,338,172,241,226,238")] // a letter beyond the Basic Plane, before what looks like a contraction
    public void Where_the_library_deviates_ids_are_those_of_tiktoken(string text, string ids)
    {
        ushort[] expected = [.. ids.Split(',').Select(id => ushort.Parse(id, CultureInfo.InvariantCulture))];

        Ids(text).ShouldBe(expected);
        OfLibrary(text).ShouldNotBe(expected, "else the library can be taken at its word here, too");
    }

    private static ushort[] Ids(string text) => BytePairTokenizer.Gpt2.Ids(Encoding.UTF8.GetBytes(text));

    private static ushort[] OfLibrary(string text) => [.. Library.EncodeToIds(text).Select(id => (ushort)id)];

    private static string Comparable(string text) =>
        string.Concat(text.EnumerateRunes().Where(rune => rune.IsBmp || !IsLetterOrNumber(rune)).Select(rune => rune.ToString()));

    private static bool IsLetterOrNumber(Rune rune) => Rune.GetUnicodeCategory(rune) is <= UnicodeCategory.OtherLetter
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}
