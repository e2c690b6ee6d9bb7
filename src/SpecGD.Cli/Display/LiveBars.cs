using Spectre.Console;

namespace SpecGD.Cli.Display;

/// <summary>Work under bars of progress on a terminal.</summary>
internal static class LiveBars
{
    /// <summary>
    /// Does <paramref name="work"/> under the bars. Where it was asked to stop or threw, they are taken away: a bar that stands still at its last
    /// percentage and time left says what is no longer so.
    /// </summary>
    /// <param name="progress">The bars.</param>
    /// <param name="work">The work.</param>
    /// <param name="stop">What asks it to stop.</param>
    public static T Run<T>(this Progress progress, Func<ProgressContext, T> work, CancellationToken stop = default)
    {
        T result = default!;
        progress.Start(context =>
        {
            bool isWhole = false;
            try
            {
                result = work(context);
                isWhole = !stop.IsCancellationRequested;
            }
            finally
            {
                progress.AutoClear |= !isWhole; // read when the display ends
            }
        });
        return result;
    }
}
