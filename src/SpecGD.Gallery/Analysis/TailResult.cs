namespace SpecGD.Gallery.Analysis;

/// <summary>Two published claims on one network: that Muon's gain sits in V, O and the MLPs, and that Newton-Muon saves steps.</summary>
/// <param name="Network">The network.</param>
/// <param name="AdamW">Nothing on Muon.</param>
/// <param name="Hidden">Every hidden matrix on Muon.</param>
/// <param name="Values">V, O and the MLPs on Muon.</param>
/// <param name="Queries">Q and K on Muon.</param>
/// <param name="Newton">Every hidden matrix on Newton-Muon.</param>
/// <param name="ShortNewton">The same over fewer steps.</param>
internal sealed record TailResult(string Network, BestArm? AdamW, BestArm? Hidden, BestArm? Values, BestArm? Queries, BestArm? Newton, BestArm? ShortNewton)
{
    /// <summary>The share of its steps over which Newton-Muon should do what Muon does: the authors' runs saved 6 %.</summary>
    public const double ShareOfSteps = 0.94;

    /// <summary>Whether Newton-Muon over fewer steps ends no higher than Muon; null where one was not run.</summary>
    public bool? SavesSteps => ShortNewton is null || Hidden is null ? null : ShortNewton.Mean <= Hidden.Mean;

    /// <summary>The results of a network; null where neither claim was tried on it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="best">Its arms over all steps, each at its best rate.</param>
    /// <param name="tables">All runs.</param>
    public static TailResult? Of(string network, IReadOnlyDictionary<string, BestArm?> best, GalleryTables tables)
    {
        var newton = tables.Runs.Where(run => run.Network == network && run.Arm == Arms.Newton).ToLookup(run => run.Steps);
        int steps = tables.Whole.First(run => run.Network == network).Steps;
        var shortNewton = BestArm.Of([.. newton[(int)Math.Round(ShareOfSteps * steps)]]);
        return (best[Arms.Values] ?? best[Arms.Queries] ?? best[Arms.Newton] ?? shortNewton) is null ? null
            : new TailResult(network, best[Arms.AdamW], best[Arms.Hidden], best[Arms.Values], best[Arms.Queries], best[Arms.Newton], shortNewton);
    }

    /// <summary>log(loss of AdamW / loss of an arm) over the same of <see cref="Hidden"/>; NaN where one was not run.</summary>
    public double ShareOf(BestArm? arm) => arm is null || Hidden is null || AdamW is null ? double.NaN : Math.Log(AdamW.Mean / arm.Mean) / Math.Log(AdamW.Mean / Hidden.Mean);
}
