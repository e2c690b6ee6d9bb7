using System.CommandLine;
using SpecGD.Experiments.Settings;
using SpecGD.Numerics;
using SpecGD.Sweeps.Engines;

namespace SpecGD.Cli.Commands.Sweep;

/// <summary>Where and how the tasks of a sweep are run.</summary>
internal sealed record EngineSettings
{
    /// <summary>The words of the setting.</summary>
    public const string Local = "local", Slurm = "slurm";

    [Setting("engine", "what runs the tasks: processes of this machine, or a job array of a Slurm cluster", Choices = Local + "," + Slurm)]
    public string Engine { get; init; } = Local;

    [Setting("workers", "tasks at a time; each has its share of --threads", Min = 1, Max = 100_000,
        UnsetMeans = "one for each thread; with Slurm as many as the cluster lets")]
    public int? Workers { get; init; }

    [Setting("memory-limit", "memory that one task may use, such as 800M or 4G; a task that uses more is stopped",
        UnsetMeans = "none; with Slurm the partition's")]
    public string? MemoryLimit { get; init; }
}

/// <summary>The engine that a command line asks for.</summary>
/// <param name="Settings">Which, and how many at a time.</param>
/// <param name="Slurm">What is asked of Slurm.</param>
/// <param name="FailFast">Whether the first failure stops the rest.</param>
/// <param name="Detach">Whether to return once Slurm has the job.</param>
/// <param name="AsJson">Whether the result is printed as JSON.</param>
internal sealed record EngineRequest(EngineSettings Settings, SlurmOptions Slurm, bool FailFast, bool Detach, bool AsJson)
{
    /// <summary>Whether Slurm runs the tasks.</summary>
    public bool IsSlurm => Settings.Engine == EngineSettings.Slurm;

    /// <summary>Bytes that a task may use, or null.</summary>
    public long? MemoryLimit => Settings.MemoryLimit is { } text ? MemorySize.Parse(text) : null;

    /// <summary>How this very program is started again.</summary>
    public static TaskLaunch Launch() => new(ThisProgram.Command, Directory.GetCurrentDirectory());

    /// <summary>The pool of processes of this machine.</summary>
    public LocalEngine CreateLocal() => new(
        new LocalEngineOptions(Settings.Workers ?? ThreadBudget.Total, ThreadBudget.Total, MemoryLimit, FailFast), Launch(), TimeProvider.System);

    /// <summary>The cluster.</summary>
    public SlurmEngine CreateSlurm() => new(Slurm, Settings.Workers, MemoryLimit, Launch(), TimeProvider.System);
}

/// <summary>The options of a command that choose an engine.</summary>
internal sealed class EngineChoice
{
    private readonly SettingOptions _engine, _slurm;
    private readonly Option<bool> _failFast, _detach, _json;

    /// <summary>Adds them to <paramref name="command"/>.</summary>
    public EngineChoice(Command command)
    {
        _engine = new SettingOptions(command, typeof(EngineSettings));
        _failFast = new Option<bool>("--fail-fast") { Description = "stop the rest where a task fails or crashes; a run that diverges is a result" };
        _json = new Option<bool>("--json") { Description = "print the results as JSON" };
        command.Options.Add(_failFast);
        command.Options.Add(_json);
        _slurm = new SettingOptions(command, typeof(SlurmOptions));
        _detach = new Option<bool>("--detach") { Description = "Slurm: return once the job is submitted; the same command follows it later" };
        command.Options.Add(_detach);
    }

    /// <summary>What the command line asks for.</summary>
    /// <exception cref="BadInputException">A value is not one of its option.</exception>
    public EngineRequest Of(ParseResult parsed)
    {
        var request = new EngineRequest(
            (EngineSettings)_engine.Resolve(parsed),
            (SlurmOptions)_slurm.Resolve(parsed),
            parsed.GetValue(_failFast),
            parsed.GetValue(_detach),
            parsed.GetValue(_json));
        _ = request.MemoryLimit; // a bad amount is told before anything is written
        return request;
    }
}
