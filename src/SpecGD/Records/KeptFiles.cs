using System.Globalization;
using System.Text.Json.Nodes;

namespace SpecGD.Records;

/// <summary>The files of <see cref="KeptWork"/>: when they are due, and what they belong to. Called from several threads at once.</summary>
internal sealed class KeptFiles(string directory, RunIdentity identity, TimeProvider clock)
{
    /// <summary>Writing more often would cost more than it saves.</summary>
    private static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(20);

    private static readonly Lazy<TimeSpan> Interval = new(() => IntervalOf(Environment.GetEnvironmentVariable(KeptWork.IntervalVariable)));

    /// <summary>Name of the file that says what the parts belong to; no part is called so.</summary>
    internal const string IdentityName = "run.json";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _lastWritten = [];
    private readonly Dictionary<string, Func<JsonNode>> _finished = [];
    private readonly HashSet<string> _sought = [];
    private bool _isReady;

    /// <summary>Looks whether parts of the very same run are there; those of another are deleted when the first of this one is written.</summary>
    public bool FindSame()
    {
        string written = Path.Combine(directory, IdentityName);
        return _isReady = TryRead(() => LenientJson.ReadObject(written, "the identity of a run")) is { } kept && identity.IsWritten(kept);
    }

    /// <summary>The part of that name, or null where none was kept.</summary>
    /// <exception cref="InvalidOperationException">Something of that name was asked for before: two parts would take one another's state.</exception>
    public JsonObject? Find(string name)
    {
        lock (_gate)
            if (!_sought.Add(name))
                throw new InvalidOperationException($"Two parts of a run are called '{name}'.");
        return _isReady ? TryRead(() => StateFile.Read(PathOf(name))) : null;
    }

    /// <summary>Writes the state with the next write that is due.</summary>
    public void Finished(string name, Func<JsonNode> state)
    {
        lock (_gate)
        {
            _finished[name] = state;
            if (IsDue(""))
                WriteFinished();
        }
    }

    /// <summary>Writes the state now if that is due; else does not ask for it.</summary>
    public void Underway(string name, Func<JsonNode> state)
    {
        lock (_gate)
        {
            if (!IsDue(name))
                return;
            Write(name, state());
            WriteFinished();
        }
    }

    /// <summary>Writes the state, and every part finished so far.</summary>
    public void Stopped(string name, JsonNode state)
    {
        lock (_gate)
        {
            Write(name, state);
            WriteFinished();
        }
    }

    /// <summary>Writes the state, and then deletes every part whose name begins so: this one holds what they have come to.</summary>
    public void Replace(string name, JsonNode state, string prefix)
    {
        lock (_gate)
        {
            Write(name, state);
            foreach (string made in _finished.Keys.Where(part => part.StartsWith(prefix, StringComparison.Ordinal)).ToArray())
                _finished.Remove(made);
            foreach (string made in _lastWritten.Keys.Where(part => part.StartsWith(prefix, StringComparison.Ordinal)).ToArray())
                _lastWritten.Remove(made);
            foreach (string file in Directory.EnumerateFiles(directory, Path.GetFileName(PathOf(prefix, "*"))))
                File.Delete(file);
        }
    }

    /// <summary>Writes every part finished so far.</summary>
    public void Flush()
    {
        lock (_gate)
            WriteFinished();
    }

    /// <summary>Deletes everything.</summary>
    public void Drop()
    {
        lock (_gate)
        {
            _finished.Clear();
            _sought.Clear();
            _isReady = false;
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }
    }

    private static JsonObject? TryRead(Func<JsonObject> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is BadInputException or IOException or UnauthorizedAccessException)
        {
            return null; // not ours, or damaged from outside: computed again
        }
    }

    private static TimeSpan IntervalOf(string? seconds) => string.IsNullOrEmpty(seconds) ? UsualInterval
        : double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number is >= 0 and <= 86400
            ? TimeSpan.FromSeconds(number)
            : throw new InvalidOperationException($"{KeptWork.IntervalVariable}={seconds} is no time; use a number of seconds from 0 to 86400.");

    /// <summary>Whether the interval has passed since <paramref name="name"/> was last written or first heard of.</summary>
    private bool IsDue(string name)
    {
        if (!_lastWritten.TryGetValue(name, out long last))
            _lastWritten[name] = last = clock.GetTimestamp();
        return clock.GetElapsedTime(last) >= Interval.Value;
    }

    private void WriteFinished()
    {
        _lastWritten[""] = clock.GetTimestamp();
        foreach (var (name, state) in _finished)
            Write(name, state());
        _finished.Clear();
    }

    private void Write(string name, JsonNode state)
    {
        if (!_isReady)
        {
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
            Directory.CreateDirectory(directory);
            AtomicFile.Write(Path.Combine(directory, IdentityName), identity.ToJson().ToJsonString());
            _isReady = true;
        }
        StateFile.Write(PathOf(name), state);
        _lastWritten[name] = clock.GetTimestamp();
    }

    private string PathOf(string name, string rest = "") => Path.Combine(directory, $"part-{Uri.EscapeDataString(name)}{rest}.safetensors");
}
