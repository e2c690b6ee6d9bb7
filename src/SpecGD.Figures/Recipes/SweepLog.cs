using System.Globalization;
using SpecGD.Experiments;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>One λ of a stable-rank sweep.</summary>
/// <param name="Lambda">λ in A = I + λ11ᵀ.</param>
/// <param name="StableRank">st(A).</param>
/// <param name="Lines">Its methods in the order of the key.</param>
internal sealed record SweepRow(double Lambda, double StableRank, IReadOnlyList<MethodLine> Lines)
{
    /// <summary>λ and st(A), as titles carry them.</summary>
    public FigureText Title =>
        FigureText.Italic("λ") + Invariant($" = {Lambda:G4}") + (double.IsFinite(StableRank) ? ",  " + LeastSquaresLabels.StableRank + Invariant($" = {StableRank:G4}") : FigureText.Empty);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The rows of a stable-rank-sweep log, in the order of the log.</summary>
internal static class SweepLog
{
    /// <summary>Losses and ranks below this are drawn at it.</summary>
    public const double Floor = StableRankSweep.Floor;

    private const double BelowFloor = 0.1 * Floor;

    private static readonly string[] SettingKeys = ["dim", "steps", "seed"], SeriesKeys = ["loss", MethodLine.RankSeries];

    /// <summary>Name of the experiment.</summary>
    public static string Experiment { get; } = new StableRankSweep().Name;

    /// <summary>
    /// The rows that have something to draw, at most so many and evenly spread; none where the log is of another experiment. Without a
    /// configuration a log is known by rows with a λ.
    /// </summary>
    /// <exception cref="BadInputException">The log is of this experiment and a row has not the form that it should have.</exception>
    public static IReadOnlyList<SweepRow> Rows(RunLog log, int most)
    {
        ArgumentNullException.ThrowIfNull(log);
        var rows = LogNode.Section(log, StableRankSweep.Rows);
        if (!(log.ConfigText("experiment") is { } experiment ? experiment == Experiment : rows.IsListOf("lambda")))
            return [];
        return [.. Sampling.Spread([.. rows.Items.Where(row => row.Exists)], most).Select(Row).Where(row => row.Lines.Count > 0)];
    }

    /// <summary>The training steps of all panels: from the start to the last step of any trajectory.</summary>
    public static Axis Steps(IReadOnlyList<SweepRow> rows) =>
        new("Training iteration") { WholeNumbers = true, From = 0, To = 1 + rows.Max(row => row.Lines.Max(line => line.LastStep)) };

    /// <summary>The axis of losses, which reaches below the floor, so that a curve there can be told from the axis.</summary>
    public static Axis Losses(IEnumerable<Curve> curves)
    {
        double[] all = [.. curves.SelectMany(curve => curve.Columns[1].Values).Where(double.IsFinite)];
        double smallest = all.DefaultIfEmpty(1).Min();
        return new Axis(LeastSquaresLabels.Loss)
        {
            Logarithmic = true,
            Covers = all.Length == 0 ? [] : [smallest <= Floor ? BelowFloor : smallest, all.Max()],
        };
    }

    /// <summary>The settings for captions, in parentheses; empty where the log has none.</summary>
    public static string Settings(RunLog log)
    {
        string text = string.Join(", ", SettingKeys.Where(key => log.Config.ContainsKey(key)).Select(key => $"{key} {log.Config[key]}"));
        return text.Length > 0 ? $" ({text})" : "";
    }

    /// <summary>The methods of the rows as captions begin with them: SpecGD once, however often it starts.</summary>
    public static string Methods(IEnumerable<SweepRow> rows)
    {
        string[] names =
        [
            .. rows.SelectMany(row => row.Lines).Select(line => line.Name).Distinct()
                .Select(name => name == RandomFeature.GradientDescent ? "gradient descent (GD)"
                    : name == RandomFeature.FromPeak || MethodName.IsRestart(name) ? MethodName.Of(RandomFeature.SpecGd) : MethodName.Of(name)).Distinct(),
        ];
        string text = names.Length > 1 ? $"{string.Join(", ", names[..^1])} and {names[^1]}" : names[0];
        return Sentence.Begin(text);
    }

    /// <summary>SpecGD dashed: at the floor and at the start it covers gradient descent.</summary>
    private static MethodLine Dashed(MethodLine line) =>
        line.Name == RandomFeature.SpecGd ? line with { Stroke = line.Stroke with { Dash = Dash.Dashed } } : line;

    private static SweepRow Row(LogNode row)
    {
        var methods = new RunLog(row.Path);
        foreach (var (name, node) in row["methods"].Members)
        {
            var method = new MethodLog();
            foreach (string series in SeriesKeys)
            {
                if (node[series].Exists)
                    method.Series.Add(series, node[series].ToSeries());
            }
            methods.Methods.Add(name, method);
        }
        return new SweepRow(row["lambda"].Required(), row["stable_rank"].Number ?? double.NaN, [.. MethodLine.All(methods).Select(Dashed)]);
    }
}
