using SpecGD.Figures.Animations;
using SpecGD.Figures.Gnuplot;
using SpecGD.Figures.Recipes;
using SpecGD.Figures.Tests.Gnuplot;
using SpecGD.Records;

namespace SpecGD.Figures.Tests;

[Collection(Alone.Name)]
public class FigureCatalogTests
{
    [Fact]
    public void Recipes_are_found_and_have_names_of_their_own()
    {
        FigureCatalog.All.Select(recipe => recipe.Name).ShouldContain("random-feature");
        FigureCatalog.Animations.Select(recipe => recipe.Name).ShouldBe(["relu-spectrum", "sparse-regression-spectra", "sparse-regression-spectra-together", "stable-rank-sweep"]);
        FigureCatalog.All.Select(recipe => recipe.Name).Concat(FigureCatalog.Animations.Select(recipe => recipe.Name)).ShouldBeUnique();
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
    public void Series_that_the_authors_scripts_leave_empty_are_no_figures()
    {
        using var folder = new TemporaryFolder();
        var log = TestLogs.RandomFeature();
        log.Config.Remove("experiment"); // theirs do not name it
        string[] empty =
        [
            .. from layer in Enumerable.Range(0, 5)
               from name in new[] { $"activations.layer{layer}", $"grad_ratio.W{layer}", $"weight_op_norm.W{layer}", $"activation_op_norm.A{layer}" }
               select name,
        ];
        foreach (var method in log.Methods.Values)
            foreach (string name in empty.Concat(["train_loss", "val_loss", "stable_rank"]))
                method.Series.TryAdd(name, new Series());
        var (figures, animations) = WithoutPrograms(folder);

        FigureCatalog.Draw(log, folder.DirectoryPath, figures, animations).Select(result => result.Name).ShouldBe(["random-feature"]);
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
        var (figures, animations) = WithoutPrograms(folder);
        FigureCatalog.Draw(TestLogs.RandomFeature(), folder.DirectoryPath, figures, animations);
        folder.Names().ShouldBe(["random-feature.caption.txt", "random-feature.dat", "random-feature.gp"]);
    }

    [Fact]
    public void Still_and_moving_pictures_of_a_log_are_both_drawn()
    {
        using var folder = new TemporaryFolder();
        var (figures, animations) = WithoutPrograms(folder);
        var results = FigureCatalog.Draw(TinyRuns.StableRankSweep(), folder.DirectoryPath, figures, animations);
        results.Select(result => result.Name).ShouldBe(["stable-rank-sweep-losses", "stable-rank-sweep", "stable-rank-sweep-from-peak"]);
        folder.Names().ShouldBe(
        [
            .. new[] { "stable-rank-sweep-from-peak", "stable-rank-sweep-losses", "stable-rank-sweep" }
                .SelectMany(name => new[] { $"{name}.caption.txt", $"{name}.dat", $"{name}.gp" }),
        ]);
    }

    [Fact]
    public void A_log_with_a_malformed_part_draws_nothing_at_all()
    {
        using var folder = new TemporaryFolder();
        var log = TinyRuns.StableRankSweep();
        log.Sections["rows"]![1]!["lambda"] = "small";
        var (figures, animations) = WithoutPrograms(folder);
        Should.Throw<BadInputException>(() => FigureCatalog.Draw(log, folder.DirectoryPath, figures, animations)).Message
            .ShouldBe("The log's 'rows[1].lambda' must be a number, not \"small\".");
        folder.Names().ShouldBeEmpty();
    }

    [Fact]
    public void Asked_to_stop_it_says_what_is_missing_and_leaves_no_older_animation()
    {
        using var folder = new TemporaryFolder();
        var (figures, animations) = WithoutPrograms(folder);
        using var stop = new CancellationTokenSource();
        var seen = new List<DrawingProgress>();
        var progress = new Watch(value =>
        {
            seen.Add(value);
            if (value.Done == 1)
                stop.Cancel();
        });

        var stopped = Should.Throw<DrawingStoppedException>(
            () => FigureCatalog.Draw(TinyRuns.StableRankSweep(), folder.DirectoryPath, figures, animations, progress, stop.Token));

        stopped.Missing.ShouldNotContain(seen[0].Name);
        stopped.Missing[0].ShouldBe(seen[1].Name);
        (seen[0].Done, seen[0].Total).ShouldBe((0, 1 + stopped.Missing.Count));
    }

    [SkippableTheory]
    [InlineData(FakeGnuplot.Hangs)]
    [InlineData("sleep 1\n" + FakeGnuplot.Fails)] // as where Ctrl-C at the terminal has ended it too
    public void A_picture_in_hand_is_given_up_at_once_and_none_is_left_of_older_data(string drawing)
    {
        using var folder = new TemporaryFolder();
        var gnuplot = GnuplotProgram.Find(FakeGnuplot.Make(folder, drawing), TimeSpan.FromMinutes(5)); // longer than a test may take
        File.WriteAllText(folder.PathOf("random-feature.png"), "old");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(0.2));
        var figure = new RandomFeatureFigure().Compose(TestLogs.RandomFeature())!;

        Should.Throw<OperationCanceledException>(() => new FigureWriter(gnuplot, FigureFont.Preferred).Write(figure, folder.DirectoryPath, stop.Token));

        folder.Names().ShouldNotContain("random-feature.png");
    }

    private sealed class Watch(Action<DrawingProgress> report) : IProgress<DrawingProgress>
    {
        public void Report(DrawingProgress value) => report(value);
    }

    private static (FigureWriter, AnimationWriter) WithoutPrograms(TemporaryFolder folder)
    {
        var gnuplot = GnuplotProgram.Find(folder.PathOf("nothing"), TimeSpan.FromSeconds(1));
        return (new FigureWriter(gnuplot, FigureFont.Preferred), new AnimationWriter(gnuplot, FigureFont.Preferred, ImageMagickProgram.Find));
    }
}
