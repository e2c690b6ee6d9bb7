using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Figures;

/// <summary>A log with some of its methods, as if the others had not run.</summary>
public static class MethodChoice
{
    /// <summary>The names that words stand for, each once: a word may be several names with commas between.</summary>
    public static string[] Names(IReadOnlyList<string> words) =>
        [.. words.SelectMany(word => word.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct()];

    /// <summary>The log with the methods <paramref name="names"/> alone, in its own order; the log itself where no name is given.</summary>
    /// <exception cref="BadInputException">The log has no method of one of the names.</exception>
    public static RunLog Of(RunLog log, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(names);
        string[] wanted = Names(names);
        if (wanted.Length == 0)
            return log;
        if (log.Methods.Count == 0)
            throw new BadInputException("--methods is for logs with methods, and this one has none.");
        if (wanted.FirstOrDefault(name => !log.Methods.ContainsKey(name)) is { } unknown)
            throw new BadInputException($"The log has no method '{unknown}'; it has {string.Join(", ", log.Methods.Keys)}.{Spelling.Hint(unknown, log.Methods.Keys)}");
        var chosen = new RunLog(log.RunId) { Config = log.Config, Dataset = log.Dataset, Sections = (JsonObject)log.Sections.DeepClone() };
        foreach (var (name, method) in log.Methods.Where(method => wanted.Contains(method.Key)))
            chosen.Methods.Add(name, method);
        if (chosen.Sections[SparseRegression.Spectra] is JsonObject spectra)
        {
            foreach (string name in spectra.Select(method => method.Key).Except(wanted).ToArray())
                spectra.Remove(name);
        }
        return chosen;
    }
}
