using SpecGD.Gallery.Networks;

namespace SpecGD.Gallery.Analysis;

/// <summary>What Muon on one layer alone gains, and what was measured of the layer.</summary>
/// <param name="Network">The network.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Type">Its part of the network.</param>
/// <param name="Gain">log(loss of AdamW) − log(loss with Muon on the layer), the mean over seeds; positive where Muon is better.</param>
/// <param name="Deviation">Its standard error over seeds; NaN with one seed.</param>
/// <param name="Small">The smaller side of the matrix.</param>
/// <param name="IsHidden">Whether it is no input layer, head or router.</param>
/// <param name="Measured">nr(G) and st(A) by moment, geometric means over seeds.</param>
internal sealed record LayerGain(
    string Network, string Layer, string Type, double Gain, double Deviation, long Small, bool IsHidden, IReadOnlyDictionary<string, (double NuclearRank, double StableRank)> Measured)
{
    /// <summary>The rates that single layers, and AdamW beside them, choose from.</summary>
    private static readonly double[] Rates = [0.001, 0.003, 0.01];

    /// <summary>nr(G)/st(A) at a moment; NaN where there is none.</summary>
    public double Ratio(string moment) => Measured.TryGetValue(moment, out var at) ? at.NuclearRank / at.StableRank : double.NaN;

    /// <summary>Of every single layer that was run with the seeds of AdamW's runs.</summary>
    public static IReadOnlyList<LayerGain> Of(GalleryTables tables) =>
    [
        .. from network in Catalog.All
           let own = tables.Whole.Where(run => run.Network == network.Name).ToArray()
           let adam = BestArm.Of([.. own.Where(run => run.Arm == Arms.AdamW && Rates.Contains(run.Rate))])
           where adam is not null
           from layer in own.Where(run => run.Arm == Arms.Single).GroupBy(run => run.Layer)
           let single = BestArm.Of([.. layer.Where(run => Rates.Contains(run.Rate))])
           where single is not null
           select Gained(network, layer.Key, adam, single, tables) into gain
           where gain is not null
           select gain,
    ];

    private static LayerGain? Gained(GalleryNetwork network, string layer, BestArm adam, BestArm single, GalleryTables tables)
    {
        double[] gains = [.. adam.Losses.Keys.Intersect(single.Losses.Keys).Order().Select(seed => Math.Log(adam.Losses[seed]) - Math.Log(single.Losses[seed]))];
        var points = tables.Layers.Where(point => point.Network == network.Name && point.Layer == layer && point.Rate == adam.Rate).ToArray();
        if (gains.Length == 0 || points.Length == 0)
            return null;
        return new LayerGain(
            network.Name, layer, points[0].Type, gains.Average(), gains.StandardError(), Math.Min(points[0].Out, points[0].In), !network.HeldBack.Contains(layer),
            points.Where(point => double.IsFinite(point.NuclearRank / point.StableRank)).GroupBy(point => point.Moment)
                .ToDictionary(moment => moment.Key, moment => (GeometricMean(moment.Select(point => point.NuclearRank)), GeometricMean(moment.Select(point => point.StableRank)))));
    }

    private static double GeometricMean(IEnumerable<double> values) => Math.Exp(values.Average(Math.Log));
}

/// <summary>An arm at its best rate.</summary>
/// <param name="Rate">The rate with the least mean loss among those with which no seed diverged.</param>
/// <param name="Losses">Validation losses by seed.</param>
/// <param name="IsAtEdge">Whether the rate is the least or the largest that was tried.</param>
/// <param name="Rates">How many rates were tried.</param>
internal sealed record BestArm(double Rate, IReadOnlyDictionary<int, double> Losses, bool IsAtEdge, int Rates)
{
    /// <summary>The mean loss.</summary>
    public double Mean => Losses.Values.Average();

    /// <summary>Of runs of one network and arm that differ in rate and seed; null where none, or each rate, diverged. Of rates with fewer seeds than others none is best.</summary>
    public static BestArm? Of(IReadOnlyList<RunEnd> runs)
    {
        var byRate = runs.GroupBy(run => run.Rate).OrderBy(rate => rate.Key).ToArray();
        if (byRate.Length == 0)
            return null;
        int seeds = byRate.Max(rate => rate.Count());
        var best = byRate.Where(rate => rate.Count() == seeds && rate.All(run => double.IsFinite(run.Loss))).MinBy(rate => rate.Average(run => run.Loss));
        return best is null ? null
            : new BestArm(best.Key, best.ToDictionary(run => run.Seed, run => run.Loss), best.Key == byRate[0].Key || best.Key == byRate[^1].Key, byRate.Length);
    }
}
