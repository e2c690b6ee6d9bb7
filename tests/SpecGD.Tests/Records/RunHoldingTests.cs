using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Tests.Records;

public sealed class RunHoldingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-holding-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static RunIdentity Wanted => new("alpha", new JsonObject { ["dim"] = 12, ["seed"] = 0 });

    [Theory]
    [InlineData("alpha", 12, true, HeldRun.Same, "a finished run of alpha")]
    [InlineData("alpha", 12, false, HeldRun.OtherVersion, "a finished run of alpha")]
    [InlineData("alpha", 100, true, HeldRun.Another, "a finished run of alpha with other settings (dim 100 there, 12 here)")]
    [InlineData("beta", 12, true, HeldRun.Another, "a finished run of beta")]
    public void A_finished_run_is_told_by_its_manifest(string experiment, int dim, bool sameCode, HeldRun held, string words)
    {
        var manifest = new Manifest(experiment, new JsonObject { ["dim"] = dim, ["seed"] = 0 }, RunStatus.Finished, null, DateTimeOffset.UnixEpoch, TimeSpan.Zero);
        File.WriteAllText(Place("manifest.json"), (sameCode ? manifest : manifest with { Code = "other" }).ToJson());

        var holding = RunHolding.Of(_folder, Wanted);

        (holding.Run, holding.Words, holding.Status).ShouldBe((held, words, RunStatus.Finished));
        Refuses(holding, isFresh: false).ShouldBe(held == HeldRun.Another);
        Refuses(holding, isFresh: true).ShouldBeFalse();
    }

    [Fact]
    public void A_file_in_the_folder_of_a_run_is_not_written_over_and_others_are()
    {
        File.WriteAllText(Place("log.json"), "{}");
        RunHolding.RequireNoFileOfRun(Place("log.json")); // no manifest: nobody's run
        File.WriteAllText(Place("manifest.json"), "{}");

        Should.Throw<BadInputException>(() => RunHolding.RequireNoFileOfRun(Place("log.json"))).Message.ShouldContain("would be written over");
        RunHolding.RequireNoFileOfRun(Place("table.csv"));
    }

    [Fact]
    public void An_unfinished_run_is_told_by_what_was_kept_of_it()
    {
        Directory.CreateDirectory(Place("unfinished"));
        File.WriteAllText(Place("unfinished/run.json"), Wanted.ToJson().ToJsonString());
        RunHolding.Of(_folder, Wanted).Run.ShouldBe(HeldRun.Same);

        var other = Wanted with { Experiment = "beta" };
        RunHolding.Of(_folder, other).ShouldSatisfyAllConditions(
            holding => holding.Run.ShouldBe(HeldRun.Another),
            holding => holding.Words.ShouldBe("an unfinished run of alpha"));
    }

    [Fact]
    public void Foreign_files_are_refused_also_with_fresh_and_hidden_ones_and_those_of_runs_are_none()
    {
        RunHolding.Of(Place("missing"), Wanted).Run.ShouldBe(HeldRun.Nothing);
        foreach (string ours in new[] { ".in-use", ".DS_Store", "half" + AtomicFile.TemporarySuffix, "figures-unfinished.txt", "attempts.jsonl" })
            File.WriteAllText(Place(ours), "");
        Directory.CreateDirectory(Place("figures"));
        RunHolding.Of(_folder, Wanted, "attempts.jsonl").Run.ShouldBe(HeldRun.Nothing);

        File.WriteAllText(Place("thesis.tex"), "");
        var holding = RunHolding.Of(_folder, Wanted, "attempts.jsonl");

        (holding.Run, holding.Words).ShouldBe((HeldRun.Foreign, "thesis.tex"));
        Refuses(holding, isFresh: true).ShouldBeTrue();
    }

    [Fact]
    public void A_manifest_that_cannot_be_read_is_of_a_run_that_is_not_lost_unasked()
    {
        File.WriteAllText(Place("manifest.json"), "{");

        var holding = RunHolding.Of(_folder, Wanted);

        Refuses(holding, isFresh: false).ShouldBeTrue();
        Refuses(holding, isFresh: true).ShouldBeFalse();
    }

    [Fact]
    public void A_run_that_is_dropped_leaves_what_others_put_beside_it()
    {
        var folder = RunFolder.Prepare(_folder);
        folder.Write(new RunLog("a"), new Manifest("alpha", [], RunStatus.Finished, null, DateTimeOffset.UnixEpoch, TimeSpan.Zero));
        Directory.CreateDirectory(Place("unfinished"));
        Directory.CreateDirectory(Place("figures"));
        foreach (string file in new[] { "report.html", "notes.txt", "unfinished/run.json", "figures/a.caption.txt", "figures/a.png", "figures/mine.png" })
            File.WriteAllText(Place(file), "");

        folder.DropRun([]);

        Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder, file)).Order(StringComparer.Ordinal)
            .ShouldBe([Path.Combine("figures", "mine.png"), "notes.txt"]);
    }

    private static bool Refuses(RunHolding holding, bool isFresh)
    {
        try
        {
            holding.Require(isFresh);
            return false;
        }
        catch (BadInputException e)
        {
            e.Message.ShouldContain("name another --output");
            return true;
        }
    }

    private string Place(string name) => Path.Combine(_folder, name);
}
