using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Reproduction;

/// <summary>Figures 14 and 15 (nuclear rank against width) and 17 (stable rank against batch size).</summary>
public sealed class GrowthFigures : IPaperFigureSource
{
    /// <summary>"Flat in k": a quantity that grows by less than this factor while k grows eightfold.</summary>
    private const double Flat = 1.5;

    /// <summary>"Close to linear": share of the variance that a straight line explains.</summary>
    private const double CloseToLinear = 0.99;

    private static readonly string Growth = new NuclearRankGrowth().Name;

    private static readonly NuclearRankGrowthOptions
        Paper = new() { Steps = 1024 },
        Quick = new() { Dims = [64, 128, 256], Steps = 120 };

    /// <inheritdoc/>
    public IEnumerable<PaperFigure> Figures =>
    [
        new(
            "fig14",
            "Nuclear rank along gradient descent, for growing width",
            Growth,
            Paper,
            [PeaksGrow(NuclearRankGrowth.Model1), PeaksGrow(NuclearRankGrowth.Model2)])
        {
            QuickOptions = Quick,
            Pictures = [Growth],
        },
        new("fig15", "Nuclear rank before and after one step, against the width", Growth, Paper,
            [
                IsFlat(NuclearRankGrowth.Model1),
                IsFlat(NuclearRankGrowth.Model2),
                IsLinear(NuclearRankGrowth.Model1),
                IsLinear(NuclearRankGrowth.Model2),
            ])
        {
            QuickOptions = Quick,
            Folder = "fig14",
            Pictures = [Growth + "-start"],
        },
        new(
            "fig17",
            "Stable ranks at initialisation, against the batch size",
            new BatchSizeSweep().Name,
            new BatchSizeSweepOptions(),
            [GrowsWithBatch()]),
    ];

    private static Claim IsFlat(string model) => new(Text($"{model}: the nuclear rank at the start is flat in k (it changes by less than {Flat} times)"), log =>
    {
        var points = Points(log, model, "nr0");
        if (points.Length < 2)
            return Finding.Missing($"nuclear ranks at the start of {model}");
        double growth = points.Max(p => p.Value) / points.Min(p => p.Value);
        return new Finding(Text($"{growth:0.00} times: {points[0].Value:0.0} at k = {points[0].K}, {points[^1].Value:0.0} at k = {points[^1].K}"), growth < Flat);
    });

    private static Claim IsLinear(string model) => new(Text($"{model}: the nuclear rank after one step is close to linear in k (R² at least {CloseToLinear})"), log =>
    {
        var points = Points(log, model, "nr1");
        if (points.Length < 3)
            return Finding.Missing($"nuclear ranks after one step of {model}");
        var (slope, _, explained) = LineFit.Of([.. points.Select(p => (double)p.K)], [.. points.Select(p => p.Value)]);
        return new Finding(Text($"R² = {explained:0.0000}, slope {slope:0.000}"), slope > 0 && explained >= CloseToLinear);
    });

    private static Claim PeaksGrow(string model) => new(Text($"{model}: the largest nuclear rank of a curve is close to linear in k (R² at least {CloseToLinear})"), log =>
    {
        var points = (log.Sections[model]?["curves"] as JsonObject ?? [])
            .Select(curve => (K: int.Parse(curve.Key, CultureInfo.InvariantCulture), Value: JsonNumber.All(curve.Value!["values"]).DefaultIfEmpty(double.NaN).Max()))
            .OrderBy(point => point.K)
            .ToArray();
        if (points.Length < 3)
            return Finding.Missing($"curves of {model}");
        var (slope, _, explained) = LineFit.Of([.. points.Select(p => (double)p.K)], [.. points.Select(p => p.Value)]);
        return new Finding(
            Text($"R² = {explained:0.0000}: {points[0].Value:0.0} at k = {points[0].K}, {points[^1].Value:0.0} at k = {points[^1].K}"),
            slope > 0 && explained >= CloseToLinear);
    });

    private static Claim GrowsWithBatch() => new("the stable rank of every layer is larger for every larger batch", log =>
    {
        if (log.Sections[BatchSizeSweep.StableRank] is not JsonObject { Count: > 1 } byBatch)
            return Finding.Missing("stable ranks by batch size");
        var layers = byBatch.First().Value!.AsObject().Select(layer => layer.Key).ToArray();
        double[] Ranks(string layer) =>
        [
            .. byBatch
                .OrderBy(b => int.Parse(b.Key, CultureInfo.InvariantCulture))
                .Select(b => JsonNumber.Of(b.Value![layer]) ?? double.NaN),
        ];
        bool grows = layers.All(layer => Ranks(layer).Zip(Ranks(layer).Skip(1)).All(pair => pair.Second > pair.First));
        return new Finding(string.Join("; ", layers.Select(layer => Text($"{layer}: {Ranks(layer)[0]:0.0} to {Ranks(layer)[^1]:0.0}"))), grows);
    });

    private static (int K, double Value)[] Points(RunLog log, string model, string key) =>
    [
        .. from point in log.Sections[model]?[key] as JsonObject ?? []
           let value = JsonNumber.Of(point.Value)
           where value is not null
           orderby int.Parse(point.Key, CultureInfo.InvariantCulture)
           select (int.Parse(point.Key, CultureInfo.InvariantCulture), value.Value),
    ];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
