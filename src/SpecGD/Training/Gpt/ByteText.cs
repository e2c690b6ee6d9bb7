using SpecGD.Data.Language.Text;

namespace SpecGD.Training.Gpt;

/// <summary>A text file as tokens, one a byte, after the token that starts a document.</summary>
public static class ByteText
{
    /// <summary>What the text is divided by: one part in so many is for validation.</summary>
    private const int ValidationPart = 10;

    /// <summary>The tokens of the file at <paramref name="path"/>, unpacked where its name ends in .gz.</summary>
    /// <exception cref="BadInputException">It cannot be read, is no text, or is empty.</exception>
    public static ushort[] Read(string path, int endOfText)
    {
        var text = TextFile.ReadAll(path).Span;
        if (text.IsEmpty)
            throw new BadInputException($"The text {path} is empty.");
        var tokens = new ushort[text.Length + 1];
        tokens[0] = (ushort)endOfText;
        for (int i = 0; i < text.Length; i++)
            tokens[i + 1] = text[i];
        return tokens;
    }

    /// <summary>Tokens for training, and the last tenth, at least enough for a sequence, for validation.</summary>
    /// <exception cref="BadInputException">The text is too short for one sequence of each.</exception>
    public static (ReadOnlyMemory<ushort> Training, ReadOnlyMemory<ushort> HeldBack) Divide(ReadOnlyMemory<ushort> tokens, int length)
    {
        int held = Math.Max(tokens.Length / ValidationPart, length + 2), training = tokens.Length - held;
        return training >= length + 1
            ? (tokens[..training], tokens[training..])
            : throw new BadInputException(
                $"A text of {tokens.Length} tokens is too short: one sequence of {length} needs {length + 1} to train on and {length + 2} to validate on.");
    }
}
