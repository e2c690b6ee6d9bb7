using System.IO.Compression;

namespace SpecGD.Data.Language.Text;

/// <summary>Opens files of text, unpacks those that are compressed, and refuses what is no text.</summary>
internal static class TextFile
{
    /// <summary>The runtime's switch by which a gzip file that was cut short is an error, and not a shorter text.</summary>
    private const string StrictValidation = "System.IO.Compression.UseStrictValidation";

    static TextFile()
    {
        if (!AppContext.TryGetSwitch(StrictValidation, out _))
            AppContext.SetSwitch(StrictValidation, true); // the runtime reads it when the first stream is unpacked
    }

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>The whole text of a file.</summary>
    /// <exception cref="BadInputException">It cannot be read, or is no UTF-8 text.</exception>
    public static ReadOnlyMemory<byte> ReadAll(string path)
    {
        if (Directory.Exists(path))
            throw new BadInputException($"The text {path} cannot be read: it is a directory.");
        if (!File.Exists(path))
            throw new BadInputException($"The text {path} cannot be read: there is no such file.");
        var input = TextInput.Of(path);
        using var file = Open(input);
        using var text = Unpacked(input, file);
        using var whole = new MemoryStream();
        Reading(input, () => text.CopyTo(whole));
        var bytes = whole.GetBuffer().AsMemory(0, (int)whole.Length);
        int mark = LengthOfMark(input, bytes.Span);
        TextCheck.RequireCharacters(input, bytes.Span[mark..], mark);
        return bytes[mark..];
    }

    /// <summary>The file, to be read from its beginning.</summary>
    /// <exception cref="BadInputException">It cannot be opened.</exception>
    public static FileStream Open(TextInput input)
    {
        try
        {
            return new FileStream(input.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{input.Path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The text of the opened file.</summary>
    public static Stream Unpacked(TextInput input, FileStream file) =>
        input.IsCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;

    /// <summary>Does something that reads the file.</summary>
    /// <exception cref="BadInputException">It can no longer be read, or is not compressed as its name says.</exception>
    public static void Reading(TextInput input, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new BadInputException(
                input.IsCompressed
                    ? $"{input.Path} is no whole gzip file: it is damaged or was cut short, or its checksum is not that of its content. Fetch it again ('gzip -t' tests it)."
                    : $"{input.Path} cannot be read: {e.Message}",
                e);
        }
    }

    /// <summary>Length of the mark that some programs put before UTF-8, which is not part of the text; 0 where there is none.</summary>
    /// <param name="input">The file.</param>
    /// <param name="beginning">The first bytes of its text.</param>
    /// <exception cref="BadInputException">It is no UTF-8 text by its first bytes.</exception>
    public static int LengthOfMark(TextInput input, ReadOnlySpan<byte> beginning)
    {
        int mark = beginning.StartsWith(Utf8Mark) ? Utf8Mark.Length : 0;
        TextCheck.Require(input, beginning[mark..]);
        return mark;
    }
}
