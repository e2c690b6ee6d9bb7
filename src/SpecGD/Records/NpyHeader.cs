using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace SpecGD.Records;

/// <summary>What the elements of a .npy array are.</summary>
public enum NpyElement
{
    /// <summary>One byte, zero or one.</summary>
    B1,

    /// <summary>Unsigned, 8 bits.</summary>
    U1,

    /// <summary>Signed, 32 bits.</summary>
    I4,

    /// <summary>Signed, 64 bits.</summary>
    I8,

    /// <summary>Floating point, 16 bits.</summary>
    F2,

    /// <summary>Floating point, 32 bits.</summary>
    F4,

    /// <summary>Floating point, 64 bits.</summary>
    F8,
}

/// <summary>The header of an array in NumPy's .npy format, read without trusting it: element type, order and shape.</summary>
/// <param name="Element">What the elements are; little-endian.</param>
/// <param name="FortranOrder">Whether the first index runs fastest.</param>
/// <param name="Shape">Sizes; none for a scalar.</param>
public sealed record NpyHeader(NpyElement Element, bool FortranOrder, IReadOnlyList<long> Shape)
{
    /// <summary>Longest header looked at, in bytes; NumPy itself refuses longer ones.</summary>
    public const int Longest = 10_000;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Bytes before the first element, where the header was read.</summary>
    public int Start { get; private init; }

    /// <summary>Bytes of one element.</summary>
    public int Width => Element switch { NpyElement.B1 or NpyElement.U1 => 1, NpyElement.F2 => 2, NpyElement.I4 or NpyElement.F4 => 4, _ => 8 };

    /// <summary>Shape for messages: "(3, 4)".</summary>
    public string ShapeText => $"({string.Join(", ", Shape)}{(Shape.Count == 1 ? "," : "")})";

    /// <summary>Bytes of all elements.</summary>
    /// <exception cref="OverflowException">There are more than 2⁶³.</exception>
    public long Bytes => Shape.Contains(0) ? 0 : Shape.Aggregate((long)Width, (product, size) => checked(product * size));

    /// <summary>Number of elements.</summary>
    public long Count => Bytes / Width;

    /// <summary>Reads the header from the start of <paramref name="stream"/> and leaves it at the first element.</summary>
    /// <param name="stream">The array.</param>
    /// <param name="where">What it is, for messages: "x.npz: array 'a'".</param>
    /// <exception cref="BadInputException">It is none, or holds what cannot be read.</exception>
    public static NpyHeader Read(Stream stream, string where)
    {
        Span<byte> start = stackalloc byte[12];
        ReadExactly(stream, start[..10], where);
        if (!start[..6].SequenceEqual(Magic))
            throw new BadInputException($"{where} is no npy array: it does not begin with \\x93NUMPY.");
        byte major = start[6];
        if (major is < 1 or > 3)
            throw new BadInputException($"{where} is of npy version {major}; 1, 2 and 3 are known.");
        long length = BinaryPrimitives.ReadUInt16LittleEndian(start[8..]);
        if (major > 1)
        {
            ReadExactly(stream, start[10..12], where);
            length = BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        }
        if (length > Longest)
            throw new BadInputException($"{where} claims a header of {Counted.Of(length, "byte")}; at most {Longest} are allowed.");
        byte[] text = new byte[length];
        ReadExactly(stream, text, where);
        return Parse(Encoding.Latin1.GetString(text), where) with { Start = (major > 1 ? 12 : 10) + (int)length };
    }

    /// <summary>The file's beginning for an array of doubles in C order: magic, version 1, and the header padded to a multiple of 64.</summary>
    public static byte[] ForDoubles(params IReadOnlyList<long> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        const int alignment = 64, prefix = 10;
        string text = $"{{'descr': '<f8', 'fortran_order': False, 'shape': {new NpyHeader(NpyElement.F8, false, shape).ShapeText}, }}";
        int padded = (prefix + text.Length + 1 + alignment - 1) / alignment * alignment;
        byte[] bytes = [.. Magic, 1, 0, 0, 0, .. Encoding.ASCII.GetBytes(text.PadRight(padded - prefix - 1) + "\n")];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)(padded - prefix));
        return bytes;
    }

    private static NpyHeader Parse(string text, string where)
    {
        var fields = new PythonLiteral(text, where).Dictionary();
        if (fields.Count != 3 || !fields.TryGetValue("descr", out object? descr) || !fields.TryGetValue("fortran_order", out object? order)
            || !fields.TryGetValue("shape", out object? shape) || order is not bool fortran || shape is not long[] sizes)
            throw new BadInputException($"{where} has a header that is not the three fields descr, fortran_order and shape.");
        if (sizes.FirstOrDefault(size => size < 0) is < 0 and var negative)
            throw new BadInputException($"{where} has the negative size {negative.ToString(CultureInfo.InvariantCulture)} in its shape.");
        var header = new NpyHeader(ElementOf(descr as string ?? "a structure", where), fortran, sizes);
        try
        {
            _ = header.Bytes;
        }
        catch (OverflowException e)
        {
            throw new BadInputException($"{where} of shape {header.ShapeText} has more bytes than 2⁶³.", e);
        }
        return header;
    }

    private static NpyElement ElementOf(string descr, string where)
    {
        if (descr.Contains('O', StringComparison.Ordinal))
            throw new BadInputException($"{where} holds Python objects ('{descr}'), which are never loaded; save numbers.");
        if (descr.StartsWith('>'))
            throw new BadInputException($"{where} is big-endian ('{descr}'); save it little-endian, with .astype('<{descr[1..]}').");
        return descr.TrimStart('<', '|', '=') switch
        {
            "f8" => NpyElement.F8,
            "f4" => NpyElement.F4,
            "f2" => NpyElement.F2,
            "i8" => NpyElement.I8,
            "i4" => NpyElement.I4,
            "u1" => NpyElement.U1,
            "b1" => NpyElement.B1,
            "V2" => throw new BadInputException(
                $"{where} holds 'V2', which is how NumPy saves bfloat16; save it as single precision, with numpy.asarray(x, numpy.float32)."),
            _ => throw new BadInputException($"{where} holds '{descr}'; f8, f4, f2, i8, i4, u1 and b1 can be read."),
        };
    }

    private static void ReadExactly(Stream stream, Span<byte> bytes, string where)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new BadInputException($"{where} was cut short: it ends within its header.");
    }
}
