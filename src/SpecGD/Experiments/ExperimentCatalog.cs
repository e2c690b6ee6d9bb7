namespace SpecGD.Experiments;

/// <summary>Every experiment there is, by name: a class that implements <see cref="IExperiment"/> is found by being there.</summary>
public static class ExperimentCatalog
{
    /// <summary>The experiments in the order of their names.</summary>
    public static IReadOnlyList<IExperiment> All { get; } =
    [
        .. from type in typeof(ExperimentCatalog).Assembly.GetTypes()
           where type is { IsAbstract: false, IsInterface: false } && type.IsAssignableTo(typeof(IExperiment))
           let experiment = (IExperiment)Activator.CreateInstance(type)!
           orderby experiment.Name
           select experiment,
    ];

    /// <summary>The experiment called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none of that name.</exception>
    public static IExperiment Named(string name) =>
        All.FirstOrDefault(e => e.Name == name)
        ?? throw new BadInputException($"There is no experiment '{name}'; there are {string.Join(", ", All.Select(e => e.Name))}.{Spelling.Hint(name, All.Select(e => e.Name))}");
}
