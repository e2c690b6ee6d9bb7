using System.Numerics;
using System.Runtime.CompilerServices;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Communication;
using SpecGD.Optimizers.Parameters;
using SpecGD.Spectral;

namespace SpecGD.Training.Gpt;

/// <summary>One part of what a training run takes.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Bytes">How much.</param>
public sealed record MemoryPart(string Name, long Bytes);

/// <summary>The memory of a training run, told before anything of it is taken.</summary>
/// <param name="Parts">What it is for.</param>
public sealed record GptMemory(IReadOnlyList<MemoryPart> Parts)
{
    /// <summary>The .NET runtime with the program's code, and OpenBLAS with a buffer for each thread: 120 to 200 MB where it was looked at.</summary>
    private const long Program = 160L << 20;

    /// <summary>All parts together, in bytes.</summary>
    public long Total => Parts.Sum(part => part.Bytes);

    /// <summary>Bytes of the part called <paramref name="name"/>.</summary>
    public long Of(string name) => Parts.Single(part => part.Name == name).Bytes;

    /// <summary>What training this model takes when it takes most.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="shape">The model.</param>
    /// <param name="plan">The run.</param>
    /// <param name="routing">Which optimizer updates what.</param>
    /// <param name="ranks">Ranks that train together; told is the memory of the one that takes most.</param>
    /// <param name="validationLength">Tokens of a validation sequence; 0 where they are those of a training sequence.</param>
    public static GptMemory Of<T>(GptShape shape, GptTrainingPlan plan, RoutingTable routing, int ranks = 1, int validationLength = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(routing);
        long element = Unsafe.SizeOf<T>();
        var layouts = shape.Layouts().ToArray();
        long parameters = layouts.Sum(layout => layout.Count);
        return new GptMemory(
        [
            new("parameters", element * parameters),
            new("gradients", element * parameters),
            new("optimizer state", element * LargestState(layouts, routing, ranks)),
            new("optimizer work", element * ThreadBudget.Total * layouts
                .SelectMany(layout => routing.RouteOf(layout).Rule.WorkMatrices(layout)).Distinct()
                .Sum(work => (long)work.Count * work.Rows * work.Columns)),
            new("activations", element * Activations(shape, plan.Length)),
            new("attention scores", element * Scores(plan)),
            new("logits", element * Logits(shape, plan.Length)),
            .. validationLength > 0 && validationLength != plan.Length
                ? [new MemoryPart("validation", element * (WithoutGradients(shape, validationLength) + Logits(shape, validationLength)))]
                : (MemoryPart[])[],
            new("spectral measures", plan.TrackEvery > 0 ? Measures(shape, plan.Length, element) : 0),
            .. ranks > 1 ? [new MemoryPart("messages", 2 * element * Math.Min(parameters, OwnedMatrices<T>.MessageElements))] : (MemoryPart[])[],
            new("program", Program),
        ]);
    }

    private static long LargestState(ParameterLayout[] layouts, RoutingTable routing, int ranks) =>
        ParameterDivision.Of(layouts, routing, ranks).GroupBy(piece => piece.Owner)
            .Max(own => own.Sum(piece => piece.Count * routing.RouteOf(piece.Tensor).Rule.StatePerParameter));

    /// <summary>Numbers in the Gram matrices of one look.</summary>
    internal static long Grams(GptShape shape)
    {
        long d = shape.Width, hidden = shape.HiddenWidth, expanded = shape.MlpParts * hidden;
        long attention = Enumerable.Range(0, shape.Layers).Count(GptShape.HasAttention);
        return (shape.Layers * ((2 * d * d) + (hidden * hidden) + (expanded * expanded))) + (attention * 4 * d * d)
            + ((2 + GptShape.ValueEmbeddings) * d * d);
    }

    /// <summary>Numbers that <see cref="GptModel{T}"/> keeps for one sequence, its head's logits aside.</summary>
    internal static long Activations(GptShape shape, int length)
    {
        long d = shape.Width, hidden = shape.HiddenWidth, expanded = shape.MlpParts * hidden;
        long blocks = 0;
        for (int i = 0; i < shape.Layers; i++)
        {
            blocks += (2 * d) + expanded; // mixed input, output, pre-activations
            blocks += GptShape.HasAttention(i) ? (5 * d) + shape.Heads : 0; // state after attention, qkv, heads' output, log-sums
            blocks += i < shape.Layers / 2 ? d : 0; // gradient from the skip
        }
        long shared = (12 * d) + (2 * hidden) + expanded + (shape.HeadWidth / 4 * 2); // five forward, seven backward; hidden twice; rotary tables
        return length * (blocks + shared);
    }

    /// <summary>The same of a model that no gradient is asked of, whose blocks share all but the outputs that others skip to.</summary>
    internal static long WithoutGradients(GptShape shape, int length)
    {
        long d = shape.Width, hidden = shape.HiddenWidth, expanded = shape.MlpParts * hidden;
        long kept = d + expanded + (5 * d) + shape.Heads; // mixed input, pre-activations, and those of attention
        long outputs = ((shape.Layers / 2) + 2) * d;
        long shared = (5 * d) + hidden + (shape.HeadWidth / 4 * 2); // start, normalised input, q, k, v; hidden; rotary tables
        return length * (kept + outputs + shared);
    }

    /// <summary>Numbers of the head's slice of logits.</summary>
    internal static long Logits(GptShape shape, int length) =>
        (long)LanguageModelHead<float>.SliceRows(shape, length) * shape.PaddedVocabulary;

    /// <summary>Probabilities and their gradients, a block of queries against its keys, on every thread, in each size that occurs.</summary>
    private static long Scores(GptTrainingPlan plan)
    {
        long blocks = Math.Min(plan.WindowBlocks(plan.Steps), plan.Length / AttentionMask.BlockSize);
        return 2L * ThreadBudget.Total * AttentionMask.BlockSize * AttentionMask.BlockSize * blocks * (blocks + 1) / 2;
    }

    /// <summary>Bytes of the Gram matrices, in double, with the products that are added to them and the looked-up rows of the embeddings.</summary>
    private static long Measures(GptShape shape, int length, long element)
    {
        long d = shape.Width, hidden = shape.HiddenWidth, expanded = shape.MlpParts * hidden;
        long products = (d * d) + (hidden * hidden) + (expanded == hidden ? 0 : expanded * expanded);
        long lookedUp = (1 + GptShape.ValueEmbeddings) * length * d;
        return (sizeof(double) * Grams(shape)) + (element * (products + lookedUp));
    }
}
