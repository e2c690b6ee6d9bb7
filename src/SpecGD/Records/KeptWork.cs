using System.Text.Json.Nodes;

namespace SpecGD.Records;

/// <summary>
/// Finished parts of an unfinished run, by name, and how far the parts in hand have come, kept in a folder so that the run can go on after an
/// interruption or a crash. What was kept by other options or other code is not found. Called from several threads at once.
/// </summary>
public sealed class KeptWork
{
    /// <summary>Name of the folder within a run folder; it is gone once the run has finished.</summary>
    public const string FolderName = "unfinished";

    /// <summary>The environment variable that sets how many seconds of work are lost at most when the process is killed.</summary>
    public const string IntervalVariable = "SPECGD_KEEP_SECONDS";

    private readonly KeptFiles? _files;
    private readonly string _prefix;

    private KeptWork(KeptFiles? files, string prefix) => (_files, _prefix) = (files, prefix);

    /// <summary>Keeps nothing and finds nothing.</summary>
    public static KeptWork None { get; } = new(null, "");

    /// <summary>True where parts of the very same run were found.</summary>
    public bool IsContinuation { get; private init; }

    /// <summary>
    /// The parts kept in <paramref name="runFolder"/> of the run of that identity. Parts of another run are deleted when the first of this one is
    /// written.
    /// </summary>
    public static KeptWork In(string runFolder, RunIdentity identity, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(identity);
        var files = new KeptFiles(Path.Combine(runFolder, FolderName), identity, clock);
        return new KeptWork(files, "") { IsContinuation = files.FindSame() };
    }

    /// <summary>The part called <paramref name="name"/>, or null where none was kept. Each part of a run has a name of its own and is asked for once.</summary>
    public JsonNode? Find(string name) => _files?.Find(_prefix + name);

    /// <summary>The part called <paramref name="name"/>, computed where it was not kept, and kept.</summary>
    public JsonNode FindOrCompute(string name, Func<JsonNode> compute)
    {
        ArgumentNullException.ThrowIfNull(compute);
        if (Find(name) is { } found)
            return found;
        var computed = compute();
        var copy = computed.DeepClone(); // the run's log may go on with its own
        Finished(name, () => copy);
        return computed;
    }

    /// <summary>As <see cref="FindOrCompute"/>, for rows: a kept part is an object, so the list stands within one.</summary>
    public JsonArray FindOrComputeRows(string name, Func<JsonArray> compute) => RowsOf(FindOrCompute(name, () => InObject(compute())));

    /// <summary>
    /// As <see cref="FindOrComputeRows(string, Func{JsonArray})"/>, for rows that take long: what their computation keeps in turn is found when it is
    /// begun again, and is gone once the rows are kept.
    /// </summary>
    public JsonArray FindOrComputeRows(string name, Func<KeptWork, JsonArray> compute)
    {
        ArgumentNullException.ThrowIfNull(compute);
        if (Find(name) is { } found)
            return RowsOf(found);
        var within = new KeptWork(_files, $"{_prefix}{name}/");
        var computed = InObject(compute(within));
        _files?.Replace(_prefix + name, computed.DeepClone(), within._prefix);
        return RowsOf(computed);
    }

    /// <summary>The part is done: its state is written with the next write that is due. The state may be asked for later, from another thread, and more than once.</summary>
    public void Finished(string name, Func<JsonNode> state) => _files?.Finished(_prefix + name, state);

    /// <summary>The part goes on: its state is written now if that is due, else not asked for.</summary>
    public void Underway(string name, Func<JsonNode> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _files?.Underway(_prefix + name, state);
    }

    /// <summary>Writes the state of a part that stops here, and every part finished so far.</summary>
    public void Stopped(string name, JsonNode state) => _files?.Stopped(_prefix + name, state);

    /// <summary>Writes every part finished so far.</summary>
    public void Flush() => _files?.Flush();

    /// <summary>Deletes everything kept: the run has finished, or starts over.</summary>
    public void Drop() => _files?.Drop();

    private const string Rows = "rows";

    private static JsonObject InObject(JsonArray rows) => new() { [Rows] = rows };

    private static JsonArray RowsOf(JsonNode kept) => (JsonArray)kept[Rows]!.DeepClone();
}
