using System.Numerics;

namespace SpecGD.Numerics.Communication;

/// <summary>
/// Matrices of which each belongs to one rank: summed over the ranks to their owners, and spread from their owners to all. What belongs to a rank is
/// one tape, its matrices end to end. Each message takes the same share of every tape, so that messages are of one size whatever the matrices are,
/// and all ranks send and receive about as much at a time.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class OwnedMatrices<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Elements of a message over all tapes: large enough that its latency does not count, small enough to be overlapped with computation.</summary>
    public const int MessageElements = 1 << 22;

    private readonly ICollective _collective;
    private readonly Message[] _messages;
    private readonly long[] _counts;
    private readonly int _longest, _longestOwn; // buffers of one size for all messages, so that the pool keeps one of each

    /// <summary>Plans the messages.</summary>
    /// <param name="collective">The ranks.</param>
    /// <param name="owners">The rank that each matrix belongs to.</param>
    /// <param name="counts">Number of elements of each.</param>
    /// <param name="messageElements">Elements of a message, at least one.</param>
    public OwnedMatrices(ICollective collective, IReadOnlyList<int> owners, IReadOnlyList<long> counts, int messageElements = MessageElements)
    {
        ArgumentNullException.ThrowIfNull(collective);
        ArgumentNullException.ThrowIfNull(owners);
        ArgumentNullException.ThrowIfNull(counts);
        _collective = collective;
        _counts = [.. counts];
        _messages = collective.Size > 1 ? Message.Plan(owners, _counts, collective.Size, messageElements) : [];
        _longest = _messages.Length > 0 ? _messages.Max(message => message.Length) : 0;
        _longestOwn = _messages.Length > 0 ? Math.Max(1, _messages.Max(message => message.Counts[collective.Rank])) : 0;
    }

    /// <summary>Messages that each exchange takes; none where there is one rank.</summary>
    public int Messages => _messages.Length;

    /// <summary>Every matrix becomes its sum over the ranks on its owner; elsewhere it stays as it is.</summary>
    /// <param name="matrices">The matrices, contiguous, in the order of the plan.</param>
    public void SumToOwners(IReadOnlyList<Matrix<T>> matrices)
    {
        Require(matrices);
        foreach (var message in _messages)
            SumToOwners(message, matrices);
    }

    /// <summary>
    /// The same piece by piece, overlapped with the computation of the rest: each message goes as soon as all matrices that it has a part of are ready.
    /// </summary>
    public Summation BeginSum(IReadOnlyList<Matrix<T>> matrices)
    {
        Require(matrices);
        return new Summation(this, matrices);
    }

    /// <summary>Every matrix becomes what it is on its owner.</summary>
    /// <param name="matrices">The matrices, contiguous, in the order of the plan.</param>
    public void SpreadFromOwners(IReadOnlyList<Matrix<T>> matrices)
    {
        Require(matrices);
        foreach (var message in _messages)
        {
            using var lease = MatrixPool<T>.Rent(1, _longest);
            var buffer = lease.Matrix.Row(0)[..message.Length];
            foreach (var part in message.Parts)
                if (part.Owner == _collective.Rank)
                    part.Of(matrices).CopyTo(buffer[part.Place..]);
            _collective.AllGather(buffer, message.Counts);
            foreach (var part in message.Parts)
                if (part.Owner != _collective.Rank)
                    buffer.Slice(part.Place, part.Length).CopyTo(part.Of(matrices));
        }
    }

    private void SumToOwners(Message message, IReadOnlyList<Matrix<T>> matrices)
    {
        int own = message.Counts[_collective.Rank], begin = message.Begins[_collective.Rank];
        using var lease = MatrixPool<T>.Rent(1, _longest);
        using var received = MatrixPool<T>.Rent(1, _longestOwn);
        var buffer = lease.Matrix.Row(0)[..message.Length];
        foreach (var part in message.Parts)
            part.Of(matrices).CopyTo(buffer[part.Place..]);
        var sums = received.Matrix.Row(0)[..own];
        _collective.ReduceScatter<T>(buffer, message.Counts, sums);
        foreach (var part in message.Parts)
            if (part.Owner == _collective.Rank)
                sums.Slice(part.Place - begin, part.Length).CopyTo(part.Of(matrices));
    }

    private void Require(IReadOnlyList<Matrix<T>> matrices)
    {
        ArgumentNullException.ThrowIfNull(matrices);
        if (matrices.Count != _counts.Length || !matrices.Select(m => (long)m.Count).SequenceEqual(_counts))
            throw new ArgumentException("These are not the matrices that the exchange was planned for.", nameof(matrices));
    }

    /// <summary>A summation under way.</summary>
    public sealed class Summation
    {
        private readonly OwnedMatrices<T> _plan;
        private readonly IReadOnlyList<Matrix<T>> _matrices;
        private readonly bool[] _ready;
        private readonly List<Task> _begun = [];
        private int _next;

        internal Summation(OwnedMatrices<T> plan, IReadOnlyList<Matrix<T>> matrices) =>
            (_plan, _matrices, _ready) = (plan, matrices, new bool[matrices.Count]);

        /// <summary>The caller will not change this matrix any more.</summary>
        public void Ready(int matrix)
        {
            _ready[matrix] = true;
            while (_next < _plan._messages.Length && _plan._messages[_next].Parts.All(part => _ready[part.Matrix]))
                Send(_plan._messages[_next++]);
        }

        /// <summary>Takes the matrices that were not told of for ready, and waits for all sums.</summary>
        public void Complete()
        {
            while (_next < _plan._messages.Length)
                Send(_plan._messages[_next++]);
            foreach (var task in _begun)
                task.GetAwaiter().GetResult();
        }

        private void Send(Message message) => _begun.Add(_plan._collective.Begin(() => _plan.SumToOwners(message, _matrices)));
    }

    /// <summary>A partition of one matrix within a message.</summary>
    /// <param name="Matrix">Which.</param>
    /// <param name="Owner">Its rank.</param>
    /// <param name="Start">First element.</param>
    /// <param name="Length">Number of elements.</param>
    /// <param name="Place">Where it stands in the message.</param>
    private sealed record Part(int Matrix, int Owner, int Start, int Length, int Place)
    {
        public Span<T> Of(IReadOnlyList<Matrix<T>> matrices) => matrices[Matrix].AsSpan().Slice(Start, Length);
    }

    /// <summary>One message: its parts, and the partition of each rank.</summary>
    private sealed record Message(IReadOnlyList<Part> Parts, int[] Counts, int[] Begins, int Length)
    {
        public static Message[] Plan(IReadOnlyList<int> owners, long[] counts, int ranks, int elements)
        {
            int number = (int)((counts.Sum() + elements - 1) / elements);
            int[][] tapes = [.. Enumerable.Range(0, ranks).Select(rank => Enumerable.Range(0, counts.Length).Where(m => owners[m] == rank).ToArray())];
            return [.. Enumerable.Range(0, number).Select(k => Of(tapes, counts, k, number))];
        }

        /// <summary>The k-th of so many equal shares of every tape.</summary>
        private static Message Of(int[][] tapes, long[] counts, int k, int number)
        {
            var parts = new List<Part>();
            int[] lengths = new int[tapes.Length];
            int place = 0;
            for (int rank = 0; rank < tapes.Length; rank++)
            {
                long tape = tapes[rank].Sum(m => counts[m]);
                long begin = Share(tape, k, number), end = Share(tape, k + 1, number), at = 0;
                lengths[rank] = checked((int)(end - begin));
                foreach (int matrix in tapes[rank])
                {
                    long from = Math.Max(begin, at), to = Math.Min(end, at + counts[matrix]);
                    if (from < to)
                    {
                        parts.Add(new Part(matrix, rank, (int)(from - at), (int)(to - from), place));
                        place = checked(place + (int)(to - from));
                    }
                    at += counts[matrix];
                }
            }
            return new Message(parts, lengths, BufferPartition.Begins(lengths), place);
        }

        private static long Share(long tape, int k, int number) => (long)((Int128)tape * k / number);
    }
}
