using SpecGD.Experiments.Settings;

namespace SpecGD.Experiments.OneStepTrials;

/// <summary>Settings of <see cref="OneStep"/>.</summary>
public sealed record OneStepOptions
{
    /// <summary>Names of the models.</summary>
    public const string RandomFeature = "random-feature", FourLayer = "four-layer", NanoGpt = "nanogpt";

    /// <summary>The models to try.</summary>
    [Setting("models", "models to take single steps in", Choices = RandomFeature + "," + FourLayer + "," + NanoGpt)]
    public IReadOnlyList<string> Models { get; init; } = [RandomFeature, FourLayer, NanoGpt];

    /// <summary>Seeds of data and weights.</summary>
    [Setting("seeds", "seeds of data and weights", Min = 0)]
    public IReadOnlyList<int> Seeds { get; init; } = [0, 1, 2];

    /// <summary>Iterates of a trajectory that are tried.</summary>
    [Setting("iterates", "iterates of a trajectory from which both steps are taken, denser at its start", Min = 1, Max = 10_000)]
    public int Iterates { get; init; } = 25;

    /// <summary>Steps of a trajectory of the random-feature model.</summary>
    [Setting("random-feature-steps", "steps of a trajectory of the random-feature model", Min = 1, Max = 1_000_000)]
    public int RandomFeatureSteps { get; init; } = 400;

    /// <summary>Steps of a trajectory of the four-layer network.</summary>
    [Setting("four-layer-steps", "steps of a trajectory of the four-layer network", Min = 1, Max = 1_000_000)]
    public int FourLayerSteps { get; init; } = 130;

    /// <summary>Width of the four-layer network.</summary>
    [Setting("width", "width of the four-layer network; the inputs have a quarter of it, and there are as many samples", Min = 16, Max = 16384)]
    public int Width { get; init; } = 256;

    /// <summary>Steps of the GPT's training.</summary>
    [Setting("nanogpt-steps", "steps of the GPT's training", Min = 1, Max = 1_000_000)]
    public int NanoGptSteps { get; init; } = 60;

    /// <summary>Iterates of the GPT that are tried.</summary>
    [Setting("nanogpt-iterates", "iterates of the GPT's training from which both steps are taken", Min = 1, Max = 10_000)]
    public int NanoGptIterates { get; init; } = 8;

    /// <summary>Sequences of a step of the GPT's training, 128 tokens each.</summary>
    [Setting("nanogpt-sequences", "sequences of 128 tokens in a step of the GPT's training", Min = 1, Max = 10_000)]
    public int NanoGptSequences { get; init; } = 4;
}
