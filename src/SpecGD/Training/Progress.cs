namespace SpecGD.Training;

/// <summary>Where long work tells how far it is. Implementations are called from several threads at once.</summary>
public interface IProgressReporter
{
    /// <summary>A task of <paramref name="total"/> steps begins.</summary>
    IProgressTask Begin(string name, int total);
}

/// <summary>One task on display.</summary>
public interface IProgressTask
{
    /// <summary>So many steps had been done before this process began: they count for how far it is, not for how fast.</summary>
    void GoOnFrom(int done)
    {
    }

    /// <summary>What is to be seen beside the number of steps from the next <see cref="Advance"/> on: "loss 3.21, 950 tokens/s".</summary>
    void Tell(string status)
    {
    }

    /// <summary><paramref name="done"/> steps are done in all.</summary>
    void Advance(int done);

    /// <summary>The task ended, with a word about it.</summary>
    void End(string remark);
}

/// <summary>Tells nobody.</summary>
public sealed class SilentProgress : IProgressReporter, IProgressTask
{
    /// <summary>The only one.</summary>
    public static SilentProgress Instance { get; } = new();

    /// <inheritdoc/>
    public IProgressTask Begin(string name, int total) => this;

    /// <inheritdoc/>
    public void Advance(int done)
    {
    }

    /// <inheritdoc/>
    public void End(string remark)
    {
    }
}

/// <summary>Tasks of several runs side by side, told apart by what stands before their names.</summary>
internal sealed class PrefixedProgress(IProgressReporter reporter, string prefix) : IProgressReporter
{
    /// <inheritdoc/>
    public IProgressTask Begin(string name, int total) => reporter.Begin(prefix + name, total);
}

/// <summary>One piece of a task that is shown as a whole: its steps count from where the piece begins.</summary>
internal sealed class PartOfTask(IProgressTask whole, int begin) : IProgressReporter, IProgressTask
{
    /// <inheritdoc/>
    public IProgressTask Begin(string name, int total) => this;

    /// <inheritdoc/>
    public void Advance(int done) => whole.Advance(begin + done);

    /// <inheritdoc/>
    public void End(string remark)
    {
    }
}
