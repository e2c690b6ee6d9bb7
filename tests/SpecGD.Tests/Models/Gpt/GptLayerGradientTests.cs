using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;

namespace SpecGD.Tests.Models.Gpt;

/// <summary>Every layer's backward pass against central differences of ⟨c, output⟩ with a fixed random c.</summary>
public class GptLayerGradientTests
{
    private const int Length = 2 * AttentionMask.BlockSize, Window = 2;

    private static readonly GptShape Small = new() { Vocabulary = 20, Layers = 8, Width = 16, Heads = 2, EndOfText = 0 };

    [Fact]
    public void Norm()
    {
        var random = new TorchRandom(1);
        Matrix<double> x = random.Normal(3, 8), c = random.Normal(3, 8), y = new(3, 8), dx = new(3, 8);
        for (int i = 0; i < 3; i++)
            RmsNorm<double>.Backward(x.Row(i), c.Row(i), dx.Row(i));

        FiniteDifferences.Hold(
            () =>
            {
                for (int i = 0; i < 3; i++)
                    RmsNorm<double>.Forward(x.Row(i), y.Row(i));
                return MatrixArithmetic.Dot(c, y);
            },
            x, dx, "x").ShouldBeGreaterThan(5);
    }

    [Fact]
    public void A_norm_has_mean_square_one_and_nothing_stays_nothing()
    {
        double[] x = [3, -4, 12, 0];
        RmsNorm<double>.Forward(x, x);
        (x.Sum(t => t * t) / 4).ShouldBe(1, 1e-14); // ε is 2.2e-16 of a mean square of 42
        float[] zero = [0, 0];
        RmsNorm<float>.Forward(zero, zero);
        zero.ShouldBe([0f, 0f]);
    }

    [Fact]
    public void Rotary_turns_back_what_it_turned_and_leaves_half_of_the_pairs()
    {
        const double rounding = 1e-14; // one sine and cosine, one turn each way
        var rotary = new Rotary<double>(16, 200);
        var x = new TorchRandom(2).Normal(1, 16);
        var y = x.Clone();
        rotary.Forward(150, y.Row(0));

        for (int j = 0; j < 16; j++)
        {
            int pair = j % 8;
            double angle = 150 * Math.Pow(1.0 / 1024, pair / 3.0), first = x[0, pair], second = x[0, pair + 8];
            double expected = pair >= 4 ? x[0, j]
                : j < 8 ? (first * Math.Cos(angle)) + (second * Math.Sin(angle))
                : (second * Math.Cos(angle)) - (first * Math.Sin(angle));
            y[0, j].ShouldBe(expected, 1e-12, $"entry {j}"); // the angle, up to 150, is rounded
        }
        rotary.Backward(150, y.Row(0));
        for (int j = 0; j < 16; j++)
            y[0, j].ShouldBe(x[0, j], rounding);
    }

    [Fact]
    public void Attention_of_a_head()
    {
        var random = new TorchRandom(3);
        Matrix<double> q = random.Normal(Length, 4), k = random.Normal(Length, 4), v = random.Normal(Length, 4), c = random.Normal(Length, 4);
        Matrix<double> output = new(Length, 4), dq = new(Length, 4), dk = new(Length, 4), dv = new(Length, 4);
        double[] logSums = new double[Length];
        var mask = new AttentionMask(Length);
        mask.Set(Tokens(), Small.EndOfText, Window);
        double loss = Loss();
        HeadAttention<double>.Backward(new(q, k, v, output), mask, logSums, c, new(dq, dk, dv, default));

        double.IsFinite(loss).ShouldBeTrue();
        FiniteDifferences.Hold(Loss, q, dq, "q").ShouldBeGreaterThan(5);
        FiniteDifferences.Hold(Loss, k, dk, "k").ShouldBeGreaterThan(5);
        FiniteDifferences.Hold(Loss, v, dv, "v").ShouldBeGreaterThan(5);

        double Loss()
        {
            HeadAttention<double>.Forward(q, k, v, mask, output, logSums);
            return MatrixArithmetic.Dot(c, output);
        }
    }

    [Theory]
    [InlineData(GptMlp.ReluSquare)]
    [InlineData(GptMlp.SwiGlu)]
    public void Nonlinearity_of_the_mlp(GptMlp mlp)
    {
        var random = new TorchRandom(4);
        var activation = MlpActivation<double>.Of(mlp);
        int parts = mlp == GptMlp.SwiGlu ? 2 : 1;
        Matrix<double> z = random.Normal(1, 12 * parts), c = random.Normal(1, 12), a = new(1, 12), dz = new(1, 12 * parts);
        activation.Backward(z.Row(0), c.Row(0), dz.Row(0));

        FiniteDifferences.Hold(
            () =>
            {
                activation.Forward(z.Row(0), a.Row(0));
                return MatrixArithmetic.Dot(c, a);
            },
            z, dz, "z").ShouldBeGreaterThan(3);
    }

    [Fact]
    public void Residual_mix_with_a_skip()
    {
        var parameters = Parameters(Small);
        var random = new TorchRandom(5);
        const int block = 5, rows = 6;
        Matrix<double> x = random.Normal(rows, 16), skip = random.Normal(rows, 16), start = random.Normal(rows, 16), c = random.Normal(rows, 16);
        Matrix<double> result = new(rows, 16), dx = c.Clone(), dSkip = new(rows, 16), dStart = new(rows, 16);
        var mix = new ResidualMix<double>(parameters, block);
        mix.Backward(x, skip, start, dx, dSkip, dStart);

        FiniteDifferences.Hold(Loss, x, dx, "x").ShouldBeGreaterThan(5);
        FiniteDifferences.Hold(Loss, skip, dSkip, "skip").ShouldBeGreaterThan(5);
        FiniteDifferences.Hold(Loss, start, dStart, "x0").ShouldBeGreaterThan(5);
        foreach (int scalar in new[] { parameters.Shape.SkipAt(block), parameters.Shape.LambdaAt(block), parameters.Shape.LambdaAt(block) + 1 })
            FiniteDifferences.Hold(Loss, parameters.Scalars.Value.ColumnSlice(scalar, 1), parameters.Scalars.Gradient.ColumnSlice(scalar, 1), $"scalar {scalar}").ShouldBe(1);

        double Loss()
        {
            mix.Forward(x, skip, start, result);
            return MatrixArithmetic.Dot(c, result);
        }
    }

    [Theory]
    [InlineData(0)] // with a value embedding
    [InlineData(3)] // without
    public void Attention_layer(int block)
    {
        var parameters = Parameters(Small);
        var layer = new AttentionLayer<double>(parameters, block, new AttentionActivations<double>(Small, Length));
        var pass = Begin();
        var (x, loss) = Run((x, result) =>
        {
            pass.Normalise(x);
            layer.Forward(x, result, pass);
        }, (x, dx) => layer.Backward(x, dx, pass), out var dx);

        FiniteDifferences.Hold(loss, x, dx, "x").ShouldBeGreaterThan(5);
        var stack = parameters.Blocks[block].Attention!;
        foreach (var part in stack.Matrices)
            FiniteDifferences.Hold(loss, part.Value, part.Gradient, part.Name).ShouldBeGreaterThan(5);
        var (value, gradient) = (parameters.Scalars.Value.ColumnSlice(parameters.Shape.ValueMixAt(block), 2), parameters.Scalars.Gradient.ColumnSlice(parameters.Shape.ValueMixAt(block), 2));
        FiniteDifferences.Hold(loss, value, gradient, "μ").ShouldBe(block == 0 ? 2 : 1);
        FiniteDifferences.Hold(loss, parameters.ValueEmbeddings[0].Value.RowSlice(0, 20), parameters.ValueEmbeddings[0].Gradient.RowSlice(0, 20), "ve")
            .ShouldBeGreaterThan(block == 0 ? 3 : -1);
    }

    [Theory]
    [InlineData(GptMlp.ReluSquare)]
    [InlineData(GptMlp.SwiGlu)]
    public void Mlp_layer(GptMlp mlp)
    {
        var shape = Small with { Mlp = mlp };
        var parameters = Parameters(shape);
        var layer = new MlpLayer<double>(parameters, 1, new Matrix<double>(Length, shape.MlpParts * shape.HiddenWidth));
        var pass = Begin(shape);
        var (x, loss) = Run((x, result) => layer.Forward(x, result, pass), (x, dx) => layer.Backward(x, dx, pass), out var dx);

        FiniteDifferences.Hold(loss, x, dx, "x").ShouldBeGreaterThan(5);
        FiniteDifferences.Hold(loss, parameters.Blocks[1].Expand.Value, parameters.Blocks[1].Expand.Gradient, "c_fc").ShouldBeGreaterThan(5);
        FiniteDifferences.Hold(loss, parameters.Blocks[1].Project.Value, parameters.Blocks[1].Project.Gradient, "c_proj").ShouldBeGreaterThan(5);
    }

    [Fact]
    public void Token_embedding()
    {
        var parameters = Parameters(Small);
        var layer = new TokenEmbedding<double>(parameters.Embedding);
        var pass = Begin();
        var c = new TorchRandom(6).Normal(Length, 16);
        c.CopyTo(pass.DStart);
        layer.Backward(pass);

        FiniteDifferences.Hold(
            () =>
            {
                layer.Forward(pass);
                return MatrixArithmetic.Dot(c, pass.Start);
            },
            parameters.Embedding.Value.RowSlice(0, 20), parameters.Embedding.Gradient.RowSlice(0, 20), "embed").ShouldBeGreaterThan(5);
    }

    [Fact]
    public void Head_with_a_last_slice_that_is_shorter()
    {
        const int rows = 7;
        var parameters = Parameters(Small);
        var head = new LanguageModelHead<double>(parameters.Head, rows, slice: 3);
        var x = new TorchRandom(7).Normal(rows, 16);
        int[] targets = [1, 5, 19, 0, 7, 7, 3];
        var dx = new Matrix<double>(rows, 16);
        double loss = head.LossAndGradient(x, targets, dx);

        head.Loss(x, targets).ShouldBe(loss, 1e-12 * loss, "with and without gradient the loss is the same, up to the order of a product and a sigmoid");
        loss.ShouldBe(new LanguageModelHead<double>(parameters.Head, rows, slice: rows).Loss(x, targets), 1e-12 * loss, "slices do not matter");
        FiniteDifferences.Hold(() => head.Loss(x, targets), x, dx, "x").ShouldBeGreaterThan(5);
        FiniteDifferences.Hold(() => head.Loss(x, targets), parameters.Head.Value.RowSlice(0, 20), parameters.Head.Gradient.RowSlice(0, 20), "W").ShouldBeGreaterThan(5);
    }

    [Fact]
    public void The_loss_of_zero_logits_is_that_of_a_uniform_guess()
    {
        var parameters = new GptParameters<double>(Small);
        new LanguageModelHead<double>(parameters.Head, 2).Loss(new Matrix<double>(2, 16), new[] { 4, 5 }).ShouldBe(2 * Math.Log(128), 1e-13);
    }

    /// <summary>Tokens with documents that begin within blocks.</summary>
    internal static int[] Tokens()
    {
        var random = new TorchRandom(9);
        int[] tokens = [.. Enumerable.Range(0, Length).Select(_ => 1 + (int)(random.NextUniform() * 18))];
        tokens[0] = tokens[70] = tokens[200] = 0;
        return tokens;
    }

    /// <summary>Parameters of size about 0.3 everywhere, so that no gradient is zero.</summary>
    internal static GptParameters<double> Parameters(GptShape shape)
    {
        var parameters = new GptParameters<double>(shape);
        var random = new TorchRandom(10);
        foreach (var tensor in parameters.All)
        {
            random.FillNormal(tensor.Value.AsSpan());
            tensor.Value.Scale(0.3);
        }
        return parameters;
    }

    private static GptPass<double> Begin(GptShape? shape = null)
    {
        var pass = new GptPass<double>(shape ?? Small, Length, forTraining: true);
        pass.Begin(Tokens(), Tokens(), Window);
        return pass;
    }

    private static (Matrix<double> X, Func<double> Loss) Run(
        Action<Matrix<double>, Matrix<double>> forward, Action<Matrix<double>, Matrix<double>> backward, out Matrix<double> dx)
    {
        var random = new TorchRandom(11);
        Matrix<double> x = random.Normal(Length, 16), c = random.Normal(Length, 16), result = new(Length, 16);
        c.Scale(1 / Math.Sqrt(Length));
        forward(x, result);
        dx = c.Clone();
        backward(x, dx);
        return (x, () =>
        {
            forward(x, result);
            return MatrixArithmetic.Dot(c, result);
        });
    }
}
