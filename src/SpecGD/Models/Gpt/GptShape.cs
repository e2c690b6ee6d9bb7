using SpecGD.Spectral;

namespace SpecGD.Models.Gpt;

/// <summary>What stands between the two matrices of an MLP.</summary>
public enum GptMlp
{
    /// <summary>max(0, z)².</summary>
    ReluSquare,

    /// <summary>silu(z₁) ∘ z₂; the first matrix is twice as wide.</summary>
    SwiGlu,
}

/// <summary>The sizes of a GPT of the modded-NanoGPT snapshot of July 2025. The defaults are the 124M model.</summary>
public sealed record GptShape
{
    /// <summary>The vocabulary is padded to a multiple of this.</summary>
    public const int VocabularyMultiple = 128;

    /// <summary>Value embeddings; the first and the last as many blocks use them.</summary>
    public const int ValueEmbeddings = 3;

    /// <summary>The block that has no attention.</summary>
    public const int BlockWithoutAttention = 7;

    /// <summary>Names of parameters.</summary>
    public const string EmbeddingName = "embed.weight", HeadName = "lm_head.weight", ScalarsName = "scalars";

    /// <summary>Tokens that the tokenizer knows.</summary>
    public int Vocabulary { get; init; } = 50257;

    /// <summary>L, blocks; even and at least 6.</summary>
    public int Layers { get; init; } = 12;

    /// <summary>d, the width of the residual stream; divides by the heads.</summary>
    public int Width { get; init; } = 768;

    /// <summary>Attention heads.</summary>
    public int Heads { get; init; } = 6;

    /// <summary>What stands between the two matrices of an MLP.</summary>
    public GptMlp Mlp { get; init; } = GptMlp.ReluSquare;

    /// <summary>The token that starts a document.</summary>
    public int EndOfText { get; init; } = 50256;

    /// <summary>V, rows of the embeddings and of the head: <see cref="Vocabulary"/> rounded up to a multiple of 128.</summary>
    public int PaddedVocabulary => (Vocabulary + VocabularyMultiple - 1) / VocabularyMultiple * VocabularyMultiple;

    /// <summary>D, the width of a head.</summary>
    public int HeadWidth => Width / Heads;

    /// <summary>Width of an MLP's post-activations, 4d.</summary>
    public int HiddenWidth => 4 * Width;

    /// <summary>Pre-activations for each post-activation: 2 where the MLP is gated.</summary>
    public int MlpParts => Mlp == GptMlp.SwiGlu ? 2 : 1;

    /// <summary>Numbers in all parameters.</summary>
    public long ParameterCount => Layouts().Sum(layout => layout.Count);

    /// <summary>Forward operations for one token in products with the matrices of the blocks and the head; embeddings are looked up.</summary>
    public double WeightOperations => Layouts()
        .Where(layout => layout.Name.StartsWith("blocks.", StringComparison.Ordinal) || layout.Name == HeadName)
        .Sum(layout => 2.0 * layout.Count);

    /// <summary>Name of value embedding <paramref name="j"/>.</summary>
    public static string ValueEmbeddingName(int j) => $"value_embeds.{j}.weight";

    /// <summary>Names of the parameters of block <paramref name="block"/>.</summary>
    public static string AttentionName(int block) => $"blocks.{block}.attn.qkvo_w";

    /// <inheritdoc cref="AttentionName"/>
    public static string ExpandName(int block) => $"blocks.{block}.mlp.c_fc";

    /// <inheritdoc cref="AttentionName"/>
    public static string ProjectName(int block) => $"blocks.{block}.mlp.c_proj";

    /// <summary>Place among the scalars of the weight with which block <paramref name="block"/> of the second half adds its skip source.</summary>
    public int SkipAt(int block) => block - (Layers / 2);

    /// <summary>Place among the scalars of the block's pair λ: the weight of the stream, then that of the embedded tokens.</summary>
    public int LambdaAt(int block) => Layers + (2 * block);

    /// <summary>Place among the scalars of the block's pair μ: the weight of its values, then that of the value embedding.</summary>
    public int ValueMixAt(int block) => (3 * Layers) + (2 * block);

    /// <summary>True where block <paramref name="block"/> has attention.</summary>
    public static bool HasAttention(int block) => block != BlockWithoutAttention;

    /// <summary>
    /// The value embedding that block <paramref name="block"/> mixes into its values: 0, 1, 2 in the first and in the last three blocks; null
    /// elsewhere.
    /// </summary>
    public int? ValueEmbeddingOf(int block) =>
        block < ValueEmbeddings ? block
        : block >= Layers - ValueEmbeddings ? block - (Layers - ValueEmbeddings)
        : null;

    /// <summary>
    /// True where block <paramref name="block"/> attends over the long window: [L,S,S,S,L,S] from the first block, [S,L,S,S,S,L] from the middle.
    /// </summary>
    public bool HasLongWindow(int block) => block < Layers / 2 ? block % 6 is 0 or 4 : (block - (Layers / 2)) % 6 is 1 or 5;

    /// <summary>The block whose output block <paramref name="block"/> of the second half adds, L − 1 − i; null in the first half.</summary>
    public int? SkipSource(int block) => block >= Layers / 2 ? Layers - 1 - block : null;

    /// <summary>
    /// Every parameter with its sizes, in the order of a checkpoint: <c>embed.weight</c>, <c>value_embeds.j.weight</c>, the blocks'
    /// <c>attn.qkvo_w</c> (4, d, d), <c>mlp.c_fc</c> (d, 4d; 8d where gated) and <c>mlp.c_proj</c> (d, 4d), <c>lm_head.weight</c>, <c>scalars</c>.
    /// </summary>
    public IEnumerable<ParameterLayout> Layouts()
    {
        yield return new ParameterLayout(EmbeddingName, [PaddedVocabulary, Width]);
        for (int j = 0; j < ValueEmbeddings; j++)
            yield return new ParameterLayout(ValueEmbeddingName(j), [PaddedVocabulary, Width]);
        for (int i = 0; i < Layers; i++)
        {
            if (HasAttention(i))
                yield return new ParameterLayout(AttentionName(i), [4, Width, Width], "q", "k", "v", "o");
            yield return new ParameterLayout(ExpandName(i), [Width, MlpParts * HiddenWidth]);
            yield return new ParameterLayout(ProjectName(i), [Width, HiddenWidth]);
        }
        yield return new ParameterLayout(HeadName, [PaddedVocabulary, Width]);
        yield return new ParameterLayout(ScalarsName, [5 * Layers]);
    }

    /// <summary>Throws where there is no such model.</summary>
    /// <exception cref="BadInputException">A size is out of range or does not go with another; the sentence says which.</exception>
    public void Require()
    {
        if (Layers < 6 || Layers % 2 != 0)
            throw new BadInputException($"A GPT needs an even number of layers, 6 or more; {Layers} is not.");
        if (Heads < 1 || Width < 1 || Width % Heads != 0 || HeadWidth % 4 != 0)
            throw new BadInputException($"A GPT of width {Width} cannot have {Counted.Of(Heads, "head")}: the width of a head must be a multiple of 4.");
        if (Vocabulary < 1 || EndOfText < 0 || EndOfText >= PaddedVocabulary)
            throw new BadInputException($"A GPT's vocabulary of {Counted.Of(Vocabulary, "token")} must hold the end-of-text token {EndOfText}.");
    }
}
