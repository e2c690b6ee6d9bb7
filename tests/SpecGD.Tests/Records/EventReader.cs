using System.Buffers.Binary;
using System.Text;

namespace SpecGD.Tests.Records;

/// <summary>An event file as a reader knows it: nothing of the writer is used, not even its checksum.</summary>
internal sealed record ReadEvent(double WallTime, long Step, string? Version, bool StartsSession, IReadOnlyList<(string Tag, float Value)> Scalars);

/// <summary>
/// Reads event files, record by record: the truth that the program's writer and its own reader are held to, and so a second reading of the format
/// on purpose.
/// </summary>
internal static class EventReader
{
    /// <summary>The polynomial of CRC-32C, its bits in reverse.</summary>
    private const uint Polynomial = 0x82F63B78;

    /// <summary>The events of a file.</summary>
    /// <exception cref="InvalidDataException">A checksum is wrong, or the file ends within a record.</exception>
    public static List<ReadEvent> Read(byte[] file)
    {
        var events = new List<ReadEvent>();
        for (int at = 0; at < file.Length;)
        {
            if (file.Length - at < 12)
                throw new InvalidDataException("The file ends within a header.");
            Require(file.AsSpan(at, 8), file.AsSpan(at + 8, 4));
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            if (file.Length - at < 12 + length + 4)
                throw new InvalidDataException("The file ends within a record.");
            Require(file.AsSpan(at + 12, length), file.AsSpan(at + 12 + length, 4));
            events.Add(Event(file.AsSpan(at + 12, length)));
            at += 12 + length + 4;
        }
        return events;
    }

    /// <summary>What TensorBoard would show of several files: the start of a session forgets what is there from its step on.</summary>
    public static SortedDictionary<string, SortedDictionary<long, float>> Shown(IEnumerable<ReadEvent> events)
    {
        var shown = new SortedDictionary<string, SortedDictionary<long, float>>(StringComparer.Ordinal);
        foreach (var one in events)
        {
            if (one.StartsSession)
                foreach (var series in shown.Values)
                    foreach (long step in series.Keys.Where(step => step >= one.Step).ToArray())
                        series.Remove(step);
            foreach (var (tag, value) in one.Scalars)
            {
                if (!shown.TryGetValue(tag, out var series))
                    shown.Add(tag, series = []);
                series.Add(one.Step, value); // throws where a step is there twice
            }
        }
        return shown;
    }

    private static void Require(ReadOnlySpan<byte> data, ReadOnlySpan<byte> masked)
    {
        uint crc = ~0u;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
        }
        crc = ~crc;
        if (unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8) != BinaryPrimitives.ReadUInt32LittleEndian(masked))
            throw new InvalidDataException("A checksum is wrong.");
    }

    private static ReadEvent Event(ReadOnlySpan<byte> message)
    {
        double wallTime = 0;
        long step = 0;
        string? version = null;
        bool starts = false;
        var scalars = new List<(string, float)>();
        foreach (var (field, number, content) in Fields(message.ToArray()))
        {
            switch (field)
            {
                case 1: wallTime = BitConverter.UInt64BitsToDouble(number); break;
                case 2: step = (long)number; break;
                case 3: version = Encoding.UTF8.GetString(content); break;
                case 5: scalars.AddRange(Fields(content).Select(value => Scalar(value.Content))); break;
                case 7: starts = Fields(content).Single() is { Field: 1, Number: 1 }; break;
                default: throw new InvalidDataException($"An event has the field {field}.");
            }
        }
        return new ReadEvent(wallTime, step, version, starts, scalars);
    }

    private static (string, float) Scalar(byte[] message)
    {
        var fields = Fields(message).ToDictionary(field => field.Field);
        return (Encoding.UTF8.GetString(fields[1].Content), BitConverter.UInt32BitsToSingle((uint)fields[2].Number));
    }

    private static List<(int Field, ulong Number, byte[] Content)> Fields(byte[] message)
    {
        var fields = new List<(int, ulong, byte[])>();
        for (int at = 0; at < message.Length;)
        {
            ulong key = Varint(message, ref at);
            int field = (int)(key >> 3), width = (int)(key & 7) switch { 1 => 8, 5 => 4, _ => 0 };
            if ((key & 7) == 0)
                fields.Add((field, Varint(message, ref at), []));
            else if ((key & 7) == 2)
            {
                int length = (int)Varint(message, ref at);
                fields.Add((field, 0, message[at..(at + length)]));
                at += length;
            }
            else
            {
                ulong number = 0;
                for (int i = width - 1; i >= 0; i--)
                    number = (number << 8) | message[at + i];
                fields.Add((field, number, []));
                at += width;
            }
        }
        return fields;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            value |= (ulong)(message[at] & 0x7F) << shift;
            if ((message[at++] & 0x80) == 0)
                return value;
        }
    }
}
