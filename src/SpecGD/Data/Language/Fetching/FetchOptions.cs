namespace SpecGD.Data.Language.Fetching;

/// <summary>How files are fetched.</summary>
public sealed record FetchOptions
{
    /// <summary>Sent as a bearer token where it is set.</summary>
    public string? Token { get; init; }

    /// <summary>Tries without any progress before giving up.</summary>
    public int Tries { get; init; } = 6;

    /// <summary>Wait before the second try; doubled for each further one.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait, also where the server asks for a longer one.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A connection that brings nothing for so long is given up.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromMinutes(1);
}
