using System.Numerics;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;

namespace SpecGD.Training.Gpt;

/// <summary>A tracker, with the time that it takes.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class WatchedTracker<T>(GptTracker<T> tracker, TimeProvider clock) : IGptObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The time so far.</summary>
    public TimeSpan Elapsed { get; private set; }

    public void Begin() => Timed(tracker.Begin);

    public void Observe(string name, Matrix<T> activations) => Timed(() => tracker.Observe(name, activations));

    public void Complete(int step, GptParameters<T> parameters) => Timed(() => tracker.Complete(step, parameters));

    private void Timed(Action work)
    {
        long begin = clock.GetTimestamp();
        work();
        Elapsed += clock.GetElapsedTime(begin);
    }
}
