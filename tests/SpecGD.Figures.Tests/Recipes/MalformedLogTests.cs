using System.Text;
using System.Text.Json.Nodes;
using SpecGD.Figures.Drawing;
using SpecGD.Figures.Description;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Rendering;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Tests.Recipes;

/// <summary>Logs come from files of anyone's: whatever stands in one, the answer is figures, none, or a sentence.</summary>
public class MalformedLogTests
{
    private const int Mutants = 50;

    private static readonly Dictionary<string, Func<RunLog>> Logs = new()
    {
        ["stable-rank-sweep"] = () => TinyRuns.StableRankSweep(true, 2),
        ["relu-spectrum"] = TinyRuns.ReluSpectrum,
        ["sparse-regression"] = TinyRuns.SparseRegression,
        ["batch-size-sweep"] = TinyRuns.BatchSizeSweep,
        ["nuclear-rank-growth"] = TinyRuns.NuclearRankGrowth,
        ["random-feature"] = TestLogs.RandomFeature,
        ["one-step"] = TinyRuns.OneStep,
        ["adaptive-comparison"] = TinyRuns.AdaptiveComparison,
        ["nanogpt"] = TinyRuns.NanoGpt,
        ["nanogpt-ablation"] = TinyRuns.NanoGptAblation,
    };

    [Theory]
    [InlineData("stable-rank-sweep", 1, 2)]
    [InlineData("relu-spectrum", 1, 1)]
    [InlineData("sparse-regression", 2, 3)]
    [InlineData("batch-size-sweep", 1, 0)]
    [InlineData("nuclear-rank-growth", 2, 0)]
    [InlineData("random-feature", 1, 0)]
    [InlineData("one-step", 1, 0)]
    [InlineData("adaptive-comparison", 1, 0)]
    [InlineData("nanogpt", 12, 0)]
    [InlineData("nanogpt-ablation", 1, 0)]
    public void Whole_logs_are_drawn_and_mutilated_ones_never_end_in_a_stack_trace(string name, int figures, int animations)
    {
        byte[] whole = RunLogFile.Serialize(Logs[name]());
        Plan(TinyRuns.ThroughAFile(whole)).ShouldBe((figures, animations));
        int sentences = 0;
        for (int seed = 0; seed < Mutants; seed++)
        {
            var root = (JsonObject)JsonNode.Parse(whole)!;
            string change = Mutate(root, new Random(seed));
            try
            {
                Plan(TinyRuns.ThroughAFile(Encoding.UTF8.GetBytes(root.ToJsonString())));
            }
            catch (BadInputException)
            {
                sentences++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}, {change}: {e}", e);
            }
        }
        sentences.ShouldBeGreaterThan(0, "some of the changes must matter");
    }

    private static (int Figures, int Animations) Plan(RunLog log)
    {
        Figure[] figures = [.. FigureCatalog.All.Select(recipe => recipe.Compose(log)).OfType<Figure>()];
        Animation[] animations = [.. FigureCatalog.Animations.SelectMany(recipe => recipe.Compose(log))];
        foreach (var figure in figures.Concat(animations.SelectMany(animation => SharedLayout.Of(animation.Frames, FigureFont.Package))))
        {
            var plan = FigurePlan.Of(figure, FigureFont.Package);
            new FigurePicture(plan).Render(FigureFormat.Svg).ShouldNotBeEmpty();
            FigureDescription.Render(figure).ShouldNotBeEmpty();
            FigureData.Render(figure).ShouldNotBeEmpty();
        }
        return (figures.Length, animations.Length);
    }

    /// <summary>Puts something else in the place of one node, the higher ones as often as the many numbers below.</summary>
    private static string Mutate(JsonObject root, Random random)
    {
        JsonNode at = root;
        while (true)
        {
            int count = at is JsonArray list ? list.Count : ((JsonObject)at).Count;
            if (count == 0)
                return $"nothing at {at.GetPath()}";
            int i = random.Next(count);
            var child = at is JsonArray array ? array[i] : ((JsonObject)at).GetAt(i).Value;
            if (child is JsonObject or JsonArray && random.Next(3) > 0)
            {
                at = child;
                continue;
            }
            var replacement = Replacement(random);
            string change = $"{at.GetPath()}[{i}] becomes {replacement?.ToJsonString() ?? "null"}";
            if (at is JsonArray into)
                into[i] = replacement;
            else if (random.Next(4) == 0)
                ((JsonObject)at).RemoveAt(i);
            else
                ((JsonObject)at)[((JsonObject)at).GetAt(i).Key] = replacement;
            return change;
        }
    }

    private static JsonNode? Replacement(Random random) => random.Next(10) switch
    {
        0 => null,
        1 => "text",
        2 => -1,
        3 => 1e300,
        4 => new JsonArray(),
        5 => new JsonObject(),
        6 => new JsonArray(1, "two", null),
        7 => new JsonObject { ["x"] = 1 },
        8 => 0,
        _ => true,
    };
}
