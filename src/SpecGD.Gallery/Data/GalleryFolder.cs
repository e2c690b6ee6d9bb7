using SpecGD.Torch.Native;

namespace SpecGD.Gallery;

/// <summary>The folder with the gallery's data: digits.bin (784 bytes and a class each), dictionary.txt and bible.txt.</summary>
internal sealed record GalleryFolder(string Path)
{
    /// <summary>Names of its files.</summary>
    public const string Digits = "digits.bin", Dictionary = "dictionary.txt", Bible = "bible.txt";

    /// <summary>Bytes of a digit with its class.</summary>
    public const int DigitBytes = 785;

    /// <summary>Variable that names another folder.</summary>
    public const string Variable = "SPECGD_GALLERY_DATA";

    private const int Newline = 95, FirstPrintable = 32, LastPrintable = 126;

    /// <summary>The folder that is asked for, that of the environment, or the usual one.</summary>
    public static GalleryFolder Of(string? asked) => new(asked ?? Environment.GetEnvironmentVariable(Variable) ?? Usual);

    private static string Usual => System.IO.Path.Combine(BridgeFile.CacheFolder(Environment.GetEnvironmentVariable), "gallery");

    /// <summary>Whether all files are there.</summary>
    public bool IsWhole => new[] { Digits, Dictionary, Bible }.All(name => File.Exists(System.IO.Path.Combine(Path, name)));

    /// <summary>Reads all of it.</summary>
    /// <exception cref="BadInputException">A file is missing, or has not the form that it should have.</exception>
    public GalleryCorpus Read()
    {
        if (!IsWhole)
            throw new BadInputException($"{Path} has not the gallery's data ({Digits}, {Dictionary}, {Bible}). 'specgd gallery data' gets it.");
        byte[] digits = File.ReadAllBytes(System.IO.Path.Combine(Path, Digits));
        int count = digits.Length / DigitBytes;
        if (count < 100 || digits.Length % DigitBytes != 0)
            throw new BadInputException($"{System.IO.Path.Combine(Path, Digits)} is not whole: {Counted.Of(digits.Length, "byte")} cannot be digits of {DigitBytes} bytes each. Delete it and call 'specgd gallery data'.");
        byte[] pixels = new byte[count * (DigitBytes - 1)], labels = new byte[count];
        for (int i = 0; i < count; i++)
        {
            digits.AsSpan(i * DigitBytes, DigitBytes - 1).CopyTo(pixels.AsSpan(i * (DigitBytes - 1)));
            labels[i] = digits[((i + 1) * DigitBytes) - 1];
        }
        return new GalleryCorpus(pixels, labels, Text(Dictionary), Text(Bible));
    }

    /// <summary>The characters of a text by number: printable ones from 0 on, the end of a line last; others are left out.</summary>
    internal static byte[] Numbered(ReadOnlySpan<byte> text)
    {
        byte[] numbers = new byte[text.Length];
        int count = 0;
        foreach (byte c in text)
            if (c is >= FirstPrintable and <= LastPrintable)
                numbers[count++] = (byte)(c - FirstPrintable);
            else if (c == '\n')
                numbers[count++] = Newline;
        return numbers[..count];
    }

    private byte[] Text(string name)
    {
        string path = System.IO.Path.Combine(Path, name);
        byte[] text = Numbered(File.ReadAllBytes(path));
        const int least = 100 * GalleryCorpus.Time;
        return text.Length >= least ? text : throw new BadInputException($"{path} has {text.Length} characters; {least} at least are needed. Delete it and call 'specgd gallery data'.");
    }
}
