using System.Numerics;

namespace SpecGD.Numerics.Tests;

/// <summary>A matrix that is a block in the middle of a larger one, whose other elements hold a mark that nothing may change.</summary>
internal sealed class Framed<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Margin = 3;

    // Not NaN: a routine that reads the frame gives wrong numbers, one that writes it is seen.
    private static readonly T Mark = T.CreateChecked(12345.5);

    private readonly Matrix<T> _outer;

    public Framed(Matrix<T> elements)
    {
        _outer = new Matrix<T>(elements.Rows + (2 * Margin), elements.Columns + (2 * Margin));
        _outer.Fill(Mark);
        Inner = _outer.Slice(Margin, Margin, elements.Rows, elements.Columns);
        elements.CopyTo(Inner);
    }

    /// <summary>The block.</summary>
    public Matrix<T> Inner { get; }

    /// <summary>True where every element around the block still holds the mark.</summary>
    public bool FrameIsUntouched()
    {
        for (int i = 0; i < _outer.Rows; i++)
            for (int j = 0; j < _outer.Columns; j++)
            {
                bool inside = i >= Margin && i < Margin + Inner.Rows && j >= Margin && j < Margin + Inner.Columns;
                if (!inside && _outer[i, j] != Mark)
                    return false;
            }
        return true;
    }
}
