namespace SpecGD.Figures.Model;

/// <summary>
/// A title, label or key entry: upright text, italic mathematics, superscripts and subscripts. A plain string converts to upright text in
/// which no character is special, so names that come from a log can be used as they are.
/// </summary>
public sealed class FigureText
{
    private readonly TextRun[] _runs;

    private FigureText(params TextRun[] runs) => _runs = runs;

    /// <summary>No text at all.</summary>
    public static FigureText Empty { get; } = new();

    /// <summary>Whether there is nothing to draw.</summary>
    public bool IsEmpty => _runs.Length == 0;

    /// <summary>Its parts in order.</summary>
    internal IReadOnlyList<TextRun> Runs => _runs;

    /// <summary>Upright text, every character as it is.</summary>
    public static implicit operator FigureText(string text) => Upright(text);

    /// <summary>Two texts, one after the other.</summary>
    public static FigureText operator +(FigureText left, FigureText right) => new([.. left._runs, .. right._runs]);

    /// <summary>Upright text, every character as it is; control characters become spaces.</summary>
    public static FigureText Upright(string text) => Printable(text) is { Length: > 0 } printable ? new(new TextRun(TextForm.Upright, printable)) : Empty;

    /// <summary>Italic text: a variable.</summary>
    public static FigureText Italic(string text) => new(new TextRun(TextForm.Italic, Printable(text)));

    /// <summary>A superscript of what stands before it.</summary>
    public static FigureText Superscript(string text) => new(new TextRun(TextForm.Superscript, Printable(text)));

    /// <summary>A subscript of what stands before it.</summary>
    public static FigureText Subscript(string text) => new(new TextRun(TextForm.Subscript, Printable(text)));

    /// <summary>A subscript and a superscript, one above the other.</summary>
    public static FigureText Scripts(string subscript, string superscript) =>
        new(new TextRun(TextForm.Stacked, Printable(subscript), Printable(superscript)));

    /// <summary>The text on one line without mark-up; scripts are written with _ and ^.</summary>
    public override string ToString() => string.Concat(_runs.Select(run => run.Form switch
    {
        TextForm.Superscript => "^" + run.Text,
        TextForm.Subscript => "_" + run.Text,
        TextForm.Stacked => $"_{run.Text}^{run.Above}",
        _ => run.Text,
    }));

    private static string Printable(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
    }
}

/// <summary>How a part of a text stands.</summary>
internal enum TextForm
{
    /// <summary>Upright on the line.</summary>
    Upright,

    /// <summary>Italic on the line.</summary>
    Italic,

    /// <summary>Smaller and above.</summary>
    Superscript,

    /// <summary>Smaller and below.</summary>
    Subscript,

    /// <summary>A subscript and, over it, a superscript.</summary>
    Stacked,
}

/// <summary>A part of a text.</summary>
/// <param name="Form">How it stands.</param>
/// <param name="Text">Its characters.</param>
/// <param name="Above">Of a stacked part the superscript.</param>
internal readonly record struct TextRun(TextForm Form, string Text, string Above = "");
