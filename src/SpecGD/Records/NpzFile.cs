using System.Buffers.Binary;
using System.IO.Compression;
using SpecGD.Numerics;

namespace SpecGD.Records;

/// <summary>
/// A NumPy .npz archive open for reading: a zip of .npy arrays, stored or deflated. Names and claimed sizes are checked before anything is unpacked,
/// and
/// an array must hold as many bytes as it claims.
/// </summary>
public sealed class NpzFile : IDisposable
{
    /// <summary>Ending of the arrays within the archive.</summary>
    private const string ArrayEnding = ".npy";

    /// <summary>
    /// What all arrays may take unpacked: this many bytes, and this many times the file beyond. Matrices of numbers compress badly.
    /// </summary>
    private const long FreeBytes = 1L << 30, MostTimes = 32;

    /// <summary>The most bytes that deflate makes of one, and what a few bytes of it may make beyond that.</summary>
    private const long MostTimesDeflated = 1032, MostBeyond = 1032;

    private readonly ZipArchive _archive;
    private readonly Dictionary<string, (ZipArchiveEntry Entry, NpyHeader Header)> _arrays = [];

    private NpzFile(string path, ZipArchive archive) => (Path, _archive) = (path, archive);

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>The arrays by name, without the ending .npy.</summary>
    public IReadOnlyDictionary<string, NpyHeader> Arrays => _arrays.ToDictionary(a => a.Key, a => a.Value.Header);

    /// <summary>Opens the archive at <paramref name="path"/> and checks names, sizes and headers.</summary>
    /// <exception cref="BadInputException">It cannot be read, or is no archive of arrays; the sentence says why.</exception>
    public static NpzFile Open(string path)
    {
        if (Directory.Exists(path))
            throw new BadInputException($"{path} is a directory; an npz file was expected.");
        FileStream? stream = null;
        try
        {
            stream = File.OpenRead(path);
            if (stream.Length == 0)
                throw new BadInputException($"{path} is empty; an npz file was expected.");
            var file = new NpzFile(path, new ZipArchive(stream, ZipArchiveMode.Read));
            file.ReadDirectory(stream.Length);
            return file;
        }
        catch (InvalidDataException e)
        {
            stream?.Dispose();
            throw new BadInputException($"{path} is no npz file: it is not a whole zip archive.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            stream?.Dispose();
            string why = e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message.TrimEnd('.');
            throw new BadInputException($"{path} cannot be read as an npz file: {why}.", e);
        }
        catch
        {
            stream?.Dispose();
            throw;
        }
    }

    /// <summary>An array of floating-point numbers as a matrix: its last size is the columns; a vector is one row.</summary>
    /// <exception cref="BadInputException">There is no such array, it holds something else, or its bytes are not as many as it claims.</exception>
    public Matrix<double> ReadMatrix(string name)
    {
        var header = HeaderOf(name);
        if (header.Element is not (NpyElement.F8 or NpyElement.F4 or NpyElement.F2))
            throw new BadInputException($"{Path}: array '{name}' holds {header.Element}; f8, f4 or f2 was expected.");
        if (header.Count > Array.MaxLength / 2 || header.Shape.Any(size => size > Array.MaxLength))
            throw new BadInputException($"{Path}: array '{name}' of shape {header.ShapeText} is too large for one matrix.");
        int columns = header.Shape is [.., var last] ? (int)last : 1, rows = columns == 0 ? 0 : (int)(header.Count / columns);
        byte[] bytes = ReadBytes(name);
        if (header.FortranOrder && header.Shape.Count > 2)
            throw new BadInputException($"{Path}: array '{name}' has {header.Shape.Count} sizes in Fortran order; save it with "
                + $"numpy.ascontiguousarray.");
        var matrix = new Matrix<double>(rows, columns);
        bool byColumns = header.FortranOrder && header.Shape.Count == 2;
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                matrix[i, j] = Number(bytes, header, byColumns ? ((long)j * rows) + i : ((long)i * columns) + j);
        return matrix;
    }

    /// <summary>An array of whole numbers, in order.</summary>
    /// <exception cref="BadInputException">There is no such array, it holds something else, or its bytes are not as many as it claims.</exception>
    public long[] ReadIntegers(string name)
    {
        var header = HeaderOf(name);
        if (header.Element is NpyElement.F8 or NpyElement.F4 or NpyElement.F2)
            throw new BadInputException($"{Path}: array '{name}' holds {header.Element}; whole numbers were expected.");
        byte[] bytes = ReadBytes(name);
        long[] values = new long[header.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = header.Element switch
            {
                NpyElement.I8 => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(i * 8)),
                NpyElement.I4 => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(i * 4)),
                _ => bytes[i],
            };
        }
        return values;
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    private NpyHeader HeaderOf(string name) =>
        _arrays.TryGetValue(name, out var found) ? found.Header : throw new BadInputException($"{Path} has no array '{name}'.");

    private static double Number(byte[] bytes, NpyHeader header, long index) => header.Element switch
    {
        NpyElement.F8 => BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan((int)(index * 8))),
        NpyElement.F4 => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan((int)(index * 4))),
        _ => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes.AsSpan((int)(index * 2))),
    };

    private void ReadDirectory(long fileLength)
    {
        long unpacked = 0;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in _archive.Entries)
        {
            if (entry.FullName.Split('/', '\\').Contains("..") || System.IO.Path.IsPathRooted(entry.FullName))
                throw new BadInputException($"{Path} holds '{entry.FullName}', a name that leaves the archive; it is not read.");
            if (!names.Add(entry.FullName))
                throw new BadInputException($"{Path} holds '{entry.FullName}' twice; each array must be there once.");
            if (!entry.FullName.EndsWith(ArrayEnding, StringComparison.Ordinal))
                throw new BadInputException($"{Path} holds '{entry.FullName}', which is no array; all names must end in {ArrayEnding}.");
            unpacked += entry.Length;
            if (entry.Length < 0 || unpacked < 0 || (unpacked > FreeBytes && unpacked / MostTimes > fileLength))
                throw new BadInputException($"{Path} has {Counted.Of(fileLength, "byte")} and claims {unpacked} unpacked; it is not opened.");
            if (entry.CompressedLength > fileLength || (entry.Length - MostBeyond) / MostTimesDeflated > entry.CompressedLength)
                throw new BadInputException(
                    $"{Path} claims {Counted.Of(entry.Length, "byte")} for '{entry.FullName}', made of {entry.CompressedLength}: more than there can be.");
        }
        foreach (var entry in _archive.Entries)
        {
            string name = entry.FullName[..^ArrayEnding.Length];
            using var stream = entry.Open();
            var header = NpyHeader.Read(stream, $"{Path}: array '{name}'");
            long there = entry.Length - header.Start;
            if (there != header.Bytes)
                throw new BadInputException($"{Path}: array '{name}' of shape {header.ShapeText} takes {Counted.Of(header.Bytes, "byte")}, and {there} are there.");
            _arrays.Add(name, (entry, header));
        }
    }

    private byte[] ReadBytes(string name)
    {
        var (entry, header) = _arrays[name];
        if (header.Bytes > Array.MaxLength)
            throw new BadInputException($"{Path}: array '{name}' of shape {header.ShapeText} takes {Counted.Of(header.Bytes, "byte")}; at most "
                + $"{Array.MaxLength} can be read.");
        try
        {
            using var stream = entry.Open();
            byte[] head = new byte[header.Start], bytes = new byte[header.Bytes];
            int read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            read += stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var sum = default(Crc32);
            sum.Add(head);
            sum.Add(bytes);
            if (read < entry.Length || stream.ReadByte() >= 0 || sum.Value != entry.Crc32)
                throw new BadInputException($"{Path}: array '{name}' is not the {Counted.Of(entry.Length, "byte")} that the archive says: its check sum or its "
                    + $"length is wrong.");
            return bytes;
        }
        catch (InvalidDataException e)
        {
            throw new BadInputException($"{Path}: array '{name}' cannot be unpacked: the archive is damaged.", e);
        }
    }
}
