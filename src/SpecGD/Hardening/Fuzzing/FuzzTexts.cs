using System.Globalization;
using System.IO.Compression;
using System.Text;
using Parquet;
using Parquet.Schema;
using SpecGD.Data.Language.Text;
using SpecGD.Data.Language.Tokenizers;
using ZstdSharp;

namespace SpecGD.Hardening.Fuzzing;

/// <summary>Small whole files of compressed text and of Parquet, and their reading as <c>data tokenize</c> reads them.</summary>
internal static class FuzzTexts
{
    private static readonly byte[] Prose = Encoding.UTF8.GetBytes(string.Concat(
        Enumerable.Range(0, 40).Select(i => string.Create(CultureInfo.InvariantCulture, $"It was the best of times {i * i}, café 語 😀.\n"))));

    public static IReadOnlyList<byte[]> Gzips { get; } = [Gzip(Prose), [.. Gzip(Prose[..50]), .. Gzip(Prose)], Gzip([])];

    public static IReadOnlyList<byte[]> Zstandards { get; } =
    [
        Zstandard(Prose, 3), [.. Zstandard(Prose[..50], 1), .. Zstandard(Prose, 19)], [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 1, 2, .. Zstandard("ab"u8.ToArray(), 1)],
    ];

    public static IReadOnlyList<byte[]> Parquets { get; } =
    [
        Parquet(CompressionMethod.None, 3, 5), Parquet(CompressionMethod.Snappy, 40), Parquet(CompressionMethod.Zstd, 9), Parquet(CompressionMethod.Gzip),
    ];

    /// <summary>Reads the whole file.</summary>
    public static void Read(string path)
    {
        foreach (var block in TextBlocks.Of([TextInput.Of(path)], ByteTokenizer.Instance, TextTokenization.UsualName))
            block.Dispose();
    }

    private static byte[] Gzip(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
            stream.Write(text);
        return packed.ToArray();
    }

    private static byte[] Zstandard(byte[] text, int level)
    {
        using var packed = new MemoryStream();
        using (var stream = new CompressionStream(packed, level))
            stream.Write(text);
        return packed.ToArray();
    }

    /// <summary>Row groups of so many rows, some null, beside a column of numbers.</summary>
    private static byte[] Parquet(CompressionMethod method, params int[] groups)
    {
        DataField text = new("text", typeof(string), isNullable: true), number = new("n", typeof(int), isNullable: false);
        using var stream = new MemoryStream();
        WriteAsync().GetAwaiter().GetResult();
        return stream.ToArray();

        async Task WriteAsync()
        {
            var options = new ParquetOptions { CompressionMethod = method };
            await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(text, number), stream, options).ConfigureAwait(false);
            foreach (int rows in groups)
            {
                using var group = writer.CreateRowGroup();
                string?[] texts = [.. Enumerable.Range(0, rows).Select(i => i % 3 == 2 ? null : "It was the best of times " + (char)('a' + (i % 26)))];
                await group.WriteAsync(text, texts!).ConfigureAwait(false);
                await group.WriteAsync<int>(number, Enumerable.Range(0, rows).ToArray()).ConfigureAwait(false);
            }
        }
    }
}
