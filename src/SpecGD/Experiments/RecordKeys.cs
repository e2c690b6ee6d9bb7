namespace SpecGD.Experiments;

/// <summary>
/// What names things in the sections of a log, which hold what is no series of a method: rows, and objects whose members are one for each value of
/// something. Every other number in them was measured.
/// </summary>
/// <param name="Columns">Members of rows that say what a row is of, such as <c>lambda</c>.</param>
/// <param name="Members">What the members of an object are one of, by the object's name: <c>methods</c> has one for each <c>method</c>. The empty name is the log.</param>
public sealed record RecordKeys(IReadOnlyList<string> Columns, IReadOnlyDictionary<string, string> Members)
{
    /// <summary>Of an experiment whose log has methods and their series alone.</summary>
    public static RecordKeys None { get; } = OfRows();

    /// <summary>The names of all keys, members first: those of the objects around the rows.</summary>
    public IReadOnlyList<string> Names => [.. Members.Values.Concat(Columns).Distinct()];

    /// <summary>Keys that are columns of rows alone.</summary>
    public static RecordKeys OfRows(params string[] columns) => new(columns, new Dictionary<string, string>());

    /// <summary>The same, with what the members of an object are one of.</summary>
    public RecordKeys With(string name, string key) => this with { Members = new Dictionary<string, string>(Members) { [name] = key } };
}
