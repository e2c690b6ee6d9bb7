using SkiaSharp;
using SpecGD.Figures.Fonts;

namespace SpecGD.Figures.Rendering;

/// <summary>A surface that draws nothing and notes which glyphs of which faces are used.</summary>
internal sealed class UsedGlyphs : ISurface
{
    private readonly Dictionary<SKTypeface, HashSet<ushort>> _used = [];

    /// <summary>Each face that is used, without the outlines of what is not.</summary>
    public IReadOnlyDictionary<SKTypeface, SKTypeface> Cut() => _used.ToDictionary(face => face.Key, face => FontSubset.Of(face.Key, face.Value));

    /// <inheritdoc/>
    public void Text(TextLine text, Spot at, TextAlign align, double size, bool upward = false)
    {
        foreach (var piece in text.Pieces.Select(piece => piece.Piece))
        {
            if (!_used.TryGetValue(piece.Face, out var glyphs))
                _used.Add(piece.Face, glyphs = []);
            using var font = piece.At(1);
            glyphs.UnionWith(font.GetGlyphs(piece.Text));
        }
    }

    /// <inheritdoc/>
    public void Rule(Spot from, Spot to, Pen pen)
    {
    }

    /// <inheritdoc/>
    public void Line(IReadOnlyList<Spot> points, Pen pen)
    {
    }

    /// <inheritdoc/>
    public void Area(IReadOnlyList<Spot> outline, string color, double opacity, Pen? border)
    {
    }

    /// <inheritdoc/>
    public void Marks(IReadOnlyList<Spot> places, Mark mark)
    {
    }
}
