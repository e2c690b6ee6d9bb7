using SpecGD.Data.Language.Text;
using SpecGD.Data.Language.Tokenizers;

namespace SpecGD.Training.Gpt;

/// <summary>A text file as tokens, one a byte, each document after the token that starts one.</summary>
public static class ByteText
{
    /// <summary>What the text is divided by: one part in so many is for validation.</summary>
    private const int ValidationPart = 10;

    /// <summary>
    /// The tokens of the file at <paramref name="path"/>: text, JSON Lines or Parquet (the field or column <c>text</c>), unpacked where it is
    /// compressed.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="endOfText">What stands before each document.</param>
    /// <exception cref="BadInputException">It cannot be read, is no text, or is empty.</exception>
    public static ushort[] Read(string path, int endOfText)
    {
        if (Directory.Exists(path))
            throw new BadInputException($"The text {path} cannot be read: it is a directory.");
        if (!File.Exists(path))
            throw new BadInputException($"The text {path} cannot be read: there is no such file.");
        var encoder = new DocumentEncoder(ByteTokenizer.Instance, TextTokenization.UsualName);
        var block = new BlockTokens();
        var parts = new List<ushort[]>();
        long bytes = 0;
        foreach (var read in TextBlocks.Of([TextInput.Of(path)], ByteTokenizer.Instance, TextTokenization.UsualName))
        {
            using (read)
                encoder.Encode(read, block);
            bytes += block.TextBytes;
            parts.Add([.. block.Tokens]);
        }
        if (bytes == 0)
            throw new BadInputException($"The text {path} is empty.");
        return Join(path, parts, (ushort)endOfText);
    }

    private static ushort[] Join(string path, List<ushort[]> parts, ushort endOfText)
    {
        long length = parts.Sum(part => (long)part.Length);
        if (length > Array.MaxLength)
            throw new BadInputException($"The text {path} has {Counted.Of(length, "byte")}, more than are held in memory at once: make token shards of it with 'specgd data tokenize'.");
        var tokens = new ushort[length];
        int at = 0;
        foreach (ushort[] part in parts)
        {
            part.CopyTo(tokens, at);
            at += part.Length;
        }
        tokens.AsSpan().Replace(ByteTokenizer.Instance.EndOfText, endOfText);
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
                $"A text of {Counted.Of(tokens.Length, "token")} is too short: one sequence of {length} needs {length + 1} to train on and {length + 2} to validate on.");
    }
}
