using System.IO.Compression;

namespace SpecGD.Data.Language.Text;

/// <summary>
/// The text of a gzip file, which must be nothing but members and zeros behind the last: the runtime reads as far as it understands, and passes over
/// the rest in silence. Reading the end of a file with anything else behind its members throws.
/// </summary>
/// <remarks>
/// The runtime does not tell where the last member ends, only what it has taken in. Around the last byte of the file that is not zero it is given
/// one byte at a time: if the members end before that byte, it stops before it has taken in all up to there.
/// </remarks>
internal sealed class WholeGzip : Stream
{
    private readonly Source _source;
    private readonly GZipStream _text;

    /// <summary>The text of a file that can be sought in; disposing it leaves the file open.</summary>
    public WholeGzip(FileStream file)
    {
        _source = new Source(file);
        _text = new GZipStream(_source, CompressionMode.Decompress, leaveOpen: true);
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">It is damaged, was cut short, or has something else behind its end.</exception>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">It is damaged, was cut short, or has something else behind its end.</exception>
    public override int Read(Span<byte> buffer)
    {
        int read = _text.Read(buffer);
        return read == 0 && buffer.Length > 0 && !_source.IsTakenIn ? throw new InvalidDataException("There is something behind the end of the gzip data.") : read;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _text.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The file as the runtime is given it.</summary>
    private sealed class Source(FileStream file) : Stream
    {
        /// <summary>Bytes before the last one that is not zero from which on one at a time is given: more than a member's last eight.</summary>
        private const int Slow = 64;

        /// <summary>Behind the last byte of the file that is not zero.</summary>
        private readonly long _end = EndOf(file);

        private bool _askedBeyond;

        /// <summary>Whether all up to the zeros was taken in, and none of it left over: after the last byte more was asked for.</summary>
        public bool IsTakenIn => file.Position > _end || (file.Position == _end && _askedBeyond);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => file.Length;

        public override long Position { get => file.Position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            long before = file.Position, quick = _end - Slow - before;
            _askedBeyond |= before >= _end;
            return file.Read(buffer[..(int)Math.Min(buffer.Length, Math.Max(1, quick))]);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private static long EndOf(FileStream file)
        {
            const int block = 1 << 16;
            byte[] buffer = new byte[block];
            long start = file.Position;
            for (long from = file.Length; from > start;)
            {
                int length = (int)Math.Min(block, from - start);
                from -= length;
                file.Position = from;
                file.ReadExactly(buffer.AsSpan(0, length));
                int last = buffer.AsSpan(0, length).LastIndexOfAnyExcept((byte)0);
                if (last >= 0)
                {
                    file.Position = start;
                    return from + last + 1;
                }
            }
            file.Position = start;
            return start;
        }
    }
}
