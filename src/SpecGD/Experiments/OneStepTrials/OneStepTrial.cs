namespace SpecGD.Experiments.OneStepTrials;

/// <summary>Where a trial's iterates come from.</summary>
/// <param name="Model">The model and its nonlinearity.</param>
/// <param name="Trajectory">The method that leads from iterate to iterate.</param>
/// <param name="Seed">Seed of data and weights.</param>
internal sealed record TrialSource(string Model, string Trajectory, int Seed)
{
    /// <summary>A name fit for a file.</summary>
    public string Name => FormattableString.Invariant($"{Model.Replace(' ', '-')}_{Trajectory}_seed{Seed}");
}

/// <summary>Takes both single steps from an iterate.</summary>
internal static class OneStepTrial
{
    /// <summary>What all layers together are called.</summary>
    public const string Together = "all layers";

    /// <summary>Steps at which iterates are tried: the first ones, then farther and farther apart, the last among them.</summary>
    public static HashSet<int> Places(int steps, int most) =>
    [
        .. Enumerable.Range(0, most).Select(i => (int)Math.Round(Math.Pow(steps, i / Math.Max(1.0, most - 1)) - 1)), steps - 1,
    ];

    /// <summary>One row a layer that has a step, each layer moved alone.</summary>
    public static IEnumerable<OneStepRow> Alone(TrialSource source, int step, IReadOnlyList<SteppedLayer> layers, Func<double> loss, double before) =>
        from layer in layers
        let nuclearRank = layer.NuclearRank
        let stableRank = layer.StableRank
        where nuclearRank is not null && stableRank is not null
        select Row(source, step, layer.Name, layer.Kind, [layer], static _ => true, loss, before) with
        {
            NuclearRank = nuclearRank.Value,
            StableRank = stableRank.Value,
        };

    /// <summary>All layers moved at once: Euclidean steps everywhere against spectral ones where the method of the paper has them.</summary>
    public static OneStepRow All(
        TrialSource source, int step, IReadOnlyList<SteppedLayer> layers, Func<SteppedLayer, bool> isSpectral, Func<double> loss, double before) =>
        Row(source, step, Together, Together, layers, isSpectral, loss, before);

    private static OneStepRow Row(
        TrialSource source, int step, string layer, string kind, IReadOnlyList<SteppedLayer> layers, Func<SteppedLayer, bool> isSpectral,
        Func<double> loss, double before) => new()
        {
            Model = source.Model,
            Layer = layer,
            Kind = kind,
            Trajectory = source.Trajectory,
            Seed = source.Seed,
            Step = step,
            NuclearRank = double.NaN,
            StableRank = double.NaN,
            Euclidean = StepOutcome.Of(layers, static _ => false, loss, before),
            Spectral = StepOutcome.Of(layers, isSpectral, loss, before),
        };
}
