using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Figures;

/// <summary>
/// A log with some of its methods, as if the others had not run. Methods are those that have series of their own, and those that sections of the log
/// have, as the experiment declares it (<see cref="RecordKeys"/>): as members of an object, or as a column of rows.
/// </summary>
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
        var declared = ExperimentCatalog.All.FirstOrDefault(experiment => experiment.Name == log.ConfigText("experiment"))?.RecordKeys ?? RecordKeys.None;
        string[] known = [.. log.Methods.Keys.Concat(new SectionMethods(declared).Of(log.Sections)).Distinct()];
        if (known.Length == 0)
            throw new BadInputException("--methods chooses among the methods of a log, and this one has none.");
        if (wanted.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
            throw new BadInputException($"The log has no method '{unknown}'; it has {string.Join(", ", known)}.{Spelling.Hint(unknown, known)}");
        var chosen = new RunLog(log.RunId) { Config = log.Config, Dataset = log.Dataset, Sections = (JsonObject)log.Sections.DeepClone() };
        foreach (var (name, method) in log.Methods.Where(method => wanted.Contains(method.Key)))
            chosen.Methods.Add(name, method);
        if (chosen.Sections[SparseRegression.Spectra] is JsonObject spectra)
        {
            foreach (string name in spectra.Select(method => method.Key).Except(wanted).ToArray())
                spectra.Remove(name);
        }
        new SectionMethods(declared).Keep(chosen.Sections, wanted);
        return chosen;
    }

    /// <summary>The methods in the sections of a log whose keys are declared.</summary>
    private sealed class SectionMethods(RecordKeys declared)
    {
        private readonly bool _isColumn = declared.Columns.Contains(MethodName.Column);

        public IEnumerable<string> Of(JsonNode? node) => node switch
        {
            JsonArray list => list.SelectMany(Of),
            JsonObject members => (NameIn(members) is { } name ? [name] : Array.Empty<string>())
                .Concat(members.SelectMany(member => AreMethods(member.Key, member.Value) ? ((JsonObject)member.Value!).Select(one => one.Key) : Of(member.Value))),
            _ => [],
        };

        /// <summary>Takes all others away.</summary>
        public void Keep(JsonNode? node, string[] wanted)
        {
            if (node is JsonArray list)
            {
                foreach (var row in list.OfType<JsonObject>().Where(row => NameIn(row) is { } name && !wanted.Contains(name)).ToArray())
                    list.Remove(row);
                foreach (var item in list)
                    Keep(item, wanted);
            }
            foreach (var (key, value) in node as JsonObject ?? [])
            {
                if (!AreMethods(key, value))
                    Keep(value, wanted);
                else
                    foreach (string name in ((JsonObject)value!).Select(one => one.Key).Except(wanted).ToArray())
                        ((JsonObject)value!).Remove(name);
            }
        }

        private bool AreMethods(string key, JsonNode? value) =>
            value is JsonObject && declared.Members.TryGetValue(key, out string? of) && of == MethodName.Column;

        private string? NameIn(JsonObject row) => _isColumn && row[MethodName.Column] is JsonValue value && value.TryGetValue(out string? name) ? name : null;
    }
}
