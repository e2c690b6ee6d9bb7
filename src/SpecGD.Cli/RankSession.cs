using SpecGD.Numerics;
using SpecGD.Numerics.Communication;
using SpecGD.Numerics.Communication.OpenMpi;
using SpecGD.Numerics.Platform;
using SpecGD.Training;

namespace SpecGD.Cli;

/// <summary>
/// One command done by several ranks together, as <c>mpirun</c> started them, or by this process alone. The first rank speaks for all and has the exit
/// code of the job: the launcher ends every rank as soon as one has another code than 0.
/// </summary>
internal static class RankSession
{
    /// <summary>Does the command.</summary>
    /// <param name="command">The work of one rank; gives the exit code.</param>
    /// <exception cref="BadInputException">All ranks found that the input cannot be used, and this is the first; or Open MPI cannot be loaded.</exception>
    public static int Run(Func<ICollective, int> command)
    {
        if (!IsLaunched)
            return command(SingleProcess.Instance);
        var collective = Join();
        try
        {
            int code = command(collective);
            collective.Dispose();
            return collective.Rank == 0 ? code : ExitCode.Done;
        }
        catch (BadInputException e) when (e.InnerException is AgreedByAllRanksException)
        {
            collective.Dispose();
            if (collective.Rank > 0)
                return ExitCode.Done;
            throw;
        }
        catch (Exception e)
        {
            // the others wait for this rank and must not go on waiting
            Display.Terminal.Remark($"rank {collective.Rank} of {collective.Size}: {e.Message} The job ends here.");
            Console.Error.Flush();
            collective.Abort(e is BadInputException ? ExitCode.BadInput : ExitCode.Failed);
            throw;
        }
    }

    /// <summary>
    /// The launcher hands every rank a terminal of its own for standard output and joins what they write there: nothing may be drawn on it.
    /// </summary>
    public static void ForgetTerminal()
    {
        if (IsLaunched)
            Environment.SetEnvironmentVariable("TERM", "dumb");
    }

    /// <summary>True where a launcher started this process as one of several ranks.</summary>
    public static bool IsLaunched => Launch is not null;

    /// <summary>Ranks that share this machine.</summary>
    public static int RanksHere => Launch?.LocalSize ?? 1;

    private static RankLaunch? Launch { get; } = RankLaunch.From(Environment.GetEnvironmentVariable);

    /// <summary>The ranks and their threads in a sentence, with what to do where the launcher leaves most of the machine idle; null for one process.</summary>
    public static string? Describe()
    {
        if (Launch is not { } launch)
            return null;
        int threads = ThreadBudget.Total;
        string idle = threads * launch.LocalSize * 2 <= Processors.OfMachine
            ? $", of {Counted.Of(Processors.OfMachine, "processor")}: mpirun binds few ranks to one core each, --bind-to none leaves them all"
            : "";
        return $"ranks: {launch.Size}, {launch.LocalSize} of them on this machine with {Counted.Of(threads, "thread")} each{idle}";
    }

    private static OpenMpiCollective Join()
    {
        try
        {
            return OpenMpiCollective.Join();
        }
        catch (CommunicationException e)
        {
            throw new BadInputException(e.Message, e);
        }
    }
}
