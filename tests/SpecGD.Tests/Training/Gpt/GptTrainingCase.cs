using SpecGD.Models.Gpt;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers.Parameters;
using SpecGD.Records;
using SpecGD.Training;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Training.Gpt;

/// <summary>A model and a text so small that a step takes milliseconds.</summary>
internal static class GptTrainingCase
{
    public const int Steps = 6;

    public static readonly GptShape Shape = new() { Vocabulary = 20, Layers = 6, Width = 16, Heads = 2, EndOfText = 0 };

    public static readonly GptTrainingPlan Plan = new()
    {
        Steps = Steps, Length = 128, Ranks = 2, LargestWindow = 256, ValidateEvery = 3, TrackEvery = 2, CheckpointEvery = 2,
    };

    /// <summary>A text that repeats itself every 23 tokens with some noise, so that there is something to learn.</summary>
    public static ushort[] Text()
    {
        var random = new TorchRandom(4);
        return [.. Enumerable.Range(0, 2000).Select(t => (ushort)(t % 500 == 0 ? 0 : random.NextUniform() < 0.1 ? 1 + (t % 7) : 1 + (t % 23 * 5 % 19)))];
    }

    public static GptTrainer<float> Trainer(GptCheckpoints? checkpoints = null, GptTrainingPlan? plan = null, ITokenSource? source = null)
    {
        var parameters = new GptParameters<float>(Shape);
        parameters.Initialise(new TorchRandom(1));
        ushort[] text = Text();
        plan ??= Plan;
        return new GptTrainer<float>(
            plan,
            parameters,
            LanguageEngine.Of<float>(),
            GptRouting.Muon(new MuonRule(), new AdamRule()),
            source ?? new MemoryTokens(text, plan.Length, perStep: 2),
            [text.AsMemory(1000, 129), text.AsMemory(1200, 257)],
            checkpoints);
    }

    public static float[] Weights(GptTrainer<float> trainer) => [.. trainer.Parameters.All.SelectMany(t => t.Value.AsSpan().ToArray())];

    /// <summary>A run that is asked to stop in its step number <paramref name="steps"/>, so that this many are done.</summary>
    public static void StopAfter(int steps, string folder)
    {
        using var cancellation = new CancellationTokenSource();
        var outcome = Trainer(new GptCheckpoints(folder)).Run(new Stopper(steps, cancellation), cancellation.Token);
        outcome.ShouldBe(new GptTrainingOutcome(RunStatus.Interrupted, steps, $"Interrupted after {steps} of 6 steps; a checkpoint was saved."));
    }

    private sealed class Stopper(int after, CancellationTokenSource cancellation) : IProgressTask
    {
        public void Advance(int done)
        {
            if (done == after)
                cancellation.Cancel();
        }

        public void End(string remark)
        {
        }
    }
}
