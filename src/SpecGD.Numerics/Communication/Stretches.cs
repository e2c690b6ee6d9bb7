namespace SpecGD.Numerics.Communication;

/// <summary>Stretches of one buffer, of which each belongs to a rank, in the order of the ranks.</summary>
public static class Stretches
{
    /// <summary>Where each stretch begins.</summary>
    public static int[] Begins(ReadOnlySpan<int> counts)
    {
        int[] begins = new int[counts.Length];
        for (int rank = 1; rank < begins.Length; rank++)
            begins[rank] = checked(begins[rank - 1] + counts[rank - 1]);
        return begins;
    }

    /// <summary>Throws unless there is a stretch for every rank and they fill the buffer.</summary>
    /// <param name="team">The ranks.</param>
    /// <param name="length">Length of the buffer.</param>
    /// <param name="counts">Lengths of the stretches.</param>
    /// <param name="own">Length of what receives this rank's stretch; null where nothing does.</param>
    /// <exception cref="ArgumentException">They do not.</exception>
    public static void Require(ICollective team, int length, ReadOnlySpan<int> counts, int? own = null)
    {
        ArgumentNullException.ThrowIfNull(team);
        if (counts.Length != team.Size)
            throw new ArgumentException($"There are {counts.Length} stretches for {team.Size} ranks.", nameof(counts));
        long sum = 0;
        foreach (int count in counts)
            sum += count >= 0 ? count : throw new ArgumentException($"A stretch has {count} elements.", nameof(counts));
        if (sum != length)
            throw new ArgumentException($"Stretches of {sum} elements together do not fill a buffer of {length}.", nameof(counts));
        if (own is { } received && received != counts[team.Rank])
            throw new ArgumentException($"{received} elements were made ready for a stretch of {counts[team.Rank]}.", nameof(own));
    }
}
