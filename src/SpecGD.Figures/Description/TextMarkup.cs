using System.Text;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Description;

/// <summary>
/// Texts of figures as one writes them: *italic*, ^{superscript}, _{subscript}, _{subscript}^{superscript} one above the other; a backslash before
/// *, ^, _, { or a backslash takes it as it is. \/ keeps a subscript and a superscript apart.
/// </summary>
internal static class TextMarkup
{
    private const string Special = "*^_{}\\", Apart = "\\/";

    /// <summary>A text with its mark-up.</summary>
    public static string Of(FigureText text)
    {
        var written = new StringBuilder();
        foreach (var (i, run) in text.Runs.Index())
        {
            bool follows = i > 0 && run.Form == TextForm.Superscript && text.Runs[i - 1].Form == TextForm.Subscript;
            written.Append(run.Form switch
            {
                TextForm.Italic => $"*{Escaped(run.Text)}*",
                TextForm.Superscript => $"{(follows ? Apart : "")}^{{{Escaped(run.Text)}}}",
                TextForm.Subscript => $"_{{{Escaped(run.Text)}}}",
                TextForm.Stacked => $"_{{{Escaped(run.Text)}}}^{{{Escaped(run.Above)}}}",
                _ => Escaped(run.Text),
            });
        }
        return written.ToString();
    }

    /// <summary>The text that a mark-up stands for.</summary>
    /// <exception cref="FormatException">A * or a brace has no end.</exception>
    public static FigureText Read(string markup)
    {
        var text = FigureText.Empty;
        var plain = new StringBuilder();
        for (int at = 0; at < markup.Length;)
        {
            if (markup.AsSpan(at).StartsWith(Apart, StringComparison.Ordinal))
            {
                at += Apart.Length;
                Flush();
                text += FigureText.Upright("");
            }
            else if (markup[at] == '*')
            {
                Flush();
                text += FigureText.Italic(Until(markup, '*', at + 1, out at));
            }
            else if (markup[at] is '^' or '_' && at + 1 < markup.Length && markup[at + 1] == '{')
            {
                Flush();
                text += Script(markup, ref at);
            }
            else
            {
                at += markup[at] == '\\' && at + 1 < markup.Length && Special.Contains(markup[at + 1]) ? 1 : 0;
                plain.Append(markup[at++]);
            }
        }
        Flush();
        return text;

        void Flush()
        {
            text += FigureText.Upright(plain.ToString());
            plain.Clear();
        }
    }

    private static FigureText Script(string markup, ref int at)
    {
        bool isAbove = markup[at] == '^';
        string script = Until(markup, '}', at + 2, out at);
        if (isAbove)
            return FigureText.Superscript(script);
        if (at + 1 >= markup.Length || markup[at] != '^' || markup[at + 1] != '{')
            return FigureText.Subscript(script);
        return FigureText.Scripts(script, Until(markup, '}', at + 2, out at));
    }

    /// <summary>The characters up to an end, which is passed.</summary>
    private static string Until(string markup, char end, int from, out int after)
    {
        var text = new StringBuilder();
        for (int i = from; i < markup.Length; i++)
        {
            if (markup[i] == end)
            {
                after = i + 1;
                return text.ToString();
            }
            i += markup[i] == '\\' && i + 1 < markup.Length && Special.Contains(markup[i + 1]) ? 1 : 0;
            text.Append(markup[i]);
        }
        throw new FormatException($"'{markup}' has no '{end}' after its character {from}.");
    }

    private static string Escaped(string text) => string.Concat(text.Select(c => Special.Contains(c) ? $"\\{c}" : $"{c}"));
}
