namespace SpecGD.Numerics;

/// <summary>A matrix that must be finite holds a NaN or an infinity. The message names the first place.</summary>
public sealed class NonFiniteMatrixException : ArithmeticException
{
    /// <summary>The exception with a message of its own.</summary>
    public NonFiniteMatrixException(string message)
        : base(message)
    {
    }

    /// <summary>The exception for the entry <paramref name="value"/> at (row, column) of a rows × columns matrix.</summary>
    public NonFiniteMatrixException(int rows, int columns, int row, int column, double value)
        : this($"The {rows}×{columns} matrix holds {value} at row {row}, column {column}; only finite entries can be measured or decomposed.")
    {
        Row = row;
        Column = column;
    }

    /// <summary>The exception without a place.</summary>
    public NonFiniteMatrixException()
        : this("A matrix holds a NaN or an infinity.")
    {
    }

    /// <summary>The exception with its cause.</summary>
    public NonFiniteMatrixException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Row of the first entry that is not finite, counted from 0.</summary>
    public int Row { get; }

    /// <summary>Column of the first entry that is not finite, counted from 0.</summary>
    public int Column { get; }
}
