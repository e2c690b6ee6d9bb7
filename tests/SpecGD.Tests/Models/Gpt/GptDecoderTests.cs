using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;

namespace SpecGD.Tests.Models.Gpt;

/// <summary>Token-by-token decoding with kept keys and values against the whole forward pass.</summary>
public class GptDecoderTests
{
    /// <summary>The same sums of some hundred terms in another order, through six layers in double.</summary>
    private const double Rounding = 1e-10;

    /// <summary>Seven blocks of 128: with window 1 the cache of a block drops old keys twice.</summary>
    private const int Length = 7 * 128;

    private static readonly GptShape Shape = new() { Vocabulary = 20, Layers = 6, Width = 16, Heads = 2, EndOfText = 0 };

    [Theory]
    [InlineData(1, GptMlp.ReluSquare)]
    [InlineData(2, GptMlp.SwiGlu)]
    [InlineData(5, GptMlp.ReluSquare)]
    public void Logits_are_those_of_the_whole_forward_pass_at_every_position(int window, GptMlp mlp)
    {
        var parameters = Parameters(Shape with { Mlp = mlp });
        int[] tokens = Documents();
        var expected = WholeLogits(parameters, tokens, window);

        var decoder = new GptDecoder<double>(parameters, window);
        int compared = 0;
        foreach (int piece in Pieces())
        {
            var logits = decoder.Read(tokens.AsSpan(decoder.Position, piece));
            var row = expected.Row(decoder.Position - 1);
            for (int v = 0; v < row.Length; v++)
                (Math.Abs(logits[v] - row[v]) <= Rounding).ShouldBeTrue($"position {decoder.Position - 1}, token {v}: {logits[v]} for {row[v]}");
            compared++;
        }
        decoder.Position.ShouldBe(Length);
        compared.ShouldBeGreaterThan(Length / 2);
    }

    [Fact]
    public void Another_window_gives_other_logits()
    {
        var parameters = Parameters(Shape);
        int[] tokens = [.. Documents().Select(token => token == 0 ? 1 : token)]; // one document, so that the window decides
        var expected = WholeLogits(parameters, tokens, window: 2);

        double logit = new GptDecoder<double>(parameters, window: 3).Read(tokens)[5];

        Math.Abs(logit - expected[Length - 1, 5]).ShouldBeGreaterThan(1e3 * Rounding);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(14)]
    public void The_first_key_follows_from_what_comes_before(int window)
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            int[] tokens = Documents(seed);
            var mask = new AttentionMask(Length);
            mask.Set(tokens, Shape.EndOfText, window);
            int start = 0;
            for (int t = 0; t < Length; t++)
            {
                start = tokens[t] == Shape.EndOfText ? t : start;
                AttentionMask.FirstKey(t, start, window).ShouldBe(mask.FirstKey(t), $"seed {seed}, query {t}");
            }
        }
    }

    [Fact]
    public void Without_tokens_or_with_one_that_is_none_there_is_a_sentence()
    {
        var decoder = new GptDecoder<double>(Parameters(Shape), 1);

        Should.Throw<BadInputException>(() => decoder.Read([]).Length).Message.ShouldBe("A text to continue needs at least one token.");
        Should.Throw<BadInputException>(() => decoder.Read([1, 500]).Length).Message.ShouldBe("Token 1 of the text is 500; the vocabulary has 128.");
    }

    private static GptParameters<double> Parameters(GptShape shape)
    {
        var parameters = new GptParameters<double>(shape);
        var random = new TorchRandom(3);
        parameters.Initialise(random);
        foreach (var tensor in parameters.All)
            for (int i = 0; i < tensor.Value.Rows; i++)
                foreach (ref double w in tensor.Value.Row(i))
                    w += 0.3 * (random.NextUniform() - 0.5); // no tensor is zero, so that each shows in the logits
        return parameters;
    }

    /// <summary>30·sigmoid(W norm(x)/(7.5·√d)) from what the model shows to observers.</summary>
    private static Matrix<double> WholeLogits(GptParameters<double> parameters, int[] tokens, int window)
    {
        var seen = new LastState();
        new GptModel<double>(parameters, tokens.Length, forTraining: false).Loss(tokens, tokens, window, seen);
        var logits = new Matrix<double>(tokens.Length, parameters.Shape.PaddedVocabulary);
        for (int t = 0; t < tokens.Length; t++)
        {
            for (int v = 0; v < logits.Columns; v++)
            {
                double z = 0;
                for (int j = 0; j < seen.State.Columns; j++)
                    z += seen.State[t, j] * parameters.Head.Value[v, j];
                logits[t, v] = 30 / (1 + Math.Exp(-z / (7.5 * Math.Sqrt(seen.State.Columns))));
            }
        }
        return logits;
    }

    /// <summary>Short and long documents; the first has no end of text before it.</summary>
    private static int[] Documents(ulong seed = 1)
    {
        var random = new TorchRandom(seed);
        return [.. Enumerable.Range(0, Length).Select(t => random.NextUniform() < 0.004 ? 0 : 1 + (int)(random.NextUniform() * 19))];
    }

    /// <summary>Single tokens, a few together, and more than a block at once.</summary>
    private static IEnumerable<int> Pieces() => [7, 1, 130, .. Enumerable.Repeat(1, 500), 128, 3, .. Enumerable.Repeat(1, Length - 769)];

    private sealed class LastState : IGptObserver<double>
    {
        public Matrix<double> State { get; private set; }

        public void Observe(string name, Matrix<double> activations)
        {
            if (name == "lm_head.pre")
                State = activations.Clone();
        }
    }
}
