using SpecGD.Experiments.NanoGpt;
using SpecGD.Numerics.Communication;
using SpecGD.Tests.Communication;
using SpecGD.Training;

namespace SpecGD.Tests.Experiments;

/// <summary>A run in a folder by several ranks.</summary>
public sealed class NanoGptRanksTests : IDisposable
{
    private static readonly NanoGptOptions Options = new()
    {
        Width = 16, Steps = 3, Sequences = 4, TrackEvery = 0, ValidateEvery = 0, CheckpointEvery = 0, AdamLearningRate = 1e-4,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-ranks-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_first_rank_writes_what_one_alone_would_and_anyone_goes_on_from_it()
    {
        Train(SingleProcess.Instance, "one");
        ThreadTeam.Run(2, collective => Train(collective, "two"));

        Files("two").ShouldBe(Files("one"));
        foreach (string file in new[] { "model.safetensors", "optimizer.safetensors" })
            new FileInfo(Path.Combine(_folder, "two", "checkpoints", "step-000003", file)).Length
                .ShouldBe(new FileInfo(Path.Combine(_folder, "one", "checkpoints", "step-000003", file)).Length);
        Train(SingleProcess.Instance, "two").Single().ShouldEndWith("step-000003, after step 3.");
        ThreadTeam.Run(4, collective => Train(collective, "one"))[0].Single().ShouldEndWith("step-000003, after step 3.");
    }

    [Fact]
    public void A_run_without_a_whole_checkpoint_says_that_it_begins_again()
    {
        Train(SingleProcess.Instance, "out");
        File.WriteAllText(Path.Combine(_folder, "out", "checkpoints", "step-000003", "model.safetensors"), "damaged");

        var said = Train(SingleProcess.Instance, "out");

        said.Count.ShouldBe(2);
        said[0].ShouldEndWith("step-000003 is passed over: model.safetensors is not what was written.");
        said[1].ShouldBe("No whole checkpoint is left: the run begins again from its first step.");
    }

    [Fact]
    public void A_run_goes_on_when_repeating_is_allowed_later()
    {
        Train(SingleProcess.Instance, "out");

        Train(SingleProcess.Instance, "out", Options with { Repeat = true }).Single().ShouldEndWith("step-000003, after step 3.");
        Train(SingleProcess.Instance, "out", Options with { AlignDocuments = false }).Single().ShouldContain("were of other settings");
    }

    [Fact]
    public void Sequences_that_the_ranks_cannot_share_are_an_error_of_all() =>
        Should.Throw<BadInputException>(() => ThreadTeam.Run(3, collective => Train(collective, "out"))).Message
            .ShouldBe("4 sequences of a step cannot be shared by 3 ranks: the number of ranks must divide --sequences.");

    [Fact]
    public void Ranks_that_were_started_with_other_settings_are_an_error_of_all() =>
        Should.Throw<BadInputException>(() => ThreadTeam.Run(2, collective => Train(collective, "out", Options with { Seed = collective.Rank }))).Message
            .ShouldBe("Rank 1: The settings or the data differ from those of rank 0; all ranks must be started alike, on the same data.");

    private IReadOnlyList<string> Train(ICollective collective, string name, NanoGptOptions? options = null)
    {
        var run = new NanoGptRun(options ?? Options, Path.Combine(_folder, name), NanoGptData.Sample(Options), new NanoGptBeginning(), collective);
        run.Train(SilentProgress.Instance, TimeProvider.System, CancellationToken.None);
        return run.Remarks;
    }

    private string[] Files(string name) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(_folder, name), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Path.Combine(_folder, name), file)).Where(file => !file.StartsWith("events", StringComparison.Ordinal)).Order(),
    ];
}
