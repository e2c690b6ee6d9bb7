using ZstdSharp;
using ZstdSharp.Unsafe;

namespace SpecGD.Data.Language.Text;

/// <summary>Opens files of text, unpacks those that are compressed, and refuses what is no text.</summary>
internal static class TextFile
{
    /// <summary>The runtime's switch by which a gzip file that was cut short is an error, and not a shorter text.</summary>
    private const string StrictValidation = "System.IO.Compression.UseStrictValidation";

    /// <summary>Zstandard's own limit, 2 GiB; what is read decides what is used. Large corpora are packed with such windows ('zstd --long=31').</summary>
    private const int LargestWindowLog = 31;

    static TextFile()
    {
        if (!AppContext.TryGetSwitch(StrictValidation, out _))
            AppContext.SetSwitch(StrictValidation, true); // the runtime reads it when the first stream is unpacked
    }

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>The file, to be read from its beginning.</summary>
    /// <exception cref="BadInputException">It cannot be opened.</exception>
    public static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The text of the opened file.</summary>
    public static Stream Unpacked(TextInput input, FileStream file) => input.Packing switch
    {
        TextPacking.Gzip => new WholeGzip(file),
        TextPacking.Zstandard => Unpacked(file),
        _ => file,
    };

    private static DecompressionStream Unpacked(FileStream file)
    {
        var stream = new DecompressionStream(file);
        stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, LargestWindowLog);
        return stream;
    }

    /// <summary>Does something that reads the file.</summary>
    /// <exception cref="BadInputException">It can no longer be read, or is not compressed as its name says.</exception>
    public static void Reading(TextInput input, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ZstdException)
        {
            throw new BadInputException(
                input.Packing switch
                {
                    TextPacking.Gzip => NotWhole(input.Path, "gzip", "gzip -t"),
                    TextPacking.Zstandard => NotWhole(input.Path, "Zstandard", "zstd -t --long=31"),
                    _ => $"{input.Path} cannot be read: {e.Message}",
                },
                e);
        }
    }

    private static string NotWhole(string path, string format, string test) => $"{path} is no whole {format} file: "
        + $"it is damaged or was cut short, its checksum is not that of its content, or something else stands behind its end. Fetch it again ('{test}' tests it).";

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
