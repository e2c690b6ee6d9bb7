using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using SpecGD.Data.Language.Text;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Diagnosis;
using SpecGD.Records;
using SpecGD.Sweeps;

namespace SpecGD.Hardening.Fuzzing;

/// <summary>The parsers, each with the way in which its files are damaged and read.</summary>
internal static class FuzzParsers
{
    /// <summary>A sweep that a damaged number has made larger than this is read, and not expanded.</summary>
    private const int MostTasks = 50;

    /// <summary>The vocabulary that shards are held to.</summary>
    private const int Vocabulary = 257;

    /// <summary>The share of parsers that build tables of 65,536 entries for every file.</summary>
    private const double Slow = 0.05;

    /// <summary>The share of parsers that unpack, in buffers of a quarter of a megabyte.</summary>
    private const double Unpacking = 0.2;

    public static IReadOnlyList<FuzzParser> Create() =>
    [
        new("safetensors", "x.safetensors", FuzzSeeds.Safetensors, MutateHeader, ReadSafetensors),
        new("npz", "x.npz", FuzzSeeds.Npz, MutateNpz, ReadNpz) { Weight = 0.5 },
        new("npy", "x.npy", FuzzSeeds.Npy, (random, _) => MutateNpy(random), ReadNpy),
        new("shard", "x_train_000001.bin", FuzzSeeds.Shards, MutateShard, ReadShard),
        new("token folder", TokenFolder.FileName, FuzzSeeds.TokenFolders, Mutation.OfText, ReadTokenFolder),
        new("sweep", "x.json", FuzzSeeds.Sweeps, Mutation.OfText, ReadSweep) { Weight = 0.5 },
        new("log", "log.json", FuzzSeeds.Logs, Mutation.OfText, path => RunLogFile.Read(path)),
        new("manifest", "manifest.json", FuzzSeeds.Manifests, Mutation.OfText, path => Manifest.Read(path)),
        new("attempts", AttemptLog.FileName, FuzzSeeds.Attempts, Mutation.OfText, path => AttemptLog.Read(FolderOf(path))),
        new("events", EventFile.Prefix + "1", FuzzSeeds.Events, MutateEvents, path => EventFileReader.Read(path, "an event file", out _)),
        new("capture", "x.safetensors", FuzzSeeds.Captures, MutateCapture, ReadCapture) { Weight = 0.5 },
        new("optimizer", "x.json", FuzzSeeds.Optimizers, Mutation.OfText, path => OptimizerDescription.Read(path)) { Weight = 0.5 },
        new("JSON line", "x.jsonl", FuzzSeeds.Lines, Mutation.OfText, ReadLine),
        new("BPE ids", "encoder.json", [FuzzSeeds.Ids], Mutation.OfText, path => BytePairVocabularyFile.Read(FolderOf(path)))
        {
            Weight = Slow, Prepare = folder => File.WriteAllBytes(Path.Combine(folder, "vocab.bpe"), FuzzSeeds.Merges),
        },
        new("BPE merges", "vocab.bpe", [FuzzSeeds.Merges], Mutation.OfText, path => BytePairVocabularyFile.Read(FolderOf(path)))
        {
            Weight = Slow, Prepare = folder => File.WriteAllBytes(Path.Combine(folder, "encoder.json"), FuzzSeeds.Ids),
        },
        new("BPE ranks", "x.tiktoken", [FuzzSeeds.Ranks], Mutation.OfText, path => BytePairVocabularyFile.Read(path)) { Weight = Slow },
        new("gzip", "x.txt.gz", FuzzTexts.Gzips, Mutation.OfBytes, FuzzTexts.Read) { Weight = Unpacking },
        new("Zstandard", "x.txt.zst", FuzzTexts.Zstandards, Mutation.OfBytes, FuzzTexts.Read) { Weight = Unpacking },
        new("Parquet", "x.parquet", FuzzTexts.Parquets, Mutation.OfBytes, FuzzTexts.Read) { Weight = Unpacking },
    ];

    private static void ReadTokenFolder(string path) => TokenFolder.Find(FolderOf(path))?.RefuseMissing(FolderOf(path));

    private static string FolderOf(string path) => Path.GetDirectoryName(path)!;

    /// <summary>Half of the time the header's text is damaged and its length set right, so that the damage is reached.</summary>
    private static byte[] MutateHeader(Random random, IReadOnlyList<byte[]> seeds)
    {
        if (random.Next(2) == 0)
            return Mutation.OfBytes(random, seeds);
        byte[] seed = seeds[random.Next(seeds.Count)];
        var (header, buffer) = FuzzSeeds.Parts(seed);
        return FuzzSeeds.Whole(Mutation.OfText(random, [header, .. seeds.Select(s => FuzzSeeds.Parts(s).Header)]), buffer);
    }

    private static void ReadSafetensors(string path)
    {
        using var file = SafetensorsFile.Open(path);
        foreach (var entry in file.Entries.Values)
            TryEach(() => file.ReadMatrix<double>(entry.Name), () => file.ReadIntegers(entry.Name));
    }

    /// <summary>Half of the time the arrays within are damaged and the archive is whole.</summary>
    private static byte[] MutateNpz(Random random, IReadOnlyList<byte[]> seeds) => random.Next(2) == 0
        ? Mutation.OfBytes(random, seeds)
        : FuzzSeeds.Zip(random.Next(4) > 0, ("a.npy", MutateNpy(random)), (random.Next(8) > 0 ? "b.npy" : "../b.npy", FuzzSeeds.Npy[0]));

    private static byte[] MutateNpy(Random random) =>
        random.Next(2) == 0 ? Mutation.OfText(random, FuzzSeeds.Npy) : Mutation.OfBytes(random, FuzzSeeds.Npy);

    private static void ReadNpz(string path)
    {
        using var file = NpzFile.Open(path);
        foreach (string name in file.Arrays.Keys)
            TryEach(() => file.ReadMatrix(name), () => file.ReadIntegers(name));
    }

    private static void ReadNpy(string path)
    {
        using var stream = File.OpenRead(path);
        _ = NpyHeader.Read(stream, path).ShapeText;
    }

    /// <summary>Half of the time one of the three numbers of the header is changed, else anything.</summary>
    private static byte[] MutateShard(Random random, IReadOnlyList<byte[]> seeds)
    {
        byte[] bytes = Mutation.OfBytes(random, seeds);
        if (random.Next(2) == 0 && bytes.Length >= TokenShardHeader.Length)
        {
            int right = (bytes.Length - TokenShardHeader.Length) / sizeof(ushort), number = random.Next(2) == 0 ? right : random.Next(-3, 100);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(sizeof(int) * random.Next(3)), number);
        }
        return bytes;
    }

    private static void ReadShard(string path)
    {
        using var shard = TokenShard.Open(path, Vocabulary);
        var tokens = new ushort[shard.Count];
        shard.Read(0, tokens);
    }

    private static void ReadSweep(string path)
    {
        var sweep = SweepFile.Read(path);
        if (sweep.Parts.Sum(part => part.List.Count * part.Grid.Aggregate(1.0, (product, axis) => product * axis.Value.Count)) <= MostTasks)
            SweepExpansion.Expand(sweep, path);
    }

    /// <summary>Half of the time a record's content is damaged and its length and checksums are right.</summary>
    private static byte[] MutateEvents(Random random, IReadOnlyList<byte[]> seeds)
    {
        if (random.Next(2) == 0)
            return Mutation.OfBytes(random, seeds);
        byte[] damaged = Mutation.OfBytes(random, FuzzSeeds.EventMessages);
        return [.. FuzzSeeds.Record(FuzzSeeds.EventMessages[0]), .. FuzzSeeds.Record(damaged), .. FuzzSeeds.Record(FuzzSeeds.EventMessages[1])];
    }

    /// <summary>Half of the time the description within the header is damaged.</summary>
    private static byte[] MutateCapture(Random random, IReadOnlyList<byte[]> seeds) => random.Next(2) == 0
        ? MutateHeader(random, seeds)
        : FuzzSeeds.Capture(Encoding.UTF8.GetString(Mutation.OfText(random, FuzzSeeds.Descriptions)));

    private static void ReadCapture(string path)
    {
        using var capture = Capture.Open(path);
        foreach (string name in capture.Tensors.Shapes.Keys)
            TryEach(() => capture.Tensors.ReadMatrix(name), () => capture.Tensors.ReadIntegers(name));
    }

    private static void ReadLine(string path)
    {
        byte[] line = File.ReadAllBytes(path);
        try
        {
            JsonLine.Read(line, "text", new ArrayBufferWriter<byte>());
        }
        catch (JsonException e)
        {
            throw new BadInputException($"{path}: {JsonLine.Reason(line, e)}", e); // as the reader of whole files tells it, with the number of the line
        }
    }

    /// <summary>Does each; one that is refused does not keep the others from being tried.</summary>
    private static void TryEach(params Action[] actions)
    {
        foreach (var action in actions)
        {
            try
            {
                action();
            }
            catch (BadInputException)
            {
                // of the two ways to read a tensor one is always refused
            }
        }
    }
}
