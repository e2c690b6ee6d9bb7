using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Training.Gpt;

public sealed class GptCheckpointsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-checkpoints-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_manifest_is_last_and_has_length_and_checksum_of_every_part()
    {
        GptTrainingCase.StopAfter(2, _folder);
        string folder = Path.Combine(_folder, "step-000002"), manifest = Path.Combine(folder, GptCheckpoints.ManifestName);
        var json = (JsonObject)JsonNode.Parse(File.ReadAllText(manifest))!;

        json.Select(part => part.Key).ShouldBe([GptCheckpoints.ModelName, GptCheckpoints.OptimizerName, GptCheckpoints.StateName]);
        foreach (var (name, part) in json)
        {
            byte[] content = File.ReadAllBytes(Path.Combine(folder, name));
            ((long)part!["bytes"]!).ShouldBe(content.Length);
            ((string)part["sha256"]!).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(content)));
            File.GetLastWriteTimeUtc(Path.Combine(folder, name)).ShouldBeLessThanOrEqualTo(File.GetLastWriteTimeUtc(manifest));
        }
        var parts = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(folder, GptCheckpoints.StateName)))!;
        parts.Select(part => part.Key).ShouldBe(["step", "tokens", "series", "tracker"]);
    }

    [Theory]
    [InlineData(GptCheckpoints.ModelName, "cut")]
    [InlineData(GptCheckpoints.OptimizerName, "changed")]
    [InlineData(GptCheckpoints.StateName, "gone")]
    [InlineData(GptCheckpoints.ManifestName, "cut")]
    [InlineData(GptCheckpoints.ManifestName, "gone")]
    public void Any_damage_to_the_newest_falls_back_to_the_one_before_and_says_so(string part, string damage)
    {
        GptTrainingCase.StopAfter(5, _folder);
        string path = Path.Combine(_folder, "step-000005", part);
        byte[] bytes = File.ReadAllBytes(path);
        if (damage == "gone")
            File.Delete(path);
        else if (damage == "cut")
            File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        else
            File.WriteAllBytes(path, [.. bytes[..^1], (byte)~bytes[^1]]);

        var said = GptTrainingCase.Trainer(new GptCheckpoints(_folder)).Resume();

        said.Count.ShouldBe(2);
        said[0].ShouldContain("step-000005 is passed over: ");
        said[1].ShouldContain("step-000004, after step 4.");
    }

    [Fact]
    public void Unfinished_and_damaged_ones_do_not_take_the_places_of_the_two_that_are_kept()
    {
        GptTrainingCase.StopAfter(3, _folder);
        Directory.CreateDirectory(Path.Combine(_folder, "step-000009")); // never finished, as another schedule would have left it
        string stale = Path.Combine(_folder, "step-000003", "model.safetensors" + AtomicFile.TemporarySuffix);
        File.WriteAllText(stale, "half");
        var checkpoints = new GptCheckpoints(_folder);
        File.Exists(stale).ShouldBeFalse("temporary files are swept at the start");
        var trainer = GptTrainingCase.Trainer(checkpoints);
        trainer.Resume();
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        trainer.Optimizer.Steps = 4;

        checkpoints.Keep(trainer);

        checkpoints.Folders.Select(Path.GetFileName).ShouldBe(["step-000004", "step-000003"]);
        GptCheckpoints.FindNewest(_folder).PassedOver.ShouldBeEmpty();
    }

    [Fact]
    public void A_damaged_one_goes_when_the_next_is_written_and_the_whole_one_stays()
    {
        GptTrainingCase.StopAfter(5, _folder);
        File.AppendAllText(Path.Combine(_folder, "step-000005", GptCheckpoints.StateName), " ");
        var checkpoints = new GptCheckpoints(_folder);
        var trainer = GptTrainingCase.Trainer(checkpoints);
        trainer.Resume();
        trainer.Optimizer.Steps = 6;

        checkpoints.Keep(trainer);

        checkpoints.Folders.Select(Path.GetFileName).ShouldBe(["step-000006", "step-000004"]);
    }
}
