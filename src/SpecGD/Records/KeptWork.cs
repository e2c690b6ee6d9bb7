using System.Globalization;
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

    /// <summary>Writing more often would cost more than it saves.</summary>
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(20);

    private static readonly Lazy<TimeSpan> Interval = new(() => IntervalOf(Environment.GetEnvironmentVariable(IntervalVariable)));

    /// <summary>Name of the file that says what the parts belong to; no part is called so.</summary>
    private const string IdentityName = "run.json";

    private readonly string? _directory;
    private readonly RunIdentity _identity;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _lastWritten = [];
    private readonly Dictionary<string, Func<JsonNode>> _finished = [];
    private bool _isReady;

    private KeptWork(string? directory, RunIdentity identity, TimeProvider clock) => (_directory, _identity, _clock) = (directory, identity, clock);

    /// <summary>Keeps nothing and finds nothing.</summary>
    public static KeptWork None { get; } = new(null, new RunIdentity("", []), TimeProvider.System);

    /// <summary>True where parts of the very same run were found.</summary>
    public bool IsContinuation { get; private init; }

    /// <summary>
    /// The parts kept in <paramref name="runFolder"/> of the run of that identity. Parts of another run are deleted when the first of this one is
    /// written.
    /// </summary>
    public static KeptWork In(string runFolder, RunIdentity identity, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(identity);
        string directory = Path.Combine(runFolder, FolderName);
        string written = Path.Combine(directory, IdentityName);
        bool same = File.Exists(written) && TryRead(() => LenientJson.ReadObject(written, "the identity of a run")) is { } kept && identity.IsWritten(kept);
        return new KeptWork(directory, identity, clock) { IsContinuation = same, _isReady = same };
    }

    /// <summary>The part called <paramref name="name"/>, or null where none was kept.</summary>
    public JsonNode? Find(string name) =>
        _directory is not null && _isReady && File.Exists(PathOf(name)) ? TryRead(() => StateFile.Read(PathOf(name))) : null;

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
    public JsonArray FindOrComputeRows(string name, Func<JsonArray> compute)
    {
        const string rows = "rows";
        return (JsonArray)FindOrCompute(name, () => new JsonObject { [rows] = compute() })[rows]!.DeepClone();
    }

    /// <summary>The part is done: its state is written with the next write that is due. The state may be asked for later, from another thread.</summary>
    public void Finished(string name, Func<JsonNode> state)
    {
        if (_directory is null)
            return;
        lock (_gate)
        {
            _finished[name] = state;
            if (IsDue(""))
                WriteFinished();
        }
    }

    /// <summary>The part goes on: its state is written now if that is due, else not asked for.</summary>
    public void Underway(string name, Func<JsonNode> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (_directory is null)
            return;
        lock (_gate)
        {
            if (!IsDue(name))
                return;
            Write(name, state());
            WriteFinished();
        }
    }

    /// <summary>Writes the state of a part that stops here, and every part finished so far.</summary>
    public void Stopped(string name, JsonNode state)
    {
        if (_directory is null)
            return;
        lock (_gate)
        {
            Write(name, state);
            WriteFinished();
        }
    }

    /// <summary>Writes every part finished so far.</summary>
    public void Flush()
    {
        lock (_gate)
            WriteFinished();
    }

    /// <summary>Deletes everything kept: the run has finished, or starts over.</summary>
    public void Drop()
    {
        lock (_gate)
        {
            _finished.Clear();
            _isReady = false;
            if (_directory is not null && Directory.Exists(_directory))
                Directory.Delete(_directory, recursive: true);
        }
    }

    private static JsonObject? TryRead(Func<JsonObject> read)
    {
        try
        {
            return read();
        }
        catch (BadInputException)
        {
            return null; // not ours, or damaged from outside: computed again
        }
    }

    private static TimeSpan IntervalOf(string? seconds) => string.IsNullOrEmpty(seconds) ? UsualInterval
        : double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number is >= 0 and <= 86400
            ? TimeSpan.FromSeconds(number)
            : throw new InvalidOperationException($"{IntervalVariable}={seconds} is no time; use a number of seconds from 0 to 86400.");

    /// <summary>Whether the interval has passed since <paramref name="name"/> was last written or first heard of.</summary>
    private bool IsDue(string name)
    {
        if (!_lastWritten.TryGetValue(name, out long last))
            _lastWritten[name] = last = _clock.GetTimestamp();
        return _clock.GetElapsedTime(last) >= Interval.Value;
    }

    private void WriteFinished()
    {
        _lastWritten[""] = _clock.GetTimestamp();
        foreach (var (name, state) in _finished)
            Write(name, state());
        _finished.Clear();
    }

    private void Write(string name, JsonNode state)
    {
        if (!_isReady)
        {
            if (Directory.Exists(_directory))
                Directory.Delete(_directory, recursive: true);
            Directory.CreateDirectory(_directory!);
            AtomicFile.Write(Path.Combine(_directory!, IdentityName), _identity.ToJson().ToJsonString());
            _isReady = true;
        }
        StateFile.Write(PathOf(name), state);
        _lastWritten[name] = _clock.GetTimestamp();
    }

    private string PathOf(string name) => Path.Combine(_directory!, $"part-{Uri.EscapeDataString(name)}.safetensors");
}
