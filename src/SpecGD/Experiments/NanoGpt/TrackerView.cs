using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>A series of the tracker.</summary>
/// <param name="Block">The block that it is of; null for what is of none.</param>
/// <param name="Component">What it is of, without the block: <c>attn.q</c>, <c>rms.pre_mlp</c>.</param>
/// <param name="Series">Steps and values.</param>
public readonly record struct TrackedSeries(int? Block, string Component, Series Series);

/// <summary>
/// The tracker's record in a log, ours or the authors': in the section <see cref="SectionName"/>, or the file of the tracker itself read as a log.
/// What is missing reads as nothing.
/// </summary>
public sealed class TrackerView
{
    /// <summary>The section of our logs.</summary>
    public const string SectionName = "tracker";

    /// <summary>Sections by which a tracker's own file is known.</summary>
    private static readonly string[] KnownBy = ["rms", "gradient", "activation"];

    private readonly JsonObject _root;
    private readonly string _place;

    private TrackerView(JsonObject root, string place) => (_root, _place) = (root, place);

    /// <summary>The record that the log holds, or null.</summary>
    /// <exception cref="BadInputException">The section is no object.</exception>
    public static TrackerView? Of(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (log.Sections[SectionName] is { } section)
            return section is JsonObject root
                ? new TrackerView(root, SectionName + ".")
                : throw new BadInputException($"The log's '{SectionName}' must be an object, not {section.ToJsonString()[..1]}….");
        return KnownBy.Any(name => log.Sections[name] is JsonObject) ? new TrackerView(log.Sections, "") : null;
    }

    /// <summary>The series of a section, in the order of the blocks; none where it is missing.</summary>
    /// <param name="section">The section, levels joined by dots: <c>gradient.mlp</c>.</param>
    /// <exception cref="BadInputException">It is there in another form.</exception>
    public IReadOnlyList<TrackedSeries> Section(string section)
    {
        ArgumentNullException.ThrowIfNull(section);
        JsonNode? node = _root;
        string place = _place;
        foreach (string level in section.Split('.'))
        {
            place += place.Length == 0 || place.EndsWith('.') ? level : "." + level;
            node = node is JsonObject parent ? parent[level] : throw Wrong(place, "within an object");
            if (node is null)
                return section == TrackerLog.RatiosName ? Section(TrackerLog.EarlierRatiosName) : [];
        }
        var members = node as JsonObject ?? throw Wrong(place, "an object of series");
        if (members["steps"] is JsonArray)
            return [new TrackedSeries(null, "", Read(members, place))];
        return [.. members.Select(member => Named(member.Key, Read(member.Value, $"{place}.{member.Key}"))).OrderBy(series => series.Block ?? -1)];
    }

    /// <summary>The series of one component, in the order of the blocks.</summary>
    /// <exception cref="BadInputException">The section is there in another form.</exception>
    public IReadOnlyList<TrackedSeries> Of(string section, string component) => [.. Section(section).Where(series => series.Component == component)];

    /// <summary>nr of the gradients over st of what enters, for every block that has both, at the steps that both have.</summary>
    /// <exception cref="BadInputException">A section is there in another form.</exception>
    public IReadOnlyList<TrackedSeries> Ratios(TrackedWeight weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        var entering = Of(weight.ActivationSection, weight.Activation);
        return
        [
            .. from gradient in Of(weight.Section, weight.Name)
               from activation in entering
               where activation.Block == gradient.Block
               let ratio = Ratio(gradient.Series, activation.Series)
               where ratio.Count > 0
               select gradient with { Series = ratio },
        ];
    }

    private static Series Ratio(Series numerator, Series denominator)
    {
        var ratio = new Series();
        for (int i = 0, j = 0; i < numerator.Count && j < denominator.Count;)
        {
            int step = numerator.Steps[i], other = denominator.Steps[j];
            if (step == other)
                ratio.Add(step, numerator.Values[i] / denominator.Values[j]);
            i += step <= other ? 1 : 0;
            j += other <= step ? 1 : 0;
        }
        return ratio;
    }

    /// <summary>A key with the block's number in front, as in <c>block3.rms.pre_mlp</c> and <c>3.mlp.c_fc</c>, or without.</summary>
    private static TrackedSeries Named(string key, Series series)
    {
        const string Prefix = "block";
        string bare = key.StartsWith(Prefix, StringComparison.Ordinal) ? key[Prefix.Length..] : key;
        return bare.Split('.', 2) is [var number, var component]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int block)
            ? new TrackedSeries(block, component, series)
            : new TrackedSeries(null, key, series);
    }

    private static Series Read(JsonNode? node, string place) => RunLogFile.FromJson(node, $"The tracker's '{place}'");

    private static BadInputException Wrong(string place, string expected) => new($"The tracker's '{place}' must be {expected}.");
}
