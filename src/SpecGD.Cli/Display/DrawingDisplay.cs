using System.Globalization;
using Spectre.Console;
using SpecGD.Figures;

namespace SpecGD.Cli.Display;

/// <summary>Which figure is drawn, of how many: a bar on a terminal, a line every few seconds in a pipe.</summary>
internal static class DrawingDisplay
{
    /// <summary>Does <paramref name="work"/> under a display.</summary>
    public static T Show<T>(TimeProvider clock, Func<IProgress<DrawingProgress>, T> work)
    {
        if (!Terminal.CanRedraw)
            return work(new Lines(Terminal.Error, clock));
        T result = default!;
        Terminal.Progress.Progress()
            .AutoClear(true) // the files are told by who asked for them
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .Start(context => result = work(new Bar(context.AddTask("drawing"))));
        return result;
    }

    /// <summary>"drawing 3 of 9: random-feature".</summary>
    private static string Words(DrawingProgress value) =>
        string.Create(CultureInfo.InvariantCulture, $"drawing {Math.Min(value.Done + 1, value.Total)} of {value.Total}: {value.Name}");

    private sealed class Bar(ProgressTask task) : IProgress<DrawingProgress>
    {
        public void Report(DrawingProgress value)
        {
            task.MaxValue = Math.Max(1, value.Total);
            task.Value = value.Done;
            if (value.Name.Length > 0)
                task.Description = Markup.Escape(Words(value));
        }
    }

    /// <summary>A line where the last is a while ago.</summary>
    internal sealed class Lines(TextWriter writer, TimeProvider clock) : IProgress<DrawingProgress>
    {
        private const double Interval = 3;

        private readonly long _begin = clock.GetTimestamp();
        private double _nextLine = Interval;

        public void Report(DrawingProgress value)
        {
            double elapsed = clock.GetElapsedTime(_begin).TotalSeconds;
            if (elapsed < _nextLine || value.Name.Length == 0)
                return;
            _nextLine = elapsed + Interval;
            writer.WriteLine(Words(value));
        }
    }
}
