using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>
/// A place in the sections of a log, which knows its path. What is missing reads as nothing; what is there in another form than asked for is a
/// complaint with its path, since logs come from files of anyone's.
/// </summary>
internal readonly record struct LogNode
{
    private readonly JsonNode? _node;

    private LogNode(JsonNode? node, string path) => (_node, Path) = (node, path);

    /// <summary>Names and numbers that lead to the place, such as <c>rows[3].lambda</c>.</summary>
    public string Path { get; }

    /// <summary>Whether there is anything but null.</summary>
    public bool Exists => _node is not null;

    /// <summary>Whether it is an object, so that it may be asked for its members without a complaint.</summary>
    public bool IsObject => _node is JsonObject;

    /// <summary>
    /// Whether it is an array with an object in front that has the member <paramref name="name"/>: how logs without an experiment are known.
    /// </summary>
    public bool IsListOf(string name) => _node is JsonArray { Count: > 0 } array && array[0] is JsonObject first && first.ContainsKey(name);

    /// <summary>The members of an object, none where there is nothing.</summary>
    /// <exception cref="BadInputException">It is no object.</exception>
    public IEnumerable<(string Name, LogNode Node)> Members
    {
        get
        {
            string path = Path;
            return (As<JsonObject>("an object") ?? []).Select(member => (member.Key, new LogNode(member.Value, $"{path}.{member.Key}")));
        }
    }

    /// <summary>The elements of an array, none where there is nothing.</summary>
    /// <exception cref="BadInputException">It is no array.</exception>
    public IEnumerable<LogNode> Items
    {
        get
        {
            string path = Path;
            return (As<JsonArray>("a list") ?? []).Select((item, i) => new LogNode(item, FormattableString.Invariant($"{path}[{i}]")));
        }
    }

    /// <summary>The number; null where there is nothing.</summary>
    /// <exception cref="BadInputException">It is no number.</exception>
    public double? Number => _node is null ? null : JsonNumber.Of(_node) ?? throw Complaint("a number");

    /// <summary>The numbers of an array; NaN for null, none where there is nothing.</summary>
    /// <exception cref="BadInputException">It is no array, or an element is no number.</exception>
    public double[] Numbers => [.. Items.Select(item => item.Number ?? double.NaN)];

    /// <summary>The text; null where there is nothing.</summary>
    /// <exception cref="BadInputException">It is no text.</exception>
    public string? Text => _node is null ? null : _node is JsonValue value && value.TryGetValue(out string? text) ? text : throw Complaint("a text");

    /// <summary>The member <paramref name="name"/> of an object; nothing where there is none.</summary>
    /// <exception cref="BadInputException">It is no object.</exception>
    public LogNode this[string name] => new(As<JsonObject>("an object")?[name], $"{Path}.{name}");

    /// <summary>The section <paramref name="name"/> of <paramref name="log"/>.</summary>
    public static LogNode Section(RunLog log, string name) => new(log.Sections[name], name);

    /// <summary>The number that must be there and be finite.</summary>
    /// <exception cref="BadInputException">It is missing, or no number.</exception>
    public double Required() => Number is { } number && double.IsFinite(number) ? number : throw Complaint("a number");

    /// <summary>The members whose names are numbers, such as sizes, by those; the others are a complaint.</summary>
    /// <exception cref="BadInputException">It is no object, or a name is no finite number.</exception>
    public (double Key, LogNode Node)[] NumberedMembers() =>
    [
        .. Members
            .Select(member => double.TryParse(member.Name, NumberStyles.Float, CultureInfo.InvariantCulture, out double key) && double.IsFinite(key)
                ? (Key: key, member.Node)
                : throw new BadInputException($"The log's '{member.Node.Path}' has a name that is no number."))
            .OrderBy(member => member.Key),
    ];

    /// <summary>The series <c>{steps, values}</c>.</summary>
    /// <exception cref="BadInputException">It is no series.</exception>
    public Series ToSeries() => RunLogFile.FromJson(_node, $"The log's '{Path}'");

    /// <summary>What is wrong with this place.</summary>
    public BadInputException Complaint(string expected) =>
        new($"The log's '{Path}' must be {expected}, not {Shortened(_node?.ToJsonString() ?? "missing")}.");

    private static string Shortened(string json)
    {
        const int Longest = 40;
        return json.Length <= Longest ? json : json[..Longest] + "…";
    }

    private T? As<T>(string expected)
        where T : JsonNode => _node switch
        {
            null => null,
            T node => node,
            _ => throw Complaint(expected),
        };
}
