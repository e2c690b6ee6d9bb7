// Makes the files beside this program with ParquetSharp 25.0.1.2, which is Apache Arrow's own writer in C++. As Program.cs of a console project that refers
// to the package:   dotnet run -c Release OUTPUT
using System.Runtime.InteropServices;
using ParquetSharp;
using ParquetSharp.Schema;
using Utf8 = System.Text.Encoding;

const int rows = 60, rowsOfGroup = 25;
string?[] texts = [.. Enumerable.Range(0, rows).Select(i => i % 7 != 0 ? $"It was the best of times, café 語 😀\n{i}" : i % 14 == 0 ? null : "")];

foreach (var (name, codec) in new[]
{
    ("none", Compression.Uncompressed), ("snappy", Compression.Snappy), ("gzip", Compression.Gzip), ("zstd", Compression.Zstd),
    ("brotli", Compression.Brotli), ("lz4", Compression.Lz4),
})
    Write(name, codec, _ => { });
Write("sums", Compression.Snappy, b => b.EnablePageChecksum());
Write("delta", Compression.Zstd, b => b.DisableDictionary().Encoding("text", Encoding.DeltaLengthByteArray).Encoding("id", Encoding.DeltaByteArray).DataPagesize(300));

void Write(string name, Compression codec, Action<WriterPropertiesBuilder> more)
{
    using var builder = new WriterPropertiesBuilder();
    builder.Compression(codec);
    more(builder);
    using var properties = builder.Build();
    LogicalType text = LogicalType.String(), none = LogicalType.None();
    Node[] columns =
    [
        new PrimitiveNode("text", Repetition.Optional, text, PhysicalType.ByteArray),
        new PrimitiveNode("id", Repetition.Required, text, PhysicalType.ByteArray),
        new PrimitiveNode("n", Repetition.Optional, none, PhysicalType.Int64),
        new GroupNode("meta", Repetition.Optional,
        [
            new PrimitiveNode("text", Repetition.Optional, text, PhysicalType.ByteArray), new PrimitiveNode("lang", Repetition.Required, text, PhysicalType.ByteArray),
        ]),
        new GroupNode("tags", Repetition.Optional,
            [new GroupNode("list", Repetition.Repeated, [new PrimitiveNode("element", Repetition.Optional, text, PhysicalType.ByteArray)])], LogicalType.List()),
        new PrimitiveNode("raw", Repetition.Optional, none, PhysicalType.ByteArray),
    ];
    using var file = new ParquetFileWriter(Path.Combine(args[0], name + ".parquet"), new GroupNode("schema", Repetition.Required, columns), properties);
    for (int at = 0; at < rows; at += rowsOfGroup)
    {
        string?[] part = texts[at..Math.Min(rows, at + rowsOfGroup)];
        int n = part.Length;
        ByteArray[] bytes = [.. part.Select(Bytes)];
        short[] levels = [.. part.Select(t => (short)(t is null ? 0 : 1))];
        short[] within = [.. part.Select((t, i) => (short)(i % 5 == 0 ? 0 : t is null ? 1 : 2))], beside = [.. within.Select(level => Math.Min(level, (short)1))];
        using var group = file.AppendRowGroup();
        Column(group, n, levels, null, bytes.Where((_, i) => levels[i] == 1));
        Column(group, n, null, null, bytes);
        using (var numbers = (ColumnWriter<long>)group.NextColumn())
            numbers.WriteBatch(n, [.. Enumerable.Repeat((short)1, n)], null, [.. Enumerable.Range(at, n).Select(i => (long)i)]);
        Column(group, n, within, null, bytes.Where((_, i) => within[i] == 2));
        Column(group, n, beside, null, bytes.Where((_, i) => beside[i] == 1));
        Column(group, 2 * n, [.. Enumerable.Repeat((short)3, 2 * n)], [.. Enumerable.Range(0, 2 * n).Select(i => (short)(i % 2))], bytes.SelectMany(b => new[] { b, b }));
        Column(group, n, levels, null, bytes.Where((_, i) => levels[i] == 1));
    }
    file.Close();
}

static void Column(RowGroupWriter group, int n, short[]? levels, short[]? repetitions, IEnumerable<ByteArray> values)
{
    using var column = (ColumnWriter<ByteArray>)group.NextColumn();
    column.WriteBatch(n, levels, repetitions, [.. values]);
}

static ByteArray Bytes(string? text)
{
    byte[] bytes = Utf8.UTF8.GetBytes(text ?? "");
    var place = Marshal.AllocHGlobal(bytes.Length + 1); // for as long as the program runs
    Marshal.Copy(bytes, 0, place, bytes.Length);
    return new ByteArray(place, bytes.Length);
}
