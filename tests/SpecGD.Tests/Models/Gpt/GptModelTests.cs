using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;

namespace SpecGD.Tests.Models.Gpt;

public class GptModelTests
{
    private static readonly GptShape Gated = new() { Vocabulary = 20, Layers = 6, Width = 16, Heads = 2, EndOfText = 0, Mlp = GptMlp.SwiGlu };

    [Fact]
    public void The_gated_model_has_the_gradient_of_finite_differences_in_every_tensor()
    {
        var parameters = GptLayerGradientTests.Parameters(Gated);
        for (int i = 0; i < parameters.Scalars.Count; i++)
            parameters.Scalars.Value[0, i] += 1; // mixes near zero would bend the loss more than the step of the differences allows
        var (model, tokens) = Model(parameters);
        int[] targets = Shifted(tokens);
        model.LossAndGradient(tokens, targets, window: 2);

        foreach (var tensor in parameters.All)
        {
            var (value, gradient) = tensor.Shape[0] == Gated.PaddedVocabulary
                ? (tensor.Value.RowSlice(0, Gated.Vocabulary), tensor.Gradient.RowSlice(0, Gated.Vocabulary)) // the other rows are never looked up
                : (tensor.Value, tensor.Gradient);
            // the loss is a sum over 256 tokens of about 5 each: divided by it, rounding over the step is again below the tolerance
            var scaled = gradient.Clone();
            scaled.Scale(1.0 / model.Length);
            FiniteDifferences.Hold(() => model.Loss(tokens, targets, window: 2) / model.Length, value, scaled, tensor.Name, places: 3).ShouldBePositive();
        }
    }

    [Fact]
    public void Without_training_the_loss_is_the_same()
    {
        var parameters = GptLayerGradientTests.Parameters(Gated);
        var (model, tokens) = Model(parameters);
        var light = new GptModel<double>(parameters, model.Length, forTraining: false);

        light.Loss(tokens, Shifted(tokens), window: 2).ShouldBe(model.Loss(tokens, Shifted(tokens), window: 2));
        Should.Throw<InvalidOperationException>(() => light.LossAndGradient(tokens, tokens, window: 2));
    }

    [Fact]
    public void Two_sequences_add_their_gradients()
    {
        var parameters = GptLayerGradientTests.Parameters(Gated);
        var (model, tokens) = Model(parameters);
        model.LossAndGradient(tokens, Shifted(tokens), window: 2);
        var once = parameters.All.Select(t => t.Gradient.Clone()).ToArray();
        model.LossAndGradient(tokens, Shifted(tokens), window: 2);

        foreach (var (tensor, single) in parameters.All.Zip(once))
        {
            tensor.Gradient.AddScaled(-2, single);
            (tensor.Gradient.LargestMagnitude() <= 1e-12 * Math.Max(1, single.LargestMagnitude())).ShouldBeTrue(tensor.Name); // one more sum each
        }
        parameters.ClearGradients();
        parameters.All.ShouldAllBe(t => t.Gradient.LargestMagnitude() == 0);
    }

    [Fact]
    public void Threads_and_backends_do_not_matter_beyond_rounding()
    {
        const double rounding = 1e-11; // other orders of sums of 256 terms in double
        var parameters = GptLayerGradientTests.Parameters(Gated);
        var (model, tokens) = Model(parameters);
        double loss = model.LossAndGradient(tokens, Shifted(tokens), window: 2);
        var gradient = parameters["blocks.1.attn.qkvo_w"].Gradient.Clone();
        parameters.ClearGradients();
        using (Backend.Use(Backend.Managed))
            model.LossAndGradient(tokens, Shifted(tokens), window: 2).ShouldBe(loss, rounding * loss);
        gradient.AddScaled(-1, parameters["blocks.1.attn.qkvo_w"].Gradient);
        (gradient.LargestMagnitude() <= rounding * parameters["blocks.1.attn.qkvo_w"].Gradient.LargestMagnitude()).ShouldBeTrue();
    }

    [SkippableFact]
    public void A_step_allocates_no_activations()
    {
        CopyingBackend.Skips();
        var (model, tokens) = Model(GptLayerGradientTests.Parameters(Gated));
        int[] targets = Shifted(tokens);
        for (int i = 0; i < 2; i++)
            model.LossAndGradient(tokens, targets, window: 2);
        long before = GC.GetAllocatedBytesForCurrentThread();
        model.LossAndGradient(tokens, targets, window: 2);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // what is left are the closures and tasks of the parallel loops, whatever the sizes: a small part of the activations even of this tiny model
        long activations = 11L * model.Length * Gated.Width * Gated.Layers * sizeof(double);
        (allocated < activations / 20).ShouldBeTrue($"{allocated} bytes");
    }

    [Fact]
    public void A_token_outside_the_vocabulary_and_another_length_are_named()
    {
        var (model, tokens) = Model(GptLayerGradientTests.Parameters(Gated));
        tokens[3] = 128;

        Should.Throw<BadInputException>(() => model.Loss(tokens, tokens, window: 2)).Message.ShouldBe("Token 3 of the sequence is 128; the vocabulary has 128.");
        Should.Throw<BadInputException>(() => model.Loss(new int[3], new int[3], window: 2)).Message.ShouldBe("This model was made for 256 tokens; given were 3 with 3 targets.");
    }

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
    public void A_fresh_model_guesses_uniformly_and_is_initialised_as_the_snapshot()
    {
        var shape = Gated with { Mlp = GptMlp.ReluSquare, Width = 32 };
        var parameters = new GptParameters<float>(shape);
        parameters.Initialise(new TorchRandom(1));
        var (model, tokens) = Model(parameters);
        double bound = Math.Sqrt(3) * 0.5 / Math.Sqrt(32);

        (model.Loss(tokens, Shifted(tokens), 2) / tokens.Length).ShouldBe(Math.Log(128), 1e-6); // the head is zero; rounding of float
        var qkvo = parameters["blocks.2.attn.qkvo_w"];
        qkvo.Matrices.Select(m => m.Name).ShouldBe(["blocks.2.attn.qkvo_w.q", "blocks.2.attn.qkvo_w.k", "blocks.2.attn.qkvo_w.v", "blocks.2.attn.qkvo_w.o"]);
        ((double)qkvo.Matrices[2].Value.LargestMagnitude()).ShouldBeInRange(0.9 * bound, bound);
        qkvo.Matrices[3].Value.LargestMagnitude().ShouldBe(0);
        (parameters.Embedding.Value.SumOfSquares() / parameters.Embedding.Count).ShouldBe(1, 0.1); // 4096 draws: a deviation of 0.02
        parameters.Scalars.Value.AsSpan().ToArray().ShouldBe([.. Enumerable.Repeat(1f, 6), .. Enumerable.Repeat(new[] { 1f, 0f }, 6).SelectMany(x => x), .. Enumerable.Repeat(0.5f, 12)]);
        parameters.Head.Value.LargestMagnitude().ShouldBe(0);
    }

    private static (GptModel<T> Model, int[] Tokens) Model<T>(GptParameters<T> parameters)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        int[] tokens = GptLayerGradientTests.Tokens();
        return (new GptModel<T>(parameters, tokens.Length), tokens);
    }

    private static int[] Shifted(int[] tokens) => [.. tokens.Skip(1), 0];
}
