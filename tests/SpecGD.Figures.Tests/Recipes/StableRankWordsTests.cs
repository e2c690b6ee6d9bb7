using System.Text.RegularExpressions;
using SpecGD.Experiments;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Tests.Recipes;

/// <summary>Where a log has upper bounds in the place of stable ranks, no text of its pictures calls them stable ranks.</summary>
public partial class StableRankWordsTests
{
    [Fact]
    public void Upper_bounds_are_called_so_in_every_title_label_key_and_caption()
    {
        var log = TinyRuns.SparseRegression();
        string[] exact = [.. Texts(log)];
        exact.ShouldContain("Stable rank of the activations");
        exact.ShouldNotContain(text => text.Contains("bound", StringComparison.Ordinal));
        exact.Count(Claims).ShouldBeGreaterThan(10, "the check below would find each of them");

        log.Config[SparseRegression.ExactStableRank] = false;

        string[] bounds = [.. Texts(log)];
        bounds.Where(Claims).ShouldBeEmpty();
        bounds.ShouldContain("Upper bound of the stable rank of the activations");
        bounds.ShouldContain("upper bound of st(A_1)");
        bounds.ShouldContain(text => text.StartsWith("Layer 1,  st(A_1) ≤ ", StringComparison.Ordinal));
        bounds.Length.ShouldBe(exact.Length);
    }

    /// <summary>Whether a text speaks of a stable rank that is not said to be bounded.</summary>
    private static bool Claims(string text) => StableRank().IsMatch(Bounded().Replace(text, ""));

    [GeneratedRegex("[Uu]pper bounds? of (the stable rank|st\\b)|In the place of stable ranks stand upper bounds of them|st\\(A_\\d\\) ≤")]
    private static partial Regex Bounded();

    [GeneratedRegex("[Ss]table rank|\\bst\\b")]
    private static partial Regex StableRank();

    private static IEnumerable<string> Texts(RunLog log)
    {
        var (still, moving) = FigureCatalog.Compose(log);
        IEnumerable<Figure> figures = [.. still, .. moving.SelectMany(animation => animation.Frames)];
        return
        [
            .. figures.SelectMany(figure => new[] { figure.Caption, figure.Title.ToString() }),
            .. moving.Select(animation => animation.Caption),
            .. figures.SelectMany(figure => figure.Panels).SelectMany(panel => new[] { panel.Title, panel.X.Label, panel.Y.Label }.Concat(panel.Curves.Select(curve => curve.Label)))
                .Select(text => text.ToString()),
        ];
    }
}
