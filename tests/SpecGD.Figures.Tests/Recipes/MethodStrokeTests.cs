using System.Text.RegularExpressions;
using SpecGD.Experiments;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Optimizers.Parameters;

namespace SpecGD.Figures.Tests.Recipes;

public partial class MethodStrokeTests
{
    /// <summary>Every name that a log of the program or of the authors can give a method, but for restarts.</summary>
    private static readonly string[] All =
    [
        RandomFeature.GradientDescent, RandomFeature.SpecGd, MethodName.BlockSpecGd, RandomFeature.FromPeak, RandomFeature.Adaptive,
        SparseRegression.GradientDescent, SparseRegression.SpecGd, SparseRegression.Muon, SparseRegression.AdamW, SparseRegression.Adaptive,
        .. GptRouting.Names.Split(','),
    ];

    [Fact]
    public void Every_method_has_a_name_and_one_colour_in_the_one_table()
    {
        All.Distinct().ShouldBe(MethodName.Known, ignoreOrder: true);
        foreach (string name in All)
            MethodStroke.RoleOf(name).ShouldNotBeNull(name);
        All.DistinctBy(MethodName.Of).Select(name => MethodStroke.RoleOf(name)!.Color).Append(Palette.Restart.Color).ShouldBeUnique();
        Enumerable.Range(0, 4).Select(i => MethodStroke.Unnamed(i).Color).Intersect(All.Select(name => MethodStroke.RoleOf(name)!.Color)).ShouldBeEmpty();
    }

    [Fact]
    public void In_every_figure_and_animation_a_line_under_the_name_of_a_method_has_that_methods_colour()
    {
        var layered = TinyRuns.SparseRegression();
        foreach (string name in new[] { SparseRegression.Muon, SparseRegression.AdamW, SparseRegression.Adaptive })
        {
            layered.Methods.Add(name, layered.Methods[SparseRegression.SpecGd]);
            layered.Sections["spectrum_gif"]![name] = layered.Sections["spectrum_gif"]![SparseRegression.SpecGd]!.DeepClone();
        }
        var features = TestLogs.RandomFeature();
        TestLogs.Add(features, RandomFeature.Adaptive, 0, [1, 2], [3, 4]);
        var colors = All.DistinctBy(MethodName.Of).ToDictionary(MethodName.Of, name => MethodStroke.RoleOf(name)!.Color);
        var seen = new HashSet<string>();
        foreach (var log in new[] { layered, features, TinyRuns.StableRankSweep(), TinyRuns.AdaptiveComparison(), TinyRuns.NanoGptAblation() })
        {
            var (still, moving) = FigureCatalog.Compose(log);
            foreach (var curve in still.Concat(moving.SelectMany(animation => animation.Frames)).SelectMany(figure => figure.Panels).SelectMany(panel => panel.Curves))
            {
                string method = curve.Label.ToString().Split(',')[0]; // Table 2 names the MLP behind it
                if (!colors.TryGetValue(method, out string? color))
                    continue;
                curve.Stroke.Color.ShouldBe(color, $"{method} in {log.RunId}");
                seen.Add(method);
            }
        }
        seen.ShouldBe(colors.Keys, ignoreOrder: true, "else this saw nothing of a method");
    }

    [Fact]
    public void No_recipe_and_no_sweep_has_a_colour_or_a_methods_stroke_of_its_own()
    {
        string root = Path.Combine(RepositoryRoot(), "src", "SpecGD.Figures");
        string[] own =
        [
            .. new[] { "Recipes", "Sweeps", "Animations" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs"))
                .Where(file => Path.GetFileName(file) != "MethodStroke.cs" && OwnColor().IsMatch(File.ReadAllText(file))).Select(file => Path.GetFileName(file)!),
        ];

        own.ShouldBeEmpty("colours are in Palette, those of methods in MethodStroke");
    }

    [Fact]
    public void Methods_without_a_role_have_no_colour_of_a_method_that_has_one_whatever_their_order()
    {
        string[] names = ["adamw", "gradient_descent", "muon", "specgd", "adam", "specgd_from_peak", "adaptive", "mine"];

        MethodStroke.Of(names).Select(stroke => stroke.Color).ShouldBeUnique();
        MethodStroke.Of(names.Reverse()).Select(stroke => stroke.Color).ShouldBeUnique();
    }

    [Fact]
    public void Every_method_with_a_name_looks_the_same_in_any_order_and_company()
    {
        foreach (string name in (string[])["muon", "adamw", "adam", "adaptive", "specgd", "specgd_from_iter_100"])
            MethodStroke.Of(["mine", "yours", name])[2].ShouldBe(MethodStroke.Of([name])[0], name);
        MethodName.Of("adamw").ShouldBe("AdamW");
        MethodName.Of("specgd_from_iter_100").ShouldBe("SpecGD from GD step 100");
    }

    [Fact]
    public void A_method_of_the_paper_looks_the_same_beside_any_others() =>
        MethodStroke.Of(["muon", "adaptive"])[1].ShouldBe(MethodStroke.Of(["adaptive"])[0]);

    private static string RepositoryRoot()
    {
        string place = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(place, "SpecGD.slnx")))
            place = Path.GetDirectoryName(place) ?? throw new InvalidOperationException("no SpecGD.slnx above the tests");
        return place;
    }

    /// <summary>A colour as text, or a stroke of the palette that is a method's and that nothing else is drawn in.</summary>
    [GeneratedRegex("\"#[0-9A-Fa-f]{6}\"|Palette\\.(Restart|Adaptive|Muon|AdamW|Adam|MuonOnMlpOutputs|UnnamedMethod)\\b", RegexOptions.CultureInvariant)]
    private static partial Regex OwnColor();
}
