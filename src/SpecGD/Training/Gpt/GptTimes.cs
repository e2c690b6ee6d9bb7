namespace SpecGD.Training.Gpt;

/// <summary>Where the time of a training run went since this process began it.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="Tokens">Tokens of those steps.</param>
/// <param name="ForwardBackward">Losses and gradients, without what the tracker looked at meanwhile.</param>
/// <param name="Update">The optimizer.</param>
/// <param name="Tracking">Stable and nuclear ranks.</param>
/// <param name="Validation">Validation losses.</param>
/// <param name="Checkpoints">Writing checkpoints.</param>
/// <param name="Exchange">Waiting for gradients from other ranks and for what they updated; part of neither of the first two.</param>
public sealed record GptTimes(
    int Steps, long Tokens, TimeSpan ForwardBackward, TimeSpan Update, TimeSpan Tracking, TimeSpan Validation, TimeSpan Checkpoints, TimeSpan Exchange)
{
    /// <summary>Nothing done yet.</summary>
    public static GptTimes Zero { get; } = new(0, 0, default, default, default, default, default, default);

    /// <summary>Of the optimizer's time, that of products of one matrix each: Muon's.</summary>
    public TimeSpan MatrixUpdate { get; init; }

    /// <summary>What has come since an earlier reading.</summary>
    public GptTimes Since(GptTimes earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return new GptTimes(
            Steps - earlier.Steps,
            Tokens - earlier.Tokens,
            ForwardBackward - earlier.ForwardBackward,
            Update - earlier.Update,
            Tracking - earlier.Tracking,
            Validation - earlier.Validation,
            Checkpoints - earlier.Checkpoints,
            Exchange - earlier.Exchange)
        {
            MatrixUpdate = MatrixUpdate - earlier.MatrixUpdate,
        };
    }

    /// <summary>Tokens a second of steps: forward, backward, exchange, update and tracker; 0 before the first.</summary>
    public double TokensPerSecond => Steps == 0 ? 0 : Tokens / Math.Max((ForwardBackward + Update + Tracking + Exchange).TotalSeconds, 1e-9);
}
