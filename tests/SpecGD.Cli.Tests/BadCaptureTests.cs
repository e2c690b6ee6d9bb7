using System.IO.Compression;
using System.Text;

namespace SpecGD.Cli.Tests;

/// <summary>
/// Files that are no captures: each gets one line and exit code 2. The program runs within the test, since it starts more often than all other tests
/// together; the first and the last case also run as a process.
/// </summary>
[Collection(nameof(BadCaptureTests))]
public sealed class BadCaptureTests : InTemporaryDirectory
{
    private const string G = """{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]}""";

    /// <summary>Name, content of a safetensors file, and what the line must say.</summary>
    private static readonly Dictionary<string, (Func<byte[]> Content, string Sentence)> Safetensors = new()
    {
        ["under 8 bytes"] = (() => [1, 2, 3], "it has 3 bytes, and the length of its header alone takes 8"),
        ["empty"] = (() => [], "is empty; a safetensors file was expected"),
        ["header of 2^64 - 1"] = (() => [255, 255, 255, 255, 255, 255, 255, 255, 123, 125], "a header of 18446744073709551615 bytes"),
        ["header over 100 MB"] = (() => [1, 225, 245, 5, 0, 0, 0, 0], "a header of 100000001 bytes, and at most 100000000 are allowed"),
        ["header beyond the end"] = (() => [9, 0, 0, 0, 0, 0, 0, 0, 123, 125], "was cut short"),
        ["not UTF-8"] = (() => [3, 0, 0, 0, 0, 0, 0, 0, 123, 255, 125], "its header is not UTF-8"),
        ["not an object"] = (() => Whole("[]", 0), "does not start with '{'"),
        ["duplicate key"] = (() => Whole($$$"""{"a/gradient":{{{G}}},"a/gradient":{{{G}}}}""", 8), "is described twice"),
        ["overlap"] = (() => Whole($$$"""{"a/gradient":{{{G}}},"a/gram":{"dtype":"F64","shape":[1,1],"data_offsets":[4,12]}}""", 12), "overlaps the one before it"),
        ["hole"] = (() => Whole($$$"""{"a/gradient":{{{G}}},"a/gram":{"dtype":"F64","shape":[1,1],"data_offsets":[9,17]}}""", 17), "leaves a hole"),
        ["first offset"] = (() => Whole("""{"a/gradient":{"dtype":"F64","shape":[1,1],"data_offsets":[8,16]}}""", 16), "begins at byte 8 of the buffer instead of 0"),
        ["bytes at the end"] = (() => Whole($$$"""{"a/gradient":{{{G}}}}""", 9), "its last tensor is followed by 1 byte"),
        ["negative offset"] = (() => Whole("""{"a/gradient":{"dtype":"F64","shape":[1,1],"data_offsets":[-8,0]}}""", 8), "the negative number -8"),
        ["reversed offsets"] = (() => Whole("""{"a/gradient":{"dtype":"F64","shape":[1,1],"data_offsets":[8,0]}}""", 8), "ends before it begins"),
        ["wrapping shape"] = (() => Whole("""{"a/gradient":{"dtype":"U8","shape":[4194305,4194305,211106198978564],"data_offsets":[0,4]}}""", 4), "more bytes than 2⁶³"),
        ["size and shape"] = (() => Whole("""{"a/gradient":{"dtype":"F64","shape":[2,1],"data_offsets":[0,8]}}""", 8), "has 16 bytes, but its data_offsets span 8"),
        ["unknown dtype"] = (() => Whole("""{"a/gradient":{"dtype":"F31","shape":[1,1],"data_offsets":[0,8]}}""", 8), "unknown dtype 'F31'"),
        ["deep JSON"] = (() => Whole("{\"a\":" + new string('[', 70) + new string(']', 70) + "}", 0), "nests deeper than 64 levels"),
        ["zero-size tensor"] = (() => Whole("""{"a/gradient":{"dtype":"F64","shape":[0,3],"data_offsets":[0,0]}}""", 0), "is empty, of shape [0, 3]"),
        ["a million tiny tensors"] = (Million, "is not named LAYER/ROLE"),
        ["Git LFS"] = (() => Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"), "is a Git LFS pointer"),
        ["no layers"] = (() => Whole("{}", 0), "without a single layer"),
        ["a checkpoint"] = (() => Whole("""{"fc.weight":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]}}""", 8), "'fc.weight' is not named LAYER/ROLE"),
        ["not JSON within"] = (() => Described("{"), "its description ('specgd') is not as docs/capture-format.md has it"),
        ["a wrong type"] = (() => Described("""{"format":"specgd-capture","layers":[{"name":"a","samples":"many"}]}"""), "at $.layers[0].samples"),
        ["a layer without a name"] = (() => Described("""{"format":"specgd-capture","layers":[{"samples":3}]}"""), "is not as docs/capture-format.md has it"),
        ["a layer named null"] = (() => Described("""{"format":"specgd-capture","layers":[{"name":null}]}"""), "at $.layers[0].name"),
        ["a null layer"] = (() => Described("""{"format":"specgd-capture","layers":[null]}"""), "has null where a layer or a name was expected"),
        ["no layers at all"] = (() => Described("""{"format":"specgd-capture","layers":null}"""), "at $.layers"),
        ["NaN in JSON"] = (() => Described("""{"format":"specgd-capture","step":NaN,"layers":[{"name":"a"}]}"""), "is not as docs/capture-format.md has it"),
        ["another format"] = (() => Described("""{"format":"other","layers":[{"name":"a"}]}"""), "has the format 'other'"),
        ["a later version"] = (() => Described("""{"format":"specgd-capture","version":9,"layers":[{"name":"a"}]}"""), "is of version 9"),
        ["a missing tensor"] = (() => Described("""{"format":"specgd-capture","layers":[{"name":"a","gram":"b"}]}"""), "names the tensor 'b', which the file lacks"),
        ["an unknown kind"] = (() => Described("""{"format":"specgd-capture","layers":[{"name":"a","kind":"gru"}]}"""), "is of the kind 'gru'"),
        ["an unknown group"] = (() => Described("""{"format":"specgd-capture","layers":[{"name":"a","group":"tail"}]}"""), "of the group 'tail'"),
        ["a layer twice"] = (() => Described("""{"format":"specgd-capture","layers":[{"name":"a"},{"name":"a"}]}"""), "describes the layer 'a' twice"),
        ["transposed"] = (() => Tensors("a/gradient", "[2,3]", 6, "a/gram", "[2,2]", 4), "It looks transposed"),
        ["Gram not square"] = (() => Tensors("a/gradient", "[2,3]", 6, "a/gram", "[2,3]", 6), "it must be square"),
    };

    public static TheoryData<string> Names => new(Safetensors.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bad_safetensors_file_is_one_line_and_exit_code_2(string name)
    {
        string path = Path.Combine(Folder, "x.safetensors");
        File.WriteAllBytes(path, Safetensors[name].Content());

        Refused(path, Safetensors[name].Sentence);
    }

    public static TheoryData<string, string, string> Archives => new()
    {
        { "a/gradient.npy", "|O (1,)", "holds Python objects" },
        { "a/gradient.npy", "<f8 (4294967296,)", "takes 34359738368 bytes" },
        { "../a/gradient.npy", "<f8 (1,)", "a name that leaves the archive" },
        { "a/gradient.npy a/gradient.npy", "<f8 (1,)", "twice" },
        { "a/gradient.npy", "long", "claims a header of 65535 bytes; at most 10000 are allowed" },
        { "a/gradient.npy", "bomb", "its check sum or its length is wrong" },
    };

    [Theory]
    [MemberData(nameof(Archives))]
    public void A_bad_npz_file_is_one_line_and_exit_code_2(string names, string content, string sentence)
    {
        string path = Path.Combine(Folder, "x.npz");
        WriteArchive(path, names.Split(' '), content);

        Refused(path, sentence);
    }

    [Fact]
    public void What_is_no_file_or_no_capture_by_its_name_is_refused_as_well()
    {
        File.WriteAllText(Path.Combine(Folder, "x.npy"), "");
        Refused(Path.Combine(Folder, "x.npy"), "is one array; a capture is an archive");
        Refused(Path.Combine(Folder, "x.pt"), "looks like a pickle, which is never loaded");
        Refused(Path.Combine(Folder, "none.safetensors"), "there is no such file");
        Refused(Folder, "is a directory");
        var process = Specgd("diagnose", "none.npz", "--json");
        process.ExitCode.ShouldBe(2);
        process.Output.ShouldBeEmpty();
        process.Error.ShouldBe($"specgd: none.npz cannot be read as an npz file: there is no such file.{Environment.NewLine}");
    }

    [Theory]
    [InlineData("--c-op -1", "--c-op takes a number from 0 on; '-1' is not.")]
    [InlineData("--c-op nan", "--c-op takes a number from 0 on; 'nan' is not.")]
    [InlineData("--spectra a", "--spectra writes files; say where with --output DIR.")]
    public void Bad_options_are_one_line_and_exit_code_2(string options, string sentence)
    {
        string path = Path.Combine(Folder, "x.safetensors");
        File.WriteAllBytes(path, Tensors("a/gradient", "[1,1]", 1, "a/gram", "[1,1]", 1));

        Refused(path, sentence, options.Split(' '));
    }

    /// <summary>Runs the program within this process: the streams are those of the process, so nothing else in this assembly may write to them.</summary>
    private static void Refused(string path, string sentence, params string[] options)
    {
        var (output, error) = (Console.Out, Console.Error);
        using var said = new StringWriter();
        using var results = new StringWriter();
        Console.SetError(said);
        Console.SetOut(results);
        int code;
        try
        {
            code = CommandLine.Invoke(["diagnose", path, .. options]);
        }
        finally
        {
            Console.SetError(error);
            Console.SetOut(output);
        }
        code.ShouldBe(2, said.ToString());
        results.ToString().ShouldBeEmpty();
        said.ToString().ShouldContain(sentence);
        said.ToString().TrimEnd().Split('\n').Length.ShouldBe(1, said.ToString());
    }

    private static byte[] Whole(string header, int buffer) => [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. new byte[buffer]];

    private static byte[] Described(string json) =>
        Whole($$$"""{"__metadata__":{"specgd":"{{{json.Replace("\"", "\\\"", StringComparison.Ordinal)}}}"}}""", 0);

    private static byte[] Tensors(string one, string shape, int count, string other, string otherShape, int otherCount) => Whole(
        $$$"""{"{{{one}}}":{"dtype":"F64","shape":{{{shape}}},"data_offsets":[0,{{{8 * count}}}]},"{{{other}}}":{"dtype":"F64","shape":{{{otherShape}}},"data_offsets":[{{{8 * count}}},{{{8 * (count + otherCount)}}}]}}""",
        8 * (count + otherCount));

    private static byte[] Million()
    {
        const int count = 1_000_000;
        var header = new StringBuilder("{");
        for (int i = 0; i < count; i++)
            header.Append(i == 0 ? "" : ",").Append('"').Append(i).Append("\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[").Append(i).Append(',').Append(i + 1).Append("]}");
        return Whole(header.Append('}').ToString(), count);
    }

    private static void WriteArchive(string path, string[] names, string content)
    {
        byte[] npy = content switch
        {
            "long" => [0x93, .. "NUMPY"u8, 1, 0, 255, 255, .. new byte[80]],
            "bomb" => Npy("<f8", "(4,)", new byte[1_000_000]),
            _ => Npy(content.Split(' ', 2)[0], content.Split(' ', 2)[1], new byte[8]),
        };
        using (var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create))
        {
            foreach (string name in names)
            {
                using var stream = archive.CreateEntry(name, CompressionLevel.SmallestSize).Open();
                stream.Write(npy);
            }
        }
        if (content != "bomb")
            return;
        byte[] zip = File.ReadAllBytes(path);
        uint claimed = (uint)(npy.Length - 1_000_000 + 32);
        BitConverter.TryWriteBytes(zip.AsSpan(zip.AsSpan().LastIndexOf((byte[])[0x50, 0x4B, 1, 2]) + 24), claimed).ShouldBeTrue();
        BitConverter.TryWriteBytes(zip.AsSpan(22), claimed).ShouldBeTrue();
        File.WriteAllBytes(path, zip);
    }

    private static byte[] Npy(string type, string shape, byte[] data)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. data];
    }
}
