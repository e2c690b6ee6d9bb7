using System.Text;
using SpecGD.Records;

namespace SpecGD.Tests.Records;

public class Crc32CTests
{
    /// <summary>Published test values of the Castagnoli checksum (RFC 3720, B.4).</summary>
    public static TheoryData<string, uint> Published => new()
    {
        { Convert.ToHexString(Encoding.ASCII.GetBytes("123456789")), 0xE3069283 },
        { new string('0', 64), 0x8A9136AA },
        { new string('F', 64), 0x62A8AB43 },
        { Convert.ToHexString([.. Enumerable.Range(0, 32).Select(i => (byte)i)]), 0x46DD794E },
        { Convert.ToHexString([.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))]), 0x113FDB5C },
        { "", 0 },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void It_is_the_published_checksum(string hexadecimal, uint expected) =>
        Crc32C.Of(Convert.FromHexString(hexadecimal)).ShouldBe(expected);

    [Fact]
    public void The_mask_is_undone_by_rotating_back()
    {
        byte[] data = Encoding.ASCII.GetBytes("123456789");
        uint masked = Crc32C.Masked(data);

        uint rotated = unchecked(masked - 0xA282EAD8);

        ((rotated >> 17) | (rotated << 15)).ShouldBe(0xE3069283);
    }
}
