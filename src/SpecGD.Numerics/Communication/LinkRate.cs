namespace SpecGD.Numerics.Communication;

/// <summary>How fast ranks exchange, measured in the way in which training does.</summary>
/// <param name="SecondsPerMessage">A sum of one number over R ranks in the least of several tries, by its log₂R rounds.</param>
/// <param name="BytesPerSecond">
/// That each rank sends, in the best of several tries: B bytes are summed to their owners and spread again, for which each sends 2B(R − 1)/R.
/// </param>
public sealed record LinkRate(double SecondsPerMessage, double BytesPerSecond)
{
    private const int ShortTries = 200, LongTries = 5;

    /// <summary>Measures; every rank must call it at the same time.</summary>
    /// <param name="collective">The ranks, at least two.</param>
    /// <param name="elements">Single-precision numbers in the long exchange.</param>
    /// <param name="clock">Measures.</param>
    /// <exception cref="CommunicationException">A sum was wrong.</exception>
    public static LinkRate Measure(ICollective collective, int elements, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(collective);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentOutOfRangeException.ThrowIfLessThan(collective.Size, 2);
        double latency = Best(collective, ShortTries, clock, () =>
        {
            Span<double> one = [1];
            collective.AllReduce(one);
        });
        Matrix<float>[] pieces = [.. Enumerable.Range(0, collective.Size).Select(_ => new Matrix<float>(1, (elements + collective.Size - 1) / collective.Size))];
        var plan = new OwnedMatrices<float>(collective, [.. Enumerable.Range(0, collective.Size)], [.. pieces.Select(piece => (long)piece.Count)]);
        double time = Best(collective, LongTries, clock, () =>
        {
            foreach (var piece in pieces)
                piece.Fill(collective.Rank + 1);
            plan.SumToOwners(pieces);
            plan.SpreadFromOwners(pieces);
        });
        Require(pieces, collective.Size * (collective.Size + 1) / 2f);
        double sent = 2.0 * sizeof(float) * pieces.Sum(piece => (long)piece.Count) * (collective.Size - 1) / collective.Size;
        return new LinkRate(latency / Math.Max(1, Math.Ceiling(Math.Log2(collective.Size))), sent / time);
    }

    /// <summary>The shortest time of several, each of them that of the slowest rank.</summary>
    private static double Best(ICollective collective, int tries, TimeProvider clock, Action exchange)
    {
        double best = double.PositiveInfinity;
        for (int i = 0; i < tries; i++)
        {
            collective.Await();
            long begin = clock.GetTimestamp();
            exchange();
            best = Math.Min(best, clock.GetElapsedTime(begin).TotalSeconds);
        }
        double[] all = new double[collective.Size];
        all[collective.Rank] = best;
        collective.AllReduce<double>(all);
        return all.Max();
    }

    private static void Require(Matrix<float>[] pieces, float sum)
    {
        foreach (var piece in pieces)
            foreach (float element in piece.AsSpan())
                if (element != sum)
                    throw new CommunicationException($"A sum over the ranks came to {element} instead of {sum}: the transport is at fault.");
    }
}
