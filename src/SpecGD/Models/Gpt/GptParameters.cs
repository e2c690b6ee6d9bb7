using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Spectral;

namespace SpecGD.Models.Gpt;

/// <summary>The parameters of a GPT under the names of the modded-NanoGPT snapshot, with their gradients.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class GptParameters<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<string, ParameterTensor<T>> _byName = [];

    /// <summary>Parameters of a shape, all zero.</summary>
    /// <exception cref="BadInputException">There is no model of that shape.</exception>
    public GptParameters(GptShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.Require();
        Shape = shape;
        foreach (var layout in shape.Layouts())
            _byName.Add(layout.Name, new ParameterTensor<T>(layout));
        Embedding = this[GptShape.EmbeddingName];
        ValueEmbeddings = [.. Enumerable.Range(0, GptShape.ValueEmbeddings).Select(j => this[GptShape.ValueEmbeddingName(j)])];
        Blocks = [.. Enumerable.Range(0, shape.Layers).Select(i => new Block(
            GptShape.HasAttention(i) ? this[GptShape.AttentionName(i)] : null, this[GptShape.ExpandName(i)], this[GptShape.ProjectName(i)]))];
        Head = this[GptShape.HeadName];
        Scalars = this[GptShape.ScalarsName];
    }

    /// <summary>The tensors of one block.</summary>
    /// <param name="Attention">Query, key, value and output matrices, 4 × d × d (out × in each); null where the block has no attention.</param>
    /// <param name="Expand">c_fc, d × 4d (in × out), or d × 8d where the MLP is gated.</param>
    /// <param name="Project">c_proj, d × 4d (out × in).</param>
    public sealed record Block(ParameterTensor<T>? Attention, ParameterTensor<T> Expand, ParameterTensor<T> Project)
    {
        /// <summary>All of them.</summary>
        public IEnumerable<ParameterTensor<T>> Tensors => Attention is null ? [Expand, Project] : [Attention, Expand, Project];
    }

    /// <summary>The model's sizes.</summary>
    public GptShape Shape { get; }

    /// <summary>Every tensor, in the order of a checkpoint.</summary>
    public IReadOnlyCollection<ParameterTensor<T>> All => _byName.Values;

    /// <summary>Token embedding, V × d.</summary>
    public ParameterTensor<T> Embedding { get; }

    /// <summary>Value embeddings, V × d each.</summary>
    public IReadOnlyList<ParameterTensor<T>> ValueEmbeddings { get; }

    /// <summary>The blocks' tensors.</summary>
    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>The head, V × d.</summary>
    public ParameterTensor<T> Head { get; }

    /// <summary>5L numbers: L skip weights (the first L/2 used), L pairs λ, L pairs μ.</summary>
    public ParameterTensor<T> Scalars { get; }

    /// <summary>Those that a backward pass adds to until its end: embeddings and scalars.</summary>
    public IEnumerable<ParameterTensor<T>> OfAllBlocks => [Scalars, .. ValueEmbeddings, Embedding];

    /// <summary>Every tensor, in the order in which a backward pass is done with their gradients: the head, the blocks from the last on, the rest.</summary>
    public IEnumerable<ParameterTensor<T>> InOrderOfGradients => [Head, .. Blocks.Reverse().SelectMany(block => block.Tensors), .. OfAllBlocks];

    /// <summary>The tensor called <paramref name="name"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public ParameterTensor<T> this[string name] => _byName[name];

    /// <summary>Sets every gradient to zero.</summary>
    public void ClearGradients()
    {
        foreach (var tensor in All)
            tensor.Gradient.Fill(T.Zero);
    }

    /// <summary>
    /// The snapshot's initialisation: embeddings N(0, 1); q, k, v and c_fc uniform on ±√3·0.5·d^−½; output projection, c_proj and head zero;
    /// skip weights 1, λ = (1, 0), μ = (0.5, 0.5). Draws in the order of <see cref="All"/>, row by row.
    /// </summary>
    public void Initialise(TorchRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        foreach (var embedding in ValueEmbeddings.Prepend(Embedding))
            random.FillNormalRows(embedding.Value);
        double bound = Math.Sqrt(3) * 0.5 / Math.Sqrt(Shape.Width);
        foreach (var block in Blocks)
        {
            if (block.Attention is { } attention)
            {
                Uniform(random, attention.Value.RowSlice(0, 3 * Shape.Width), bound);
                attention.Value.RowSlice(3 * Shape.Width, Shape.Width).Fill(T.Zero);
            }
            Uniform(random, block.Expand.Value, bound);
            block.Project.Value.Fill(T.Zero);
        }
        Head.Value.Fill(T.Zero);
        InitialiseScalars(Scalars.Value.AsSpan());
    }

    private void InitialiseScalars(Span<T> scalars)
    {
        scalars[..Shape.Layers].Fill(T.One);
        for (int i = 0; i < Shape.Layers; i++)
        {
            scalars[Shape.LambdaAt(i)] = T.One;
            scalars[Shape.LambdaAt(i) + 1] = T.Zero;
            scalars.Slice(Shape.ValueMixAt(i), 2).Fill(T.CreateChecked(0.5));
        }
    }

    private static void Uniform(TorchRandom random, Matrix<T> matrix, double bound)
    {
        for (int i = 0; i < matrix.Rows; i++)
            foreach (ref T w in matrix.Row(i))
                w = T.CreateChecked(bound * ((2 * random.NextUniform()) - 1));
    }
}
