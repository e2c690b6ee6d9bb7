using System.Text.Json.Nodes;
using SpecGD.Sweeps;

namespace SpecGD.Tests.Sweeps;

public sealed class SweepFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-sweep-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_grid_and_a_list_become_every_combination_with_the_last_option_running_fastest()
    {
        var tasks = Expand("""
            { "experiment": "random-feature", "options": { "steps": 5 },
              "list": [ { "dim": 4 }, { "dim": 6, "activation": "gelu" } ],
              "grid": { "num-samples": [10, 20], "seed": { "from": 0, "to": 2 } } }
            """);

        tasks.Count.ShouldBe(2 * 2 * 3);
        tasks.Select(t => t.Index).ShouldBe(Enumerable.Range(0, 12));
        tasks[1].Identity.Options["seed"]!.GetValue<ulong>().ShouldBe(1UL);
        tasks[3].Identity.Options["num-samples"]!.GetValue<int>().ShouldBe(20);
        ((string)tasks[11].Identity.Options["activation"]!).ShouldBe("gelu");
        tasks.ShouldAllBe(t => (int)t.Identity.Options["steps"]! == 5);
        tasks.Select(t => t.Key).Distinct().Count().ShouldBe(12);
    }

    [Fact]
    public void The_key_of_a_task_is_that_of_its_options_however_the_file_says_them()
    {
        string plain = Expand("""{ "experiment": "random-feature", "grid": { "dim": [4], "seed": [0, 1] } }""")[1].Key;

        // The same run: another order, a default spelled out, a number in another form.
        Expand("""{ "experiment": "random-feature", "options": { "num-samples": 400 }, "list": [ { "seed": 1, "dim": 4 } ] }""")[0].Key.ShouldBe(plain);
        Expand("""{ "experiment": "random-feature", "options": { "num-samples": 401 }, "list": [ { "seed": 1, "dim": 4 } ] }""")[0].Key.ShouldNotBe(plain);
    }

    [Theory]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dim": [4, 4, 6] } }""", "grid.dim lists 4 twice; give every value once.")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "seed": [0, 1, 1.0] } }""", "grid.seed lists 1 twice; give every value once.")]
    [InlineData("""{ "experiment": "random-feature", "list": [ { "dim": 4, "seed": 1 }, { "seed": 1, "dim": 4 } ] }""", ": list lists dim=4 seed=1 twice; give every value once.")]
    [InlineData("""{ "experiment": "nuclear-rank-growth", "options": { "seeds": [5, 5, 6] }, "grid": { "steps": [3] } }""", "--seeds lists 5 twice; give every value once.")]
    [InlineData("""{ "experiment": "nuclear-rank-growth", "grid": { "seeds": [ [5, 6], [7, 7] ] } }""", "--seeds lists 7 twice; give every value once.")]
    public void The_same_value_twice_is_refused(string json, string sentence) =>
        Should.Throw<BadInputException>(() => Expand(json)).Message.ShouldContain(sentence);

    [Theory]
    [InlineData("""{ "from": 1, "to": 7, "step": 3 }""", "1 4 7")]
    [InlineData("""{ "from": 0.1, "to": 0.5, "step": 0.1 }""", "0.1 0.2 0.3 0.4 0.5")]
    [InlineData("""{ "from": 3, "to": 1, "step": -1 }""", "3 2 1")]
    [InlineData("""{ "from": 0.01, "to": 1, "count": 5, "scale": "log" }""", "0.01 0.03162 0.1 0.3162 1")]
    [InlineData("""{ "from": 0, "to": 1, "count": 3 }""", "0 0.5 1")]
    public void Ranges_have_both_ends(string range, string values) => string.Join(' ', Values(range)).ShouldBe(values);

    [Fact]
    public void Quick_replaces_what_it_names_and_nothing_else()
    {
        var json = (JsonObject)JsonNode.Parse("""
            { "experiment": "random-feature", "options": { "dim": 100, "steps": 1000 }, "grid": { "seed": [0, 1, 2] },
              "quick": { "options": { "steps": 10 }, "grid": { "seed": [0] } } }
            """)!;

        var full = SweepExpansion.Expand(SweepFile.Of(json, "f", "f", quick: false), "f");
        var quick = SweepExpansion.Expand(SweepFile.Of(json, "f", "f", quick: true), "f");

        (full.Count, (int)full[0].Identity.Options["steps"]!).ShouldBe((3, 1000));
        (quick.Count, (int)quick[0].Identity.Options["steps"]!, (int)quick[0].Identity.Options["dim"]!).ShouldBe((1, 10, 100));
    }

    [Fact]
    public void What_a_folder_keeps_of_a_sweep_is_the_same_sweep()
    {
        var sweep = ShippedSweeps.Read("fair-comparison", quick: true);
        var folder = SweepFolder.Prepare(Path.Combine(_folder, "s"), sweep);

        SweepFolder.Open(folder.DirectoryPath).Tasks.Select(t => t.Key).ShouldBe(folder.Tasks.Select(t => t.Key));
    }

    [Fact]
    public void Every_shipped_sweep_expands_in_both_sizes()
    {
        ShippedSweeps.Names.ShouldContain("fair-comparison");
        foreach (string name in ShippedSweeps.Names.Except(["gallery", "gallery-tail"])) // whose experiment is of another assembly, and so are their tests
        {
            int full = SweepExpansion.Expand(ShippedSweeps.Read(name, quick: false), name).Count;
            int quick = SweepExpansion.Expand(ShippedSweeps.Read(name, quick: true), name).Count;
            quick.ShouldBeInRange(2, full);
        }
    }

    [Theory]
    [InlineData("""[1]""", "its JSON is not an object")]
    [InlineData("""{ "experiment": "random-feature" }""", "the sweep has neither a 'grid' nor a 'list'")]
    [InlineData("""{ "grid": { "dim": [1] } }""", "the sweep has no 'experiment'")]
    [InlineData("""{ "experiment": "random-features", "grid": { "dim": [1] } }""", "There is no experiment 'random-features'")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dim": [] } }""", "grid.dim is empty; give at least one value")]
    [InlineData("""{ "experiment": "random-feature", "grid": {} }""", "has neither a 'grid' nor a 'list'")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dims": [1] } }""", "gives the unknown option 'dims'")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dim": ["8"] } }""", "the option 'dim' is \"8\", where a number was expected")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dim": [8.5] } }""", "--dim takes a whole number from 1 to 16384; '8.5' is not")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dim": [NaN] } }""", "grid.dim[0] is null (or not a number), where a value was expected")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "method-lr": [{ "specgd": 1e999 }] } }""", "--method-lr takes a number above 0; '1e999' is not")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "method-lr": [0.1] } }""", "is 0.1, where an object was expected")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "activation": [3] } }""", "is 3, where a text was expected")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "specgd-from-peak": ["yes"] } }""", "where true or false was expected")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dim": 5 } }""", "grid.dim is 5, where a list was expected")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dim": { "from": 1, "to": 5, "stride": 1 } } }""", "has the unknown key 'stride'")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dim": { "from": 1, "to": 5, "step": -1 } } }""", "which is no range")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dim": { "from": 0, "to": 5, "count": 3, "scale": "log" } } }""", "whose ends must be positive")]
    [InlineData("""{ "experiment": "random-feature", "list": [] , "grid": { "dim": [1] } }""", "list is empty")]
    [InlineData("""{ "experiment": "random-feature", "list": [ 3 ] }""", "list[0] is 3, where an object was expected")]
    [InlineData("""{ "experiment": "random-feature", "metric": ["loss"], "grid": { "dim": [1] } }""", "Did you mean 'metrics'?")]
    [InlineData("""{ "experiment": "random-feature", "part": [], "grid": { "dim": [1] } }""", "Did you mean 'parts'?")]
    [InlineData("""{ "experiment": "random-feature", "frobnicate": 1, "grid": { "dim": [1] } }""", "has the unknown key 'frobnicate'")]
    [InlineData("""{ "experiment": "random-feature", "options": { "dim": 1 }, "grid": { "dim": [1] } }""", "both one value in 'options' and several")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dim": [1] }, "tune": "lr" }""", "names 'lr' in 'tune' or 'baseline', but varies only dim")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "method-lr": [{ "specgd": 1 }] }, "tune": "method-rl" }""", "but varies only method-lr. Did you mean 'method-lr'?")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dim": [1] }, "baseline": { "dmi": "1" } }""", "but varies only dim. Did you mean 'dim'?")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dim": [1] }, "replicate": "sede" }""", "no option 'sede' to take repetitions from. Did you mean 'seed'?")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "seed": [18446744073709551616] } }""", "--seed takes a whole number up to 18446744073709551615")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dim": [1] }, "confidence": 95 }""", "confidence is 95, where a number between 0 and 1")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dim": [1] }, "scale": "ln" }""", "where linear or log was expected")]
    [InlineData("""{ "name": "../x", "experiment": "random-feature", "grid": { "dim": [1] } }""", "cannot name a folder")]
    [InlineData("""{ "parts": [ { "name": "a", "experiment": "random-feature", "grid": { "dim": [1] } }, { "name": "a", "experiment": "random-feature", "grid": { "dim": [2] } } ] }""", "two parts called 'a'")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "seed": { "from": 0, "to": 9999 }, "dim": { "from": 1, "to": 9999 } } }""", "at most 1000000 make a sweep")]
    [InlineData("""{ "experiment": "random-feature", "grid": { "dim": [1], "dim": [2] } }""", "is no sweep file")]
    [InlineData("", "is empty; a sweep file was expected")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "is a Git LFS pointer, not a sweep file")]
    [InlineData("{", "is no sweep file")]
    public void Bad_input_is_one_sentence_that_names_the_place(string text, string sentence)
    {
        string file = Path.Combine(_folder, "bad.json");
        File.WriteAllText(file, text);

        var error = Should.Throw<BadInputException>(() => SweepExpansion.Expand(SweepFile.Read(file), file));

        error.Message.ShouldContain(sentence);
        error.Message.ShouldContain("bad.json");
        error.Message.ShouldNotContain('\n');
    }

    [Fact]
    public void A_directory_and_a_missing_file_are_told_apart()
    {
        Should.Throw<BadInputException>(() => SweepFile.Read(_folder)).Message.ShouldContain("is a directory; a sweep file is a JSON file");
        Should.Throw<BadInputException>(() => SweepFile.Read(Path.Combine(_folder, "none"))).Message.ShouldContain("there is no such file");
        Should.Throw<BadInputException>(() => SweepFolder.Open(_folder)).Message.ShouldContain("is no folder of a sweep");
    }

    private IReadOnlyList<SweepTask> Expand(string json)
    {
        string file = Path.Combine(_folder, "sweep.json");
        File.WriteAllText(file, json);
        return SweepExpansion.Expand(SweepFile.Read(file), file);
    }

    /// <summary>The values of a range as a grid takes them, whatever option they are for.</summary>
    private static IEnumerable<string> Values(string range)
    {
        var json = new JsonObject
        {
            ["experiment"] = "random-feature",
            ["grid"] = new JsonObject { ["dim"] = JsonNode.Parse(range) },
        };
        return SweepFile.Of(json, "f", "f", quick: false).Parts[0].Grid[0].Value.Select(AxisText.Of);
    }
}
