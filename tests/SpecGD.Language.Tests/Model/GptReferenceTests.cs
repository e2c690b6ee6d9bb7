using SpecGD.Language.Benchmark;
using SpecGD.Language.Model;
using SpecGD.Models.Gpt;
using SpecGD.Numerics.Random;
using SpecGD.Torch.Tests;
using SpecGD.Training.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace SpecGD.Language.Tests.Model;

/// <summary>
/// The model against the straightforward program of the same architecture, in double: its backward pass is libtorch's own, its masks are T × T and made
/// from their definition, its logits are all there at once.
/// </summary>
public class GptReferenceTests
{
    /// <summary>Sums of some thousand terms in another order, in double.</summary>
    private const double Loss = 1e-10, Gradient = 1e-8, Logits = 1e-9;

    private const int EndOfText = 99;

    /// <summary>Documents of every length, windows that cut, gated MLPs, more than one slice of ranges.</summary>
    [SkippableTheory]
    [InlineData(GptMlp.ReluSquare, 1024, 3, 40)]
    [InlineData(GptMlp.SwiGlu, 512, 2, 200)]
    [InlineData(GptMlp.SwiGlu, 1280, 5, 1000)]
    [InlineData(GptMlp.ReluSquare, 128, 0, 1000)]
    public void Whatever_the_documents_loss_and_gradients_are_those_of_the_straightforward_program(GptMlp mlp, int length, int window, int documentLength)
    {
        Libtorch.Require();
        var shape = Shape(mlp);
        int[] tokens = Documents(length + 1, documentLength);
        using var scope = NewDisposeScope();
        using var model = Drawn(shape);
        var eager = Eager(model, tokens[..length], window);

        double expected = eager.LossAndGradient(Of(tokens[..length]), Of(tokens[1..]));
        double loss = model.LossAndGradient(tokens.AsSpan(0, length), tokens.AsSpan(1), window);

        loss.ShouldBe(expected, Loss * expected);
        model.Loss(tokens.AsSpan(0, length), tokens.AsSpan(1), window).ShouldBe(expected, Loss * expected);
        foreach (var (name, value) in model.Weights)
            Deviation(eager.Weights[name].grad!, value.grad!).ShouldBeLessThan(Gradient, name);
    }

    /// <summary>What the comparison finds: a query that sees one block too many.</summary>
    [SkippableFact]
    public void Another_window_gives_another_loss()
    {
        Libtorch.Require();
        int[] tokens = Documents(1025, 1000);
        using var scope = NewDisposeScope();
        using var model = Drawn(Shape(GptMlp.ReluSquare));

        double three = model.Loss(tokens.AsSpan(0, 1024), tokens.AsSpan(1), 3), four = model.Loss(tokens.AsSpan(0, 1024), tokens.AsSpan(1), 4);

        Math.Abs(three - four).ShouldBeGreaterThan(1e3 * Loss * three);
    }

    /// <summary>Single tokens, a few together, more than a block at once; with window 1 the cache of a block drops old keys several times.</summary>
    [SkippableTheory]
    [InlineData(GptMlp.ReluSquare, 1, 300)]
    [InlineData(GptMlp.SwiGlu, 2, 40)]
    [InlineData(GptMlp.ReluSquare, 5, 1000)]
    public void A_decoder_gives_the_logits_of_the_whole_forward_pass_at_every_position(GptMlp mlp, int window, int documentLength)
    {
        Libtorch.Require();
        const int length = 7 * 128;
        int[] tokens = Documents(length, documentLength);
        using var scope = NewDisposeScope();
        using var without = no_grad();
        using var model = Drawn(Shape(mlp));
        var expected = Eager(model, tokens, window).Logits(Of(tokens));
        using var decoder = new GptDecoder(model, window);

        int[] pieces = [7, 1, 130, .. Enumerable.Repeat(1, 200), 128, 3, .. Enumerable.Repeat(1, length - 469)];
        foreach (int piece in pieces)
        {
            using var each = NewDisposeScope();
            var logits = decoder.Read(tokens.AsSpan(decoder.Position, piece));
            int at = decoder.Position - 1;
            (logits[0] - expected[at]).abs().max().ToDouble().ShouldBeLessThan(Logits, $"position {at}");
        }
        decoder.Position.ShouldBe(length);
        (expected[0] - expected[1]).abs().max().ToDouble().ShouldBeGreaterThan(1e3 * Logits, "and positions differ");
    }

    [SkippableFact]
    public void Without_tokens_or_with_one_that_is_none_there_is_a_sentence()
    {
        Libtorch.Require();
        using var model = Drawn(Shape(GptMlp.ReluSquare));
        using var decoder = new GptDecoder(model, 1);

        Should.Throw<BadInputException>(() => decoder.Read([])).Message.ShouldBe("A text to continue needs at least one token.");
        Should.Throw<BadInputException>(() => decoder.Read([1, 500])).Message.ShouldBe("The token 500 is outside the vocabulary of 128.");
        Should.Throw<BadInputException>(() => model.Loss(new int[128], new int[127], 1)).Message.ShouldBe("128 tokens need as many targets; there are 127.");
    }

    [SkippableFact]
    public void Two_sequences_add_their_gradients()
    {
        Libtorch.Require();
        int[] tokens = Documents(257, 100);
        using var scope = NewDisposeScope();
        using var model = Drawn(Shape(GptMlp.SwiGlu));

        model.LossAndGradient(tokens.AsSpan(0, 256), tokens.AsSpan(1), 2);
        var once = model.Weights.ToDictionary(weight => weight.Key, weight => weight.Value.grad!.clone());
        model.LossAndGradient(tokens.AsSpan(0, 256), tokens.AsSpan(1), 2);

        foreach (var (name, value) in model.Weights)
            Deviation(2 * once[name], value.grad!).ShouldBeLessThan(1e-12, name); // one more sum each
    }

    [SkippableTheory]
    [InlineData(GptMlp.ReluSquare)]
    [InlineData(GptMlp.SwiGlu)]
    public void It_keeps_the_activations_that_the_forecast_counts(GptMlp mlp)
    {
        Libtorch.Require();
        const int length = 256;
        const double factors = 0.1; // the norms' factors, one number a token or a head, beside rows of 32
        int[] tokens = Documents(length + 1, 100);
        using var model = Drawn(Shape(mlp));

        model.LossAndGradient(tokens.AsSpan(0, length), tokens.AsSpan(1), 2);

        double counted = sizeof(double) * GptMemory.Activations(model.Shape, length);
        ((double)model.SavedBytes).ShouldBeInRange(counted, (1 + factors) * counted);
    }

    [SkippableFact]
    public void The_head_never_holds_the_logits_of_all_tokens()
    {
        Libtorch.Require();
        using Tensor x = zeros([1000, 1], device: META), weight = zeros([65536, 1], device: META);

        var slices = LanguageHead.Slices(x, weight).ToArray();

        slices.ShouldAllBe(slice => slice.Count * 65536 <= GptMemory.LogitsAtOnce);
        slices.Sum(slice => slice.Count).ShouldBe(1000);
        slices.Length.ShouldBe(8);
    }

    private static GptShape Shape(GptMlp mlp) => new() { Vocabulary = 100, EndOfText = EndOfText, Layers = 8, Width = 32, Heads = 2, Mlp = mlp };

    /// <summary>A model of which nothing is zero, or gradients behind it would be.</summary>
    private static Gpt Drawn(GptShape shape)
    {
        var parameters = new GptParameters<double>(shape);
        parameters.Initialise(new TorchRandom(3));
        var random = new MersenneTwister(5);
        foreach (var tensor in parameters.All)
            foreach (ref double w in tensor.Value.AsSpan())
                w += 0.1 * ((random.NextUInt32() / (double)uint.MaxValue) - 0.5);
        return new Gpt(shape, GptPrecision.F64, CPU, layout => tensor(parameters[layout.Name].Value.AsSpan().ToArray()).view([.. layout.Shape.Select(size => (long)size)]));
    }

    private static EagerGpt Eager(Gpt model, int[] tokens, int window) =>
        new(model.Shape, GptPrecision.F64, tokens, window, CPU, layout => model.Weights[layout.Name].detach().clone());

    private static int[] Documents(int length, int documentLength)
    {
        var random = new MersenneTwister(7);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextUInt32() % documentLength == 0 ? EndOfText : (int)(random.NextUInt32() % EndOfText))];
    }

    private static Tensor Of(int[] tokens) => tensor([.. tokens.Select(token => (long)token)], ScalarType.Int64);

    /// <summary>‖actual − expected‖ / ‖expected‖.</summary>
    private static double Deviation(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        double norm = expected.norm().ToDouble(), difference = (actual - expected).norm().ToDouble();
        return difference == 0 ? 0 : difference / norm;
    }
}
