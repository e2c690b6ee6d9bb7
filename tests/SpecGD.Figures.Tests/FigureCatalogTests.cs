using SpecGD.Figures.Gnuplot;
using SpecGD.Records;

namespace SpecGD.Figures.Tests;

[Collection(Alone.Name)]
public class FigureCatalogTests
{
    [Fact]
    public void Recipes_are_found_and_have_names_of_their_own()
    {
        FigureCatalog.All.Select(recipe => recipe.Name).ShouldContain("random-feature");
        FigureCatalog.All.Select(recipe => recipe.Name).ShouldBeUnique();
    }

    [Fact]
    public void A_log_of_an_unknown_experiment_draws_nothing()
    {
        using var folder = new TemporaryFolder();
        var log = new RunLog("other") { Config = new() { ["experiment"] = "no-such-experiment" } };
        FigureCatalog.Draw(log, folder.PathOf("out")).ShouldBeEmpty();
        folder.Names().ShouldBeEmpty();
    }

    [Fact]
    public void Where_the_environment_names_a_gnuplot_that_is_not_there_the_figure_can_be_drawn_later()
    {
        using var folder = new TemporaryFolder();
        string? before = Environment.GetEnvironmentVariable(GnuplotProgram.OverrideVariable);
        Environment.SetEnvironmentVariable(GnuplotProgram.OverrideVariable, folder.PathOf("nothing"));
        try
        {
            var result = FigureCatalog.Draw(TestLogs.RandomFeature(), folder.DirectoryPath).ShouldHaveSingleItem();
            result.Hint.ShouldNotBeNull().ShouldContain(folder.PathOf("nothing"));
            folder.Names().ShouldBe(["random-feature.caption.txt", "random-feature.dat", "random-feature.gp"]);
        }
        finally
        {
            Environment.SetEnvironmentVariable(GnuplotProgram.OverrideVariable, before);
        }
    }

    [Fact]
    public void Temporaries_that_a_crash_left_are_swept()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("random-feature.png.gnuplot1" + AtomicFile.TemporarySuffix), "half");
        var writer = new FigureWriter(GnuplotProgram.Find(folder.PathOf("nothing"), TimeSpan.FromSeconds(1)), FigureFont.Preferred);
        FigureCatalog.Draw(TestLogs.RandomFeature(), folder.DirectoryPath, writer);
        folder.Names().ShouldBe(["random-feature.caption.txt", "random-feature.dat", "random-feature.gp"]);
    }
}
