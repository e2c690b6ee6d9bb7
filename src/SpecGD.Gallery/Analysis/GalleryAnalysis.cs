using SpecGD.Gallery.Networks;

namespace SpecGD.Gallery.Analysis;

/// <summary>A number with the interval that holds 95 % of what resampling gives.</summary>
internal readonly record struct WithInterval(double Value, double Low, double High);

/// <summary>A correlation of the gain with something that could explain it.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Correlation">Spearman's ρ over all layers, with its bootstrap interval.</param>
internal sealed record Explanation(string Name, WithInterval Correlation);

/// <summary>The statistics of the page, as its section "Before the first run" defines them.</summary>
internal sealed class GalleryAnalysis
{
    private const int Resamples = 1000, Seed = 1;
    private const double Level = 0.95;

    /// <summary>The statistics of <paramref name="tables"/>.</summary>
    public GalleryAnalysis(GalleryTables tables)
    {
        Networks = [.. Catalog.All.Where(network => tables.Runs.Any(run => run.Network == network.Name))];
        Best = Networks.ToDictionary(network => network.Name, network => (IReadOnlyDictionary<string, BestArm?>)Arms.Names.Split(',').Where(arm => arm != Arms.Single)
            .ToDictionary(arm => arm, arm => BestArm.Of([.. tables.Whole.Where(run => run.Network == network.Name && run.Arm == arm)])));
        Tail = [.. Networks.Select(network => TailResult.Of(network.Name, Best[network.Name], tables)).OfType<TailResult>()];
        Layers = LayerGain.Of(tables);
        var at5 = Layers.Where(layer => double.IsFinite(layer.Ratio(GalleryRun.AtTwentieth))).ToArray();
        Explanations =
        [
            Explain("nr/st at the start", layer => layer.Ratio(GalleryRun.AtStart)),
            Explain("nr/st at 5 %", layer => layer.Ratio(GalleryRun.AtTwentieth)),
            Explain("nr/st at 50 %", layer => layer.Ratio(GalleryRun.AtHalf)),
            Explain("nr alone, at 5 %", layer => layer.Measured.TryGetValue(GalleryRun.AtTwentieth, out var at) ? at.NuclearRank : double.NaN),
            Explain("1/st alone, at 5 %", layer => layer.Measured.TryGetValue(GalleryRun.AtTwentieth, out var at) ? 1 / at.StableRank : double.NaN),
            Explain("smaller side of the matrix", layer => layer.Small),
            Explain("hidden or not", layer => layer.IsHidden ? 1 : 0),
        ];
        (double[] Ratios, double[] Gains)[] byNetwork =
        [
            .. at5.GroupBy(layer => layer.Network)
                .Select(network => (network.Select(layer => layer.Ratio(GalleryRun.AtTwentieth)).ToArray(), network.Select(layer => layer.Gain).ToArray())),
        ];
        Control = Shuffled(byNetwork, OverAll);
        WithinNetworks = WithinEach(byNetwork);
        WithinNetworksControl = Shuffled(byNetwork, WithinEach);
        Thresholds = [.. Candidates.Select(threshold => (threshold, Right(at5, threshold)))];
        ChosenThresholds = [Chosen(at5, "odd"), Chosen(at5, "even")];
        Judged = at5;
    }

    /// <summary>Networks with runs.</summary>
    public IReadOnlyList<GalleryNetwork> Networks { get; }

    /// <summary>By network and arm, the arm at its best rate.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, BestArm?>> Best { get; }

    /// <summary>The two published claims, on the networks on which they were tried.</summary>
    public IReadOnlyList<TailResult> Tail { get; }

    /// <summary>Gains of single layers.</summary>
    public IReadOnlyList<LayerGain> Layers { get; }

    /// <summary>Those with a ratio at 5 %, on which calls are judged.</summary>
    public IReadOnlyList<LayerGain> Judged { get; }

    /// <summary>What the gain goes with.</summary>
    public IReadOnlyList<Explanation> Explanations { get; }

    /// <summary>The correlation with ratios shuffled within networks.</summary>
    public WithInterval Control { get; }

    /// <summary>The correlation of gain and nr/st at 5 % within each network, the mean over networks. It was not planned before the runs.</summary>
    public double WithinNetworks { get; }

    /// <summary>The same with ratios shuffled within networks: around zero, whatever networks have in common.</summary>
    public WithInterval WithinNetworksControl { get; }

    /// <summary>The share of right calls at each threshold of nr/st at 5 %.</summary>
    public IReadOnlyList<(double Threshold, double Right)> Thresholds { get; }

    /// <summary>The threshold that the networks at odd, and at even, places of the catalog choose, with the share of right calls on the layers of the others.</summary>
    public IReadOnlyList<(string Places, double Threshold, double Right, int Layers)> ChosenThresholds { get; }

    /// <summary>The share of layers on which Muon gains: right calls of "every layer on Muon".</summary>
    public double RightOfAll => Share(Judged, layer => layer.Gain > 0);

    /// <summary>Right calls of "hidden layers on Muon, the others not".</summary>
    public double RightOfHidden => Share(Judged, layer => layer.IsHidden == layer.Gain > 0);

    /// <summary>Right calls of the rule.</summary>
    public double RightOfRule => Right(Judged, 1);

    private static IEnumerable<double> Candidates => Enumerable.Range(-8, 17).Select(i => Math.Pow(2, i / 2.0));

    /// <summary>The share of layers where nr/st at 5 % is at least <paramref name="threshold"/> exactly where Muon gains; NaN without layers.</summary>
    internal static double Right(IReadOnlyList<LayerGain> layers, double threshold) => Share(layers, layer => layer.Ratio(GalleryRun.AtTwentieth) >= threshold == layer.Gain > 0);

    private static double Share(IReadOnlyList<LayerGain> layers, Func<LayerGain, bool> isRight) => layers.Count == 0 ? double.NaN : layers.Count(isRight) / (double)layers.Count;

    private static (string, double, double, int) Chosen(IReadOnlyList<LayerGain> layers, string places)
    {
        int first = places == "odd" ? 0 : 1; // places count from one
        HashSet<string> names = [.. Catalog.All.Index().Where(network => network.Index % 2 == first).Select(network => network.Item.Name)];
        LayerGain[] choosing = [.. layers.Where(layer => names.Contains(layer.Network))], judged = [.. layers.Except(choosing)];
        double threshold = choosing.Length == 0 || judged.Length == 0 ? double.NaN : Candidates.MaxBy(candidate => Right(choosing, candidate));
        return (places, threshold, Right(judged, threshold), judged.Length);
    }

    private Explanation Explain(string name, Func<LayerGain, double> value)
    {
        LayerGain[] layers = [.. Layers.Where(layer => double.IsFinite(value(layer)))];
        double rho = Correlation(layers);
        var random = new Random(Seed);
        var byNetwork = layers.GroupBy(layer => layer.Network).Select(network => network.ToArray()).ToArray();
        double[] resampled = byNetwork.Length == 0 ? [] : [.. Enumerable.Range(0, Resamples).Select(_ => Correlation([.. Enumerable.Range(0, byNetwork.Length)
            .Select(_ => byNetwork[random.Next(byNetwork.Length)]).SelectMany(network => network.Select(_ => network[random.Next(network.Length)]))])).Where(double.IsFinite)];
        return new Explanation(name, Interval(rho, resampled));

        double Correlation(IReadOnlyList<LayerGain> some) => RankCorrelation.Of([.. some.Select(value)], [.. some.Select(layer => layer.Gain)]);
    }

    /// <summary>A correlation of ratios with gains, by network, when the ratios of each network are shuffled among its layers: the mean, and the interval.</summary>
    private static WithInterval Shuffled((double[] Ratios, double[] Gains)[] networks, Func<(double[] Ratios, double[] Gains)[], double> correlation)
    {
        var random = new Random(Seed);
        double[] all = [.. Enumerable.Range(0, Resamples).Select(_ => correlation([.. networks.Select(network =>
        {
            double[] ratios = [.. network.Ratios];
            random.Shuffle(ratios);
            return (ratios, network.Gains);
        })])).Where(double.IsFinite)];
        return Interval(all.Length == 0 ? double.NaN : all.Average(), all);
    }

    private static double OverAll((double[] Ratios, double[] Gains)[] networks) =>
        RankCorrelation.Of([.. networks.SelectMany(network => network.Ratios)], [.. networks.SelectMany(network => network.Gains)]);

    private static double WithinEach((double[] Ratios, double[] Gains)[] networks) =>
        networks.Select(network => RankCorrelation.Of(network.Ratios, network.Gains)).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    private static WithInterval Interval(double value, double[] resampled)
    {
        if (resampled.Length == 0)
            return new WithInterval(value, double.NaN, double.NaN);
        Array.Sort(resampled);
        double At(double share) => resampled[(int)Math.Round(share * (resampled.Length - 1))];
        return new WithInterval(value, At((1 - Level) / 2), At((1 + Level) / 2));
    }
}
