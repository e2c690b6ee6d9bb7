using System.Globalization;
using Spectre.Console;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Engines;

namespace SpecGD.Cli.Display;

/// <summary>
/// How far a sweep is, with the time left: a bar on a terminal, and in a pipe a line every few seconds. What fails is told at once, in both.
/// </summary>
internal sealed class SweepProgress : ISweepObserver, IDisposable
{
    /// <summary>Time between two looks of the bar at the numbers.</summary>
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(250);

    private readonly string _name;
    private readonly int _total, _before;
    private readonly int? _workers;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly long _begin;
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _over = new();
    private readonly Task? _bar;
    private int _ended, _running, _trouble, _stopped;
    private double _taskSeconds, _nextLine = LineProgress.Interval;

    private SweepProgress(string name, int before, int total, int? workers)
    {
        (_name, _before, _total, _workers, _begin) = (name, before, total, workers, _clock.GetTimestamp());
        if (Terminal.CanRedraw)
            _bar = Task.Run(ShowBar);
    }

    /// <summary>A display of a sweep.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="before">Tasks that were done before.</param>
    /// <param name="total">Tasks that are run now.</param>
    /// <param name="workers">How many at a time, or null where that is not known.</param>
    public static SweepProgress Begin(string name, int before, int total, int? workers) => new(name, before, total, workers);

    /// <inheritdoc/>
    public void Began(SweepTask task)
    {
        lock (_gate)
            _running++;
    }

    /// <inheritdoc/>
    public void Ended(TaskRecord record)
    {
        lock (_gate)
        {
            _running = Math.Max(0, _running - 1);
            if (record.State == TaskState.Interrupted)
            {
                _stopped++; // it is not done
                return;
            }
            _ended++;
            _taskSeconds += record.WallSeconds;
            if (record.IsTrouble)
            {
                _trouble++;
                Terminal.Error.WriteLine($"{_name}: {record.State.ToString().ToLowerInvariant()}: {record.Task.Label}: {record.Detail}");
            }
            double elapsed = _clock.GetElapsedTime(_begin).TotalSeconds;
            if (_bar is not null || (elapsed < _nextLine && _ended < _total))
                return;
            _nextLine = elapsed + LineProgress.Interval;
            Terminal.Error.WriteLine($"{_name}: {Words()}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _over.Set();
        _bar?.GetAwaiter().GetResult();
        _over.Dispose();
    }

    private string Words() => Words(_before + _ended - _trouble, _before + _total, _running, _trouble, _stopped,
        _ended > 0 && _ended < _total && _stopped == 0 ? TimeSpan.FromSeconds(SecondsLeft()) : null);

    /// <summary>How far a sweep is: tasks that have a result, of all, and the time left where anything is known of it.</summary>
    internal static string Words(int done, int all, int running, int failed, int stopped, TimeSpan? left) =>
        string.Create(CultureInfo.InvariantCulture, $"{done} of {Counted.Of(all, "task")} done")
        + (running > 0 ? string.Create(CultureInfo.InvariantCulture, $", {running} running") : "")
        + (failed > 0 ? string.Create(CultureInfo.InvariantCulture, $", {failed} failed") : "")
        + (stopped > 0 ? string.Create(CultureInfo.InvariantCulture, $", {stopped} stopped") : "")
        + (left is { } time ? $", {TimeText.Of(time)} left" : "");

    /// <summary>By the mean time of a task and the tasks at a time; where those are not known, by the rate so far.</summary>
    private double SecondsLeft() => _workers is { } workers
        ? (_total - _ended) * _taskSeconds / Math.Max(1, _ended) / Math.Min(workers, Math.Max(1, _total - _ended))
        : (_total - _ended) * _clock.GetElapsedTime(_begin).TotalSeconds / Math.Max(1, _ended);

    private void ShowBar() => Terminal.Progress.Progress()
        .AutoClear(false)
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
        .Start(context =>
        {
            var bar = context.AddTask(Markup.Escape(_name), maxValue: Math.Max(1, _before + _total));
            bool over;
            do
            {
                over = _over.Wait(Redraw);
                lock (_gate)
                {
                    bar.Value = _before + _ended;
                    bar.Description = Markup.Escape($"{_name}: {Words()}");
                }
            }
            while (!over);
            bar.StopTask();
        });
}
