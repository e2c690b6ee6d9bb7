using System.Globalization;

namespace SpecGD.Numerics.Communication;

/// <summary>What <c>mpirun</c> says to a process that it starts.</summary>
/// <param name="Rank">This process, from 0.</param>
/// <param name="Size">How many it started.</param>
/// <param name="LocalSize">How many of them on this machine.</param>
public sealed record RankLaunch(int Rank, int Size, int LocalSize)
{
    /// <summary>Variables that Open MPI's launcher sets.</summary>
    public const string SizeVariable = "OMPI_COMM_WORLD_SIZE", RankVariable = "OMPI_COMM_WORLD_RANK";

    /// <inheritdoc cref="SizeVariable"/>
    public const string LocalSizeVariable = "OMPI_COMM_WORLD_LOCAL_SIZE";

    /// <summary>What was said; null where the process was started by itself, or alone.</summary>
    /// <param name="environment">Gives the value of an environment variable, or null.</param>
    public static RankLaunch? From(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return Number(environment, SizeVariable) is { } size and > 1 && Number(environment, RankVariable) is { } rank
            ? new RankLaunch(rank, size, Math.Clamp(Number(environment, LocalSizeVariable) ?? 1, 1, size))
            : null;
    }

    /// <summary>The processors of a machine shared out evenly, where the launcher has not bound the process to fewer.</summary>
    /// <param name="onMachine">Processors of the machine.</param>
    /// <param name="usable">Those that this process may run on.</param>
    public int ThreadsOf(int onMachine, int usable) => Math.Max(1, Math.Min(usable, onMachine / LocalSize));

    private static int? Number(Func<string, string?> environment, string name) =>
        int.TryParse(environment(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
