using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Experiments.Adaptive;

/// <summary>One method in one setting with one seed.</summary>
public sealed record AdaptiveRow
{
    /// <summary>Name of the rows in the log.</summary>
    public const string Section = "rows";

    /// <summary>Records of the loss that are kept, at most: what a figure can show.</summary>
    private const int MostRecords = 500;

    /// <summary>Name of the setting.</summary>
    public required string Setting { get; init; }

    /// <summary>The seed.</summary>
    public required int Seed { get; init; }

    /// <summary>Name of the method.</summary>
    public required string Method { get; init; }

    /// <summary>The loss before the first and before the last update; infinite where the method diverged (<see cref="Divergence"/>).</summary>
    public required double FirstLoss { get; init; }

    /// <inheritdoc cref="FirstLoss"/>
    public required double LastLoss { get; init; }

    /// <summary>Share of spectral steps by block, empty for methods that do not choose.</summary>
    public IReadOnlyDictionary<string, double> SpectralShare { get; init; } = new Dictionary<string, double>();

    /// <summary>Changes of geometry, over all blocks.</summary>
    public int Switches { get; init; }

    /// <summary>The loss along the way, evenly thinned.</summary>
    public required Series Loss { get; init; }

    /// <summary>The rows of a log; none where it is of another experiment.</summary>
    /// <exception cref="BadInputException">They are no list of objects.</exception>
    public static IReadOnlyList<AdaptiveRow> All(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return log.ConfigText("experiment") == AdaptiveComparison.ExperimentName
            ? [.. log.Rows(Section).Select(FromJson)]
            : [];
    }

    /// <summary>The row of a method's log.</summary>
    internal static AdaptiveRow Of(string setting, int seed, string method, MethodLog log, int steps)
    {
        var loss = log.Find("loss") ?? new Series();
        const string prefix = "geometry.";
        return new AdaptiveRow
        {
            Setting = setting,
            Seed = seed,
            Method = method,
            FirstLoss = loss.Count > 0 ? loss.Values[0] : double.PositiveInfinity,
            LastLoss = loss.Count == steps && !Divergence.IsDiverged(loss.Values[0], loss.Values[^1]) ? loss.Values[^1] : double.PositiveInfinity,
            SpectralShare = log.Series.Where(s => s.Key.StartsWith(prefix, StringComparison.Ordinal))
                .ToDictionary(s => s.Key[prefix.Length..], s => s.Value.Values.Average()),
            Switches = log.Find("switches") is { Count: > 0 } switches ? (int)switches.Values[^1] : 0,
            Loss = Thinned(loss),
        };
    }

    /// <summary>The row as the log has it.</summary>
    public JsonObject ToJson() => new()
    {
        ["setting"] = Setting,
        ["seed"] = Seed,
        ["method"] = Method,
        ["first_loss"] = JsonNumber.From(FirstLoss),
        ["last_loss"] = JsonNumber.From(LastLoss),
        ["spectral_share"] = new JsonObject(SpectralShare.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value))),
        ["switches"] = Switches,
        ["loss"] = RunLogFile.ToJson(Loss),
    };

    /// <summary>The row that <see cref="ToJson"/> made.</summary>
    /// <exception cref="BadInputException">It has a loss that is no series.</exception>
    public static AdaptiveRow FromJson(JsonObject row)
    {
        ArgumentNullException.ThrowIfNull(row);
        string Text(string name) => row[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
        double Number(string name, double missing) => JsonNumber.Of(row[name]) ?? missing;
        return new AdaptiveRow
        {
            Setting = Text("setting"),
            Seed = (int)Number("seed", 0),
            Method = Text("method"),
            FirstLoss = Number("first_loss", double.PositiveInfinity),
            LastLoss = Number("last_loss", double.PositiveInfinity),
            SpectralShare = (row["spectral_share"] as JsonObject ?? []).ToDictionary(s => s.Key, s => JsonNumber.Of(s.Value) ?? double.NaN),
            Switches = (int)Number("switches", 0),
            Loss = row["loss"] is null ? new Series() : RunLogFile.FromJson(row["loss"], $"The log's '{Section}' of {Text("setting")}"),
        };
    }

    private static Series Thinned(Series series)
    {
        var thinned = new Series();
        int stride = Math.Max(1, series.Count / MostRecords);
        for (int i = 0; i < series.Count; i++)
            if (i % stride == 0 || i == series.Count - 1)
                thinned.Add(series.Steps[i], series.Values[i]);
        return thinned;
    }
}
