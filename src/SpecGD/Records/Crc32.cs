namespace SpecGD.Records;

/// <summary>The check sum of zip archives and of Parquet's pages: CRC-32 with the polynomial 0xEDB88320, reflected.</summary>
internal struct Crc32
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(i =>
    {
        uint value = (uint)i;
        for (int bit = 0; bit < 8; bit++)
            value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320 : value >> 1;
        return value;
    })];

    private uint _inverted;

    /// <summary>The sum of everything added so far.</summary>
    public readonly uint Value => _inverted;

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        uint sum = ~_inverted;
        foreach (byte b in bytes)
            sum = (sum >> 8) ^ Table[(byte)sum ^ b];
        _inverted = ~sum;
    }
}
