using System.Globalization;
using SpecGD.Training;

namespace SpecGD.Cli.Display;

/// <summary>Plain lines for logs and pipes: one when a task ends, and one every few seconds while a long one works.</summary>
/// <param name="writer">Where the lines go.</param>
/// <param name="clock">The clock.</param>
/// <param name="endsAreTold">Whether each task that ends has a line.</param>
internal sealed class LineProgress(TextWriter writer, TimeProvider clock, bool endsAreTold = true) : IProgressReporter
{
    /// <summary>Seconds between two lines of the same task.</summary>
    public const double Interval = 10;

    /// <inheritdoc/>
    public IProgressTask Begin(string name, int total) => new Line(writer, clock, name, total, endsAreTold);

    private sealed class Line(TextWriter writer, TimeProvider clock, string name, int total, bool endIsTold) : IProgressTask
    {
        private readonly long _begin = clock.GetTimestamp();
        private double _nextLine = Interval;
        private string _status = "";
        private int _from, _done;

        public void GoOnFrom(int done) => _from = _done = done;

        /// <summary>Is shown with the next line; where no step has ended for long, in one of its own.</summary>
        public void Tell(string status)
        {
            _status = status;
            double elapsed = clock.GetElapsedTime(_begin).TotalSeconds;
            if (elapsed < _nextLine + Interval)
                return;
            _nextLine = elapsed + Interval;
            Write($"{name}: {_done}/{Counted.Of(total, "step")}, {status}");
        }

        public void Advance(int done)
        {
            _done = done;
            double elapsed = clock.GetElapsedTime(_begin).TotalSeconds;
            if (elapsed < _nextLine)
                return;
            _nextLine = elapsed + Interval;
            double rate = (done - _from) / elapsed;
            string speed = rate >= 1
                ? string.Create(CultureInfo.InvariantCulture, $"{rate:0.#} steps/s")
                : string.Create(CultureInfo.InvariantCulture, $"{1 / rate:0.#} s/step");
            string status = _status.Length > 0 ? $", {_status}" : "";
            Write($"{name}: {done}/{Counted.Of(total, "step")}{status}, {speed}, {Left((total - done) / rate)}");
        }

        public void End(string remark)
        {
            if (!endIsTold)
                return;
            double elapsed = clock.GetElapsedTime(_begin).TotalSeconds;
            Write(string.Create(CultureInfo.InvariantCulture, $"{remark.TrimEnd('.')} ({Counted.Of(_done - _from, "step")} in {elapsed:0.0} s)"));
        }

        private string Left(double seconds)
        {
            if (!double.IsFinite(seconds) || seconds > TimeSpan.MaxValue.TotalSeconds / 2)
                return "no end in sight";
            var left = TimeSpan.FromSeconds(seconds);
            return $"{TimeText.Of(left)} left, done at {TimeText.At(clock.GetLocalNow(), left)}";
        }

        private void Write(string line)
        {
            lock (writer)
                writer.WriteLine(line);
        }
    }
}
