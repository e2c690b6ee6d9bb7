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
    /// <summary>The .NET runtime with the program's code and libtorch with its buffers: 240 to 280 MB where it was looked at.</summary>
    private const long Program = 260L << 20;

    /// <summary>
    /// Between the tensors of a step the heap has holes that the next ones do not fit into, since glibc cuts aligned blocks out of larger ones. They are
    /// about as much as is kept and passes, measured on the presets with sequences of 128 to 2048 tokens.
    /// </summary>
    private const double Holes = 1;

    /// <summary>Logits in memory at once, unless those of one token are more.</summary>
    public const long LogitsAtOnce = 1 << 23;

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
    /// <param name="halfActivations">Whether activations are bfloat16: two bytes each.</param>
    public static GptMemory Of<T>(
        GptShape shape, GptTrainingPlan plan, RoutingTable routing, int ranks = 1, int validationLength = 0, bool halfActivations = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(routing);
        long element = Unsafe.SizeOf<T>();
        var layouts = shape.Layouts().ToArray();
        long parameters = layouts.Sum(layout => layout.Count);
        long activation = halfActivations ? sizeof(short) : element;
        long activations = activation * Activations(shape, plan.Length);
        int longest = Math.Max(plan.Length, validationLength);
        long passing = (activation * Passing(shape, longest)) + (element * Logits(shape, longest));
        return new GptMemory(
        [
            new("parameters", element * parameters),
            new("gradients", element * parameters),
            new("optimizer state", element * LargestState(layouts, routing, ranks)),
            new("optimizer work", element * ThreadBudget.Total * layouts
                .SelectMany(layout => routing.RouteOf(layout).Rule.WorkMatrices(layout)).Distinct()
                .Sum(work => (long)work.Count * work.Rows * work.Columns)),
            new("activations", activations),
            new("passing tensors", passing),
            new("holes in the heap", (long)(Holes * (passing + activations))),
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

    /// <summary>Numbers that are kept of the forward pass of a sequence for its backward pass.</summary>
    internal static long Activations(GptShape shape, int length)
    {
        long d = shape.Width, expanded = shape.MlpParts * shape.HiddenWidth, blocks = 0;
        for (int i = 0; i < shape.Layers; i++)
        {
            blocks += (2 * d) + expanded; // stream before and behind attention, the MLP before its nonlinearity
            blocks += GptShape.HasAttention(i) ? 5 * d : 0; // queries, keys, values, mixed values, what the heads gave
            blocks += i < shape.Layers / 2 ? d : 0; // output, for a later block
        }
        return length * blocks;
    }

    /// <summary>Numbers in the largest tensors that are there at once beside those: the start, value embeddings, gradients, an MLP backward.</summary>
    internal static long Passing(GptShape shape, int length)
    {
        long d = shape.Width, hidden = shape.HiddenWidth, expanded = shape.MlpParts * hidden;
        long skipped = shape.Layers / 2 * d;
        return length * (((4 + (2 * GptShape.ValueEmbeddings)) * d) + skipped + hidden + (2 * expanded) + (4 * d));
    }

    /// <summary>Numbers in the logits of a slice of tokens, with their probabilities and gradients.</summary>
    internal static long Logits(GptShape shape, int length) =>
        4 * shape.PaddedVocabulary * Math.Min(length, Math.Max(1, LogitsAtOnce / shape.PaddedVocabulary));

    /// <summary>Bytes of the Gram matrices, in double, with the products that are added to them and the looked-up rows of the embeddings.</summary>
    private static long Measures(GptShape shape, int length, long element)
    {
        long d = shape.Width, hidden = shape.HiddenWidth, expanded = shape.MlpParts * hidden;
        long products = (d * d) + (hidden * hidden) + (expanded == hidden ? 0 : expanded * expanded);
        long lookedUp = (1 + GptShape.ValueEmbeddings) * length * d;
        return (sizeof(double) * Grams(shape)) + (element * (products + lookedUp));
    }
}
