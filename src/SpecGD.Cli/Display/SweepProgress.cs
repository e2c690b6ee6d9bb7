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
    private readonly int _total;
    private readonly int? _workers;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly long _begin;
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _over = new();
    private readonly Task? _bar;
    private int _ended, _running, _trouble;
    private double _taskSeconds, _nextLine = LineProgress.Interval;

    private SweepProgress(string name, int total, int? workers)
    {
        (_name, _total, _workers, _begin) = (name, total, workers, _clock.GetTimestamp());
        if (Terminal.CanRedraw)
            _bar = Task.Run(ShowBar);
    }

    /// <summary>
    /// A display of <paramref name="total"/> tasks, as many as <paramref name="workers"/> at a time, or null where that is not known.
    /// </summary>
    public static SweepProgress Begin(string name, int total, int? workers) => new(name, total, workers);

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

    private string Words()
    {
        double left = SecondsLeft();
        string time = left >= 5400 ? $"{left / 3600:0.0} h" : left >= 90 ? $"{left / 60:0} min" : $"{left:0} s";
        return string.Create(CultureInfo.InvariantCulture, $"{_ended}/{_total} tasks, {_running} running")
            + (_trouble > 0 ? $", {_trouble} failed" : "") + (_ended < _total ? $", {time} left" : "");
    }

    /// <summary>By the mean time of a task and the tasks at a time; where those are not known, by the rate so far.</summary>
    private double SecondsLeft() => _workers is { } workers
        ? (_total - _ended) * _taskSeconds / Math.Max(1, _ended) / Math.Min(workers, Math.Max(1, _total - _ended))
        : (_total - _ended) * _clock.GetElapsedTime(_begin).TotalSeconds / Math.Max(1, _ended);

    private void ShowBar() => Terminal.Progress.Progress()
        .AutoClear(false)
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
        .Start(context =>
        {
            var bar = context.AddTask(Markup.Escape(_name), maxValue: _total);
            bool over;
            do
            {
                over = _over.Wait(Redraw);
                lock (_gate)
                {
                    bar.Value = _ended;
                    bar.Description = Markup.Escape($"{_name}: {Words()}");
                }
            }
            while (!over);
            bar.StopTask();
        });
}
