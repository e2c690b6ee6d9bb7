using System.Globalization;
using System.Text;

namespace SpecGD.Figures.Fonts;

/// <summary>Characters that no font has, in letters that every font has.</summary>
internal static class Spelled
{
    private static readonly Dictionary<int, string> Words = new()
    {
        ['‖'] = "||",
        ['∇'] = "grad ",
        ['ℓ'] = "l",
        ['−'] = "-",
        ['–'] = "-",
        ['—'] = "-",
        ['×'] = "x",
        ['≥'] = ">=",
        ['≤'] = "<=",
        ['≈'] = "~",
        ['→'] = "->",
        ['√'] = "sqrt ",
        ['…'] = "...",
        ['ᵀ'] = "T",
        ['⁺'] = "+",
        ['⁻'] = "-",
        ['α'] = "alpha",
        ['β'] = "beta",
        ['γ'] = "gamma",
        ['ε'] = "eps",
        ['η'] = "eta",
        ['θ'] = "theta",
        ['λ'] = "lambda",
        ['μ'] = "mu",
        ['π'] = "pi",
        ['ρ'] = "rho",
        ['σ'] = "sigma",
        ['φ'] = "phi",
        ['Σ'] = "Sigma",
        ['∞'] = "inf",
    };

    /// <summary>The character in letters; one that has no word is its number, as U+1F600, and a subscript or superscript digit the digit.</summary>
    public static string Out(Rune character)
    {
        if (Words.TryGetValue(character.Value, out string? word))
            return word;
        double digit = Rune.GetNumericValue(character);
        return digit is >= 0 and <= 9 && digit == Math.Floor(digit)
            ? digit.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"U+{character.Value:X4}");
    }
}
