using SpecGD.Figures.Model;

namespace SpecGD.Figures.Fonts;

/// <summary>A piece of a line of text where it stands.</summary>
/// <param name="Piece">Its characters in their face.</param>
/// <param name="Italic">Whether it is meant to be italic.</param>
/// <param name="Size">Its size in units of the line's.</param>
/// <param name="X">Where it begins, from the begin of the line, in units of the size.</param>
/// <param name="Rise">How far above the line it stands, in units of the size.</param>
/// <param name="Width">Its width in units of the size.</param>
internal readonly record struct SetPiece(FontPiece Piece, bool Italic, double Size, double X, double Rise, double Width);

/// <summary>A text with its pieces in their places, in units of the font size.</summary>
/// <param name="Pieces">The pieces in the order of reading.</param>
/// <param name="Width">The width of all.</param>
internal sealed record TextLine(IReadOnlyList<SetPiece> Pieces, double Width)
{
    /// <summary>Size of a script, and how far it stands above or below the line.</summary>
    private const double ScriptScale = 0.75, SuperscriptRise = 0.38, SubscriptRise = -0.22;

    /// <summary>Half the height of a capital letter: a text whose middle is at a place has its line so far below.</summary>
    public const double HalfHeight = 0.33;

    /// <summary>The text in a font.</summary>
    public static TextLine Of(FigureText text, FigureFont font)
    {
        var pieces = new List<SetPiece>();
        double x = 0;
        foreach (var run in text.Runs)
        {
            x = run.Form switch
            {
                TextForm.Superscript => Set(run.Text, italic: false, ScriptScale, x, SuperscriptRise),
                TextForm.Subscript => Set(run.Text, italic: false, ScriptScale, x, SubscriptRise),
                TextForm.Stacked => Math.Max(
                    Set(run.Text, italic: false, ScriptScale, x, SubscriptRise), Set(run.Above, italic: false, ScriptScale, x, SuperscriptRise)),
                _ => Set(run.Text, run.Form == TextForm.Italic, 1, x, 0),
            };
        }
        return new TextLine(pieces, x);

        double Set(string part, bool italic, double size, double from, double rise)
        {
            foreach (var piece in font.Pieces(part, italic))
            {
                double width = size * piece.Ems();
                pieces.Add(new SetPiece(piece, italic, size, from, rise, width));
                from += width;
            }
            return from;
        }
    }

    /// <summary>The width of a text in a font, in units of the size.</summary>
    public static double WidthOf(FigureText text, FigureFont font) => text.Runs.Sum(run => run.Form switch
    {
        TextForm.Superscript or TextForm.Subscript => ScriptScale * font.Ems(run.Text, italic: false),
        TextForm.Stacked => ScriptScale * Math.Max(font.Ems(run.Text, italic: false), font.Ems(run.Above, italic: false)),
        _ => font.Ems(run.Text, run.Form == TextForm.Italic),
    });
}
