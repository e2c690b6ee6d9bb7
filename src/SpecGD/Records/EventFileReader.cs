using System.Buffers.Binary;
using System.Text;

namespace SpecGD.Records;

/// <summary>One event of a TensorBoard event file.</summary>
/// <param name="Step">The step; 0 where it has none.</param>
/// <param name="Scalars">Tags and values.</param>
public sealed record EventRecord(long Step, IReadOnlyList<(string Tag, float Value)> Scalars);

/// <summary>
/// Reads TensorBoard event files, of ours or of others, without trusting them: lengths and checksums are checked before anything is made of a
/// record, and what is not a scalar is passed over.
/// </summary>
public static class EventFileReader
{
    /// <summary>The most that one record may have; the largest that TensorBoard's writers make are pictures of a few megabytes.</summary>
    public const int LongestRecord = 64 << 20;

    private const int HeaderLength = sizeof(ulong) + sizeof(uint);

    /// <summary>Field numbers of an Event, of a Summary, and of a Value.</summary>
    private const int Step = 2, Summary = 5, Value = 1, Tag = 1, SimpleValue = 2;

    /// <summary>The events of the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What it should be, for messages: "an event file".</param>
    /// <param name="cutShort">Bytes of a record at the end that a crash cut short; 0 where there is none.</param>
    /// <exception cref="BadInputException">It cannot be read, or a record before the last is damaged.</exception>
    public static IReadOnlyList<EventRecord> Read(string path, string expected, out int cutShort)
    {
        byte[] bytes;
        try
        {
            if (Directory.Exists(path))
                throw new BadInputException($"{path} is a directory; {expected} was expected.");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path} cannot be read as {expected}: {e.Message.TrimEnd('.')}.", e);
        }
        var events = new List<EventRecord>();
        int at = 0;
        while (bytes.Length - at >= HeaderLength)
        {
            var header = bytes.AsSpan(at, HeaderLength);
            Require(header[..sizeof(ulong)], header[sizeof(ulong)..], path, at, "length");
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(header);
            if (length > LongestRecord)
                throw new BadInputException($"{path}: the record at byte {at} claims {Counted.Of(length, "byte")}; at most {LongestRecord} are allowed.");
            if ((ulong)(bytes.Length - at - HeaderLength) < length + sizeof(uint))
                break;
            var data = bytes.AsSpan(at + HeaderLength, (int)length);
            Require(data, bytes.AsSpan(at + HeaderLength + data.Length, sizeof(uint)), path, at, "content");
            events.Add(Parse(data, path, at));
            at += HeaderLength + data.Length + sizeof(uint);
        }
        cutShort = bytes.Length - at;
        return events;
    }

    private static void Require(ReadOnlySpan<byte> data, ReadOnlySpan<byte> sum, string path, int at, string what)
    {
        if (Crc32C.Masked(data) != BinaryPrimitives.ReadUInt32LittleEndian(sum))
            throw new BadInputException($"{path}: the checksum of the {what} of the record at byte {at} is wrong.");
    }

    private static EventRecord Parse(ReadOnlySpan<byte> message, string path, int at)
    {
        long step = 0;
        var scalars = new List<(string, float)>();
        for (var fields = new Fields(message, path, at); fields.Next();)
        {
            if (fields.Number == Step && fields.Content.IsEmpty)
                step = (long)fields.Integer;
            else if (fields.Number == Summary)
                for (var values = new Fields(fields.Content, path, at); values.Next();)
                    if (values.Number == Value && Scalar(values.Content, path, at) is { } scalar)
                        scalars.Add(scalar);
        }
        return new EventRecord(step, scalars);
    }

    private static (string Tag, float Value)? Scalar(ReadOnlySpan<byte> message, string path, int at)
    {
        string? tag = null;
        float? value = null;
        for (var fields = new Fields(message, path, at); fields.Next();)
        {
            if (fields.Number == Tag)
                tag = Encoding.UTF8.GetString(fields.Content);
            else if (fields.Number == SimpleValue)
                value = BitConverter.UInt32BitsToSingle((uint)fields.Integer);
        }
        return tag is not null && value is { } number ? (tag, number) : null;
    }

    /// <summary>The fields of a protocol buffer, one after the other.</summary>
    private ref struct Fields(ReadOnlySpan<byte> message, string path, int at)
    {
        private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

        private ReadOnlySpan<byte> _rest = message;

        /// <summary>Number of the field.</summary>
        public int Number { get; private set; }

        /// <summary>What a field of one number has.</summary>
        public ulong Integer { get; private set; }

        /// <summary>What a text or an inner message has.</summary>
        public ReadOnlySpan<byte> Content { get; private set; }

        /// <summary>Goes to the next field; false at the end.</summary>
        /// <exception cref="BadInputException">It reaches beyond the message, or is of a kind that is not known.</exception>
        public bool Next()
        {
            if (_rest.IsEmpty)
                return false;
            ulong key = TakeVarint();
            Number = (int)Math.Min(key >> 3, int.MaxValue);
            Integer = 0;
            Content = default;
            switch ((int)(key & 7))
            {
                case Varint: Integer = TakeVarint(); break;
                case Fixed64: Integer = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong))); break;
                case Fixed32: Integer = BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint))); break;
                case Delimited: Content = Take(TakeVarint()); break;
                default: throw Wrong($"has a field of the unknown kind {key & 7}");
            }
            return true;
        }

        private ReadOnlySpan<byte> Take(ulong count)
        {
            if (count > (ulong)_rest.Length)
                throw Wrong("has a field that reaches beyond its end");
            var taken = _rest[..(int)count];
            _rest = _rest[(int)count..];
            return taken;
        }

        private ulong TakeVarint()
        {
            ulong value = 0;
            for (int shift = 0; shift < 64; shift += 7)
            {
                byte next = Take(1)[0];
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80)
                    return value;
            }
            throw Wrong("has a number of more than 64 bits");
        }

        private readonly BadInputException Wrong(string why) => new($"{path}: the record at byte {at} {why}.");
    }
}
