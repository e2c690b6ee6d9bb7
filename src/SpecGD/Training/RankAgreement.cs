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
    public static bool Any(this ICollective team, bool here)
    {
        ArgumentNullException.ThrowIfNull(team);
        Span<int> count = [here ? 1 : 0];
        team.Sum(count);
        return count[0] > 0;
    }

    /// <summary>The numbers that the ranks give, in their order.</summary>
    public static double[] All(this ICollective team, double here)
    {
        ArgumentNullException.ThrowIfNull(team);
        double[] all = new double[team.Size];
        all[team.Rank] = here;
        int[] counts = new int[team.Size];
        Array.Fill(counts, 1);
        team.Gather<double>(all, counts);
        return all;
    }

    /// <summary>A text of one rank, on all.</summary>
    /// <param name="team">The ranks.</param>
    /// <param name="text">The text; called on the rank <paramref name="from"/> alone.</param>
    /// <param name="from">Whose text.</param>
    public static string TextFrom(this ICollective team, Func<string> text, int from = 0)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(text);
        if (team.Size == 1)
            return text();
        byte[] bytes = team.Rank == from ? Encoding.UTF8.GetBytes(text()) : [];
        Span<int> length = [bytes.Length];
        team.Broadcast(length, from);
        if (team.Rank != from)
            bytes = new byte[length[0]];
        team.Broadcast<byte>(bytes, from);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Does something on every rank; input that any of them cannot use is an error of all, with the sentence of the first.</summary>
    /// <exception cref="BadInputException">A rank threw it; where there are several, with <see cref="AgreedByAllRanksException"/> as its cause.</exception>
    public static T Agree<T>(this ICollective team, Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(work);
        if (team.Size == 1)
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
        double[] failed = team.All(problem is null ? 0 : 1);
        int first = Array.IndexOf(failed, 1);
        if (first < 0)
            return result!;
        string sentence = team.TextFrom(() => problem!, first);
        throw new BadInputException(first > 0 ? $"Rank {first}: {sentence}" : sentence, new AgreedByAllRanksException(sentence));
    }

    /// <inheritdoc cref="Agree{T}"/>
    public static void Agree(this ICollective team, Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Agree(team, () =>
        {
            work();
            return true;
        });
    }

    /// <summary>This rank's share of a list: as many in a row for each rank, as evenly as can be.</summary>
    public static IEnumerable<T> ShareOf<T>(this ICollective team, IReadOnlyList<T> all)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(all);
        int first = (int)((long)all.Count * team.Rank / team.Size), next = (int)((long)all.Count * (team.Rank + 1) / team.Size);
        return all.Skip(first).Take(next - first);
    }
}
