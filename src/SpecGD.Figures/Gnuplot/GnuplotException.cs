namespace SpecGD.Figures.Gnuplot;

/// <summary>gnuplot was started and did not draw. The message is one sentence with gnuplot's own words.</summary>
public sealed class GnuplotException : Exception
{
    /// <summary>The exception with its sentence.</summary>
    public GnuplotException(string message)
        : base(message)
    {
    }

    /// <summary>The exception with its sentence and cause.</summary>
    public GnuplotException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The exception without a sentence.</summary>
    public GnuplotException()
    {
    }
}
