using System.Buffers.Binary;
using System.Text;
using FsCheck.Fluent;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Records;
using SpecGD.Tests.Spectral;

namespace SpecGD.Tests.Records;

public sealed class SafetensorsTests : IDisposable
{
    private const string Sixteen = """{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-safetensors-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "x.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Header, bytes of buffer behind it, and what the sentence must say.</summary>
    public static TheoryData<string, int, string> BadHeaders => new()
    {
        { "", 0, "its header does not start with '{'" },
        { " {}", 0, "its header does not start with '{'" },
        { "[]", 0, "its header does not start with '{'" },
        { "{\"a\":", 0, "its header is not JSON" },
        { "{} x", 0, "its header is not JSON" },
        { Nested(70), 0, "its header nests deeper than 64 levels" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "tensor 'a' is described twice" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "tensor 'a' is described twice" },
        { """{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'a' has the field 'dtype' twice" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "tensor 'b' overlaps the one before it: it begins at byte 4, before 8" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "tensor 'b' leaves a hole before it: it begins at byte 8, the one before ends at 4" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "tensor 'a' is the first and begins at byte 4 of the buffer instead of 0" },
        { Sixteen, 17, "its last tensor is followed by 1 byte" },
        { Sixteen, 15, "tensor 'a' ends at byte 16 of a buffer of 15: the file was cut short" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 0, "tensor 'a' has the negative number -4 in data_offsets" },
        { """{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "tensor 'a' has the negative number -1 in shape" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "tensor 'a' ends before it begins: data_offsets [4, 0]" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 8, "tensor 'a' needs two data_offsets, begin and end; there are 3" },
        { """{"a":{"dtype":"U8","shape":[4194305,4194305,211106198978564],"data_offsets":[0,4]}}""", 4, "tensor 'a' of shape [4194305, 4194305, 211106198978564] has more bytes than 2⁶³" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}}""", 4, "tensor 'a' of shape [3] in F32 has 12 bytes, but its data_offsets span 4" },
        { """{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'a' has the unknown dtype 'F31'" },
        { """{"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'a' has the unknown dtype ''" },
        { """{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "tensor 'a' has something in shape that is no whole number below 2⁶³" },
        { """{"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,4]}}""", 4, "tensor 'a' has something in shape that is no whole number below 2⁶³" },
        { """{"a":{"dtype":"F32","shape":3,"data_offsets":[0,4]}}""", 4, "tensor 'a' must have an array of whole numbers as shape" },
        { """{"a":{"dtype":"F32","shape":[1]}}""", 4, "tensor 'a' lacks data_offsets" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"colour":1}}""", 4, "tensor 'a' has the unknown field 'colour'" },
        { """{"a":5}""", 4, "tensor 'a' must be an object with dtype, shape and data_offsets" },
        { """{"__metadata__":5}""", 0, "'__metadata__' must be an object of texts" },
        { """{"__metadata__":{"a":5}}""", 0, "'__metadata__' maps texts to texts, but 'a' is no text" },
        { """{"__metadata__":{"a":"b","a":"c"}}""", 0, "'__metadata__' has the key 'a' twice" },
        { """{"__metadata__":{},"__metadata__":{}}""", 0, "'__metadata__' is there twice" },
        { """{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "half a surrogate pair" },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void Every_bad_header_gets_its_own_sentence(string header, int bufferLength, string sentence)
    {
        WriteFile(Encoding.UTF8.GetBytes(header), bufferLength);

        Refusal().ShouldContain(sentence);
    }

    [Theory]
    [InlineData(new byte[0], "is empty; a safetensors file was expected")]
    [InlineData(new byte[] { 1, 2, 3 }, "it has 3 bytes, and the length of its header alone takes 8")]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255 }, "it claims a header of 18446744073709551615 bytes, and at most 100000000 are allowed")]
    [InlineData(new byte[] { 1, 225, 245, 5, 0, 0, 0, 0 }, "it claims a header of 100000001 bytes, and at most 100000000 are allowed")]
    [InlineData(new byte[] { 9, 0, 0, 0, 0, 0, 0, 0, 123, 125 }, "was cut short: it claims a header of 9 bytes, and 2 are left in the file")]
    [InlineData(new byte[] { 3, 0, 0, 0, 0, 0, 0, 0, 123, 255, 125 }, "its header is not UTF-8")]
    public void Every_bad_start_gets_its_own_sentence(byte[] content, string sentence)
    {
        File.WriteAllBytes(Path, content);

        Refusal().ShouldContain(sentence);
    }

    [Fact]
    public void What_is_not_the_file_itself_is_named()
    {
        File.WriteAllText(Path, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");

        Refusal().ShouldContain("is a Git LFS pointer, not a safetensors file; fetch the data with 'git lfs pull'.");
        Should.Throw<BadInputException>(() => SafetensorsFile.Open(_folder)).Message.ShouldContain("is a directory; a safetensors file was expected.");
        Should.Throw<BadInputException>(() => SafetensorsFile.Open(Path + "x")).Message.ShouldContain("there is no such file");
        Should.Throw<BadInputException>(() => SafetensorsFile.Open("a\0b")).Message.ShouldContain("cannot be read");
    }

    [Fact]
    public void What_was_written_is_read_back_bit_by_bit_with_names_shapes_and_metadata()
    {
        var random = new TorchRandom(1);
        var stack = random.Normal(8, 3);
        var single = Matrix.From(2, 2, [1.5f, float.NegativeZero, float.MaxValue, float.Epsilon]);
        SafetensorsWriter.Write(
            Path,
            [
                SafetensorsTensor.Of("stack \"ü\"", stack, 4, 2, 3), SafetensorsTensor.Of("single", single),
                SafetensorsTensor.Of("empty", new Matrix<float>(0, 3)), SafetensorsTensor.Of("slice", stack.ColumnSlice(1, 2)),
                SafetensorsTensor.Of("tokens", new[] { 1, -2, int.MaxValue }), SafetensorsTensor.Of("long", new[] { long.MinValue, 7 }, 2, 1),
            ],
            new Dictionary<string, string> { ["step"] = "7" });

        using var file = SafetensorsFile.Open(Path);
        file.Metadata.ShouldBe(new Dictionary<string, string> { ["step"] = "7" });
        file.Entries.Keys.ShouldBe(["stack \"ü\"", "single", "empty", "slice", "tokens", "long"]);
        file.Entry("stack \"ü\"").Shape.ShouldBe([4L, 2, 3]);
        file.ReadMatrix<double>("stack \"ü\"").AsSpan().ToArray().ShouldBe(stack.AsSpan().ToArray());
        file.ReadMatrix<float>("single").AsSpan().ToArray().Select(BitConverter.SingleToInt32Bits).ShouldBe(single.AsSpan().ToArray().Select(BitConverter.SingleToInt32Bits));
        file.ReadMatrix<double>("slice").AsSpan().ToArray().ShouldBe(stack.ColumnSlice(1, 2).Clone().AsSpan().ToArray());
        file.ReadMatrix<double>("empty").ToString().ShouldBe("0×3");
        file.ReadIntegers("tokens").ShouldBe([1L, -2, int.MaxValue]);
        file.ReadIntegers("long").ShouldBe([long.MinValue, 7]);
        (BinaryPrimitives.ReadUInt64LittleEndian(File.ReadAllBytes(Path)) % 8).ShouldBe(0UL, "the buffer starts at a multiple of eight bytes");
        Directory.EnumerateFiles(_folder).ShouldBe([Path], "no temporary file stays");
    }

    [Fact]
    public void Half_precision_of_both_kinds_scalars_and_small_integers_are_understood()
    {
        const string header =
            """{"half":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"brain":{"dtype":"BF16","shape":[1,2],"data_offsets":[4,8]},"scalar":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"small":{"dtype":"I8","shape":[2],"data_offsets":[12,14]},"bytes":{"dtype":"U8","shape":[1],"data_offsets":[14,15]},"none":{"dtype":"F64","shape":[0,5],"data_offsets":[15,15]}}      """;
        byte[] buffer = [0x00, 0x3C, 0x00, 0xC1, 0x80, 0x3F, 0x20, 0xC0, 0, 0, 0x40, 0x40, 0xFF, 5, 200];
        File.WriteAllBytes(Path, [.. Prefix(header.Length), .. Encoding.ASCII.GetBytes(header), .. buffer]);

        using var file = SafetensorsFile.Open(Path);
        file.ReadMatrix<float>("half").AsSpan().ToArray().ShouldBe([1f, -2.5f]);
        file.ReadMatrix<double>("brain").AsSpan().ToArray().ShouldBe([1.0, -2.5]);
        file.ReadMatrix<float>("scalar")[0, 0].ShouldBe(3);
        file.ReadIntegers("small").ShouldBe([-1L, 5]);
        file.ReadIntegers("bytes").ShouldBe([200L]);
        file.ReadMatrix<double>("none").ToString().ShouldBe("0×5");
        Should.Throw<BadInputException>(() => file.ReadMatrix<float>("small")).Message.ShouldContain("tensor 'small' holds I8; F64, F32, F16 or BF16 was expected.");
        Should.Throw<BadInputException>(() => file.ReadIntegers("half")).Message.ShouldContain("tensor 'half' holds F16; whole numbers were expected.");
        Should.Throw<BadInputException>(() => file.Entry("x")).Message.ShouldContain("has no tensor 'x'.");
        Should.Throw<BadInputException>(() => file.ReadInto(file.Entry("half"), new Matrix<float>(3, 1))).Message.ShouldContain("tensor 'half' of shape [2] does not fill a 3×1 matrix.");
    }

    [Fact]
    public void A_write_that_fails_half_way_leaves_what_was_there()
    {
        AtomicFile.Write(Path, "before");

        Should.Throw<IOException>(() => AtomicFile.Write(Path, stream =>
        {
            stream.Write("half"u8);
            throw new IOException("the disk is full");
        }));

        File.ReadAllText(Path).ShouldBe("before");
        Directory.EnumerateFiles(_folder).ShouldBe([Path]);
    }

    [Fact]
    public void Two_tensors_of_one_name_are_not_written()
    {
        var one = new Matrix<float>(1, 1);

        Should.Throw<ArgumentException>(() => SafetensorsWriter.Write(Path, [SafetensorsTensor.Of("a", one), SafetensorsTensor.Of("a", one)]));
        Should.Throw<ArgumentException>(() => SafetensorsWriter.Write(Path, [SafetensorsTensor.Of("__metadata__", one)]));
        Should.Throw<ArgumentException>(() => SafetensorsTensor.Of("a", one, 2));
        File.Exists(Path).ShouldBeFalse();
    }

    [Fact]
    public void A_million_tiny_tensors_are_read_in_linear_time()
    {
        const int count = 1_000_000;
        var header = new StringBuilder("{");
        for (int i = 0; i < count; i++)
            header.Append(i == 0 ? "" : ",").Append('"').Append(i).Append("\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[").Append(i).Append(',').Append(i + 1).Append("]}");
        WriteFile(Encoding.ASCII.GetBytes(header.Append('}').ToString()), count);

        using var file = SafetensorsFile.Open(Path);
        file.Entries.Count.ShouldBe(count);
        file.ReadIntegers("999999").ShouldBe([0L]);
    }

    [Fact]
    public void A_damaged_file_is_read_or_refused_but_never_anything_else()
    {
        const int cases = 300;
        SafetensorsWriter.Write(Path, [SafetensorsTensor.Of("a", new TorchRandom(2).Normal(2, 3)), SafetensorsTensor.Of("b", new[] { 1, 2 })]);
        byte[] whole = File.ReadAllBytes(Path);
        int refused = 0, read = 0;
        var damage = (from changes in Gen.Zip(Gen.Choose(0, whole.Length - 1), Gen.Choose(0, 255)).NonEmptyListOf()
                      from length in Gen.Frequency((3, Gen.Constant(whole.Length)), (1, Gen.Choose(0, whole.Length)))
                      select (changes, length)).ToArbitrary();

        Properties.Hold(damage, d =>
        {
            byte[] bytes = [.. whole];
            foreach (var (at, value) in d.changes.Take(4))
                bytes[at] = (byte)value;
            File.WriteAllBytes(Path, bytes[..d.length]);
            try
            {
                using var file = SafetensorsFile.Open(Path);
                foreach (var entry in file.Entries.Values)
                    if (entry.Element == SafetensorsElement.F64)
                        file.ReadMatrix<double>(entry.Name).Count.ShouldBe((int)entry.Count);
                read++;
            }
            catch (BadInputException e)
            {
                e.Message.ShouldContain(Path);
                refused++;
            }
        }, cases);

        refused.ShouldBeGreaterThan(cases / 4);
        read.ShouldBePositive("damage to the buffer alone must not be refused");
    }

    private static string Nested(int depth) => "{\"a\":" + new string('[', depth) + new string(']', depth) + "}";

    private static byte[] Prefix(int length)
    {
        byte[] prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)length);
        return prefix;
    }

    private void WriteFile(byte[] header, int bufferLength)
    {
        using var stream = File.Create(Path);
        stream.Write(Prefix(header.Length));
        stream.Write(header);
        stream.Write(new byte[bufferLength]);
    }

    private string Refusal() => Should.Throw<BadInputException>(() => SafetensorsFile.Open(Path)).Message;
}
