namespace SpecGD.Training.Gpt;

/// <summary>A text file as tokens, one a byte, after the token that starts a document.</summary>
public static class ByteText
{
    /// <summary>What the text is divided by: one part in so many is for validation.</summary>
    private const int ValidationPart = 10;

    /// <summary>The tokens of the file at <paramref name="path"/>.</summary>
    /// <exception cref="BadInputException">It cannot be read, or is empty.</exception>
    public static ushort[] Read(string path, int endOfText)
    {
        byte[] text;
        try
        {
            text = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            string why = Directory.Exists(path) ? "it is a directory"
                : e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file"
                : e.Message.TrimEnd('.');
            throw new BadInputException($"The text {path} cannot be read: {why}.", e);
        }
        return text.Length > 0
            ? [(ushort)endOfText, .. text.Select(b => (ushort)b)]
            : throw new BadInputException($"The text {path} is empty.");
    }

    /// <summary>Tokens for training, and sequences for validation from the last tenth, at most so many.</summary>
    /// <exception cref="BadInputException">The text is too short for one sequence of each.</exception>
    public static (ReadOnlyMemory<ushort> Training, IReadOnlyList<ReadOnlyMemory<ushort>> Validation) Divide(
        ReadOnlyMemory<ushort> tokens, int length, int validationSequences)
    {
        int held = Math.Max(tokens.Length / ValidationPart, length + 1), training = tokens.Length - held;
        if (training < length + 1)
            throw new BadInputException(
                $"A text of {tokens.Length} tokens is too short: training and validation need {length + 1} each for one sequence of {length}.");
        int count = Math.Min(validationSequences, (held - 1) / length);
        return (tokens[..training], [.. Enumerable.Range(0, count).Select(i => tokens.Slice(training + (i * length), length + 1))]);
    }
}
