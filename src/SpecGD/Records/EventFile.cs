using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace SpecGD.Records;

/// <summary>
/// A TensorBoard event file: records of a length, its checksum, a protocol buffer and its checksum. Records are appended and flushed one by one, so
/// that TensorBoard can follow a run, and a crash costs the last one at most.
/// </summary>
public sealed class EventFile : IDisposable
{
    /// <summary>What the names of event files begin with.</summary>
    public const string Prefix = "events.out.tfevents.";

    private const string FileVersion = "brain.Event:2";

    /// <summary>Field numbers of an Event.</summary>
    private const int WallTime = 1, Step = 2, Version = 3, Summary = 5, SessionLog = 7;

    /// <summary>Field numbers of a Summary, of its Value, and of a SessionLog.</summary>
    private const int SummaryValue = 1, Tag = 1, SimpleValue = 2, Status = 1;

    private const ulong StatusStart = 1;

    private readonly FileStream _stream;
    private readonly TimeProvider _clock;

    /// <summary>Begins a file of its own in <paramref name="directory"/>.</summary>
    /// <exception cref="IOException">The place cannot be written.</exception>
    public EventFile(string directory, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _clock = clock;
        string stem = string.Create(
            CultureInfo.InvariantCulture, $"{Prefix}{clock.GetUtcNow().ToUnixTimeSeconds()}.{Environment.MachineName}.{Environment.ProcessId}");
        int number = 0;
        while (File.Exists(PathOf(number)))
            number++;
        _stream = new FileStream(PathOf(number), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        Append(new ProtocolBuffer().Add(WallTime, Now).Add(Version, FileVersion));

        string PathOf(int n) => System.IO.Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{stem}.{n}"));
    }

    /// <summary>Where it is.</summary>
    public string Path => _stream.Name;

    private double Now => (_clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;

    /// <summary>The event files of a folder, oldest first by their names; none where the folder is missing.</summary>
    public static IReadOnlyList<string> In(string directory) =>
        Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory, Prefix + "*").Order(StringComparer.Ordinal)] : [];

    /// <summary>
    /// Says that the run goes on at <paramref name="step"/>: TensorBoard then forgets what earlier files have from that step on.
    /// </summary>
    public void GoesOnAt(int step) =>
        Append(new ProtocolBuffer().Add(WallTime, Now).Add(Step, (ulong)step).Add(SessionLog, new ProtocolBuffer().Add(Status, StatusStart)));

    /// <summary>Scalars of one step, in single precision.</summary>
    public void Append(int step, IEnumerable<(string Tag, double Value)> scalars)
    {
        ArgumentNullException.ThrowIfNull(scalars);
        var summary = new ProtocolBuffer();
        foreach (var (tag, value) in scalars)
            summary.Add(SummaryValue, new ProtocolBuffer().Add(Tag, tag).Add(SimpleValue, (float)value));
        Append(new ProtocolBuffer().Add(WallTime, Now).Add(Step, (ulong)step).Add(Summary, summary));
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private void Append(ProtocolBuffer message)
    {
        var data = message.Written;
        byte[] record = new byte[sizeof(ulong) + sizeof(uint) + data.Length + sizeof(uint)];
        var length = record.AsSpan(0, sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(length.Length), Crc32C.Masked(length));
        data.CopyTo(record.AsSpan(length.Length + sizeof(uint)));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(record.Length - sizeof(uint)), Crc32C.Masked(data));
        _stream.Write(record);
        _stream.Flush();
    }

    /// <summary>The few forms of a protocol buffer that events have.</summary>
    private sealed class ProtocolBuffer
    {
        private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

        private readonly List<byte> _bytes = [];

        public ReadOnlySpan<byte> Written => CollectionsMarshal.AsSpan(_bytes);

        public ProtocolBuffer Add(int field, ulong value)
        {
            Key(field, Varint);
            AddVarint(value);
            return this;
        }

        public ProtocolBuffer Add(int field, double value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(double)];
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            Key(field, Fixed64);
            _bytes.AddRange(bytes);
            return this;
        }

        public ProtocolBuffer Add(int field, float value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(float)];
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            Key(field, Fixed32);
            _bytes.AddRange(bytes);
            return this;
        }

        public ProtocolBuffer Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

        public ProtocolBuffer Add(int field, ProtocolBuffer message) => Add(field, message.Written);

        private ProtocolBuffer Add(int field, ReadOnlySpan<byte> content)
        {
            Key(field, Delimited);
            AddVarint((ulong)content.Length);
            _bytes.AddRange(content);
            return this;
        }

        private void Key(int field, int wireType) => AddVarint((ulong)((field << 3) | wireType));

        /// <summary>Seven bits a byte, lowest first, the top bit set in all but the last.</summary>
        private void AddVarint(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
                _bytes.Add((byte)(value | 0x80));
            _bytes.Add((byte)value);
        }
    }
}
