using System.Globalization;
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
            .ThenBy(candidate => candidate.Differing.Sum(setting => Distance(setting.ValueIn(options), setting.ValueIn(candidate.Figure.Options))))
            .FirstOrDefault();
        if (nearest.Figure is null || nearest.Differing.Any(setting => setting.Type == typeof(string) && setting.TextOf(options) != setting.TextOfDefault))
            return null; // the paper has no figure of the activation, or of another choice, that the user wants
        Setting[] untouched = [.. nearest.Differing.Where(setting => IsLeftAlone(setting, options, resolved, experiment.Resolve(nearest.Figure.Options)))];
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

    /// <summary>Whether the user left the setting at its default, or of one with a value for each of several names that of a name.</summary>
    private static bool IsLeftAlone(Setting setting, object given, object used, object ofFigure) =>
        setting.TextOf(given) == setting.TextOfDefault || NamesLeftAlone(setting, given, used, ofFigure).Any();

    private static IEnumerable<string> NamesLeftAlone(Setting setting, object given, object used, object ofFigure) =>
        (setting.ValueIn(given), setting.ValueIn(used), setting.ValueIn(ofFigure)) is
            (IReadOnlyDictionary<string, double> named, IReadOnlyDictionary<string, double> here, IReadOnlyDictionary<string, double> there)
            ? there.Keys.Where(name => !named.ContainsKey(name) && here.TryGetValue(name, out double value) && value != there[name]).Order(StringComparer.Ordinal)
            : [];

    /// <summary>How far two numbers are apart as a ratio; zero for what are no positive numbers.</summary>
    private static double Distance(object? a, object? b) =>
        a is IConvertible and not string and not bool && b is IConvertible and not string and not bool
            && Convert.ToDouble(a, CultureInfo.InvariantCulture) is > 0 and var x && Convert.ToDouble(b, CultureInfo.InvariantCulture) is > 0 and var y
            ? Math.Abs(Math.Log(x / y))
            : 0;

    /// <summary>The same as a sentence; null where there is nothing to tell.</summary>
    public static string? Remark(IExperiment experiment, object options)
    {
        if (Of(experiment, options) is not { } nearest)
            return null;
        object used = experiment.Resolve(options), of = experiment.Resolve(nearest.Figure.Options);
        var values = nearest.Differing.Select(setting => $"--{setting.Name} {Of(setting, of, options, used, of)} (here {Of(setting, used, options, used, of)})");
        return $"{nearest.Figure.Label} of the paper has {string.Join(", ", values)}; 'specgd reproduce {nearest.Figure.Id}' makes it.";
    }

    /// <summary>The value as the command line takes it; of several names those that were left alone, where only some were.</summary>
    private static string Of(Setting setting, object options, object given, object used, object ofFigure) =>
        NamesLeftAlone(setting, given, used, ofFigure).ToArray() is { Length: > 0 } names && setting.ValueIn(options) is IReadOnlyDictionary<string, double> values
            ? string.Join(' ', names.Select(name => string.Create(CultureInfo.InvariantCulture, $"{name}={values[name]}")))
            : Value(setting, options);

    /// <summary>The value as the command line takes it.</summary>
    private static string Value(Setting setting, object options) =>
        setting.TextOf(options) is { Length: > 0 } text ? text.Replace(',', ' ') : setting.UnsetMeans is { Length: > 0 } words ? words : "none";
}
