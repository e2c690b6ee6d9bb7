using SpecGD.Experiments.Settings;

namespace SpecGD.Sweeps.Engines;

/// <summary>What a job of a sweep asks of Slurm.</summary>
public sealed record SlurmOptions
{
    /// <summary>Where to run.</summary>
    [Setting("partition", "Slurm: partition to run in", UnsetMeans = "the cluster's")]
    public string? Partition { get; init; }

    /// <summary>Who pays.</summary>
    [Setting("account", "Slurm: account to charge", UnsetMeans = "the user's")]
    public string? Account { get; init; }

    /// <summary>Time limit of an element.</summary>
    [Setting("time",
        "Slurm: time limit of an element of the array, as sbatch takes it (30, 2:00:00, 1-0); one that reaches it is queued again and resumes",
        UnsetMeans = "the partition's")]
    public string? Time { get; init; }

    /// <summary>Processors of an element.</summary>
    [Setting("cpus", "Slurm: processors, and threads, of an element", Min = 1, Max = 4096)]
    public int Cpus { get; init; } = 1;

    /// <summary>Tasks of an element.</summary>
    [Setting("tasks-per-job", "Slurm: tasks that one element runs one after the other", Min = 1, Max = SweepExpansion.MostTasks,
        UnsetMeans = "1, or as many as the cluster's MaxArraySize demands")]
    public int? TasksPerJob { get; init; }

    /// <summary>Further lines.</summary>
    [Setting("sbatch", "Slurm: a further option of sbatch, such as --sbatch=--constraint=avx512; may be given again", UnsetMeans = "none")]
    public IReadOnlyList<string> Extra { get; init; } = [];

    /// <summary>How often an element that reached its time limit may be queued again.</summary>
    [Setting("requeues", "Slurm: how often an element that reaches its time limit is queued again", Min = 0, Max = 10000)]
    public int Requeues { get; init; } = 20;

    /// <summary>Seconds before the time limit at which a task is told to keep what it has.</summary>
    [Setting("grace", "Slurm: seconds before the time limit at which a task is asked to save its state and stop", Min = 1, Max = 65535)]
    public int Grace { get; init; } = 60;
}
