using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Microsoft.Win32.SafeHandles;
using SpecGD.Numerics;

namespace SpecGD.Records;

/// <summary>
/// A safetensors file open for reading: the header is checked whole before anything is read, and tensors are read one at a time by their place, so
/// that a file may be larger than memory. Several threads may read at once.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    /// <summary>Bytes read at a time: a multiple of every element's width.</summary>
    private const int Piece = 1 << 16;

    private static readonly byte[] LargeFilePointer = Encoding.ASCII.GetBytes("version ");

    private readonly SafeFileHandle _handle;
    private readonly long _bufferStart;
    private readonly SafetensorsHeader _header;

    private SafetensorsFile(string path, SafeFileHandle handle, long bufferStart, SafetensorsHeader header)
    {
        Path = path;
        _handle = handle;
        _bufferStart = bufferStart;
        _header = header;
    }

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _header.Entries;

    /// <summary>The map from text to text that the writer left.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens the file at <paramref name="path"/> and checks its header.</summary>
    /// <exception cref="BadInputException">It cannot be read, or is no safetensors file; the sentence says why.</exception>
    public static SafetensorsFile Open(string path)
    {
        if (Directory.Exists(path))
            throw new BadInputException($"{path} is a directory; a safetensors file was expected.");
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            string why = e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message.TrimEnd('.');
            throw new BadInputException($"{path} cannot be read as a safetensors file: {why}.", e);
        }
        try
        {
            return Open(path, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static SafetensorsFile Open(string path, SafeFileHandle handle)
    {
        const int prefix = sizeof(ulong);
        long length = RandomAccess.GetLength(handle);
        if (length == 0)
            throw new BadInputException($"{path} is empty; a safetensors file was expected.");
        if (length < prefix)
            throw new BadInputException($"{path} is no safetensors file: it has {Counted.Of(length, "byte")}, and the length of its header alone takes 8.");
        Span<byte> start = stackalloc byte[prefix];
        ReadExactly(path, handle, start, 0);
        if (start.SequenceEqual(LargeFilePointer))
            throw new BadInputException($"{path} is a Git LFS pointer, not a safetensors file; fetch the data with 'git lfs pull'.");
        ulong header = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (header > SafetensorsHeader.Largest)
            throw new BadInputException(
                $"{path} is no safetensors file: it claims a header of {Counted.Of(header, "byte")}, and at most {SafetensorsHeader.Largest} are allowed.");
        if ((long)header > length - prefix)
            throw new BadInputException($"{path} was cut short: it claims a header of {Counted.Of(header, "byte")}, and {length - prefix} are left in the file.");
        byte[] json = new byte[header];
        ReadExactly(path, handle, json, prefix);
        long bufferStart = prefix + (long)header;
        return new SafetensorsFile(path, handle, bufferStart, SafetensorsHeader.Parse(path, json, length - bufferStart));
    }

    /// <summary>The tensor called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public SafetensorsEntry Entry(string name) =>
        Entries.TryGetValue(name, out var entry) ? entry : throw new BadInputException($"{Path} has no tensor '{name}'.");

    /// <summary>
    /// A tensor of floating-point numbers (F64, F32, F16, BF16) as a matrix of <typeparamref name="T"/>: its last size is the columns, the product
    /// of the others the rows; a vector is one row.
    /// </summary>
    /// <exception cref="BadInputException">There is no such tensor, it holds something else, or is too large for one matrix.</exception>
    public Matrix<T> ReadMatrix<T>(string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var entry = Entry(name);
        if (entry.Count > Array.MaxLength / 2 || entry.Shape.Any(size => size > Array.MaxLength))
            throw new BadInputException($"{Path}: tensor '{name}' of shape {entry.ShapeText} is too large for one matrix.");
        int columns = entry.Shape is [.., var last] ? (int)last : 1;
        var matrix = new Matrix<T>(columns == 0 ? 0 : (int)(entry.Count / columns), columns);
        ReadInto(entry, matrix);
        return matrix;
    }

    /// <summary>A tensor of floating-point numbers into a matrix with as many elements, row by row.</summary>
    /// <exception cref="BadInputException">There is no such tensor, it holds something else, or another number of elements.</exception>
    public void ReadInto<T>(SafetensorsEntry entry, Matrix<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Count != (long)destination.Rows * destination.Columns)
            throw new BadInputException($"{Path}: tensor '{entry.Name}' of shape {entry.ShapeText} does not fill a {destination} matrix.");
        if (entry.Element is not (SafetensorsElement.F64 or SafetensorsElement.F32 or SafetensorsElement.F16 or SafetensorsElement.BF16))
            throw new BadInputException($"{Path}: tensor '{entry.Name}' holds {entry.Element}; F64, F32, F16 or BF16 was expected.");
        long at = entry.Begin;
        for (int i = 0; i < destination.Rows; i++)
        {
            Read(entry, at, destination.Row(i), static (bytes, element, values) => Floats(bytes, element, values));
            at += (long)destination.Columns * entry.Element.Width();
        }
    }

    /// <summary>A tensor of whole numbers (I64, I32, I16, I8, U8, U16, U32), in order.</summary>
    /// <exception cref="BadInputException">There is no such tensor, it holds something else, or is too large for one array.</exception>
    public long[] ReadIntegers(string name)
    {
        var entry = Entry(name);
        if (entry.Element is SafetensorsElement.BOOL or SafetensorsElement.U64 || entry.Element.ToString().Contains('F', StringComparison.Ordinal))
            throw new BadInputException($"{Path}: tensor '{name}' holds {entry.Element}; whole numbers were expected.");
        if (entry.Count > Array.MaxLength)
            throw new BadInputException($"{Path}: tensor '{name}' of shape {entry.ShapeText} is too large for one array.");
        long[] values = new long[entry.Count];
        Read<long>(entry, entry.Begin, values, static (bytes, element, piece) => Integers(bytes, element, piece));
        return values;
    }

    /// <summary>The bytes of a tensor as they are.</summary>
    /// <exception cref="BadInputException">It is too large for one array.</exception>
    public byte[] ReadBytes(SafetensorsEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.End - entry.Begin > Array.MaxLength)
            throw new BadInputException($"{Path}: tensor '{entry.Name}' of shape {entry.ShapeText} is too large for one array.");
        byte[] bytes = new byte[entry.End - entry.Begin];
        ReadExactly(Path, _handle, bytes, _bufferStart + entry.Begin);
        return bytes;
    }

    /// <summary>Writes the bytes of a tensor as they are.</summary>
    public void CopyTo(SafetensorsEntry entry, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(destination);
        byte[] piece = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            for (long at = entry.Begin; at < entry.End;)
            {
                var bytes = piece.AsSpan(0, (int)Math.Min(Piece, entry.End - at));
                ReadExactly(Path, _handle, bytes, _bufferStart + at);
                destination.Write(bytes);
                at += bytes.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private delegate void Decoder<T>(ReadOnlySpan<byte> bytes, SafetensorsElement element, Span<T> values);

    private void Read<T>(SafetensorsEntry entry, long begin, Span<T> values, Decoder<T> decode)
    {
        int width = entry.Element.Width();
        byte[] piece = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            for (int done = 0; done < values.Length;)
            {
                int count = Math.Min(values.Length - done, Piece / width);
                var bytes = piece.AsSpan(0, count * width);
                ReadExactly(Path, _handle, bytes, _bufferStart + begin + ((long)done * width));
                decode(bytes, entry.Element, values.Slice(done, count));
                done += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static void Floats<T>(ReadOnlySpan<byte> bytes, SafetensorsElement element, Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = element.Width();
        for (int i = 0; i < values.Length; i++)
        {
            var b = bytes[(i * width)..];
            values[i] = element switch
            {
                SafetensorsElement.F64 => T.CreateTruncating(BinaryPrimitives.ReadDoubleLittleEndian(b)),
                SafetensorsElement.F32 => T.CreateTruncating(BinaryPrimitives.ReadSingleLittleEndian(b)),
                SafetensorsElement.F16 => T.CreateTruncating(BinaryPrimitives.ReadHalfLittleEndian(b)),
                _ => T.CreateTruncating(BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(b) << 16)),
            };
        }
    }

    private static void Integers(ReadOnlySpan<byte> bytes, SafetensorsElement element, Span<long> values)
    {
        int width = element.Width();
        for (int i = 0; i < values.Length; i++)
        {
            var b = bytes[(i * width)..];
            values[i] = element switch
            {
                SafetensorsElement.I64 => BinaryPrimitives.ReadInt64LittleEndian(b),
                SafetensorsElement.I32 => BinaryPrimitives.ReadInt32LittleEndian(b),
                SafetensorsElement.U32 => BinaryPrimitives.ReadUInt32LittleEndian(b),
                SafetensorsElement.I16 => BinaryPrimitives.ReadInt16LittleEndian(b),
                SafetensorsElement.U16 => BinaryPrimitives.ReadUInt16LittleEndian(b),
                SafetensorsElement.I8 => (sbyte)b[0],
                _ => b[0],
            };
        }
    }

    private static void ReadExactly(string path, SafeFileHandle handle, Span<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(handle, bytes, offset);
            if (read == 0)
                throw new BadInputException($"{path} became shorter while it was read.");
            bytes = bytes[read..];
            offset += read;
        }
    }
}
