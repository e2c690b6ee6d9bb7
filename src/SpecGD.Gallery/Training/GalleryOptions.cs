using SpecGD.Experiments.Settings;
using SpecGD.Gallery.Networks;

namespace SpecGD.Gallery;

/// <summary>Settings of one training run of the gallery.</summary>
public sealed record GalleryOptions
{
    /// <summary>Name of the network.</summary>
    [Setting("network", "network to train", Choices = Catalog.Names)]
    public string Network { get; init; } = "perceptron";

    /// <summary>Name of the arm: which matrices are on Muon.</summary>
    [Setting("arm", "which matrices are on Muon; the rest is on AdamW", Choices = Arms.Names)]
    public string Arm { get; init; } = Arms.AdamW;

    /// <summary>The layer that arm <c>single</c> puts on Muon.</summary>
    [Setting("layer", "layer that the arm 'single' puts on Muon, such as fc2", UnsetMeans = "none")]
    public string? Layer { get; init; }

    /// <summary>Learning rate at its peak, of both optimizers.</summary>
    [Setting("learning-rate", "peak of the learning rate, of Muon (scaled to AdamW's root mean square), AdamW, or SGD", Min = 0, MinExcluded = true, Max = 1000)]
    public double LearningRate { get; init; } = 0.003;

    /// <summary>Seed of weights and batches.</summary>
    [Setting("seed", "seed of the initial weights and of the order of batches", Min = 0)]
    public ulong Seed { get; init; }

    /// <summary>Steps, or null for the network's own number.</summary>
    [Setting("steps", "steps of the run", Min = 20, Max = 1_000_000, UnsetMeans = "the network's own, 300 or 400")]
    public int? Steps { get; init; }
}
