using SpecGD.Records;

namespace SpecGD.Experiments;

/// <summary>
/// Every experiment there is, by name. One of this library is a class that implements <see cref="IExperiment"/>, and is found by being there; one of another assembly is added
/// by the program at its start.
/// </summary>
public static class ExperimentCatalog
{
    /// <summary>The experiments in the order of their names.</summary>
    public static IReadOnlyList<IExperiment> All { get; private set; } = InOrder(
        from type in typeof(ExperimentCatalog).Assembly.GetTypes()
        where type is { IsAbstract: false, IsInterface: false } && type.IsAssignableTo(typeof(IExperiment))
        select (IExperiment)Activator.CreateInstance(type)!);

    /// <summary>Adds an experiment of another assembly.</summary>
    /// <exception cref="ArgumentException">There is one of that name.</exception>
    public static void Add(IExperiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        if (All.Any(other => other.Name == experiment.Name))
            throw new ArgumentException($"There is an experiment '{experiment.Name}' already.", nameof(experiment));
        All = InOrder(All.Append(experiment));
        ComputingCode.Note(experiment.Name, experiment.GetType().Assembly);
    }

    /// <summary>The experiment called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none of that name.</exception>
    public static IExperiment Named(string name) =>
        All.FirstOrDefault(e => e.Name == name)
        ?? throw new BadInputException($"There is no experiment '{name}'; there are {string.Join(", ", All.Select(e => e.Name))}.{Spelling.Hint(name, All.Select(e => e.Name))}");

    private static IExperiment[] InOrder(IEnumerable<IExperiment> experiments) => [.. experiments.OrderBy(experiment => experiment.Name, StringComparer.Ordinal)];
}
