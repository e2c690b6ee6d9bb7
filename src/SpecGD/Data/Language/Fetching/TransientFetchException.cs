namespace SpecGD.Data.Language.Fetching;

/// <summary>A try failed in a way that another try may mend.</summary>
internal sealed class TransientFetchException : IOException
{
    public TransientFetchException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    public TransientFetchException()
    {
    }

    public TransientFetchException(string message)
        : base(message)
    {
    }

    /// <summary>How long the server asks to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
