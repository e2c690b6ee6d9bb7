using SpecGD.Experiments;
using SpecGD.Experiments.Settings;

namespace SpecGD.Reproduction;

/// <summary>
/// What a figure of the paper sets otherwise than a run. The defaults of an experiment are those of the authors' scripts, and the paper's figures are
/// made with other values of some: who leaves them alone must be told, or takes the run for the figure.
/// </summary>
public static class NearestFigure
{
    /// <summary>
    /// The figure of the paper nearest to these options and the settings, left at their defaults, that it has otherwise; null where there are none.
    /// </summary>
    public static (PaperFigure Figure, IReadOnlyList<Setting> Differing)? Of(IExperiment experiment, object options)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(options);
        var settings = Setting.Of(experiment.OptionsType);
        object resolved = experiment.Resolve(options);
        var nearest = PaperFigureCatalog.All.Where(figure => figure.Experiment == experiment.Name)
            .Select(figure => (Figure: figure, Differing: Differing(figure)))
            .OrderBy(candidate => candidate.Differing.Count(setting => setting.Type == typeof(string))) // another activation is another figure
            .ThenBy(candidate => candidate.Differing.Count(setting => setting.TextOf(options) != setting.TextOfDefault)) // the user wants that one otherwise
            .ThenBy(candidate => candidate.Differing.Length)
            .FirstOrDefault();
        if (nearest.Figure is null)
            return null;
        Setting[] untouched = [.. nearest.Differing.Where(setting => setting.TextOf(options) == setting.TextOfDefault)];
        return untouched.Length > 0 ? (nearest.Figure, untouched) : null;

        Setting[] Differing(PaperFigure figure)
        {
            object others = experiment.Resolve(figure.Options);
            return
            [
                .. settings.Where(setting => setting.TextOf(others) != setting.TextOf(resolved)
                    && setting.TextOf(figure.Options) != setting.TextOf(options)), // what follows from another setting alone is not told
            ];
        }
    }

    /// <summary>The same as a sentence; null where there is nothing to tell.</summary>
    public static string? Remark(IExperiment experiment, object options)
    {
        if (Of(experiment, options) is not { } nearest)
            return null;
        object used = experiment.Resolve(options), of = experiment.Resolve(nearest.Figure.Options);
        var values = nearest.Differing.Select(setting => $"--{setting.Name} {Value(setting, of)} (here {Value(setting, used)})");
        return $"{nearest.Figure.Label} of the paper has {string.Join(", ", values)}; 'specgd reproduce {nearest.Figure.Id}' makes it.";
    }

    /// <summary>The value as the command line takes it.</summary>
    private static string Value(Setting setting, object options) =>
        setting.TextOf(options) is { Length: > 0 } text ? text.Replace(',', ' ') : setting.UnsetMeans is { Length: > 0 } words ? words : "none";
}
