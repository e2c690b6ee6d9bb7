using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using SpecGD.Numerics;

namespace SpecGD.Records;

/// <summary>One tensor to be written: a name, a shape, and what writes its bytes (little-endian, row by row).</summary>
public sealed class SafetensorsTensor
{
    private readonly Action<Stream> _write;

    private SafetensorsTensor(string name, SafetensorsElement element, IReadOnlyList<long> shape, Action<Stream> write)
    {
        Name = name;
        Element = element;
        Shape = shape;
        _write = write;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What its elements are.</summary>
    public SafetensorsElement Element { get; }

    /// <summary>Its sizes, outermost first.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Bytes that it takes.</summary>
    public long Bytes => Shape.Aggregate((long)Element.Width(), (product, size) => checked(product * size));

    /// <summary>A matrix of float or double under another shape with as many elements, or its own.</summary>
    /// <exception cref="ArgumentException">The shape holds another number of elements.</exception>
    public static SafetensorsTensor Of<T>(string name, Matrix<T> matrix, params IReadOnlyList<long> shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(shape);
        IReadOnlyList<long> sizes = shape.Count > 0 ? shape : [matrix.Rows, matrix.Columns];
        if (sizes.Aggregate(1L, (product, size) => product * size) != (long)matrix.Rows * matrix.Columns)
            throw new ArgumentException($"A {matrix} matrix cannot be written as [{string.Join(", ", sizes)}].", nameof(shape));
        return new SafetensorsTensor(name, ElementOf<T>(), sizes, stream =>
        {
            for (int i = 0; i < matrix.Rows; i++)
                stream.Write(MemoryMarshal.AsBytes(matrix.Row(i)));
        });
    }

    /// <summary>A matrix that is made when it is written, so that only one at a time is in memory.</summary>
    public static SafetensorsTensor Of<T>(string name, int rows, int columns, Func<Matrix<T>> make)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(make);
        return new SafetensorsTensor(name, ElementOf<T>(), [rows, columns], stream => Of(name, make(), rows, columns).WriteTo(stream));
    }

    /// <summary>A tensor of another file under a name of its own; its bytes are copied when they are written, a piece at a time.</summary>
    /// <exception cref="BadInputException">The file has no such tensor.</exception>
    public static SafetensorsTensor Of(string name, SafetensorsFile file, string source)
    {
        ArgumentNullException.ThrowIfNull(file);
        var entry = file.Entry(source);
        return new SafetensorsTensor(name, entry.Element, entry.Shape, stream => file.CopyTo(entry, stream));
    }

    /// <summary>Bytes.</summary>
    public static SafetensorsTensor Of(string name, ReadOnlyMemory<byte> values) => Of(name, SafetensorsElement.U8, values, []);

    /// <summary>Whole numbers of 32 bits.</summary>
    /// <exception cref="ArgumentException">The shape holds another number of elements.</exception>
    public static SafetensorsTensor Of(string name, ReadOnlyMemory<int> values, params IReadOnlyList<long> shape) =>
        Of(name, SafetensorsElement.I32, values, shape);

    /// <summary>Whole numbers of 64 bits.</summary>
    /// <exception cref="ArgumentException">The shape holds another number of elements.</exception>
    public static SafetensorsTensor Of(string name, ReadOnlyMemory<long> values, params IReadOnlyList<long> shape) =>
        Of(name, SafetensorsElement.I64, values, shape);

    internal void WriteTo(Stream stream) => _write(stream);

    private static SafetensorsTensor Of<T>(string name, SafetensorsElement element, ReadOnlyMemory<T> values, IReadOnlyList<long> shape)
        where T : unmanaged
    {
        IReadOnlyList<long> sizes = shape.Count > 0 ? shape : [values.Length];
        return sizes.Aggregate(1L, (product, size) => product * size) == values.Length
            ? new SafetensorsTensor(name, element, sizes, stream => stream.Write(MemoryMarshal.AsBytes(values.Span)))
            : throw new ArgumentException($"{Counted.Of(values.Length, "value")} cannot be written as [{string.Join(", ", sizes)}].", nameof(shape));
    }

    private static SafetensorsElement ElementOf<T>() =>
        typeof(T) == typeof(double) ? SafetensorsElement.F64
        : typeof(T) == typeof(float) ? SafetensorsElement.F32
        : throw new NotSupportedException($"Matrices of {typeof(T).Name} are not written; use float or double.");
}

/// <summary>Writes safetensors files, whole or not at all.</summary>
public static class SafetensorsWriter
{
    /// <summary>The header is padded with spaces so that the buffer starts at a multiple of this.</summary>
    private const int Alignment = 8;

    /// <summary>Writes the tensors in their order to <paramref name="path"/>.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name, a name is the format's own, or the header is larger than the format allows.</exception>
    /// <exception cref="IOException">The disk is full or the place cannot be written; the previous file is untouched.</exception>
    public static void Write(string path, IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        byte[] header = Header(tensors, metadata ?? new Dictionary<string, string>());
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var tensor in tensors)
                tensor.WriteTo(stream);
        });
    }

    private static byte[] Header(IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var names = new HashSet<string> { SafetensorsHeader.MetadataKey };
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach (var (key, value) in metadata)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            long at = 0;
            foreach (var tensor in tensors)
            {
                if (!names.Add(tensor.Name))
                    throw new ArgumentException($"A safetensors file cannot hold two tensors called '{tensor.Name}'.", nameof(tensors));
                WriteEntry(json, tensor, at);
                at += tensor.Bytes;
            }
            json.WriteEndObject();
        }
        if (buffer.WrittenCount > SafetensorsHeader.Largest - Alignment)
            throw new ArgumentException($"A safetensors header of {Counted.Of(buffer.WrittenCount, "byte")} is larger than the format allows.", nameof(tensors));
        int padding = (Alignment - (buffer.WrittenCount % Alignment)) % Alignment;
        return [.. buffer.WrittenSpan, .. Enumerable.Repeat((byte)' ', padding)];
    }

    private static void WriteEntry(Utf8JsonWriter json, SafetensorsTensor tensor, long begin)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Element.ToString());
        json.WriteStartArray("shape");
        foreach (long size in tensor.Shape)
            json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(begin + tensor.Bytes);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
