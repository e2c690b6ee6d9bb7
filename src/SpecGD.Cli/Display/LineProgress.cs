using System.Globalization;
using SpecGD.Training;

namespace SpecGD.Cli.Display;

/// <summary>Plain lines for logs and pipes: one when a task ends, and one every few seconds while a long one works.</summary>
internal sealed class LineProgress(TextWriter writer, TimeProvider clock) : IProgressReporter
{
    /// <summary>Seconds between two lines of the same task.</summary>
    public const double Interval = 10;

    /// <inheritdoc/>
    public IProgressTask Begin(string name, int total) => new Line(writer, clock, name, total);

    private sealed class Line(TextWriter writer, TimeProvider clock, string name, int total) : IProgressTask
    {
        private readonly long _begin = clock.GetTimestamp();
        private double _nextLine = Interval;
        private int _done;

        public void Advance(int done)
        {
            _done = done;
            double elapsed = clock.GetElapsedTime(_begin).TotalSeconds;
            if (elapsed < _nextLine)
                return;
            _nextLine = elapsed + Interval;
            double rate = done / elapsed;
            Write(string.Create(CultureInfo.InvariantCulture, $"{name}: {done}/{total} steps, {rate:0.#} steps/s, {(total - done) / rate:0} s left"));
        }

        public void End(string remark)
        {
            double elapsed = clock.GetElapsedTime(_begin).TotalSeconds;
            Write(string.Create(CultureInfo.InvariantCulture, $"{remark.TrimEnd('.')} ({_done} steps in {elapsed:0.0} s)"));
        }

        private void Write(string line)
        {
            lock (writer)
                writer.WriteLine(line);
        }
    }
}
