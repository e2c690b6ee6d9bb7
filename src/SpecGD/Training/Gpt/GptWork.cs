using SpecGD.Models.Gpt;
using SpecGD.Optimizers.Parameters;

namespace SpecGD.Training.Gpt;

/// <summary>
/// Floating-point operations in the matrix products of a training run, which are nearly all of its work: 2 for each multiplication with its
/// addition. At the measured rate of products they are a time that the run cannot be faster than.
/// </summary>
/// <param name="ForToken">Forward and backward, for one token of a sequence.</param>
/// <param name="ForUpdate">One step of the optimizers.</param>
/// <param name="ForMeasures">One look of the tracker.</param>
/// <param name="ForRun">The whole run with its validations.</param>
public sealed record GptWork(double ForToken, double ForUpdate, double ForMeasures, double ForRun)
{
    /// <summary>Products with a weight: one forward, and two backward, for the input and for the weight.</summary>
    private const double ForwardAndBackward = 3;

    /// <summary>
    /// Counts a run.
    /// </summary>
    /// <param name="shape">The model.</param>
    /// <param name="plan">The run.</param>
    /// <param name="routing">Which optimizer updates what.</param>
    /// <param name="sequences">Sequences of a step.</param>
    /// <param name="validationTokens">Tokens of one validation.</param>
    public static GptWork Of(GptShape shape, GptTrainingPlan plan, RoutingTable routing, int sequences, long validationTokens)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(routing);
        double weights = shape.WeightOperations, attention = AttentionForToken(shape, plan);
        double forward = weights + (2 * attention); // scores and mixed values
        double forToken = (ForwardAndBackward * weights) + (7 * attention); // backward: scores again, then dq, dk, dv and those of the probabilities
        double forUpdate = shape.Layouts().Sum(layout => routing.RouteOf(layout).Rule.Operations(layout));
        long tokens = (long)sequences * plan.Length;
        double forMeasures = Measures(shape, tokens);
        double run = 0;
        for (int step = 0; step < plan.Steps; step++)
        {
            run += (tokens * forToken) + forUpdate + (plan.TracksAt(step) ? forMeasures : 0);
            run += plan.ValidatesAt(step) ? validationTokens * forward : 0;
        }
        return new GptWork(forToken, forUpdate, forMeasures, run + (validationTokens * forward));
    }

    /// <summary>One product of attention for a token, over the windows of the middle of the run and one long document.</summary>
    private static double AttentionForToken(GptShape shape, GptTrainingPlan plan)
    {
        int window = plan.WindowBlocks(plan.Steps / 2), blocks = plan.Length / AttentionMask.BlockSize;
        double sum = 0;
        for (int i = 0; i < shape.Layers; i++)
        {
            int own = Math.Max(1, shape.HasLongWindow(i) ? window : window / 2);
            double keys = Enumerable.Range(1, blocks).Average(block => (double)Math.Min(block, own) * AttentionMask.BlockSize);
            sum += GptShape.HasAttention(i) ? 2 * keys * shape.Width : 0;
        }
        return sum;
    }

    /// <summary>Gram matrices of the activations by symmetric products, and of the gradients with their eigenvalues.</summary>
    private static double Measures(GptShape shape, long tokens)
    {
        double d = shape.Width, hidden = shape.HiddenWidth, expanded = shape.MlpParts * hidden, activations = (2 + GptShape.ValueEmbeddings) * d * d;
        for (int i = 0; i < shape.Layers; i++)
            activations += (2 * d * d) + (GptShape.HasAttention(i) ? 4 * d * d : 0) + (hidden * hidden) + (expanded * expanded);
        double gradients = 0;
        foreach (var layout in shape.Layouts().Where(layout => layout.Matrices > 0))
        {
            double rows = (double)layout.Rows / layout.Matrices, columns = layout.Columns, small = Math.Min(rows, columns);
            gradients += layout.Matrices * ((small * rows * columns) + (4.0 / 3 * small * small * small));
        }
        return (tokens * activations) + gradients;
    }
}
