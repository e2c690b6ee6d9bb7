using System.Globalization;
using SpecGD.Experiments;
using SpecGD.Experiments.Theory;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Recipes;

/// <summary>Everything that the paper states about random initialisation, a panel a statement.</summary>
public sealed class TheorySheet : IFigureRecipe
{
    private const double PanelWidth = 4.9, PanelHeight = 3.9;
    private const int MostColumns = 4;

    /// <inheritdoc/>
    public string Name { get; } = new InitialisationTheory().Name;

    /// <inheritdoc/>
    public Figure? Compose(RunLog log)
    {
        var results = StatementResult.All(log);
        if (results.All(result => result.Statement.Name == CovarianceStatements.Phi))
            return null; // φ alone has a figure of its own
        Panel[] panels = [.. Told([.. results.SelectMany(StatementPanels.Of)])];
        int columns = Math.Min(MostColumns, panels.Length), rows = (panels.Length + columns - 1) / columns;
        return new Figure(Name, panels, Caption(results, isWhole: log.Interrupted is null))
        {
            Columns = columns,
            Width = columns * PanelWidth,
            Height = rows * PanelHeight,
        };
    }

    /// <summary>The panels with titles that differ: where several are of one statement, the quantity tells them apart.</summary>
    private static IEnumerable<Panel> Told(Panel[] panels)
    {
        var titles = panels.CountBy(panel => panel.Title.ToString()).ToDictionary();
        return panels.Select(panel => titles[panel.Title.ToString()] == 1 ? panel : panel with { Title = panel.Title + ": " + panel.Y.Label });
    }

    private static string Caption(IReadOnlyList<StatementResult> results, bool isWhole)
    {
        int seeds = results.SelectMany(r => r.Rows).Max(row => row.Seeds);
        var statements = results.Select(r => $"{r.Statement.Reference}: {r.Statement.Claim}{(!isWhole ? "" : r.Holds ? " (holds)" : " (does not hold)")}.");
        return string.Create(CultureInfo.InvariantCulture, $"Means over {Counted.Of(seeds, "seed")} (lines) with least and largest (bands), bounds dashed. ")
            + string.Join(" ", statements);
    }
}

/// <summary>Figure 16: the function φ in the covariance of ReLU features, with what sampling gives.</summary>
public sealed class PhiFigure : IFigureRecipe
{
    /// <inheritdoc/>
    public string Name => "phi";

    /// <inheritdoc/>
    public Figure? Compose(RunLog log)
    {
        if (StatementResult.Of(log, CovarianceStatements.Phi) is not { } result)
            return null;
        int samples = result.Rows.Max(row => row.Dimension) * CovarianceStatements.PairsPerDimension, seeds = result.Rows.Max(row => row.Seeds);
        return new Figure(
            Name,
            [StatementPanels.Phi(result) with { Title = "Covariance of ReLU features" }],
            string.Create(
                CultureInfo.InvariantCulture,
                $"φ(t) = √(1 − t²) + (π − arccos t)t − 1, which is 2π times the covariance of ReLU(g) and ReLU(h) for standard Gaussians g, h with correlation t = cos θ, ")
            + string.Create(CultureInfo.InvariantCulture, $"and its Monte Carlo estimates from {Counted.Of(seeds, "time")} {Counted.Of(samples, "pair")}; their standard errors are smaller than the points."))
        {
            Columns = 1,
            Width = 6,
            Height = 4.2,
        };
    }
}
