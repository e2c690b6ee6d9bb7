using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using SpecGD.Training;

namespace SpecGD.Cli.Display;

/// <summary>A bar for every task, with rate, time left and clock time of its end, redrawn in place on a terminal.</summary>
internal sealed class BarProgress(ProgressContext context) : IProgressReporter
{
    /// <summary>Percentage, rate, time left, moment of the end, and the gaps between them: what stands beside name and bar.</summary>
    private const int Beside = 45;

    private const int WidestBar = 40, NarrowestBar = 6;

    /// <summary>Percentage and gaps alone.</summary>
    private const int BesideNarrow = 7;

    /// <summary>Whether the terminal has no room for rate and times.</summary>
    private static bool IsNarrow { get; } = Terminal.Progress.Profile.Width < Beside + (4 * NarrowestBar);

    /// <summary>Room for name and bar; the bar takes a third of it, so that names are seldom cut and nothing is ever wrapped.</summary>
    private static int Room { get; } = Terminal.Progress.Profile.Width - (IsNarrow ? BesideNarrow : Beside);

    private static int BarWidth { get; } = Math.Clamp(Room / 3, NarrowestBar, WidestBar);

    /// <summary>Does <paramref name="work"/> under a display of bars.</summary>
    /// <param name="work">The work.</param>
    /// <param name="clear">Whether the bars go when it is done.</param>
    /// <param name="stop">What asks it to stop; a bar that was cut short goes, since nothing on it is true any longer.</param>
    public static T Show<T>(Func<IProgressReporter, T> work, bool clear = false, CancellationToken stop = default)
    {
        var progress = Terminal.Progress.Progress()
            .AutoClear(clear)
            .HideCompleted(false)
            .Columns([.. Columns()]);
        return progress.Run(context => work(new BarProgress(context)), stop);
    }

    /// <summary>Name, bar and percentage, and beside them what the terminal has room for.</summary>
    private static IEnumerable<ProgressColumn> Columns()
    {
        yield return new TaskDescriptionColumn { Alignment = Justify.Left };
        yield return new ProgressBarColumn { Width = BarWidth };
        yield return new PercentageColumn();
        if (IsNarrow)
            yield break;
        yield return new RateColumn();
        yield return new RemainingTimeColumn();
        yield return new EndColumn(TimeProvider.System);
    }

    /// <inheritdoc/>
    public IProgressTask Begin(string name, int total) =>
        new Bar(context.AddTask(Cut(name), autoStart: true, maxValue: total), name);

    /// <summary>The text, cut where it is longer than its room.</summary>
    private static string Cut(string text) =>
        Markup.Escape(text.Length <= Room - BarWidth ? text : text[..(Room - BarWidth - 1)] + "…");

    private sealed class Bar(ProgressTask task, string name) : IProgressTask
    {
        public void GoOnFrom(int done)
        {
            task.State.Update<int>(RateColumn.From, _ => done);
            task.Value = done;
        }

        public void Tell(string status) => task.Description = Cut($"{name}: {status}");

        public void Advance(int done) => task.Value = done;

        public void End(string remark) => task.StopTask();
    }

    /// <summary>Steps per second, or seconds per step.</summary>
    private sealed class RateColumn : ProgressColumn
    {
        /// <summary>Where a task keeps what had been done before it began.</summary>
        public const string From = "from";

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
        {
            double done = task.Value - task.State.Get<int>(From), seconds = task.ElapsedTime?.TotalSeconds ?? 0;
            string text = done <= 0 || seconds <= 0 ? ""
                : done >= seconds ? string.Create(CultureInfo.InvariantCulture, $"{done / seconds:0} steps/s")
                : string.Create(CultureInfo.InvariantCulture, $"{seconds / done:0.0} s/step");
            return new Text(text, new Style(Color.Grey));
        }
    }

    /// <summary>When the task will be done, by the clock on the wall.</summary>
    private sealed class EndColumn(TimeProvider clock) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(
                task.IsFinished || task.RemainingTime is not { } left ? "" : TimeText.At(clock.GetLocalNow(), left),
                new Style(Color.Grey));
    }
}
