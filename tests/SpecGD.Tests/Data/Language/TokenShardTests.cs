using System.Buffers.Binary;
using FsCheck.Fluent;
using SpecGD.Data.Language.Tokens;
using SpecGD.Tests.Spectral;

namespace SpecGD.Tests.Data.Language;

public sealed class TokenShardTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-shard-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_shard_is_256_little_endian_integers_and_then_tokens_of_two_bytes()
    {
        string path = Write(1, 256, 65535);

        byte[] bytes = File.ReadAllBytes(path);

        bytes.Length.ShouldBe(1024 + 6);
        bytes[..12].ShouldBe([0x88, 0xd8, 0x34, 0x01, 1, 0, 0, 0, 3, 0, 0, 0]); // 20240520 = 0x0134d888
        bytes[12..1024].ShouldAllBe(b => b == 0);
        bytes[1024..].ShouldBe([1, 0, 0, 1, 0xff, 0xff]);
        using var shard = TokenShard.Open(path, 65536);
        shard.Count.ShouldBe(3);
        var tokens = new ushort[2];
        shard.Read(1, tokens);
        tokens.ShouldBe([(ushort)256, (ushort)65535]);
        Should.Throw<ArgumentOutOfRangeException>(() => shard.Read(2, tokens));
    }

    [Theory]
    [InlineData("magic", "is no token shard: it begins with 20240521")]
    [InlineData("llama", "is a token shard of Llama 3 (magic number 20240801), whose tokens have 32 bits; only shards with tokens of 16 bits")]
    [InlineData("version", "is a token shard of version 2; only version 1 is known.")]
    [InlineData("negative", "is damaged: its header says that it has -1 tokens.")]
    [InlineData("many", "is cut short: its header says 5 tokens, so 1034 bytes; the file has 1032.")]
    [InlineData("few", "is too long: its header says 3 tokens, so 1030 bytes; the file has 1032.")]
    [InlineData("odd", "is damaged: its length of 1033 bytes is odd")]
    [InlineData("short", "is no token shard: it has 900 bytes, and the header alone has 1024.")]
    [InlineData("empty", "is no token shard: it has 0 bytes")]
    [InlineData("page", "is no token shard: it begins with 1952522556 ('<!at'), and a shard with the magic number 20240520.")]
    [InlineData("pointer", "is a Git LFS pointer, not a token shard; fetch the data with 'git lfs pull'.")]
    [InlineData("directory", "is a directory; a token shard is a file.")]
    [InlineData("missing", "cannot be read as a token shard: there is no such file.")]
    public void Each_way_to_be_no_shard_has_its_own_sentence(string damage, string sentence)
    {
        string path = Write(1, 2, 3, 4);
        byte[] bytes = File.ReadAllBytes(path);
        File.Delete(path);
        Span<byte> header = bytes;
        switch (damage)
        {
            case "magic": BinaryPrimitives.WriteInt32LittleEndian(header, 20240521); break;
            case "llama": BinaryPrimitives.WriteInt32LittleEndian(header, 20240801); break;
            case "version": BinaryPrimitives.WriteInt32LittleEndian(header[4..], 2); break;
            case "negative": BinaryPrimitives.WriteInt32LittleEndian(header[8..], -1); break;
            case "many": BinaryPrimitives.WriteInt32LittleEndian(header[8..], 5); break;
            case "few": BinaryPrimitives.WriteInt32LittleEndian(header[8..], 3); break;
            case "odd": bytes = [.. bytes, 0]; break;
            case "short": bytes = bytes[..900]; break;
            case "empty": bytes = []; break;
            case "page": "<!at"u8.CopyTo(header); break;
            case "pointer": bytes = [.. "version https://git-lfs.github.com/spec/v1\n"u8]; break;
            default: break;
        }
        if (damage == "directory")
            Directory.CreateDirectory(path);
        else if (damage != "missing")
            File.WriteAllBytes(path, bytes);

        string message = Should.Throw<BadInputException>(() => TokenShard.Open(path, 65536)).Message;

        message.ShouldStartWith(path);
        message.ShouldContain(sentence);
    }

    [Fact]
    public void A_token_outside_the_vocabulary_is_named_with_its_place()
    {
        using var shard = TokenShard.Open(Write(0, 256, 256, 257, 3), 257);
        var tokens = new ushort[3];

        shard.Read(0, tokens);

        Should.Throw<BadInputException>(() => shard.Read(1, tokens)).Message
            .ShouldEndWith("has token 257 at position 3; the vocabulary has 257 ids, so the largest is 256.");
    }

    [Fact]
    public void Any_bytes_are_a_header_or_bad_input_and_nothing_else() => Properties.Hold(ArbMap.Default.ArbFor<(byte[], int, int, int, int)>(), c =>
    {
        var (bytes, kind, version, count, length) = c;
        byte[] header = new byte[kind % 3 == 0 ? bytes.Length : TokenShardHeader.Length];
        bytes.AsSpan(0, Math.Min(bytes.Length, header.Length)).CopyTo(header);
        if (header.Length >= 12 && kind % 2 == 0)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header, TokenShardHeader.Magic);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), kind % 4 == 0 ? 1 : version);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), count);
        }
        long fileLength = kind % 8 == 0 ? 1024 + (2L * count) : length;
        try
        {
            TokenShardHeader.Parse(header, fileLength, "f").FileLength.ShouldBe(fileLength);
        }
        catch (BadInputException e)
        {
            e.Message.ShouldStartWith("f ");
        }
    }, count: 1000);

    [Fact]
    public void A_header_is_read_as_it_was_written() => Properties.Hold(ArbMap.Default.ArbFor<FsCheck.NonNegativeInt>(), count =>
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)7, TokenShardHeader.Length)];
        var header = new TokenShardHeader(count.Get);
        header.Write(bytes);
        TokenShardHeader.Parse(bytes, header.FileLength, "f").ShouldBe(header);
        Should.Throw<BadInputException>(() => TokenShardHeader.Parse(bytes, header.FileLength + 2, "f"));
    }, count: 100);

    [Fact]
    public void Shards_are_found_by_folder_and_pattern_in_the_order_of_their_names()
    {
        foreach (string name in new[] { "a_train_000010.bin", "a_train_000002.bin", "a_val_000000.bin", "notes.txt", "a_train_000003.bin.partial" })
            File.WriteAllBytes(Path.Combine(_folder, name), []);
        string[] Found(string place, string within) => [.. TokenFiles.Find(place, within).Select(f => Path.GetFileName(f))];

        Found(_folder, TokenFiles.Training).ShouldBe(["a_train_000002.bin", "a_train_000010.bin"]);
        Found(_folder, TokenFiles.Validation).ShouldBe(["a_val_000000.bin"]);
        Found(_folder, TokenFiles.All).Length.ShouldBe(3);
        Found(Path.Combine(_folder, "*_000?0?.bin"), TokenFiles.All).ShouldBe(["a_train_000002.bin", "a_val_000000.bin"]);
        Found(Path.Combine(_folder, "notes.txt"), TokenFiles.All).ShouldBe(["notes.txt"]);
        Should.Throw<BadInputException>(() => TokenFiles.Find(Path.Combine(_folder, "*.dat"))).Message.ShouldContain("No file matches");
        Should.Throw<BadInputException>(() => TokenFiles.Find(Path.Combine(_folder, "none"))).Message.ShouldContain("There is no token shard and no folder at");
        Should.Throw<BadInputException>(() => TokenFiles.Find(Path.Combine(_folder, "none", "*.bin"))).Message.ShouldContain("there is no folder");
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        Should.Throw<BadInputException>(() => TokenFiles.Find(Path.Combine(_folder, "empty"), TokenFiles.Training)).Message.ShouldContain("has no token shard named *_train_*.bin");
    }

    [Fact]
    public void A_pattern_may_stand_for_folders_too()
    {
        foreach (string name in new[] { "books/a_val_000000.bin", "books/a_train_000001.bin", "web/b_val_000000.bin", "web/deep/c_val_000000.bin", "none/notes.txt" })
        {
            string path = Path.Combine(_folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, []);
        }
        string[] Found(string place) => [.. TokenFiles.Find(Path.Combine(_folder, place)).Select(file => Path.GetRelativePath(_folder, file).Replace('\\', '/'))];

        Found("*/*_val_*.bin").ShouldBe(["books/a_val_000000.bin", "web/b_val_000000.bin"]);
        Found("*/deep/*.bin").ShouldBe(["web/deep/c_val_000000.bin"]);
        Found("b*/a_val_000000.bin").ShouldBe(["books/a_val_000000.bin"]);
        Should.Throw<BadInputException>(() => Found("*/*.dat")).Message.ShouldEndWith(".dat.");
        Should.Throw<BadInputException>(() => Found("z*/*.bin")).Message.ShouldContain("no folder matches");
    }

    [Fact]
    public void A_shard_that_changed_since_the_list_was_made_is_noticed()
    {
        string path = Write(1, 2, 3);
        var shards = TokenShards.OfFiles([path], 257);
        Write(1, 2, 3, 4);

        Should.Throw<BadInputException>(() => shards.Open(0)).Message.ShouldEndWith("had 3 tokens when this run began and has 4 now.");
        Should.Throw<BadInputException>(() => TokenShards.OfFiles([], 257));
    }

    private string Write(params ushort[] tokens)
    {
        string path = Path.Combine(_folder, "shard.bin");
        using var writer = new TokenShardWriter(path);
        writer.Append(tokens);
        writer.Seal();
        writer.Publish();
        return path;
    }
}
