using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SpecGD.Records;
using SpecGD.Training;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Training.Gpt;

/// <summary>A run that goes on from a checkpoint equals, to the last bit, the one that never stopped.</summary>
public sealed class GptResumeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-gpt-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Every step that a run of six can be stopped at.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_run_that_goes_on_equals_one_that_never_stopped_bit_by_bit(int stop)
    {
        var whole = GptTrainingCase.Trainer();
        whole.Run(SilentProgress.Instance, CancellationToken.None);

        GptTrainingCase.StopAfter(stop, _folder);
        var resumed = GptTrainingCase.Trainer(new GptCheckpoints(_folder));
        resumed.Resume().ShouldBe([$"Going on from {Path.Combine(_folder, $"step-{stop:000000}")}, after step {stop}."]);
        resumed.Run(SilentProgress.Instance, CancellationToken.None).Status.ShouldBe(RunStatus.Finished);

        GptTrainingCase.Weights(resumed).ShouldBe(GptTrainingCase.Weights(whole));
        SeriesState.Capture(resumed.Log).ToJsonString().ShouldBe(SeriesState.Capture(whole.Log).ToJsonString());
        resumed.Tracker.ToJson().ToJsonString().ShouldBe(whole.Tracker.ToJson().ToJsonString());
    }

    [Theory]
    [InlineData("tokens")]
    [InlineData("step")]
    [InlineData("muon.momentum.")]
    [InlineData("adam.first.")]
    [InlineData("adam.second.")]
    public void Without_a_part_of_the_state_it_would_not(string part)
    {
        var whole = GptTrainingCase.Trainer();
        whole.Run(SilentProgress.Instance, CancellationToken.None);

        GptTrainingCase.StopAfter(3, _folder);
        var resumed = GptTrainingCase.Trainer(new GptCheckpoints(_folder), source: part == "tokens" ? new Forgetful() : null);
        resumed.Resume().Count.ShouldBe(1);
        if (part == "step")
            resumed.Optimizer.Steps = 2;
        var memories = resumed.Optimizer.State.Where(memory => memory.Name.StartsWith(part, StringComparison.Ordinal)).ToArray();
        (part.Contains('.') == memories.Length > 0).ShouldBeTrue("what is forgotten was there");
        foreach (var (_, memory) in memories)
            memory.Fill(0);
        resumed.Run(SilentProgress.Instance, CancellationToken.None);

        GptTrainingCase.Weights(resumed).ShouldNotBe(GptTrainingCase.Weights(whole));
    }

    /// <summary>The only draws of a run after its beginning are those of its data, so the place in the data is its random state.</summary>
    [Fact]
    public void A_checkpoint_without_its_place_in_the_data_goes_on_otherwise()
    {
        var whole = GptTrainingCase.Trainer();
        whole.Run(SilentProgress.Instance, CancellationToken.None);
        GptTrainingCase.StopAfter(3, _folder);
        string checkpoint = Path.Combine(_folder, "step-000003"), state = Path.Combine(checkpoint, GptCheckpoints.StateName);
        var json = (JsonObject)JsonNode.Parse(File.ReadAllText(state))!;
        json.Remove("tokens").ShouldBeTrue();
        File.WriteAllText(state, json.ToJsonString());
        string manifest = Path.Combine(checkpoint, GptCheckpoints.ManifestName);
        var parts = (JsonObject)JsonNode.Parse(File.ReadAllText(manifest))!;
        byte[] content = File.ReadAllBytes(state);
        parts[GptCheckpoints.StateName] = new JsonObject { ["bytes"] = (long)content.Length, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)) };
        File.WriteAllText(manifest, parts.ToJsonString());

        var resumed = GptTrainingCase.Trainer(new GptCheckpoints(_folder));
        resumed.Resume().ShouldBe([$"Going on from {checkpoint}, after step 3."]);
        resumed.Run(SilentProgress.Instance, CancellationToken.None);

        GptTrainingCase.Weights(resumed).ShouldNotBe(GptTrainingCase.Weights(whole));
    }

    /// <summary>A source that starts again whatever was kept: what a lost state would do.</summary>
    private sealed class Forgetful : ITokenSource
    {
        private readonly MemoryTokens _tokens = new(GptTrainingCase.Text(), 128, 2);

        public IReadOnlyList<ReadOnlyMemory<ushort>> Next() => _tokens.Next();
    }
}
