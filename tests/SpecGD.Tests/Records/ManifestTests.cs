using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Tests.Records;

public sealed class ManifestTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("specgd-manifest-").FullName;

    private static Manifest Elsewhere { get; } = new(
        "random-feature",
        new JsonObject { ["dim"] = 3, ["steps"] = null, ["activation"] = "\"ß\"", ["method-lr"] = new JsonObject { ["specgd"] = 0.1 } },
        RunStatus.Interrupted,
        "Stopped at step 7.",
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(-5.5)),
        TimeSpan.FromSeconds(1234.567))
    {
        Version = "9.8.7",
        Commit = "abc-modified",
        Machine = new Machine("a processor", 64, "a system", "a runtime", "another BLAS", "its build", 48),
    };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_manifest_of_another_machine_and_version_reads_back_as_it_was_written()
    {
        var read = Manifest.Read(FileOf(Elsewhere.ToJson()));

        read.ToJson().ShouldBe(Elsewhere.ToJson());
        (read with { Options = Elsewhere.Options, Asked = null! }).ShouldBe(Elsewhere, "all but the options compares by value");
        read.Started.Offset.ShouldBe(TimeSpan.FromHours(-5.5));
    }

    [Fact]
    public void A_manifest_of_this_run_names_this_program_and_machine_and_reads_back()
    {
        var manifest = new Manifest("x", [], RunStatus.Finished, null, DateTimeOffset.UnixEpoch, TimeSpan.Zero);

        var read = Manifest.Read(FileOf(manifest.ToJson()));

        read.ToJson().ShouldBe(manifest.ToJson());
        read.Machine.ShouldBe(Machine.Here());
        (read.Version + (read.Commit is null ? "" : "+" + read.Commit)).ShouldBe(Manifest.ProgramVersion);
        read.Detail.ShouldBeNull();
    }

    [Theory]
    [InlineData("experiment", "7", "'experiment' is 7, where a text was expected.")]
    [InlineData("experiment", "null", "'experiment' is missing or null, where a text was expected.")]
    [InlineData("options", "[]", "'options' is [], where an object was expected.")]
    [InlineData("status", "\"Finished\"", "'status' is \"Finished\", where one of finished, diverged, interrupted was expected.")]
    [InlineData("status", "\"0\"", "'status' is \"0\", where one of finished, diverged, interrupted was expected.")]
    [InlineData("detail", "false", "'detail' is false, where a text was expected.")]
    [InlineData("started", "\"yesterday\"", "'started' is \"yesterday\", where a time such as 2026-01-31T12:00:00+00:00 was expected.")]
    [InlineData("wall_seconds", "-1", "'wall_seconds' is -1, where a number of seconds, 0 or more was expected.")]
    [InlineData("wall_seconds", "1e300", "'wall_seconds' is 1e300, where a number of seconds, 0 or more was expected.")]
    [InlineData("wall_seconds", "NaN", "'wall_seconds' is missing or null, where a number of seconds, 0 or more was expected.")]
    [InlineData("machine", "{}", "'machine.processor' is missing or null, where a text was expected.")]
    public void What_is_wrong_is_said_in_a_sentence(string name, string value, string expected)
    {
        var json = JsonNode.Parse(Elsewhere.ToJson())!.AsObject();
        json[name] = "PLACEHOLDER";
        string path = FileOf(json.ToJsonString().Replace("\"PLACEHOLDER\"", value, StringComparison.Ordinal));

        Should.Throw<BadInputException>(() => Manifest.Read(path)).Message.ShouldBe($"{path} is no manifest: {expected}");
    }

    [Theory]
    [InlineData("logical_processors", 0)]
    [InlineData("threads", 1.5)]
    public void A_count_is_a_whole_number_from_one_on(string name, double value)
    {
        var json = JsonNode.Parse(Elsewhere.ToJson())!.AsObject();
        json["machine"]![name] = value;

        Should.Throw<BadInputException>(() => Manifest.Read(FileOf(json.ToJsonString()))).Message
            .ShouldEndWith($"'machine.{name}' is {json["machine"]![name]!.ToJsonString()}, where a whole number from 1 on was expected.");
    }

    [Fact]
    public void What_a_later_version_adds_is_passed_over()
    {
        var json = JsonNode.Parse(Elsewhere.ToJson())!.AsObject();
        json["cluster"] = new JsonObject { ["job"] = 1 };

        Manifest.Read(FileOf(json.ToJsonString())).ToJson().ShouldBe(Elsewhere.ToJson());
    }

    [Fact]
    public void A_missing_file_is_said_in_a_sentence()
    {
        string path = Path.Combine(_directory, "nowhere.json");

        Should.Throw<BadInputException>(() => Manifest.Read(path)).Message.ShouldBe($"{path} cannot be read as a manifest: there is no such file.");
    }

    private string FileOf(string text)
    {
        string path = Path.Combine(_directory, RunFolder.ManifestName);
        File.WriteAllText(path, text);
        return path;
    }
}
