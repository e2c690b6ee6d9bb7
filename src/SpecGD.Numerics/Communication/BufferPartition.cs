namespace SpecGD.Numerics.Communication;

/// <summary>Partitions of one buffer, of which each belongs to a rank, in the order of the ranks.</summary>
public static class BufferPartition
{
    /// <summary>Where each partition begins.</summary>
    public static int[] Begins(ReadOnlySpan<int> counts)
    {
        int[] begins = new int[counts.Length];
        for (int rank = 1; rank < begins.Length; rank++)
            begins[rank] = checked(begins[rank - 1] + counts[rank - 1]);
        return begins;
    }

    /// <summary>Throws unless there is a partition for every rank and they fill the buffer.</summary>
    /// <param name="collective">The ranks.</param>
    /// <param name="length">Length of the buffer.</param>
    /// <param name="counts">Lengths of the partitions.</param>
    /// <param name="own">Length of what receives this rank's partition; null where nothing does.</param>
    /// <exception cref="ArgumentException">They do not.</exception>
    public static void Require(ICollective collective, int length, ReadOnlySpan<int> counts, int? own = null)
    {
        ArgumentNullException.ThrowIfNull(collective);
        if (counts.Length != collective.Size)
            throw new ArgumentException($"There are {counts.Length} partitions for {collective.Size} ranks.", nameof(counts));
        long sum = 0;
        foreach (int count in counts)
            sum += count >= 0 ? count : throw new ArgumentException($"A partition has {count} elements.", nameof(counts));
        if (sum != length)
            throw new ArgumentException($"Partitions of {sum} elements together do not fill a buffer of {length}.", nameof(counts));
        if (own is { } received && received != counts[collective.Rank])
            throw new ArgumentException($"{received} elements were made ready for a partition of {counts[collective.Rank]}.", nameof(own));
    }
}
