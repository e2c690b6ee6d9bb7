namespace SpecGD.Figures.Model;

/// <summary>
/// Marks on a line at equal numbers of rows, few enough to leave it a line. Those of lines that share a panel stand at different rows, so that lines
/// that coincide are all seen.
/// </summary>
/// <param name="Shape">Their shape.</param>
/// <param name="Ordinal">Number of the line among those that share the panel, from 0.</param>
/// <param name="Lines">How many lines share the panel.</param>
public sealed record Marker(MarkerShape Shape, int Ordinal = 0, int Lines = 1)
{
    /// <summary>Marks along a line, about.</summary>
    public const int Along = 8;

    /// <summary>A mark on every so many rows of a curve of <paramref name="count"/>, from that row on, counted from 0.</summary>
    public (int Every, int First) Rows(int count)
    {
        int every = Math.Max(Lines, count / Along);
        return (every, Math.Min(((2 * Ordinal) + 1) * every / (2 * Lines), Math.Max(0, count - 1)));
    }
}

/// <summary>The shape of a <see cref="Marker"/>, filled with the colour of the line.</summary>
public enum MarkerShape
{
    /// <summary>A disc.</summary>
    Circle,

    /// <summary>A triangle that stands on a side.</summary>
    Triangle,

    /// <summary>A square.</summary>
    Square,

    /// <summary>A square that stands on a corner.</summary>
    Diamond,

    /// <summary>A triangle that stands on a corner.</summary>
    InvertedTriangle,

    /// <summary>A pentagon.</summary>
    Pentagon,
}
