using SpecGD.Experiments.NanoGpt;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>Losses of a language model against steps and tokens: of one run both together, of several validation above training.</summary>
public sealed class NanoGptLossFigure : IFigureRecipe
{
    /// <summary>Training losses of fewer steps are drawn as they are; of more, their running mean over about this share of the run.</summary>
    private const int SmoothFrom = 60, SmoothShare = 40;

    private static readonly Stroke TrainingStroke = Palette.GradientDescent with { Width = 1 };

    /// <summary>Where runs are compared, the first fall, in this part of the run, is cut off above: they share it, and differ at the end.</summary>
    private const double SharedFall = 0.1;

    /// <summary>An axis whose ends differ by more than this factor carries the coarse tics.</summary>
    private const double Wide = 3;

    /// <summary>Numbers that carry tics on the logarithmic axis of losses.</summary>
    private static readonly double[]
        Coarse = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 15, 20],
        Fine = [0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.6, 1.8, 2, 2.25, 2.5, 2.75, 3, 3.5, 4, 5, 6, 8, 10, 12];

    /// <inheritdoc/>
    public string Name => $"{NanoGptRun.Name}_loss";

    /// <inheritdoc/>
    public Figure? Compose(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (log.ConfigText("experiment") is not (null or NanoGptRun.Name or NanoGptAblation.ExperimentName))
            return null;
        return NanoGptLossRun.All(log) switch
        {
            [] => null,
            [var only] => OfOne(only, log.DatasetNumber(NanoGptLog.UnigramEntropy)),
            var several => OfSeveral(several),
        };
    }

    private Figure OfOne(NanoGptLossRun run, double? unigram)
    {
        Curve[] Curves(bool againstTokens)
        {
            var curves = new List<Curve>();
            if (run.Training is { } training)
                curves.Add(Smoothed(training, run.Scale(againstTokens), TrainingStroke) with { Label = "training" });
            if (run.Validation is { } validation)
                curves.Add(Line(validation.Values, validation, run.Scale(againstTokens), Palette.SpecGd) with { Label = "validation" });
            if (unigram is > 0)
                curves.Add(new HorizontalLine(unigram.Value, Palette.Reference) { Label = "frequencies alone" });
            return [.. curves];
        }
        return new Figure(
            Name,
            [.. Panels("Loss", [run], Curves, 0)],
            (run.Training is null ? "Validation loss" : run.Validation is null ? "Training loss" : "Training and validation loss")
            + $" of the language model in nats a token, against steps{AgainstTokens([run])}."
            + (run.Training?.Count >= SmoothFrom ? " The training loss is a running mean." : "")
            + (unigram is null ? "" : " The dashed line is the loss of a model that knows how often each token occurs and nothing else."))
        {
            Width = 11,
            Height = 4.4,
        };
    }

    private Figure OfSeveral(IReadOnlyList<NanoGptLossRun> runs)
    {
        Curve[] Validation(bool againstTokens) =>
        [
            .. from run in runs
               where run.Validation is not null
               select Line(run.Validation!.Values, run.Validation, run.Scale(againstTokens), run.Stroke) with { Label = run.Name },
        ];
        Curve[] Training(bool againstTokens) =>
        [
            .. from run in runs
               where run.Training is not null
               select Smoothed(run.Training!, run.Scale(againstTokens), run.Stroke) with { Label = run.Name },
        ];
        Panel[] panels = [.. Panels("Validation loss", runs, Validation, SharedFall), .. Panels("Training loss", runs, Training, SharedFall)];
        return new Figure(
            Name,
            panels,
            (runs.All(run => run.Training is null) ? "Validation losses" : runs.All(run => run.Validation is null) ? "Training losses" : "Validation and training losses")
            + $" of {Counted.Of(runs.Count, "run")} in nats a token, against steps{AgainstTokens(runs)}."
            + (runs.Any(run => run.Training?.Count >= SmoothFrom) ? " Training losses of longer runs are running means." : "")
            + " The first fall is cut off above. "
            + "The colour tells the optimizer, the dash the nonlinearity of the MLP.")
        {
            Width = 12,
            Height = 4.6 * ((panels.Length + 1) / 2),
        };
    }

    private static string AgainstTokens(IReadOnlyList<NanoGptLossRun> runs) => runs.All(run => run.TokensPerStep > 0) ? " and against tokens trained on" : "";

    /// <summary>The same losses against steps and, where every run says how many tokens a step has, against tokens; none without curves.</summary>
    private static IEnumerable<Panel> Panels(FigureText title, IReadOnlyList<NanoGptLossRun> runs, Func<bool, Curve[]> curves, double from)
    {
        if (curves(false).Length == 0)
            yield break;
        yield return new Panel(title, new Axis("Training step") { WholeNumbers = true, From = 0 }, LossAxis(curves(false), from), curves(false));
        if (runs.All(run => run.TokensPerStep > 0))
            yield return new Panel(title, new Axis("Tokens") { From = 0 }, LossAxis(curves(true), from), curves(true));
    }

    /// <summary>A logarithmic axis from tic to tic around what the curves have from a part of their way on.</summary>
    private static Axis LossAxis(IReadOnlyList<Curve> curves, double from)
    {
        var axis = new Axis("Nats a token") { Logarithmic = true };
        double[] values =
        [
            .. curves.OfType<HorizontalLine>().Select(line => line.Y)
                .Concat(curves.OfType<LineCurve>().SelectMany(line => Later(line, from)))
                .Where(value => value > 0 && double.IsFinite(value)),
        ];
        if (values.Length == 0)
            return axis;
        double[] tics = values.Max() > Wide * values.Min() ? Coarse : Fine;
        double low = tics.LastOrDefault(tic => tic <= values.Min()), high = tics.FirstOrDefault(tic => tic >= values.Max());
        return low > 0 && high > low ? axis with { From = low, To = high, Tics = [.. tics.Where(tic => tic >= low && tic <= high)] } : axis;
    }

    private static IEnumerable<double> Later(LineCurve line, double from)
    {
        var (x, y) = (line.Columns[0].Values, line.Columns[1].Values);
        return y.Where((_, i) => x[i] >= from * x[^1]);
    }

    private static LineCurve Smoothed(Series series, double scale, Stroke stroke) => Line(
        series.Count < SmoothFrom ? series.Values : RunningBand.Of(series.Values, Math.Max(1, series.Count / SmoothShare)).Mean,
        series,
        scale,
        stroke);

    private static LineCurve Line(IReadOnlyList<double> values, Series series, double scale, Stroke stroke) =>
        new([.. series.Steps.Select(step => step * scale)], values, stroke);
}
