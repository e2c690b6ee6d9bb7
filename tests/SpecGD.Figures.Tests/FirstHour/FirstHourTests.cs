using System.Runtime.CompilerServices;
using SpecGD.Data;
using SpecGD.Experiments;
using SpecGD.Figures.Model;
using SpecGD.Figures.Recipes;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Figures.Tests.FirstHour;

/// <summary><c>docs/first-hour.md</c> shows exactly the files beside this one; they run here.</summary>
public class FirstHourTests
{
    private const double Rounding = 1e-10;

    [Theory]
    [InlineData("ActivationRank.cs")]
    [InlineData("ActivationRankFigure.cs")]
    [InlineData("SignDescent.cs")]
    public void The_page_shows_the_file_that_is_compiled(string name)
    {
        string page = File.ReadAllText(Path.Combine(Folder(), "..", "..", "..", "docs", "first-hour.md")).ReplaceLineEndings("\n");

        page.ShouldContain($"```csharp\n{File.ReadAllText(Path.Combine(Folder(), name)).ReplaceLineEndings("\n")}```\n");
    }

    [Fact]
    public void The_experiment_measures_the_stable_rank_and_the_figure_shows_it()
    {
        var options = new ActivationRankOptions { Dims = [5, 9], Seed = 3 };

        var result = new ActivationRank().Run(options, RunContext.Silent);
        var summary = new ActivationRank().Summarise(result.Log);
        var curve = (LineCurve)new ActivationRankFigure().Compose(result.Log)!.Panels.Single().Curves.Single();

        result.Status.ShouldBe(RunStatus.Finished);
        double[] expected = [.. options.Dims.Select(d => ExactMeasures.StableRank(RandomFeatures.Draw(new TorchRandom(3), d, d, 4 * d, Activation.Named("relu")))!.Value)];
        foreach (var (row, st) in summary.Rows.Zip(expected))
            ((double)row["st(A)"]!).ShouldBe(st, Rounding);
        curve.Columns[0].Values.ShouldBe([5.0, 9.0]);
        foreach (var (y, st) in curve.Columns[1].Values.Zip(expected))
            y.ShouldBe(st, Rounding);
        new ActivationRankFigure().Compose(new RunLog("other")).ShouldBeNull();
    }

    [Fact]
    public void The_optimizer_steps_by_signs()
    {
        var w = Matrix.From(new[,] { { 1.0, 2.0 }, { 3.0, 4.0 } });
        var block = new WeightBlock("W", w, new ActivationMeasurement(Matrix.Identity<double>(2), samples: 2));
        block.SetGradient(Matrix.From(new[,] { { 5.0, -0.1 }, { 0.0, 7.0 } }));

        new SignDescent(0.5).Step(block);

        block.Weight.AsSpan().ToArray().ShouldBe([0.5, 2.5, 3.0, 3.5]);
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
