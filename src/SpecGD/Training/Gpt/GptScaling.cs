using SpecGD.Models.Gpt;
using SpecGD.Numerics.Communication;
using SpecGD.Optimizers.Parameters;

namespace SpecGD.Training.Gpt;

/// <summary>What a cluster of like machines can do, one rank each.</summary>
/// <param name="OperationsPerSecond">Of a rank's matrix products in training, in floating-point operations a second.</param>
/// <param name="BytesPerSecond">That a rank can send while it receives as many.</param>
/// <param name="SecondsPerMessage">From one rank to its neighbour, for the shortest message.</param>
public sealed record ClusterConstants(double OperationsPerSecond, double BytesPerSecond, double SecondsPerMessage);

/// <summary>
/// A model of the time of a training step on several ranks. It counts matrix products and bytes; elementwise work, validation and checkpoints are left
/// out. Exchanges are rings: R ranks pass B bytes on in R − 1 rounds of B/R, so each takes B(R − 1)/(R·bandwidth) + (R − 1)·latency a message.
/// </summary>
/// <param name="Ranks">R.</param>
/// <param name="Sequences">Of a step.</param>
/// <param name="TokensPerStep">Of all ranks.</param>
/// <param name="BytesPerStep">That each rank sends in a step, and receives: gradients to the ranks that update with them, and what they updated to all.</param>
/// <param name="BytesPerLook">The same of one look of the tracker: Gram matrices, and the gradients to all.</param>
/// <param name="Compute">Forward and backward of a rank's sequences, in seconds.</param>
/// <param name="Update">The orthogonalisations of the busiest rank.</param>
/// <param name="GradientExchange">Sums of gradients, hidden or not.</param>
/// <param name="UpdateExchange">Updated parameters to all.</param>
/// <param name="Hidden">Of the gradients' exchange, what goes on during the last sequence's backward pass.</param>
public sealed record GptScaling(
    int Ranks,
    int Sequences,
    long TokensPerStep,
    double BytesPerStep,
    double BytesPerLook,
    double Compute,
    double Update,
    double GradientExchange,
    double UpdateExchange,
    double Hidden)
{
    /// <summary>Of forward and backward, the share of backward: two of three products with each weight.</summary>
    private const double BackwardShare = 2.0 / 3;

    /// <summary>Waiting for the network.</summary>
    public double Waiting => GradientExchange + UpdateExchange - Hidden;

    /// <summary>A whole step, in seconds.</summary>
    public double Step => Compute + Update + Waiting;

    /// <summary>Of all ranks together.</summary>
    public double TokensPerSecond => TokensPerStep / Step;

    /// <summary>True where a step waits for the network for longer than it computes.</summary>
    public bool IsBoundByNetwork => Waiting > Compute + Update;

    /// <summary>A step on so many ranks.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="plan">The run.</param>
    /// <param name="routing">Which optimizer updates what.</param>
    /// <param name="sequences">
    /// Sequences of a step; more ranks than those get one each, and a number that the ranks do not divide becomes the next that they do.
    /// </param>
    /// <param name="ranks">R, at least 1.</param>
    /// <param name="cluster">What the machines can do.</param>
    public static GptScaling Of(
        GptShape shape, GptTrainingPlan plan, RoutingTable routing, int sequences, int ranks, ClusterConstants cluster)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(routing);
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentOutOfRangeException.ThrowIfLessThan(ranks, 1);
        int perRank = (sequences + ranks - 1) / ranks;
        var work = GptWork.Of(shape, plan, routing, perRank, validationTokens: 0);
        double forSequence = work.ForToken * plan.Length / cluster.OperationsPerSecond;
        double update = ParameterDivision.LargestShare(ParameterDivision.Of(shape.Layouts(), routing, ranks), routing);
        double bytes = sizeof(float) * (double)shape.ParameterCount, exchange = Ring(bytes, ranks, cluster);
        double early = shape.Layouts().Where(layout => layout.Name == GptShape.HeadName || layout.Name.StartsWith("blocks.", StringComparison.Ordinal))
            .Sum(layout => sizeof(float) * (double)layout.Count);
        return new GptScaling(
            ranks,
            perRank * ranks,
            (long)perRank * ranks * plan.Length,
            2 * Sent(bytes, ranks),
            plan.TrackEvery > 0 ? Sent(bytes + (sizeof(double) * (double)GptMemory.Grams(shape)), ranks) : 0,
            perRank * forSequence,
            update / cluster.OperationsPerSecond,
            exchange,
            exchange,
            Math.Min(exchange * early / bytes, BackwardShare * forSequence));
    }

    /// <summary>Bytes that each of R ranks sends while B are summed to their owners, or spread from them: B(R − 1)/R.</summary>
    private static double Sent(double bytes, int ranks) => bytes * (ranks - 1) / ranks;

    private static double Ring(double bytes, int ranks, ClusterConstants cluster)
    {
        double messages = Math.Ceiling(bytes / sizeof(float) / OwnedMatrices<float>.MessageElements);
        return (Sent(bytes, ranks) / cluster.BytesPerSecond) + (messages * (ranks - 1) * cluster.SecondsPerMessage);
    }
}
