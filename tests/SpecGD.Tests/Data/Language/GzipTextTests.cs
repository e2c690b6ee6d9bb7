using System.IO.Compression;
using SpecGD.Data.Language.Text;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Data.Language;

/// <summary>Of a gzip file all is text or zeros; nothing is passed over in silence.</summary>
public sealed class GzipTextTests : IDisposable
{
    private const string Refusal = "is no whole gzip file";

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-gzip-").FullName;

    /// <summary>Texts whose packed length is below and above what the runtime and the program read at once.</summary>
    public static TheoryData<int> Lengths => [0, 1, 5, 8192, 100_000, 3 * TextBlocks.BlockLength];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Members_one_after_the_other_and_zeros_behind_them_are_read_as_a_whole(int length)
    {
        byte[] text = Text(length + 1), packed = Packed(text);
        foreach (int zeros in new[] { 0, 1, 7, 8, 63, 64, 65, 200_000 })
        {
            Read([.. packed, .. new byte[zeros]]).ShouldBe(text, $"{zeros} zeros");
            Read([.. packed, .. packed, .. new byte[zeros]]).ShouldBe([.. text, .. text], $"two members, {zeros} zeros");
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Anything_else_behind_the_end_is_refused(int length)
    {
        byte[] packed = Packed(Text(length + 1));
        byte[][] tails =
        [
            [65], "garbage"u8.ToArray(), [0x1F], [0x1F, 0x8B], [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], [0, 0, 65], [65, .. new byte[300]], [.. new byte[70_000], 65], Text(70_000), [0, 0, .. packed],
        ];
        foreach (byte[] tail in tails)
        {
            Refused([.. packed, .. tail]);
            Refused([.. packed, .. packed, .. tail]);
        }
    }

    [Fact]
    public void A_file_that_was_cut_short_anywhere_near_its_end_is_refused()
    {
        byte[] packed = Packed(Text(100_000));
        for (int cut = 1; cut < 100; cut++)
            Refused(packed[..^cut]);
    }

    [Fact]
    public void Tokenization_refuses_it_too() =>
        Should.Throw<BadInputException>(() =>
        {
            using var writer = new TokenFolderWriter(Path.Combine(_folder, "out"), "text", ByteTokenizer.Instance, 1 << 20, overwrite: true);
            new TextTokenization(ByteTokenizer.Instance).Run(TextInput.Find([Write([.. Packed(Text(9)), 65])]), writer);
        }).Message.ShouldContain(Refusal);

    private void Refused(byte[] bytes) => Should.Throw<BadInputException>(() => Read(bytes), $"{bytes.Length} bytes").Message.ShouldContain(Refusal);

    private byte[] Read(byte[] bytes) => [.. ByteText.Read(Write(bytes), 256)[1..].Select(token => (byte)token)];

    private string Write(byte[] bytes)
    {
        string path = Path.Combine(_folder, "text.txt.gz");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Letters and digits that gzip makes little smaller.</summary>
    private static byte[] Text(int length)
    {
        var text = new byte[length];
        uint state = 1;
        for (int i = 0; i < length; i++)
            text[i] = (byte)('0' + ((state = (state * 1664525) + 1013904223) >> 26));
        return text;
    }

    private static byte[] Packed(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
            gzip.Write(text);
        return packed.ToArray();
    }
}
