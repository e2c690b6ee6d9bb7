using System.Numerics;

namespace SpecGD.Records;

/// <summary>CRC-32C (Castagnoli), and the form of it that TensorBoard's files carry.</summary>
public static class Crc32C
{
    /// <summary>What is added after the rotation, so that a checksum of data that holds checksums stays a good one.</summary>
    private const uint MaskDelta = 0xA282EAD8;

    private const int MaskRotation = 15;

    /// <summary>The checksum of <paramref name="data"/>; 0xE3069283 of the ASCII digits 1 to 9.</summary>
    public static uint Of(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    /// <summary>The checksum rotated right by 15 bits, plus 0xA282EAD8.</summary>
    public static uint Masked(ReadOnlySpan<byte> data) => unchecked(BitOperations.RotateRight(Of(data), MaskRotation) + MaskDelta);
}
