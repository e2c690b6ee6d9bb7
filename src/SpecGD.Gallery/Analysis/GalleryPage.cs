using System.Globalization;
using System.Text;

namespace SpecGD.Gallery.Analysis;

/// <summary>The results of the page, in Markdown, and their place in it.</summary>
internal static class GalleryPage
{
    /// <summary>The heading from which on the page is made by the program.</summary>
    public const string Heading = "## Results";

    private static readonly string[] Shown = [Arms.AdamW, Arms.Muon, Arms.Hidden, Arms.Diagnosis, Arms.Opposite, Arms.Adaptive, Arms.Sgd];

    /// <summary>The page with <paramref name="results"/> in the place of those that it has.</summary>
    public static string Replace(string page, string results)
    {
        int at = page.IndexOf(Heading, StringComparison.Ordinal);
        return (at < 0 ? page.TrimEnd() + "\n\n" : page[..at]) + results;
    }

    /// <summary>The results.</summary>
    public static string Render(GalleryTables tables, GalleryAnalysis analysis)
    {
        var text = new StringBuilder(Heading).Append("\n\n");
        int diverged = tables.Runs.Count(run => !double.IsFinite(run.Loss));
        text.Append(Said($"{Counted.Of(tables.Runs.Count, "run")} of {analysis.Networks.Count} of ten networks, {tables.Runs.Sum(run => run.Seconds) / 3600:0.0} hours of one thread; {diverged} diverged; none was left out.\n\n"));
        text.Append(Headline(analysis)).Append('\n');
        text.Append("### Networks\n\nValidation loss at the end, the mean over seeds with the standard error, each arm at its best rate (behind @; * where that is an end of the rates that were tried).\n\n");
        Table(text, ["network", .. Shown], analysis.Networks.Select(network => (string[])[network.Name, .. Shown.Select(arm => Cell(analysis.Best[network.Name][arm]))]));
        text.Append("\n### Layers\n\nMuon on one layer alone. A positive gain says that Muon is better there; ± is the standard error over seeds.\n\n");
        Table(
            text,
            ["network", "layer", "type", "nr/st, start", "nr/st, 5 %", "nr/st, 50 %", "gain, %", "call"],
            analysis.Layers.OrderByDescending(layer => layer.Ratio(GalleryRun.AtTwentieth)).Select(layer => (string[])
            [
                layer.Network, layer.Layer, layer.Type, Number(layer.Ratio(GalleryRun.AtStart)), Number(layer.Ratio(GalleryRun.AtTwentieth)), Number(layer.Ratio(GalleryRun.AtHalf)),
                Said($"{100 * layer.Gain:0.00} ± {100 * layer.Deviation:0.00}"), layer.Ratio(GalleryRun.AtTwentieth) >= 1 == layer.Gain > 0 ? "right" : "wrong",
            ]));
        text.Append("\n### What the gain goes with\n\nSpearman's rank correlation with the gain over all layers, and its 95 % interval (bootstrap over networks, then layers).\n\n");
        Table(text, ["explanation", "ρ", "from", "to"], analysis.Explanations.Select(one => (string[])
            [one.Name, Number(one.Correlation.Value), Number(one.Correlation.Low), Number(one.Correlation.High)])
            .Append(["*negative control*: ratios shuffled within networks", Number(analysis.Control.Value), Number(analysis.Control.Low), Number(analysis.Control.High)]));
        text.Append(Said($"\nNetworks differ in gain and in nr/st alike, which the control keeps. *Not planned before the runs*: the correlation within each network, the mean over networks, is {Number(analysis.WithinNetworks)}; "))
            .Append(Said($"with ratios shuffled it is {Number(analysis.WithinNetworksControl.Value)} ({Number(analysis.WithinNetworksControl.Low)} to {Number(analysis.WithinNetworksControl.High)}).\n"));
        text.Append("\n### Thresholds\n\n");
        Table(text, ["threshold of nr/st at 5 %", "right calls"], analysis.Thresholds.Select(at => (string[])[Number(at.Threshold), Percent(at.Right)]));
        text.Append('\n');
        text.AppendJoin(' ', analysis.ChosenThresholds.Where(chosen => double.IsFinite(chosen.Threshold)).Select(chosen =>
            Said($"The networks at {chosen.Places} places choose {Number(chosen.Threshold)}; on the {Counted.Of(chosen.Layers, "layer")} of the others it is right for {Percent(chosen.Right)}.")));
        AppendTail(text, analysis);
        return text.ToString().TrimEnd() + "\n";
    }

    private static void AppendTail(StringBuilder text, GalleryAnalysis analysis)
    {
        if (analysis.Tail.Count == 0)
            return;
        text.Append("\n\n### Two published claims\n\nValidation loss as above; `newton` also over 94 % of the steps.\n\n");
        Table(text, ["network", Arms.AdamW, Arms.Hidden, Arms.Values, Arms.Queries, Arms.Newton, $"{Arms.Newton}, 94 %"], analysis.Tail.Select(one => (string[])
            [one.Network, Cell(one.AdamW), Cell(one.Hidden), Cell(one.Values), Cell(one.Queries), Cell(one.Newton), Cell(one.ShortNewton)]));
        text.Append('\n');
        foreach (var one in analysis.Tail)
            text.Append(Said($"* `{one.Network}`: of the gain of `hidden` over `adamw`, `values` has {Percent(one.ShareOf(one.Values))} and `queries` {Percent(one.ShareOf(one.Queries))}."))
                .Append(one.SavesSteps switch
                {
                    true => " `newton` reaches the loss of `hidden` in 94 % of the steps.\n",
                    false => " `newton` does not reach the loss of `hidden` in 94 % of the steps.\n",
                    null => "\n",
                });
    }

    private static string Headline(GalleryAnalysis analysis)
    {
        var text = new StringBuilder();
        var compared = analysis.Networks.Select(network => analysis.Best[network.Name]).ToArray();
        var opposed = compared.Where(arms => arms[Arms.Diagnosis] is not null && arms[Arms.Opposite] is not null).ToArray();
        if (opposed.Length > 0)
            text.Append(Said($"1. `diagnosis` ends lower than `opposite` in {opposed.Count(arms => arms[Arms.Diagnosis]!.Mean < arms[Arms.Opposite]!.Mean)} of {opposed.Length} networks.\n"));
        const double tolerance = 1.02;
        var pure = compared.Where(arms => arms[Arms.Diagnosis] is not null && arms[Arms.Muon] is not null && arms[Arms.AdamW] is not null).ToArray();
        if (pure.Length > 0)
            text.Append(Said($"2. `diagnosis` ends no higher than 2 % above the lower of `muon` and `adamw` in {pure.Count(arms => arms[Arms.Diagnosis]!.Mean <= tolerance * Math.Min(arms[Arms.Muon]!.Mean, arms[Arms.AdamW]!.Mean))} of {pure.Length} networks.\n"));
        if (analysis.Judged.Count > 0)
            text.Append(Said($"3. The rule calls {Percent(analysis.RightOfRule)} of {Counted.Of(analysis.Judged.Count, "layer")} right; \"every layer on Muon\" is right for {Percent(analysis.RightOfAll)}, \"hidden layers on Muon\" for {Percent(analysis.RightOfHidden)}.\n"));
        var order = analysis.Explanations.First(one => one.Name == "nr/st at 5 %").Correlation;
        text.Append(Said($"4. The gain and nr/st at 5 %: ρ = {Number(order.Value)}, 95 % interval {Number(order.Low)} to {Number(order.High)}; the shuffled control gives {Number(analysis.Control.Value)} ({Number(analysis.Control.Low)} to {Number(analysis.Control.High)}).\n"));
        return text.ToString();
    }

    private static string Cell(BestArm? arm)
    {
        if (arm is null)
            return "–";
        return Said($"{arm.Mean:G4} ± {arm.Losses.Values.StandardError():G1} @ {arm.Rate}{(arm.IsAtEdge ? "*" : "")}");
    }

    private static void Table(StringBuilder text, string[] head, IEnumerable<string[]> rows)
    {
        text.Append($"| {string.Join(" | ", head)} |\n|{string.Concat(head.Select(_ => " --- |"))}\n");
        foreach (string[] row in rows)
            text.Append($"| {string.Join(" | ", row)} |\n");
    }

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("0.00", CultureInfo.InvariantCulture) : "–";

    private static string Percent(double share) => Said($"{100 * share:0} %");

    private static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
