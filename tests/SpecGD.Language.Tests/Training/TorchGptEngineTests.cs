using SpecGD.Language.Training;
using SpecGD.Models.Gpt;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers.Parameters;
using SpecGD.Torch.Tests;

namespace SpecGD.Language.Tests.Training;

public sealed class TorchGptEngineTests
{
    private const int Length = 256;

    /// <summary>A sum in float32 onto what is there, instead of alone: some dozens of units of its last place.</summary>
    private const double GradientInFloat = 1e-5;

    private static readonly GptShape Shape = new() { Vocabulary = 100, EndOfText = 99, Layers = 8, Width = 32, Heads = 2 };

    [SkippableFact]
    public void Gradients_are_added_in_the_memory_of_the_parameters()
    {
        Libtorch.Require();
        var parameters = Initialised();
        var model = new TorchGptEngine<float>("f32", "cpu").Model(parameters, Length);
        using var owned = (IDisposable)model;
        int[] tokens = Tokens(1);
        var done = new List<string>();
        model.LossAndGradient(tokens.AsSpan(0, Length), tokens.AsSpan(1), 2);
        var once = parameters.All.ToDictionary(tensor => tensor.Name, tensor => tensor.Gradient.AsSpan().ToArray());

        model.LossAndGradient(tokens.AsSpan(0, Length), tokens.AsSpan(1), 2, done: tensor => done.Add(tensor.Name));

        done.ShouldBe([.. parameters.InOrderOfGradients.Select(tensor => tensor.Name)]);
        once[GptShape.HeadName].ShouldContain(g => g != 0); // the others stand before a head of zeros
        foreach (var tensor in parameters.All)
            tensor.Gradient.AsSpan().ToArray().Zip(once[tensor.Name], (twice, g) => Math.Abs((double)twice - (2 * g))).Max()
                .ShouldBeLessThanOrEqualTo(GradientInFloat * once[tensor.Name].Max(Math.Abs), tensor.Name);
    }

    [SkippableFact]
    public void A_fresh_model_guesses_uniformly()
    {
        Libtorch.Require();
        var model = new TorchGptEngine<float>("f32", "cpu").Model(Initialised(), Length);
        using var owned = (IDisposable)model;
        int[] tokens = Tokens(1);

        (model.Loss(tokens.AsSpan(0, Length), tokens.AsSpan(1), 2) / Length).ShouldBe(Math.Log(128), 1e-6); // the head is zero; rounding of float
        Should.Throw<BadInputException>(() => model.Loss(new int[3], new int[3], 2)).Message.ShouldBe("A sequence has 3 tokens; 256 were expected.");
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
