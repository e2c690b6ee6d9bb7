using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Records;

namespace SpecGD.Hardening.Fuzzing;

/// <summary>Small whole files of every kind, to be damaged.</summary>
internal static class FuzzSeeds
{
    private const string Tensors =
        """
        {"a/gradient":{"dtype":"F64","shape":[2,1],"data_offsets":[0,16]},"a/gram":{"dtype":"F32","shape":[1,1],"data_offsets":[16,20]},
        "n":{"dtype":"I32","shape":[2],"data_offsets":[20,28]},"h":{"dtype":"BF16","shape":[],"data_offsets":[28,30]},
        "e":{"dtype":"F16","shape":[0,5],"data_offsets":[30,30]}}
        """;

    public static IReadOnlyList<byte[]> Safetensors { get; } =
    [
        Whole(Utf8(Tensors), new byte[30]),
        Whole(Utf8("""{"__metadata__":{"step":"7","é":"\u00e9"},"x":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}     """), [1, 2, 3]),
        Whole(Utf8("{}"), []),
    ];

    public static IReadOnlyList<byte[]> Npy { get; } =
    [
        Array("<f8", "(2, 3)", 48), Array("<f4", "(3,)", 12), Array("<i8", "()", 8), Array("|u1", "(4,)", 4), Array("<f2", "(0, 7)", 0),
        Array("<f8", "(2, 2)", 32, fortran: true), Array("|b1", "(1, 1, 2)", 2),
    ];

    public static IReadOnlyList<byte[]> Npz { get; } =
    [
        Zip(false, ("a.npy", Npy[0]), ("b.npy", Npy[2])), Zip(true, ("a.npy", Npy[5]), ("layer/gradient.npy", Npy[1]), ("e.npy", Npy[4])), Zip(true),
    ];

    public static IReadOnlyList<byte[]> Shards { get; } = [Shard(0, 1, 256, 9), Shard(), Shard([.. Enumerable.Range(0, 200).Select(i => (ushort)i)])];

    public static IReadOnlyList<byte[]> TokenFolders { get; } =
    [
        Utf8(new TokenFolder("bytes", 257, 256, 3, 100, []).ToJson()),
        Utf8(new TokenFolder("gpt2", 50257, 50256, 3, 100, [new("text_val_000000.bin", 10), new("text_train_000001.bin", 90)]).ToJson()),
        Utf8((new TokenFolder("bytes", 257, 256, 3, 100, [new("text_val_000000.bin", 10)]) with { IsWhole = false }).ToJson()),
    ];

    public static IReadOnlyList<byte[]> Sweeps { get; } =
    [
        Utf8("""
            { "experiment": "random-feature", "options": { "steps": 4, "method-lr": { "specgd": 0.1 } },
              "grid": { "dim": [4, 8], "seed": { "from": 0, "to": 2 }, "activation": ["relu"] }, "metrics": ["loss"],
              "baseline": { "method": "gradient_descent" }, "tune": "dim", "objective": "loss.final" }
            """),
        Utf8("""
            { "name": "x", "description": "d", "parts": [ { "name": "a", "experiment": "sparse-regression", "scale": "log", "confidence": 0.9,
              "list": [ { "steps": 3, "optimizer": ["muon"] }, { "steps": 5 } ], "quick": { "list": [ { "steps": 1 } ] } } ] }
            """),
        Utf8("""
            { "experiment": "random-feature", "grid": { "specgd-from-peak": [true, false], "method-lr": [{ "specgd": 1e-3 }],
              "dim": { "from": 1, "to": 100, "count": 3, "scale": "log" } } }
            """),
    ];

    public static IReadOnlyList<byte[]> Logs { get; } =
    [
        Utf8("""
            {"run_id":"r","config":{"lr":0.1},"dataset":{},"methods":{"specgd":{"metadata":{"x":1},"lr":0.5,
            "loss":{"steps":[0,1,5],"values":[1.5,NaN,null]},"layers":{"W1":{"rank":{"steps":[0],"values":[2e-300]}}}}},"rows":[{"a":1}]}
            """),
        Utf8("""{"methods":{"a":{"loss":{"steps":[],"values":[]}}}}"""),
    ];

    public static IReadOnlyList<byte[]> Manifests { get; } =
    [
        Utf8(new Manifest("one-step", new JsonObject { ["dim"] = 3 }, RunStatus.Finished, null, DateTimeOffset.UnixEpoch, TimeSpan.Zero).ToJson()),
        Utf8(new Manifest("theory", [], RunStatus.Diverged, "why", DateTimeOffset.UnixEpoch, TimeSpan.Zero).ToJson()),
    ];

    public static IReadOnlyList<byte[]> Attempts { get; } =
    [
        Utf8("""
            {"started":"2026-01-02T03:04:05.678+00:00","host":"h","process":17,"job":null}
            {"ended":"finished","wall_seconds":1.5,"detail":null}
            {"started":"2026-01-02T03:04:05.678+00:00","host":"h","process":18,"job":"7_1"}
            {"ended":"fail
            """),
    ];

    /// <summary>Event messages: a version, two scalars of a step, the start of a session.</summary>
    public static IReadOnlyList<byte[]> EventMessages { get; } =
    [
        [9, 0, 0, 0, 0, 0, 0, 240, 63, 26, 13, .. "brain.Event:2"u8],
        [9, 0, 0, 0, 0, 0, 0, 240, 63, 16, 5, 42, 24, 10, 10, 10, 3, .. "abc"u8, 21, 0, 0, 128, 63, 10, 10, 10, 3, .. "xyz"u8, 21, 0, 0, 0, 64],
        [9, 0, 0, 0, 0, 0, 0, 240, 63, 16, 200, 1, 58, 2, 8, 1],
    ];

    public static IReadOnlyList<byte[]> Events { get; } =
    [
        [.. EventMessages.SelectMany(Record)], Record(EventMessages[0]), [.. Record(EventMessages[1]), .. Record(EventMessages[1])[..20]],
    ];

    public static IReadOnlyList<byte[]> Descriptions { get; } =
    [
        Utf8("""
            {"format":"specgd-capture","version":1,"step":3,"rank":0,"ranks":1,
            "layers":[{"name":"a","kind":"linear","gradient":"a/gradient","gram":"a/gram","samples":5}],"other_parameters":["b"]}
            """),
        Utf8("""{"format":"specgd-capture","layers":[{"name":"a","group":"hidden","gradient":"a/gradient"}]}"""),
    ];

    /// <summary>Descriptions of optimizers.</summary>
    public static IReadOnlyList<byte[]> Optimizers { get; } =
    [
        Utf8("""{"format":"specgd-optimizer","version":1,"groups":[{"optimizer":"torch.optim.Muon","settings":{"lr":0.02,"use_muon":true,"adjust_lr_fn":null},"parameters":["a.weight"]}]}"""),
        Utf8("""{"format":"specgd-optimizer","groups":[]}"""),
    ];

    public static IReadOnlyList<byte[]> Captures { get; } =
    [
        .. Descriptions.Select(d => Capture(Encoding.UTF8.GetString(d))),
        Whole(
            Utf8("""
                {"a/gradient":{"dtype":"F64","shape":[2,1],"data_offsets":[0,16]},"a/gram":{"dtype":"F64","shape":[1,1],"data_offsets":[16,24]},
                "a/samples":{"dtype":"I64","shape":[],"data_offsets":[24,32]}}
                """),
            new byte[32]),
    ];

    public static IReadOnlyList<byte[]> Lines { get; } =
    [
        Utf8("""{"id":1,"text":"a \u00e9 \"quoted\" line","meta":{"x":[1,2]}}"""), Utf8("""{"text":""}"""),
    ];

    /// <summary>Merges of a small byte-pair vocabulary, in order.</summary>
    private static readonly (string Left, string Right)[] Pairs = [("t", "h"), ("h", "e"), ("th", "e"), ("i", "n"), ("Ġ", "the"), ("in", "g")];

    /// <summary>The ids of a small vocabulary: bytes, merges, end of text.</summary>
    public static byte[] Ids { get; } = CreateIds();

    public static byte[] Merges { get; } = Utf8("#version: 0.2\n" + string.Concat(Pairs.Select(pair => $"{pair.Left} {pair.Right}\n")));

    public static byte[] Ranks { get; } = Utf8(string.Concat(Enumerable.Range(0, 256).Select(b => new[] { (byte)b })
        .Concat(((string[])["th", "he", "the", "in", " the", "ing"]).Select(Encoding.UTF8.GetBytes))
        .Select((token, rank) => string.Create(CultureInfo.InvariantCulture, $"{Convert.ToBase64String(token)} {rank}\n"))));

    /// <summary>A safetensors file of a header and what follows it.</summary>
    public static byte[] Whole(byte[] header, byte[] buffer)
    {
        byte[] length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        return [.. length, .. header, .. buffer];
    }

    /// <summary>The two parts of a whole safetensors file.</summary>
    public static (byte[] Header, byte[] Buffer) Parts(byte[] file)
    {
        int end = sizeof(ulong) + (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        return (file[sizeof(ulong)..end], file[end..]);
    }

    /// <summary>A capture that describes itself in these words.</summary>
    public static byte[] Capture(string description) => Whole(
        Utf8($$$"""{"__metadata__":{"specgd":{{{JsonValue.Create(description).ToJsonString()}}}},{{{Tensors[1..]}}}"""), new byte[30]);

    /// <summary>An archive of arrays.</summary>
    public static byte[] Zip(bool packed, params (string Name, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name, packed ? CompressionLevel.Fastest : CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }
        return stream.ToArray();
    }

    /// <summary>A record of an event file with the right length and checksums.</summary>
    public static byte[] Record(byte[] message)
    {
        byte[] record = new byte[sizeof(ulong) + sizeof(uint) + message.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)message.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(sizeof(ulong)), Crc32C.Masked(record.AsSpan(0, sizeof(ulong))));
        message.CopyTo(record.AsSpan(sizeof(ulong) + sizeof(uint)));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(record.Length - sizeof(uint)), Crc32C.Masked(message));
        return record;
    }

    private static byte[] Array(string type, string shape, int bytes, bool fortran = false)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Utf8(header), .. new byte[bytes]];
    }

    private static byte[] Shard(params ushort[] tokens)
    {
        byte[] bytes = new byte[TokenShardHeader.FileLengthOf(tokens.Length)];
        new TokenShardHeader(tokens.Length).Write(bytes);
        for (int i = 0; i < tokens.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(TokenShardHeader.Length + (2 * i)), tokens[i]);
        return bytes;
    }

    private static byte[] CreateIds()
    {
        var ids = new JsonObject();
        foreach (char character in BytePairVocabularyFile.ByteOfCharacter.Keys)
            ids.Add(character.ToString(), ids.Count);
        foreach (var (left, right) in Pairs)
            ids.Add(left + right, ids.Count);
        ids.Add("<|endoftext|>", ids.Count);
        return Utf8(ids.ToJsonString());
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
