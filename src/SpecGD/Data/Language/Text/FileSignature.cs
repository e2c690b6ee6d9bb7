namespace SpecGD.Data.Language.Text;

/// <summary>Tells by their first bytes the formats that are unpacked or read by column.</summary>
internal static class FileSignature
{
    /// <summary>So many bytes tell them all.</summary>
    public const int Length = 4;

    /// <summary>The first bytes of Parquet, and its last.</summary>
    public static ReadOnlySpan<byte> Parquet => "PAR1"u8;

    /// <summary>The first bytes of Parquet whose footer is encrypted.</summary>
    public static ReadOnlySpan<byte> EncryptedParquet => "PARE"u8;

    /// <summary>The first bytes of a gzip member.</summary>
    public static ReadOnlySpan<byte> Gzip => [0x1F, 0x8B];

    /// <summary>The first bytes of a Zstandard frame.</summary>
    public static ReadOnlySpan<byte> Zstandard => [0x28, 0xB5, 0x2F, 0xFD];

    /// <summary>Behind a first byte of 0x50 to 0x5F: a frame that says something about the others and is passed over.</summary>
    private static ReadOnlySpan<byte> SkippableFrame => [0x2A, 0x4D, 0x18];

    /// <summary>Whether a file that begins so is Parquet.</summary>
    public static bool IsParquet(ReadOnlySpan<byte> beginning) => beginning.StartsWith(Parquet);

    /// <summary>What a file that begins so is compressed with; null where it is neither of both.</summary>
    public static TextPacking? PackingOf(ReadOnlySpan<byte> beginning) =>
        beginning.StartsWith(Gzip) ? TextPacking.Gzip
        : beginning.StartsWith(Zstandard) || IsSkippable(beginning) ? TextPacking.Zstandard
        : null;

    private static bool IsSkippable(ReadOnlySpan<byte> beginning) =>
        beginning.Length >= Length && (beginning[0] & 0xF0) == 0x50 && beginning[1..].StartsWith(SkippableFrame);
}
