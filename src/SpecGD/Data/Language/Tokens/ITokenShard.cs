namespace SpecGD.Data.Language.Tokens;

/// <summary>A run of tokens that can be read anywhere: a file, or an array in memory.</summary>
public interface ITokenShard : IDisposable
{
    /// <summary>The file's name or a word for it, for messages.</summary>
    string Name { get; }

    /// <summary>Number of tokens.</summary>
    int Count { get; }

    /// <summary>Reads the tokens from <paramref name="start"/> on.</summary>
    /// <param name="start">Index of the first token.</param>
    /// <param name="destination">As many tokens as are read; start + length is at most <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not all lie within the shard.</exception>
    /// <exception cref="BadInputException">A token is not in the vocabulary, or the file can no longer be read.</exception>
    void Read(int start, Span<ushort> destination);
}
