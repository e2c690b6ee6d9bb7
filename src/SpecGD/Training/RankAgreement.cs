using System.Text;
using SpecGD.Numerics.Communication;

namespace SpecGD.Training;

/// <summary>What makes an error one of all ranks: each of them has thrown it, so one may tell the user.</summary>
public sealed class AgreedByAllRanksException : Exception
{
    /// <summary>The exception with its sentence.</summary>
    public AgreedByAllRanksException(string message)
        : base(message)
    {
    }

    /// <summary>The exception with its sentence and cause.</summary>
    public AgreedByAllRanksException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The exception without a sentence.</summary>
    public AgreedByAllRanksException()
    {
    }
}

/// <summary>Decisions that all ranks take alike. Every rank must make the same calls in the same order.</summary>
public static class RankAgreement
{
    /// <summary>True on all ranks where it is on any.</summary>
    public static bool Any(this ICollective collective, bool here)
    {
        ArgumentNullException.ThrowIfNull(collective);
        Span<int> count = [here ? 1 : 0];
        collective.AllReduce(count);
        return count[0] > 0;
    }

    /// <summary>The numbers that the ranks give, in their order.</summary>
    public static double[] All(this ICollective collective, double here)
    {
        ArgumentNullException.ThrowIfNull(collective);
        double[] all = new double[collective.Size];
        all[collective.Rank] = here;
        int[] counts = new int[collective.Size];
        Array.Fill(counts, 1);
        collective.AllGather<double>(all, counts);
        return all;
    }

    /// <summary>A text of one rank, on all.</summary>
    /// <param name="collective">The ranks.</param>
    /// <param name="text">The text; called on the rank <paramref name="from"/> alone.</param>
    /// <param name="from">Whose text.</param>
    public static string TextFrom(this ICollective collective, Func<string> text, int from = 0)
    {
        ArgumentNullException.ThrowIfNull(collective);
        ArgumentNullException.ThrowIfNull(text);
        if (collective.Size == 1)
            return text();
        byte[] bytes = collective.Rank == from ? Encoding.UTF8.GetBytes(text()) : [];
        Span<int> length = [bytes.Length];
        collective.Broadcast(length, from);
        if (collective.Rank != from)
            bytes = new byte[length[0]];
        collective.Broadcast<byte>(bytes, from);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Does something on every rank; input that any of them cannot use is an error of all, with the sentence of the first.</summary>
    /// <exception cref="BadInputException">A rank threw it; where there are several, with <see cref="AgreedByAllRanksException"/> as its cause.</exception>
    public static T Agree<T>(this ICollective collective, Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(collective);
        ArgumentNullException.ThrowIfNull(work);
        if (collective.Size == 1)
            return work();
        string? problem = null;
        T? result = default;
        try
        {
            result = work();
        }
        catch (BadInputException e)
        {
            problem = e.Message;
        }
        double[] failed = collective.All(problem is null ? 0 : 1);
        int first = Array.IndexOf(failed, 1);
        if (first < 0)
            return result!;
        string sentence = collective.TextFrom(() => problem!, first);
        throw new BadInputException(first > 0 ? $"Rank {first}: {sentence}" : sentence, new AgreedByAllRanksException(sentence));
    }

    /// <inheritdoc cref="Agree{T}"/>
    public static void Agree(this ICollective collective, Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Agree(collective, () =>
        {
            work();
            return true;
        });
    }

    /// <summary>This rank's share of a list: as many in a row for each rank, as evenly as can be.</summary>
    public static IEnumerable<T> ShareOf<T>(this ICollective collective, IReadOnlyList<T> all)
    {
        ArgumentNullException.ThrowIfNull(collective);
        ArgumentNullException.ThrowIfNull(all);
        int first = (int)((long)all.Count * collective.Rank / collective.Size), next = (int)((long)all.Count * (collective.Rank + 1) / collective.Size);
        return all.Skip(first).Take(next - first);
    }
}
