using System.IO.Compression;
using System.Text;
using SpecGD.Diagnosis;
using SpecGD.Records;

namespace SpecGD.Tests.Records;

public sealed class NpzTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-npz-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "x.npz");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void Every_type_and_order_is_read(CompressionLevel level)
    {
        Zip(
            level,
            ("c.npy", Npy("<f8", "(2, 3)", Bytes(1.0, 2, 3, 4, 5, 6))),
            ("f.npy", Npy("<f8", "(2, 3)", Bytes(1.0, 4, 2, 5, 3, 6), fortran: true)),
            ("single.npy", Npy("<f4", "(2,)", [.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f)])),
            ("half.npy", Npy("<f2", "(1, 1)", BitConverter.GetBytes((Half)0.5))),
            ("scalar.npy", Npy("<i8", "()", BitConverter.GetBytes(77L))),
            ("int.npy", Npy("<i4", "(1,)", BitConverter.GetBytes(-3))),
            ("byte.npy", Npy("|u1", "(2,)", [200, 7])),
            ("none.npy", Npy("<f8", "(0, 4)", [])));

        using var file = NpzFile.Open(Path);
        double[] expected = [1, 2, 3, 4, 5, 6];
        file.ReadMatrix("c").AsSpan().ToArray().ShouldBe(expected);
        file.ReadMatrix("f").AsSpan().ToArray().ShouldBe(expected);
        file.ReadMatrix("single").AsSpan().ToArray().ShouldBe([1.5, -2]);
        file.ReadMatrix("half")[0, 0].ShouldBe(0.5);
        file.ReadIntegers("scalar").ShouldBe([77L]);
        file.ReadIntegers("int").ShouldBe([-3L]);
        file.ReadIntegers("byte").ShouldBe([200L, 7]);
        file.ReadMatrix("none").ToString().ShouldBe("0×4");
        Should.Throw<BadInputException>(() => file.ReadMatrix("int")).Message.ShouldContain("array 'int' holds I4; f8, f4 or f2 was expected.");
        Should.Throw<BadInputException>(() => file.ReadIntegers("c")).Message.ShouldContain("whole numbers were expected.");
        Should.Throw<BadInputException>(() => file.ReadMatrix("x")).Message.ShouldContain("has no array 'x'.");
    }

    [Fact]
    public void What_is_written_as_npy_is_read_back()
    {
        string npy = System.IO.Path.Combine(_folder, "s.npy");
        NpyWriter.Write(npy, [3, 2, 1e-300]);
        byte[] bytes = File.ReadAllBytes(npy);
        ((bytes.Length - 24) % 64).ShouldBe(0, "the header is padded to a multiple of 64");
        Zip(CompressionLevel.Fastest, ("s.npy", bytes));

        using var file = NpzFile.Open(Path);
        file.ReadMatrix("s").AsSpan().ToArray().ShouldBe([3, 2, 1e-300]);
    }

    public static TheoryData<string, string, string, string> BadHeaders => new()
    {
        { "|O", "(1,)", "False", "holds Python objects ('|O'), which are never loaded" },
        { ">f8", "(1,)", "False", "is big-endian ('>f8')" },
        { "<c16", "(1,)", "False", "holds '<c16'; f8, f4, f2, i8, i4, u1 and b1 can be read." },
        { "<f8", "(4294967296,)", "False", "takes 34359738368 bytes, and" },
        { "<f8", "(4294967296, 4294967296)", "False", "has more bytes than 2⁶³" },
        { "<f8", "(99999999999999999999,)", "False", "no whole number below 2⁶³" },
        { "<f8", "(-1,)", "False", "has the negative size -1 in its shape" },
        { "<f8", "[1]", "False", "structures" },
        { "<f8", "(1,)", "__import__('os')", "cannot be read: a string was expected" },
        { "<f8", "(2,)", "False", "takes 16 bytes, and" },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void Every_bad_header_gets_its_own_sentence(string type, string shape, string order, string sentence)
    {
        Zip(CompressionLevel.NoCompression, ("a.npy", Raw($"{{'descr': '{type}', 'fortran_order': {order}, 'shape': {shape}, }}", Bytes(1.0))));

        Refusal().ShouldContain(sentence);
    }

    [Fact]
    public void Every_bad_archive_gets_its_own_sentence()
    {
        byte[] good = Npy("<f8", "(1,)", Bytes(1.0));
        void Refused(string sentence, params (string, byte[])[] entries)
        {
            Zip(CompressionLevel.NoCompression, entries);
            Refusal().ShouldContain(sentence);
        }

        Refused("a name that leaves the archive", ("../a.npy", good));
        Refused("a name that leaves the archive", ("/a.npy", good));
        Refused("holds 'a.npy' twice", ("a.npy", good), ("a.npy", good));
        Refused("which is no array", ("a.txt", good));
        Refused("does not begin with", ("a.npy", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
        Refused("it ends within its header", ("a.npy", good[..9]));
        Refused("claims a header of 65535 bytes; at most 10000", ("a.npy", [.. good[..8], 255, 255, .. good[10..]]));
        Refused("is of npy version 9", ("a.npy", [.. good[..6], 9, .. good[7..]]));
        Refused("structures", ("a.npy", Raw("{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (1,), }", Bytes(1.0))));
        Refused("which is how NumPy saves bfloat16; save it as single precision", ("a.npy", Raw("{'descr': '|V2', 'fortran_order': False, 'shape': (4,), }", Bytes(1.0))));
        Refused("the field 'descr' is there twice", ("a.npy", Raw("{'descr': '<f8', 'descr': '<f8', 'shape': (1,), }", Bytes(1.0))));
        File.WriteAllBytes(Path, [.. Encoding.ASCII.GetBytes("PK no zip at all")]);
        Refusal().ShouldContain("it is not a whole zip archive");
        File.WriteAllBytes(Path, []);
        Refusal().ShouldContain("is empty");
        Should.Throw<BadInputException>(() => NpzFile.Open(_folder)).Message.ShouldContain("is a directory");
        Should.Throw<BadInputException>(() => NpzFile.Open(Path + "x")).Message.ShouldContain("there is no such file");
    }

    [Theory]
    [InlineData(160u, "its check sum or its length is wrong")] // smaller than what is there
    [InlineData(0xF0000000u, "unpacked; it is not opened")] // four gigabytes in a few kilobytes
    [InlineData(0x30000000u, "more than there can be")] // less than what is opened without a question, and more than deflate can make of its bytes
    public void A_bomb_that_lies_about_its_size_is_refused(uint claimed, string sentence)
    {
        byte[] npy = Npy("<f8", "(4,)", new byte[10_000_000]);
        Zip(CompressionLevel.SmallestSize, ("a.npy", npy));
        byte[] zip = File.ReadAllBytes(Path);
        int directory = zip.AsSpan().LastIndexOf((byte[])[0x50, 0x4B, 1, 2]);
        BitConverter.TryWriteBytes(zip.AsSpan(directory + 24), claimed).ShouldBeTrue();
        BitConverter.TryWriteBytes(zip.AsSpan(22), claimed).ShouldBeTrue();
        File.WriteAllBytes(Path, zip);

        Should.Throw<BadInputException>(() =>
        {
            using var file = NpzFile.Open(Path);
            file.ReadMatrix("a");
        }).Message.ShouldContain(sentence);
    }

    [Fact]
    public void A_changed_byte_is_noticed()
    {
        byte[] npy = Npy("<f8", "(4,)", Bytes(1.0, 2, 3, 4));
        Zip(CompressionLevel.NoCompression, ("a.npy", npy));
        byte[] zip = File.ReadAllBytes(Path);
        zip[zip.AsSpan().IndexOf(npy) + npy.Length - 5] ^= 1;
        File.WriteAllBytes(Path, zip);

        using var file = NpzFile.Open(Path);
        Should.Throw<BadInputException>(() => file.ReadMatrix("a")).Message.ShouldContain("its check sum or its length is wrong");
    }

    [Fact]
    public void A_capture_as_npz_needs_names_alone_and_may_describe_itself()
    {
        (string, byte[])[] arrays =
        [
            ("mlp.fc/gradient.npy", Npy("<f8", "(2, 2)", Bytes(1.0, 0, 0, 1))), ("mlp.fc/gram.npy", Npy("<f8", "(2, 2)", Bytes(3.0, 0, 0, 1))),
            ("mlp.fc/samples.npy", Npy("<i8", "()", BitConverter.GetBytes(1000L))), ("out/gradient.npy", Npy("<f8", "(1, 2)", Bytes(1.0, 0))),
            ("out/activations.npy", Npy("<f8", "(3, 2)", Bytes(1.0, 0, 1, 0, 0, 1))),
        ];
        Zip(CompressionLevel.Fastest, arrays);
        var rows = Diagnosing.Run([Path], new LayerJudge()).Rows;
        byte[] json = Encoding.UTF8.GetBytes("""{"format":"specgd-capture","version":1,"step":4,"layers":[{"name":"fc","gradient":"mlp.fc/gradient","gram":"mlp.fc/gram","samples":1000}]}""");
        Zip(CompressionLevel.Fastest, [.. arrays, ("specgd.npy", Npy("|u1", $"({json.Length},)", json))]);
        var described = Diagnosing.Run([Path], new LayerJudge()).Rows.Single();

        rows.Select(row => (row.Name, row.NuclearRank, row.Samples)).ShouldBe([("mlp.fc", 2.0, 1000L), ("out", 1.0, 3L)]);
        rows[0].StableRank!.Value.ShouldBe(4 / 3.0, 1e-12); // rounding
        rows[1].StableRank!.Value.ShouldBe(1.5, 1e-12);
        described.Name.ShouldBe("fc");
        described.Step.ShouldBe(4);
    }

    private static byte[] Bytes(params double[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static byte[] Npy(string type, string shape, byte[] data, bool fortran = false) =>
        Raw($"{{'descr': '{type}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}", data);

    private static byte[] Raw(string header, byte[] data)
    {
        string padded = header.PadRight(((10 + header.Length + 64) / 64 * 64) - 11) + "\n";
        return [0x93, .. Encoding.ASCII.GetBytes("NUMPY"), 1, 0, (byte)padded.Length, (byte)(padded.Length >> 8), .. Encoding.ASCII.GetBytes(padded), .. data];
    }

    private void Zip(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using var archive = new ZipArchive(File.Create(Path), ZipArchiveMode.Create);
        foreach (var (name, content) in entries)
        {
            using var stream = archive.CreateEntry(name, level).Open();
            stream.Write(content);
        }
    }

    private string Refusal() => Should.Throw<BadInputException>(() => NpzFile.Open(Path)).Message;
}
