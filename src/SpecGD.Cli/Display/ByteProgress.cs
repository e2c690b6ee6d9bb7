using System.Globalization;
using Spectre.Console;

namespace SpecGD.Cli.Display;

/// <summary>How much of a file or of several is done.</summary>
/// <param name="Done">Bytes done.</param>
/// <param name="Total">Bytes in all.</param>
internal readonly record struct BytesDone(long Done, long Total);

/// <summary>Bytes done, rate and time left of long work: a bar on a terminal, a line every few seconds in a pipe.</summary>
internal static class ByteProgress
{
    private const double Megabyte = 1e6;

    /// <summary>Does <paramref name="work"/> under a display; its reports may come from any thread.</summary>
    public static T Show<T>(string name, TimeProvider clock, Func<IProgress<BytesDone>, T> work)
    {
        if (!Terminal.CanRedraw)
            return work(new Lines(name, clock));
        return Terminal.Progress.Progress()
            .AutoClear(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn())
            .Run(context => work(new Bar(context.AddTask(Markup.Escape(name)))));
    }

    private sealed class Bar(ProgressTask task) : IProgress<BytesDone>
    {
        public void Report(BytesDone value)
        {
            task.MaxValue = Math.Max(1, value.Total);
            task.Value = value.Done;
        }
    }

    private sealed class Lines(string name, TimeProvider clock) : IProgress<BytesDone>
    {
        private readonly long _begin = clock.GetTimestamp();
        private readonly Lock _gate = new();
        private double _nextLine = LineProgress.Interval;
        private long _first = -1;

        public void Report(BytesDone value)
        {
            lock (_gate)
            {
                if (_first < 0)
                    _first = value.Done; // what a resumed download had is no part of its rate
                double elapsed = clock.GetElapsedTime(_begin).TotalSeconds;
                if (elapsed < _nextLine)
                    return;
                _nextLine = elapsed + LineProgress.Interval;
                double rate = Math.Max(1, value.Done - _first) / elapsed;
                Terminal.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: {value.Done / Megabyte:0.0}/{value.Total / Megabyte:0.0} MB, {rate / Megabyte:0.0} MB/s, "
                    + $"{(value.Total - value.Done) / rate:0} s left"));
            }
        }
    }
}

/// <summary>Passes reports on at once, in the thread that makes them.</summary>
internal sealed class Relay<T>(Action<T> receive) : IProgress<T>
{
    public void Report(T value) => receive(value);
}
