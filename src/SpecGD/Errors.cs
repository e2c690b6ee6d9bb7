namespace SpecGD;

/// <summary>
/// Input that cannot be used: an option, a file, a folder. The message is one sentence: what, where, what was expected. Exit code 2.
/// </summary>
public sealed class BadInputException : Exception
{
    /// <summary>The exception with its sentence.</summary>
    public BadInputException(string message)
        : base(message)
    {
    }

    /// <summary>The exception with its sentence and cause.</summary>
    public BadInputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The exception without a sentence.</summary>
    public BadInputException()
    {
    }
}
