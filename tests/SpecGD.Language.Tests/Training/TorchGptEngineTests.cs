using SpecGD.Language.Training;
using SpecGD.Models.Gpt;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers.Parameters;
using SpecGD.Torch.Tests;

namespace SpecGD.Language.Tests.Training;

public sealed class TorchGptEngineTests
{
    private const int Length = 256;

    /// <summary>float32 through forward and backward in two orders of summation.</summary>
    private const double GradientInFloat = 1e-4;

    private static readonly GptShape Shape = new() { Vocabulary = 100, EndOfText = 99, Layers = 8, Width = 32, Heads = 2 };

    [SkippableFact]
    public void Gradients_are_added_in_the_memory_of_the_parameters()
    {
        Libtorch.Require();
        GptParameters<float> ours = Initialised(), theirs = Initialised();
        var model = new TorchGptEngine<float>("f32", "cpu").Model(theirs, Length);
        using var owned = (IDisposable)model;
        int[] tokens = Tokens(1);
        var done = new List<string>();

        for (int time = 0; time < 2; time++)
        {
            new GptModel<float>(ours, Length).LossAndGradient(tokens.AsSpan(0, Length), tokens.AsSpan(1), 2);
            model.LossAndGradient(tokens.AsSpan(0, Length), tokens.AsSpan(1), 2, done: tensor => done.Add(tensor.Name));
        }

        done.ShouldBe([.. theirs.InOrderOfGradients.Concat(theirs.InOrderOfGradients).Select(tensor => tensor.Name)]);
        foreach (var tensor in ours.All)
        {
            float[] expected = tensor.Gradient.AsSpan().ToArray(), actual = theirs[tensor.Name].Gradient.AsSpan().ToArray();
            double size = Math.Sqrt(expected.Sum(x => (double)x * x)), off = Math.Sqrt(expected.Zip(actual, (x, y) => ((double)x - y) * (x - y)).Sum());
            off.ShouldBeLessThanOrEqualTo(GradientInFloat * size, tensor.Name);
        }
    }

    [SkippableTheory]
    [InlineData("f32")]
    [InlineData("bf16")]
    public void A_run_in_two_parts_is_that_in_one_bit_for_bit(string precision)
    {
        Libtorch.Require();
        GptParameters<float> whole = Initialised(), parts = Initialised();

        Train(whole, precision, from: 0, to: 4);
        Train(parts, precision, from: 0, to: 4, newModelAt: 2);

        foreach (var tensor in whole.All)
            tensor.Value.AsSpan().SequenceEqual(parts[tensor.Name].Value.AsSpan()).ShouldBeTrue(tensor.Name);
        whole[GptShape.HeadName].Value.AsSpan().SequenceEqual(Initialised()[GptShape.HeadName].Value.AsSpan()).ShouldBeFalse("it has been trained");
    }

    /// <summary>Documents, windows and pieces of every length; in double, where both sum some thousand terms in another order.</summary>
    [SkippableTheory]
    [InlineData(1, 700)]
    [InlineData(4, 1500)]
    public void A_decoder_reads_on_like_the_one_without_libtorch(int window, int length)
    {
        Libtorch.Require();
        const double logits = 1e-10;
        var parameters = new GptParameters<double>(Shape);
        parameters.Initialise(new TorchRandom(3));
        foreach (var tensor in parameters.All) // nothing is zero
            new TorchRandom(4).FillNormalRows(tensor.Value);
        foreach (ref double scalar in parameters.Scalars.Value.AsSpan())
            scalar = 0.3 + (0.1 * scalar);
        using var expected = BuiltInGptEngine<double>.Instance.Decoder(parameters, window);
        using var decoder = new TorchGptEngine<double>("f64", "cpu").Decoder(parameters, window);
        var random = new MersenneTwister(7);

        while (decoder.Position < length)
        {
            int[] piece = [.. Enumerable.Range(0, 1 + (int)(random.NextUInt32() % 200)).Select(_ => (int)(random.NextUInt32() % 100))];
            double[] ours = decoder.Read(piece).ToArray(), theirs = expected.Read(piece).ToArray();
            ours.Length.ShouldBe(theirs.Length);
            for (int i = 0; i < ours.Length; i++)
                ours[i].ShouldBe(theirs[i], logits * 30);
            ours.Distinct().Count().ShouldBeGreaterThan(50, "something was computed");
        }
        decoder.Position.ShouldBe(expected.Position);
    }

    [SkippableTheory]
    [InlineData("f16", "cpu", "There is no precision 'f16'")]
    [InlineData("f64", "cpu", "--precision takes f32 or bf16, not f64")]
    [InlineData("f32", "gpu", "--device takes cpu, cuda or cuda:N; 'gpu' is none.")]
    [InlineData("f32", "cuda:99", "--device cuda:99: ")]
    public void What_there_is_not_is_a_sentence(string precision, string device, string sentence)
    {
        Libtorch.Require();
        Should.Throw<BadInputException>(() => new TorchGptEngine<float>(precision, device)).Message.ShouldContain(sentence);
    }

    private static void Train(GptParameters<float> parameters, string precision, int from, int to, int newModelAt = -1)
    {
        var engine = new TorchGptEngine<float>(precision, "cpu");
        var optimizer = new ParameterOptimizer<float>(parameters.All, GptRouting.Muon(new MuonRule(), new AdamRule()), new CooldownSchedule(100));
        var model = engine.Model(parameters, Length);
        for (int step = from; step < to; step++)
        {
            if (step == newModelAt)
            {
                ((IDisposable)model).Dispose();
                model = engine.Model(parameters, Length);
            }
            int[] tokens = Tokens((uint)step);
            parameters.ClearGradients();
            model.LossAndGradient(tokens.AsSpan(0, Length), tokens.AsSpan(1), 2);
            optimizer.Step();
        }
        ((IDisposable)model).Dispose();
    }

    private static GptParameters<float> Initialised()
    {
        var parameters = new GptParameters<float>(Shape);
        parameters.Initialise(new TorchRandom(3));
        return parameters;
    }

    private static int[] Tokens(uint seed)
    {
        var random = new MersenneTwister(seed);
        return [.. Enumerable.Range(0, Length + 1).Select(_ => (int)(random.NextUInt32() % 100))];
    }
}
