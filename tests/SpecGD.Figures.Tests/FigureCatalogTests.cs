using SpecGD.Figures.Animations;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Records;

namespace SpecGD.Figures.Tests;

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
        var (figures, animations) = Writers();

        FigureCatalog.Draw(log, folder.DirectoryPath, figures, animations).Select(result => result.Name).ShouldBe(["random-feature"]);
    }

    [Fact]
    public void Temporaries_that_a_crash_left_are_swept()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf($"random-feature.png.{int.MaxValue}{AtomicFile.TemporarySuffix}"), "half");
        var (figures, animations) = Writers();
        FigureCatalog.Draw(TestLogs.RandomFeature(), folder.DirectoryPath, figures, animations);
        folder.Names().ShouldBe(["random-feature.caption.txt", "random-feature.csv", "random-feature.json", "random-feature.pdf", "random-feature.png", "random-feature.svg"]);
    }

    [Fact]
    public void Still_and_moving_pictures_of_a_log_are_both_drawn()
    {
        using var folder = new TemporaryFolder();
        var (figures, animations) = Writers();
        var results = FigureCatalog.Draw(TinyRuns.StableRankSweep(), folder.DirectoryPath, figures, animations);
        results.Select(result => result.Name).ShouldBe(["stable-rank-sweep-losses", "stable-rank-sweep", "stable-rank-sweep-from-peak"]);
        folder.Names().ShouldBe(
        [
            .. new[] { "stable-rank-sweep-from-peak", "stable-rank-sweep-losses", "stable-rank-sweep" }
                .SelectMany(name => new[] { "caption.txt", "csv", "gif", "json", "pdf", "png", "svg" }.Where(ending => ending != "gif" || !name.EndsWith("losses", StringComparison.Ordinal)).Select(ending => $"{name}.{ending}")),
        ]);
    }

    [Fact]
    public void A_log_with_a_malformed_part_draws_nothing_at_all()
    {
        using var folder = new TemporaryFolder();
        var log = TinyRuns.StableRankSweep();
        log.Sections["rows"]![1]!["lambda"] = "small";
        var (figures, animations) = Writers();
        Should.Throw<BadInputException>(() => FigureCatalog.Draw(log, folder.DirectoryPath, figures, animations)).Message
            .ShouldBe("The log's 'rows[1].lambda' must be a number, not \"small\".");
        folder.Names().ShouldBeEmpty();
    }

    [Fact]
    public void Asked_to_stop_it_says_what_is_missing_and_leaves_no_older_animation()
    {
        using var folder = new TemporaryFolder();
        var (figures, animations) = Writers();
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

    [Fact]
    public void A_request_to_stop_leaves_no_picture_of_older_data()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("random-feature.png"), "old");
        File.WriteAllText(folder.PathOf("moving.gif"), "old");
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var figure = new RandomFeatureFigure().Compose(TestLogs.RandomFeature())!;

        Should.Throw<OperationCanceledException>(() => new FigureWriter(FigureFont.Package).Write(figure, folder.DirectoryPath, stop.Token));
        Should.Throw<OperationCanceledException>(() => new AnimationWriter(FigureFont.Package).Write(new Animation("moving", [figure], "", 1), folder.DirectoryPath, stop.Token));

        folder.Names().ShouldNotContain("random-feature.png");
        folder.Names().ShouldNotContain("moving.gif");
    }

    private sealed class Watch(Action<DrawingProgress> report) : IProgress<DrawingProgress>
    {
        public void Report(DrawingProgress value) => report(value);
    }

    private static (FigureWriter, AnimationWriter) Writers() => (new FigureWriter(FigureFont.Package), new AnimationWriter(FigureFont.Package));
}
