using System.Text.Json.Nodes;
using SpecGD.Sweeps;
using SpecGD.Sweeps.Engines;

namespace SpecGD.Tests.Sweeps;

public class SlurmScriptTests
{
    private static readonly TaskLaunch Launch = new(["/opt/dot net/dotnet", "/opt/it's/SpecGD.Cli.dll"], "/home/a b");

    [Fact]
    public void The_script_says_everything_that_was_asked()
    {
        var options = new SlurmOptions { Partition = "long", Account = "lab", Time = "2:00:00", Cpus = 4, Extra = ["--constraint=avx512", "nice=10"] };

        string script = SlurmScript.Render(Folder("/data/sweep"), [0, 1, 2, 7], 1, 2, 3L << 30, options, Launch);

        string[] lines = script.Split('\n');
        lines[0].ShouldBe("#!/bin/sh");
        foreach (string line in new[]
        {
            "#SBATCH --array=0-2,7%2", "#SBATCH --partition=long", "#SBATCH --account=lab", "#SBATCH --time=2:00:00", "#SBATCH --mem=3072M",
            "#SBATCH --cpus-per-task=4", "#SBATCH --constraint=avx512", "#SBATCH --nice=10", "#SBATCH --requeue", "#SBATCH --open-mode=append",
            "#SBATCH --signal=B:USR1@60", "#SBATCH --output=\"/data/sweep/slurm/%A_%a.log\"", "cd '/home/a b' || exit 1",
        })
            lines.ShouldContain(line);
        lines[^2].ShouldBe(
            "exec '/opt/dot net/dotnet' '/opt/it'\\''s/SpecGD.Cli.dll' sweep task /data/sweep --first \"$((SLURM_ARRAY_TASK_ID * 1))\" --count 1");
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("3", "3")]
    [InlineData("0 1 2 3", "0-3")]
    [InlineData("5 0 1 7 6 1", "0-1,5-7")]
    [InlineData("0 2 4", "0,2,4")]
    public void Indexes_that_follow_one_another_become_ranges(string indexes, string ranges) =>
        SlurmScript.Ranges(indexes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)).ShouldBe(ranges);

    [Theory]
    [InlineData(1, 1001, null, 1)]
    [InlineData(1001, 1001, null, 1)]
    [InlineData(1002, 1001, null, 2)] // the highest index may be MaxArraySize − 1
    [InlineData(100_000, 1001, null, 100)]
    [InlineData(12, 1001, 5, 5)]
    public void More_tasks_than_an_array_may_have_are_packed(int tasks, int maxArraySize, int? asked, int perElement)
    {
        int packed = SlurmScript.TasksPerElement(tasks, maxArraySize, asked);

        packed.ShouldBe(perElement);
        ((tasks - 1) / packed).ShouldBeLessThan(maxArraySize);
    }

    [Fact]
    public void Too_few_tasks_an_element_is_bad_input() =>
        Should.Throw<BadInputException>(() => SlurmScript.TasksPerElement(5000, 1001, 2)).Message.ShouldContain("use 5 or more");

    [Fact]
    public void What_Slurm_would_take_for_something_else_is_refused()
    {
        Should.Throw<BadInputException>(() => Script(Folder("/data/50%"), new SlurmOptions())).Message.ShouldContain("use another --output");
        Should.Throw<BadInputException>(() => Script(Folder("/data"), new SlurmOptions { Partition = "a\nrm" })).Message.ShouldContain("cannot stand in a batch script");
    }

    [Theory]
    [InlineData("800M", 800L << 20, "800M")]
    [InlineData("4G", 4L << 30, "4G")]
    [InlineData("1.5gb", 3L << 29, "1.5G")]
    public void Memory_is_read_and_shown_as_people_write_it(string text, long bytes, string shown)
    {
        MemorySize.Parse(text).ShouldBe(bytes);
        MemorySize.Text(bytes).ShouldBe(shown);
    }

    [Theory]
    [InlineData("4")]
    [InlineData("G")]
    [InlineData("")]
    [InlineData("-1G")]
    [InlineData("1M")]
    [InlineData("NaNG")]
    [InlineData("99999999T")]
    public void What_is_no_amount_of_memory_is_refused(string text) =>
        Should.Throw<BadInputException>(() => MemorySize.Parse(text)).Message.ShouldContain("--memory-limit takes an amount of memory");

    private static string Script(SweepFolder folder, SlurmOptions options) => SlurmScript.Render(folder, [0], 1, null, null, options, Launch);

    private static SweepFolder Folder(string path) => SweepFolder.Planned(path, SweepFile.Of(
        (JsonObject)JsonNode.Parse("""{ "experiment": "random-feature", "grid": { "seed": [0, 1, 2] } }""")!, "f", "f", quick: false));
}
