namespace SpecGD.Data.Language.Text;

/// <summary>
/// Walks a structure in Thrift's compact protocol, as Parquet's footer and page headers are, without reading anything into it: counts and lengths must
/// fit the bytes there are, and fields be of their kinds. A damaged count would otherwise cost a reader minutes or gigabytes. Format: thrift-compact-protocol.md of Apache Thrift.
/// </summary>
internal ref struct ThriftCheck
{
    /// <summary>Parquet's own structures are six levels deep.</summary>
    private const int MostLevels = 32;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly Span<long> _numbers;
    private int _at;

    private ThriftCheck(ReadOnlySpan<byte> bytes, Span<long> numbers)
    {
        _bytes = bytes;
        _numbers = numbers;
    }

    private enum Wire : byte
    {
        True = 1,
        False = 2,
        Byte = 3,
        Short = 4,
        Int = 5,
        Long = 6,
        Double = 7,
        Binary = 8,
        List = 9,
        Set = 10,
        Map = 11,
        Struct = 12,
        Uuid = 13,
    }

    /// <summary>Length in bytes of the structure that <paramref name="bytes"/> begins with.</summary>
    /// <param name="bytes">The structure, and anything behind it.</param>
    /// <param name="shape">What its fields are.</param>
    /// <param name="numbers">Gets the whole numbers of its own fields, by their ids; fields beyond its end are passed over.</param>
    /// <exception cref="InvalidDataException">There is no whole structure.</exception>
    public static int LengthOf(ReadOnlySpan<byte> bytes, ThriftShape shape, Span<long> numbers)
    {
        var check = new ThriftCheck(bytes, numbers);
        check.WalkStruct(0, shape);
        return check._at;
    }

    private void WalkStruct(int level, ThriftShape? shape)
    {
        Require(level < MostLevels);
        int id = 0;
        while (Byte() is not 0 and var header)
        {
            id = header >> 4 is > 0 and var step ? id + step : (int)ZigZag();
            var wire = (Wire)(header & 0xF);
            var field = shape?[id];
            RequireKind(field?.Kind, wire);
            if (level == 0 && wire is Wire.Short or Wire.Int or Wire.Long)
                Keep(id, ZigZag());
            else if (wire is not (Wire.True or Wire.False)) // of a field the type is the value
                Walk(wire, level, field);
        }
    }

    private static void RequireKind(char? kind, Wire wire)
    {
        bool fits = kind switch
        {
            'n' => wire is Wire.Short or Wire.Int or Wire.Long,
            'b' => wire == Wire.Binary,
            't' => wire is Wire.True or Wire.False,
            'y' => wire == Wire.Byte,
            'd' => wire == Wire.Double,
            '[' => wire == Wire.List,
            '{' => wire == Wire.Struct,
            _ => true,
        };
        if (!fits)
            throw new InvalidDataException("a field is of the wrong kind");
    }

    private readonly void Keep(int id, long number)
    {
        if (id >= 0 && id < _numbers.Length)
            _numbers[id] = number;
    }

    private void Walk(Wire wire, int level, ThriftShape.Field? field)
    {
        switch (wire)
        {
            case Wire.Byte:
                Skip(1);
                break;
            case Wire.Short or Wire.Int or Wire.Long:
                VarInt();
                break;
            case Wire.Double:
                Skip(sizeof(double));
                break;
            case Wire.Binary:
                Skip(VarInt());
                break;
            case Wire.List or Wire.Set:
                int header = Byte();
                WalkMany(header >> 4 is var few && few < 15 ? (ulong)few : VarInt(), (Wire)(header & 0xF), level, field);
                break;
            case Wire.Struct:
                WalkStruct(level + 1, field?.Inner);
                break;
            case Wire.Uuid:
                Skip(16);
                break;
            default:
                throw new InvalidDataException("a field of no known type"); // maps and lists of truth values are not part of Parquet
        }
    }

    private void WalkMany(ulong count, Wire wire, int level, ThriftShape.Field? field)
    {
        if (count > 0)
            RequireKind(field?.ElementKind, wire);
        Require(count <= (ulong)(_bytes.Length - _at) && level < MostLevels); // each has a byte at least
        for (ulong i = 0; i < count; i++)
            Walk(wire, level + 1, field);
    }

    private void Skip(ulong count)
    {
        Require(count <= (ulong)(_bytes.Length - _at));
        _at += (int)count;
    }

    private int Byte()
    {
        Require(_at < _bytes.Length);
        return _bytes[_at++];
    }

    private long ZigZag()
    {
        ulong coded = VarInt();
        return (long)(coded >> 1) ^ -(long)(coded & 1);
    }

    private ulong VarInt()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw new InvalidDataException("a number of more than 64 bits");
    }

    private static void Require(bool condition)
    {
        if (!condition)
            throw new InvalidDataException("a count or length beyond the end");
    }
}
