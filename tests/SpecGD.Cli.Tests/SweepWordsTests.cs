namespace SpecGD.Cli.Tests;

/// <summary>A sweep says what it has: no tests that were not made, no means of single values, and the reason that holds where nothing is drawn.</summary>
public sealed class SweepWordsTests : InTemporaryDirectory
{
    private const string Options = "\"options\": { \"dim\": 8, \"feature-dim\": 4, \"num-samples\": 20, \"steps\": 50, \"specgd-restart-frequency\": 0, \"specgd-from-peak\": false }";

    [Fact]
    public void Where_every_value_of_a_tuned_option_diverges_no_test_is_spoken_of()
    {
        var said = Swept($$"""
            { "experiment": "random-feature", "metrics": ["loss.final"], "baseline": { "method": "gradient_descent" }, "tune": "method-lr", {{Options}},
              "list": [ { "method-lr": { "gradient_descent": 50, "specgd": 50 } }, { "method-lr": { "gradient_descent": 80, "specgd": 80 } } ], "grid": { "seed": [0, 1] } }
            """);

        said.Output.ReplaceLineEndings(" ").ShouldContain("and so nothing is tested: no method has a value with which every repetition ended well.");
        said.Output.ShouldNotContain("each at the best of the values");
        said.Error.ShouldContain("no figure is drawn. Every repetition in the part mine diverged, so that loss.final has no mean to draw.");
        said.Error.ShouldNotContain("a metric ends with");
    }

    [Fact]
    public void Values_of_one_run_each_are_no_means()
    {
        var said = Swept($$"""{ "experiment": "random-feature", "metrics": ["loss.final"], "scale": "log", {{Options.Replace("\"dim\": 8, ", "", StringComparison.Ordinal)}}, "grid": { "dim": [4, 8] } }""");

        said.Output.ShouldContain("one run each");
        said.Output.ShouldNotContain("mean");
        File.ReadAllText(Path.Combine(Folder, "runs", "sweeps", "mine", "figures", "mine_loss-final_over_dim.caption.txt")).ShouldStartWith("Values of loss.final against dim");
    }

    private SpecgdProcess.Said Swept(string file)
    {
        File.WriteAllText(Path.Combine(Folder, "mine.json"), file);
        var said = SpecgdProcess.Run(Folder, ["sweep", "mine.json", "--workers", "1"]);
        said.ExitCode.ShouldBe(0, said.Error);
        return said;
    }
}
