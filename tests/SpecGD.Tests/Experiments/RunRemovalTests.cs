using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Tests.Experiments;

/// <summary>A run that is taken away goes with all that its experiment keeps beside it, each of which is named; nothing else goes.</summary>
public sealed class RunRemovalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-removal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Experiments => [.. ExperimentCatalog.All.Select(experiment => experiment.Name)];

    [Theory]
    [MemberData(nameof(Experiments))]
    public void All_that_an_experiment_keeps_goes_with_its_run(string name)
    {
        var experiment = ExperimentCatalog.Named(name);
        var folder = Written(new Manifest(name, [], RunStatus.Finished, null, DateTimeOffset.UnixEpoch, TimeSpan.Zero));
        string[] kept = [.. experiment.Companions.Select(companion => companion.Replace("*", "1", StringComparison.Ordinal))];
        foreach (string companion in kept)
            Make(companion);
        var held = RunHolding.Of(_folder, new RunIdentity("another", []));

        string words = RunRemoval.Words(folder, held);
        RunRemoval.Remove(folder, held);

        words.ShouldStartWith($"a finished run of {name}");
        foreach (string companion in experiment.Companions)
            words.ShouldContain(companion.Split('/')[0]);
        Directory.EnumerateFileSystemEntries(_folder).Select(entry => Path.GetFileName(entry)).ShouldBe(["notes.txt"]);
    }

    [Fact]
    public void Of_a_run_that_does_not_tell_whose_it_is_goes_what_any_experiment_keeps()
    {
        var folder = RunFolder.Prepare(_folder);
        File.WriteAllText(folder.ManifestPath, "{");
        Make("checkpoints/step-000001/manifest.json");
        Make("checkpoints/best/model.safetensors");

        var held = RunHolding.Of(_folder, new RunIdentity("another", []));
        RunRemoval.Words(folder, held).ShouldContain("checkpoints/");
        RunRemoval.Remove(folder, held);

        Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).ShouldBe([Path.Combine(_folder, "checkpoints/best/model.safetensors")], "what no checkpoint is stays");
    }

    private RunFolder Written(Manifest manifest)
    {
        var folder = RunFolder.Prepare(_folder);
        folder.Write(new RunLog("r"), manifest);
        File.WriteAllText(Path.Combine(_folder, "notes.txt"), "mine");
        return folder;
    }

    private void Make(string name)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "{}");
    }
}
