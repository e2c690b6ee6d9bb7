namespace SpecGD.Numerics;

/// <summary>A matrix has more elements than one array can hold, 2³¹ or so. The message names the shape.</summary>
public sealed class MatrixTooLargeException : ArgumentOutOfRangeException
{
    /// <summary>The exception with its sentence.</summary>
    public MatrixTooLargeException(string message)
        : base(null, message)
    {
    }

    /// <summary>The exception with its sentence and cause.</summary>
    public MatrixTooLargeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The exception without a shape.</summary>
    public MatrixTooLargeException()
    {
    }
}
