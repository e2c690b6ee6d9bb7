using System.Text;

namespace SpecGD.Figures.Model;

/// <summary>
/// A title, label or key entry: upright text, italic mathematics, superscripts and subscripts. A plain string converts to upright text in
/// which no character is special, so names that come from a log can be used as they are.
/// </summary>
public sealed class FigureText
{
    /// <summary>A size that differs from the superscript's unseen: where the two are the same, gnuplot's svg terminal forgets the second.</summary>
    private const string StackedSize = "/*0.99";

    private readonly Run[] _runs;

    private FigureText(params Run[] runs) => _runs = runs;

    private enum Form
    {
        Upright,
        Italic,
        Superscript,
        Subscript,
        Stacked,
    }

    /// <summary>No text at all.</summary>
    public static FigureText Empty { get; } = new();

    /// <summary>Whether there is nothing to draw.</summary>
    public bool IsEmpty => _runs.Length == 0;

    /// <summary>Characters that are drawn.</summary>
    internal int Length => _runs.Sum(run => Math.Max(run.Text.Length, run.Above.Length));

    /// <summary>Upright text, every character as it is.</summary>
    public static implicit operator FigureText(string text) => Upright(text);

    /// <summary>Two texts, one after the other.</summary>
    public static FigureText operator +(FigureText left, FigureText right) => new([.. left._runs, .. right._runs]);

    /// <summary>Upright text, every character as it is; control characters become spaces.</summary>
    public static FigureText Upright(string text) => Printable(text) is { Length: > 0 } printable ? new(new Run(Form.Upright, printable)) : Empty;

    /// <summary>Italic text: a variable.</summary>
    public static FigureText Italic(string text) => new(new Run(Form.Italic, Printable(text)));

    /// <summary>A superscript of what stands before it.</summary>
    public static FigureText Superscript(string text) => new(new Run(Form.Superscript, Printable(text)));

    /// <summary>A subscript of what stands before it.</summary>
    public static FigureText Subscript(string text) => new(new Run(Form.Subscript, Printable(text)));

    /// <summary>A subscript and a superscript, one above the other.</summary>
    public static FigureText Scripts(string subscript, string superscript) =>
        new(new Run(Form.Stacked, Printable(subscript), Printable(superscript)));

    /// <summary>The text on one line without mark-up; scripts are written with _ and ^.</summary>
    public override string ToString() => string.Concat(_runs.Select(run => run.Form switch
    {
        Form.Superscript => "^" + run.Text,
        Form.Subscript => "_" + run.Text,
        Form.Stacked => $"_{run.Text}^{run.Above}",
        _ => run.Text,
    }));

    /// <summary>The text in the mark-up of gnuplot's enhanced mode, not yet quoted.</summary>
    internal string ToEnhanced() => string.Concat(_runs.Select(run => run.Form switch
    {
        Form.Italic => $"{{/:Italic {Escape(run.Text)}}}",
        Form.Superscript => $"^{{{Escape(run.Text)}}}",
        Form.Subscript => $"_{{{Escape(run.Text)}}}",
        Form.Stacked => $"@^{{{Escape(run.Above)}}}_{{{StackedSize} {Escape(run.Text)}}}",
        _ => Escape(run.Text),
    }));

    /// <summary>The width in units of the font size.</summary>
    internal double Ems() => _runs.Sum(run => run.Form switch
    {
        Form.Superscript or Form.Subscript => TextMetrics.ScriptScale * TextMetrics.Ems(run.Text),
        Form.Stacked => TextMetrics.ScriptScale * Math.Max(TextMetrics.Ems(run.Text), TextMetrics.Ems(run.Above)),
        _ => TextMetrics.Ems(run.Text),
    });

    /// <summary>
    /// Backslashes before what is mark-up; a backslash itself stands in braces, or "\U+221E" would become the character of that number.
    /// </summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            if (c == '\\')
                escaped.Append(@"{\\}");
            else if ("_^{}@&~".Contains(c))
                escaped.Append('\\').Append(c);
            else
                escaped.Append(c);
        }
        return escaped.ToString();
    }

    private static string Printable(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
    }

    private readonly record struct Run(Form Form, string Text, string Above = "");
}
