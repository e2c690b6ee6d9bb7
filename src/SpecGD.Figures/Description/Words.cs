using System.Text;

namespace SpecGD.Figures.Description;

/// <summary>Values of enumerations as small letters with hyphens: DashDot is dash-dot.</summary>
internal static class Words
{
    /// <summary>The word for a value.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum
    {
        var word = new StringBuilder();
        foreach (char c in value.ToString())
            word.Append(char.IsUpper(c) && word.Length > 0 ? "-" : "").Append(char.ToLowerInvariant(c));
        return word.ToString();
    }

    /// <summary>The value that a word stands for.</summary>
    /// <exception cref="FormatException">There is no such word.</exception>
    public static T Read<T>(string word, string what)
        where T : struct, Enum
    {
        var all = Enum.GetValues<T>();
        int found = Array.FindIndex(all, value => Of(value) == word);
        return found >= 0 ? all[found]
            : throw new FormatException($"there is no {what} '{word}'; there are {string.Join(", ", all.Select(Of))}.{Spelling.Hint(word, all.Select(Of))}");
    }
}
