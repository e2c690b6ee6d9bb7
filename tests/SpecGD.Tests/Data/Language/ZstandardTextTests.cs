using System.Text;
using SpecGD.Data.Language.Text;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Training.Gpt;
using ZstdSharp;

namespace SpecGD.Tests.Data.Language;

public sealed class ZstandardTextTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-zstd-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("long.txt.zst")]
    [InlineData("long.txt.zstd")]
    [InlineData("long.TXT.ZST")]
    [InlineData("named-as-plain.txt")]
    public void Text_in_several_frames_is_unpacked_as_a_whole(string name)
    {
        byte[] text = Text(3 * TextBlocks.BlockLength);
        byte[] noted = [0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]; // a frame that is passed over
        string path = Write(name, [.. noted, .. Packed(text[..1000]), .. Packed(text[1000..])]);

        Tokenize(path).TextBytes.ShouldBe(text.Length);
        ByteText.Read(path, 256)[1..].SequenceEqual(text.Select(b => (ushort)b)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("a.jsonl.zst")]
    [InlineData("c4.json.zst")]
    public void JSON_Lines_are_read_by_the_name_within_and_found_in_folders(string name)
    {
        Write(name, Packed("{\"text\": \"one\"}\n{\"text\": \"two\"}\n"u8.ToArray()));

        var folder = Tokenize(_folder);

        (folder.Documents, folder.TextBytes).ShouldBe((2L, 6L));
    }

    [Fact]
    public void A_window_of_two_gigabytes_is_allowed()
    {
        using var packed = new MemoryStream();
        using (var stream = new CompressionStream(packed, 1))
        {
            stream.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_windowLog, 28); // beyond 27, what readers take unasked
            stream.Write(Text(2 * TextBlocks.BlockLength));
        }
        Tokenize(Write("window.txt.zst", packed.ToArray())).TextBytes.ShouldBe(2 * TextBlocks.BlockLength);
    }

    [Fact]
    public void Cut_or_damaged_it_is_refused_and_never_half_a_text()
    {
        byte[] whole = Packed(Text(2 * TextBlocks.BlockLength));
        byte[] sum = [.. whole];
        sum[^2] ^= 1;
        foreach (byte[] bytes in new[] { whole[..5], whole[..(whole.Length / 2)], whole[..^1], sum, [.. whole, .. "more"u8] })
        {
            string path = Write("bad.txt.zst", bytes);
            Should.Throw<BadInputException>(() => Tokenize(path)).Message.ShouldStartWith($"{path} is no whole Zstandard file");
            Should.Throw<BadInputException>(() => ByteText.Read(path, 256)).Message.ShouldStartWith($"{path} is no whole Zstandard file");
            Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "out")).ShouldBeEmpty();
        }
    }

    private static byte[] Text(int length)
    {
        var random = new RandomText(41);
        var text = new List<byte>();
        while (text.Count < length)
            text.AddRange(Encoding.ASCII.GetBytes($"{random.Below(1 << 30)} "));
        return [.. text.Take(length)];
    }

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new CompressionStream(packed, 3))
        {
            stream.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1); // as the command zstd does
            stream.Write(bytes);
        }
        return packed.ToArray();
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private TokenFolder Tokenize(string place)
    {
        using var writer = new TokenFolderWriter(Path.Combine(_folder, "out"), "t", ByteTokenizer.Instance, overwrite: true);
        return new TextTokenization(ByteTokenizer.Instance).Run(TextInput.Find([place]), writer);
    }
}
