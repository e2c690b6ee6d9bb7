using SpecGD.Optimizers.Parameters;
using SpecGD.Records;

namespace SpecGD.Training.Gpt;

/// <summary>
/// Passes a run's progress on and, whenever it advances, writes what was newly recorded as TensorBoard events: losses, learning rates, tokens a
/// second, and every series of the tracker. A run that goes on begins a file of its own, which tells TensorBoard to forget what the earlier ones
/// have from that step on; one that begins anew deletes them.
/// </summary>
public sealed class TrainingEvents : IProgressTask, IDisposable
{
    private static readonly Dictionary<string, string> Tags = new()
    {
        ["train_loss"] = "loss/train",
        ["val_loss"] = "loss/validation",
        ["window"] = "attention_window",
        [Factor] = "learning_rate/factor",
    };

    private const string Factor = "learning_rate_factor";

    private readonly IProgressTask _inner;
    private readonly Source _source;
    private readonly string _directory;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, int> _written = [];
    private readonly (string Tag, double LearningRate)[] _learningRates;
    private readonly bool _goesOn;
    private EventFile? _file;
    private int _done;
    private long _lastAdvance;

    /// <summary>Events of the run that is about to start or to go on.</summary>
    /// <param name="inner">Where progress is told.</param>
    /// <param name="source">The run.</param>
    /// <param name="directory">The folder for the event files.</param>
    /// <param name="clock">Times of the events and of the tokens a second.</param>
    public TrainingEvents(IProgressTask inner, Source source, string directory, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(clock);
        (_inner, _source, _directory, _clock) = (inner, source, directory, clock);
        (_done, _lastAdvance) = (source.Begin, clock.GetTimestamp());
        _learningRates = LearningRates(source.Routing);
        _goesOn = source.Begin > 0 && EventFile.In(directory).Count > 0;
        if (_goesOn)
            foreach (var (tag, series) in AllSeries())
                _written[tag] = series.Count; // the files before have them
    }

    /// <summary>A run whose records become events.</summary>
    /// <param name="Log">Its losses and learning rate factors.</param>
    /// <param name="Tracker">Its spectral measures.</param>
    /// <param name="Routing">What updates what.</param>
    /// <param name="TokensPerStep">Training tokens of a step.</param>
    /// <param name="Begin">Steps done before: 0 for a fresh run.</param>
    public sealed record Source(MethodLog Log, TrackerLog Tracker, IReadOnlyList<RoutedParameter> Routing, long TokensPerStep, int Begin);

    /// <inheritdoc/>
    public void GoOnFrom(int done) => _inner.GoOnFrom(done);

    /// <inheritdoc/>
    public void Tell(string status) => _inner.Tell(status);

    /// <inheritdoc/>
    public void Advance(int done)
    {
        double seconds = _clock.GetElapsedTime(_lastAdvance).TotalSeconds;
        _lastAdvance = _clock.GetTimestamp();
        Write(done > _done && seconds > 0 ? (done - 1, (done - _done) * (double)_source.TokensPerStep / seconds) : null);
        _done = done;
        _inner.Advance(done);
    }

    /// <inheritdoc/>
    public void End(string remark)
    {
        Write(null);
        _inner.End(remark);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    /// <summary>Learning rates before the schedule: one tag for each optimizer, or for each of its rates by the first tensor that has it.</summary>
    private static (string, double)[] LearningRates(IReadOnlyList<RoutedParameter> routing) =>
    [
        .. from optimizer in routing.GroupBy(line => line.Optimizer)
           let rates = optimizer.DistinctBy(line => line.LearningRate).ToArray()
           from line in rates
           select ($"learning_rate/{optimizer.Key}{(rates.Length > 1 ? "." + line.Name.Split('.')[0] : "")}", line.LearningRate),
    ];

    private IEnumerable<(string Tag, Series Series)> AllSeries()
    {
        foreach (var (name, series) in _source.Log.Series)
            yield return (Tags.GetValueOrDefault(name, name), series);
        foreach (string section in _source.Tracker.Sections)
            foreach (var (key, series) in _source.Tracker[section])
                yield return (key.Length > 0 ? $"{section}/{key}" : section, series);
    }

    /// <summary>Writes every record that has come since the last time, those of one step together.</summary>
    private void Write((int Step, double Value)? tokensPerSecond)
    {
        var byStep = new SortedDictionary<int, List<(string, double)>>();
        foreach (var (tag, series) in AllSeries())
        {
            for (int i = _written.GetValueOrDefault(tag); i < series.Count; i++)
            {
                Add(series.Steps[i], tag, series.Values[i]);
                if (tag == Tags[Factor])
                    foreach (var (rateTag, rate) in _learningRates)
                        Add(series.Steps[i], rateTag, rate * series.Values[i]);
            }
            _written[tag] = series.Count;
        }
        if (tokensPerSecond is var (last, speed))
            Add(last, "tokens_per_second", speed);
        foreach (var (at, scalars) in byStep)
            (_file ??= Open()).Append(at, scalars);

        void Add(int at, string tag, double value)
        {
            if (!byStep.TryGetValue(at, out var scalars))
                byStep.Add(at, scalars = []);
            scalars.Add((tag, value));
        }
    }

    private EventFile Open()
    {
        if (!_goesOn)
            foreach (string stale in EventFile.In(_directory))
                File.Delete(stale);
        var file = new EventFile(_directory, _clock);
        if (_goesOn)
            file.GoesOnAt(_source.Begin);
        return file;
    }
}
