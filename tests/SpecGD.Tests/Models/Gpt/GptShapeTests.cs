using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;

namespace SpecGD.Tests.Models.Gpt;

public class GptShapeTests
{
    private static readonly GptShape Gated = new() { Vocabulary = 20, Layers = 6, Width = 16, Heads = 2, EndOfText = 0, Mlp = GptMlp.SwiGlu };

    [Theory]
    [InlineData(5, 16, 2, "an even number of layers, 6 or more; 5 is not")]
    [InlineData(4, 16, 2, "an even number of layers, 6 or more; 4 is not")]
    [InlineData(6, 16, 3, "A GPT of width 16 cannot have 3 heads")]
    [InlineData(6, 12, 2, "the width of a head must be a multiple of 4")]
    public void Shapes_that_no_model_has_are_refused(int layers, int width, int heads, string sentence) =>
        Should.Throw<BadInputException>(() => new GptParameters<float>(Gated with { Layers = layers, Width = width, Heads = heads })).Message.ShouldContain(sentence);

    [Fact]
    public void The_snapshot_has_the_windows_value_embeddings_and_parameters_it_has()
    {
        var shape = new GptShape();

        string.Concat(Enumerable.Range(0, 12).Select(i => shape.HasLongWindow(i) ? 'L' : 'S')).ShouldBe("LSSSLSSLSSSL");
        Enumerable.Range(0, 12).Select(shape.ValueEmbeddingOf).ShouldBe([0, 1, 2, null, null, null, null, null, null, 0, 1, 2]);
        Enumerable.Range(0, 12).Select(shape.SkipSource).ShouldBe([null, null, null, null, null, null, 5, 4, 3, 2, 1, 0]);
        shape.PaddedVocabulary.ShouldBe(50304);
    }

    [Fact]
    public void A_fresh_model_is_initialised_as_the_snapshot()
    {
        var shape = Gated with { Mlp = GptMlp.ReluSquare, Width = 32 };
        var parameters = new GptParameters<float>(shape);
        parameters.Initialise(new TorchRandom(1));
        double bound = Math.Sqrt(3) * 0.5 / Math.Sqrt(32);

        var qkvo = parameters["blocks.2.attn.qkvo_w"];
        qkvo.Matrices.Select(m => m.Name).ShouldBe(["blocks.2.attn.qkvo_w.q", "blocks.2.attn.qkvo_w.k", "blocks.2.attn.qkvo_w.v", "blocks.2.attn.qkvo_w.o"]);
        ((double)qkvo.Matrices[2].Value.LargestMagnitude()).ShouldBeInRange(0.9 * bound, bound);
        qkvo.Matrices[3].Value.LargestMagnitude().ShouldBe(0);
        (parameters.Embedding.Value.SumOfSquares() / parameters.Embedding.Count).ShouldBe(1, 0.1); // 4096 draws: a deviation of 0.02
        parameters.Scalars.Value.AsSpan().ToArray().ShouldBe([.. Enumerable.Repeat(1f, 6), .. Enumerable.Repeat(new[] { 1f, 0f }, 6).SelectMany(x => x), .. Enumerable.Repeat(0.5f, 12)]);
        parameters.Head.Value.LargestMagnitude().ShouldBe(0);
    }
}
