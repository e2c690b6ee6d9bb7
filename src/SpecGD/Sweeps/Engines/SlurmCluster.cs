using System.ComponentModel;
using System.Globalization;
using SpecGD.Numerics.Platform;

namespace SpecGD.Sweeps.Engines;

/// <summary>Slurm's own programs: sbatch, squeue and scontrol.</summary>
public sealed class SlurmCluster
{
    private const string Submitter = "sbatch";

    private const string NothingSubmitted =
        "sbatch was not found or did not answer, so nothing was submitted; run this on a machine of the cluster, or see the script with --dry-run.";

    /// <summary>A controller that does not answer within this time is taken as away for the moment.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    /// <summary>The largest number of elements of an array; null where no cluster answers.</summary>
    public static int? MaxArraySize()
    {
        foreach (string line in Ask("scontrol", "show", "config")?.Output.Split('\n') ?? [])
            if (line.Split('=', 2) is [var name, var value] && name.Trim() == "MaxArraySize"
                && int.TryParse(value, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int size))
                return size;
        return null;
    }

    /// <summary>Throws where nothing can be submitted from this machine; asked before anything is written.</summary>
    /// <exception cref="BadInputException">There is no sbatch.</exception>
    public static void Require()
    {
        string[] places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        if (!places.Any(place => File.Exists(Path.Combine(place, Submitter))))
            throw new BadInputException(NothingSubmitted);
    }

    /// <summary>Submits a script and gives the number of its job.</summary>
    /// <exception cref="BadInputException">There is no sbatch, or it refuses; the sentence passes its words on.</exception>
    public static string Submit(string script)
    {
        var ended = Ask(Submitter, "--parsable", script) ?? throw new BadInputException(NothingSubmitted);
        string job = ended.Output.Trim().Split(';')[0]; // after a semicolon the name of the cluster
        return ended.ExitCode == 0 && job.Length > 0 && job.All(char.IsAsciiDigit)
            ? job
            : throw new BadInputException($"sbatch refused {script}: {ended.Words}.");
    }

    /// <summary>
    /// The elements of a job that wait or run, with their state; none where the job is over; null where the controller did not answer.
    /// </summary>
    public static IReadOnlyDictionary<int, string>? Queue(string job)
    {
        var ended = Ask("squeue", "--noheader", "--array", "--jobs", job, "--format", "%K|%T");
        if (ended is null)
            return null;
        if (ended.ExitCode != 0)
            return ended.Words.Contains("Invalid job id", StringComparison.OrdinalIgnoreCase) ? new Dictionary<int, string>() : null;
        var queue = new Dictionary<int, string>();
        foreach (string line in ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (line.Split('|') is [var index, var state] && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int element))
                queue[element] = state;
        return queue;
    }

    /// <summary>Puts a running element back into the queue; false where Slurm refuses.</summary>
    public static bool Requeue(string element) => Ask("scontrol", "requeue", element) is { ExitCode: 0 };

    private static ChildProcess? Ask(string program, params string[] arguments)
    {
        try
        {
            var ended = ChildProcess.RunAsync(program, arguments, Environment.CurrentDirectory, AnswerLimit).GetAwaiter().GetResult();
            return ended.ExitCode is null ? null : ended;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
