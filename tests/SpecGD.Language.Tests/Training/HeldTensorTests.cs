using SpecGD.Language.Training;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Torch.Tests;
using TorchSharp;

namespace SpecGD.Language.Tests.Training;

/// <summary>
/// A tensor that no scope and no field holds may be freed by the collector while an operation still reads it. The model, the decoder and the gradients hold each of theirs.
/// </summary>
public sealed class HeldTensorTests
{
    private const int Length = 256;

    private static readonly GptShape Shape = new() { Vocabulary = 100, EndOfText = 99, Layers = 8, Width = 32, Heads = 2 };

    [SkippableTheory]
    [InlineData("f32")]
    [InlineData("bf16")]
    public void Every_tensor_of_training_and_generation_is_made_in_a_scope(string precision)
    {
        Libtorch.Require();
        var parameters = new GptParameters<float>(Shape);
        parameters.Initialise(new TorchRandom(3));
        var engine = new TorchGptEngine<float>(precision, "cpu");
        int[] tokens = [.. Enumerable.Range(0, Length + 1).Select(i => i * i % 100)];

        long before = Unheld();
        var model = engine.Model(parameters, Length);
        model.LossAndGradient(tokens.AsSpan(0, Length), tokens.AsSpan(1), 2, new Seen());
        model.Loss(tokens.AsSpan(0, Length), tokens.AsSpan(1), 2);
        ((IDisposable)model).Dispose();
        var decoder = engine.Decoder(parameters, 2);
        decoder.Read(tokens.AsSpan(0, 5));
        (decoder as IDisposable)?.Dispose();

        Unheld().ShouldBe(before);
    }

    [SkippableFact]
    public void The_count_sees_one()
    {
        Libtorch.Require();
        long before = Unheld();
        using (var one = torch.zeros(1))
            Unheld().ShouldBe(before + 1);
    }

    private static long Unheld() => DisposeScopeManager.Statistics.TensorStatistics.CreatedOutsideScopeCount;

    private sealed class Seen : IGptObserver<float>
    {
        public void Observe(string name, Matrix<float> activations)
        {
        }
    }
}
