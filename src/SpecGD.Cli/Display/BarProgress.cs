using Spectre.Console;
using Spectre.Console.Rendering;
using SpecGD.Training;

namespace SpecGD.Cli.Display;

/// <summary>A bar for every task, with rate and time left, redrawn in place on a terminal.</summary>
internal sealed class BarProgress(ProgressContext context) : IProgressReporter
{
    /// <summary>Does <paramref name="work"/> under a display of bars.</summary>
    public static T Show<T>(Func<IProgressReporter, T> work)
    {
        T result = default!;
        Terminal.Progress.Progress()
            .AutoClear(false)
            .HideCompleted(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RateColumn(),
                new RemainingTimeColumn())
            .Start(context => result = work(new BarProgress(context)));
        return result;
    }

    /// <inheritdoc/>
    public IProgressTask Begin(string name, int total) => new Bar(context.AddTask(Markup.Escape(name), autoStart: true, maxValue: total));

    private sealed class Bar(ProgressTask task) : IProgressTask
    {
        public void Advance(int done) => task.Value = done;

        public void End(string remark) => task.StopTask();
    }

    /// <summary>Steps per second.</summary>
    private sealed class RateColumn : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(
                task.ElapsedTime is { TotalSeconds: > 0 } elapsed ? $"{task.Value / elapsed.TotalSeconds:0} steps/s" : "",
                new Style(Color.Grey));
    }
}
