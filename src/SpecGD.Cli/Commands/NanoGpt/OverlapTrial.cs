using System.Text.Json.Nodes;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Models.Gpt;
using SpecGD.Numerics.Communication;
using SpecGD.Numerics.Random;
using SpecGD.Training;
using SpecGD.Training.Gpt;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary>A few steps of training on the sample text, to see where the time goes.</summary>
/// <param name="Ranks">At work together.</param>
/// <param name="Overlaps">Whether gradients were sent during the backward pass.</param>
/// <param name="Times">Where the time of this rank went.</param>
internal sealed record OverlapTrial(int Ranks, bool Overlaps, GptTimes Times)
{
    /// <summary>Steps that are measured, after one that is not.</summary>
    public const int Steps = 8;

    /// <summary>Trains; every rank must call it at the same time.</summary>
    /// <exception cref="BadInputException">The ranks cannot share a step's sequences.</exception>
    public static OverlapTrial Run(NanoGptOptions options, ICollective collective, bool overlaps)
    {
        options = options with { Steps = Steps + 1, TrackEvery = 0, ValidateEvery = 0, CheckpointEvery = 0, Repeat = true };
        var data = NanoGptData.Sample(options);
        NanoGptRun.RequireShares(collective, options.SequencesPerStep);
        var parameters = new GptParameters<float>(data.Fit(options.Shape()));
        parameters.Initialise(new TorchRandom((ulong)options.Seed));
        var trainer = new GptTrainer<float>(options.Plan(), parameters, GptEngines.Of<float>(options), options.Routing(), data.Source, [], collective: collective) { Overlaps = overlaps };
        var first = new FirstStep(trainer);
        trainer.Run(first, CancellationToken.None);
        return new OverlapTrial(collective.Size, overlaps, trainer.Times.Since(first.Times));
    }

    public JsonObject ToRow() => new()
    {
        ["overlap"] = Overlaps,
        ["forward and backward"] = Times.ForwardBackward.TotalSeconds / Steps,
        ["waiting for exchange"] = Times.Exchange.TotalSeconds / Steps,
        ["update"] = Times.Update.TotalSeconds / Steps,
        ["tokens/s"] = Math.Round(Times.TokensPerSecond),
    };

    /// <summary>Notes the times of the first step, in which memory is taken and code is compiled.</summary>
    private sealed class FirstStep(GptTrainer<float> trainer) : IProgressTask
    {
        public GptTimes Times { get; private set; } = GptTimes.Zero;

        public void Advance(int done)
        {
            if (done == 1)
                Times = trainer.Times;
        }

        public void End(string remark)
        {
        }
    }
}
