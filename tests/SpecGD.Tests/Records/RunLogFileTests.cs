using System.Text;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Tests.Records;

public sealed class RunLogFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("specgd-log-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_log_is_found_in_its_folder_under_our_name_or_the_authors()
    {
        const string Log = """{"methods": {"specgd": {"loss": {"steps": [0], "values": [1]}}}}""";
        string Place(string name) => Path.Combine(_directory, name);
        Should.Throw<BadInputException>(() => RunLogFile.Find(_directory)).Message.ShouldContain("has no run log");
        File.WriteAllText(Place("settings.json"), "{}");
        File.WriteAllText(Place("1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed.json"), Log);
        RunLogFile.Find(_directory).ShouldBe(Place("1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed.json"));

        File.WriteAllText(Place("second.json"), Log);
        Should.Throw<BadInputException>(() => RunLogFile.Find(_directory)).Message
            .ShouldContain("has 2 run logs: name one of 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed.json, second.json.");
        File.WriteAllText(Place("log.json"), Log);
        RunLogFile.Find(_directory).ShouldBe(Place("log.json"));
        RunLogFile.Find(Place("second.json")).ShouldBe(Place("second.json"));
    }

    [Fact]
    public void A_log_in_a_folder_that_is_damaged_is_told_so_and_not_overlooked()
    {
        string log = Path.Combine(_directory, "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed.json");
        File.WriteAllText(Path.Combine(_directory, "settings.json"), "{}");
        File.WriteAllText(log, """{"methods": {"specgd": {"loss": {"steps": [0, 1, 2], "values": [1, 2]}}}}""");
        RunLogFile.Find(_directory).ShouldBe(log);
        Should.Throw<BadInputException>(() => RunLogFile.Read(RunLogFile.Find(_directory))).Message.ShouldContain("'loss' has 3 steps but 2 values");

        File.WriteAllText(log, """{"methods": {"specgd": {"loss": {"steps": [0,""");
        Should.Throw<BadInputException>(() => RunLogFile.Find(_directory)).Message.ShouldContain($"has no run log: neither log.json nor another JSON file with methods and their series. {log} is no run log: ");
        File.WriteAllText(log, """{"run_id": "r", "rows": [{"lambda": 0}]}""");
        RunLogFile.Find(_directory).ShouldBe(log, "a log of an experiment without methods");
    }

    [Fact]
    public void A_log_reads_back_as_it_was_written()
    {
        var log = new RunLog("a run") { Config = new JsonObject { ["activation"] = "relu" }, Dataset = new JsonObject { ["stable_rank_A"] = 3.0042689662727917 } };
        var method = new MethodLog { Metadata = new JsonObject { ["lr"] = 0.1, ["update_kind"] = "specgd" } };
        method.Record("loss", 0, 27.4645888522);
        method.Record("loss", 1, 1e-300);
        method.Record("grad_ratio.W1", 0, 1.0 / 3);
        method.Record("grad_ratio.W2", 0, double.NaN);
        log.Methods.Add("specgd", method);

        var copy = RunLogFile.Read(Save(RunLogFile.Serialize(log)));

        copy.RunId.ShouldBe("a run");
        copy.ConfigText("activation").ShouldBe("relu");
        copy.DatasetNumber("stable_rank_A").ShouldBe(3.0042689662727917);
        copy.Methods.Keys.ShouldBe(["specgd"]);
        var read = copy.Methods["specgd"];
        read.Series.Keys.ShouldBe(["loss", "grad_ratio.W1", "grad_ratio.W2"]);
        read.Find("loss")!.Values.ShouldBe([27.4645888522, 1e-300]);
        read.Find("grad_ratio.W1")!.Values.ShouldBe([1.0 / 3]);
        read.Find("grad_ratio.W2")!.Values.Single().ShouldBe(double.NaN, "what is not finite is null in the file");
        ((double)read.Metadata["lr"]!).ShouldBe(0.1);
    }

    [Fact]
    public void The_file_has_the_nesting_that_the_authors_plotting_scripts_read()
    {
        var log = new RunLog("r");
        var method = new MethodLog();
        method.Record("grad_ratio.W1", 5, 2);
        log.Methods.Add("gradient_descent", method);

        var json = JsonNode.Parse(RunLogFile.Serialize(log))!;

        ((int)json["methods"]!["gradient_descent"]!["grad_ratio"]!["W1"]!["steps"]![0]!).ShouldBe(5);
        ((double)json["methods"]!["gradient_descent"]!["grad_ratio"]!["W1"]!["values"]![0]!).ShouldBe(2);
        json.AsObject().Select(p => p.Key).ShouldBe(["run_id", "config", "dataset", "methods"]);
    }

    [Fact]
    public void Results_that_are_no_series_read_back_as_sections()
    {
        var log = new RunLog("r") { Sections = new JsonObject { ["rows"] = new JsonArray(1, 2), ["model1"] = new JsonObject { ["k"] = 3 } } };

        var copy = RunLogFile.Read(Save(RunLogFile.Serialize(log)));

        copy.Sections.ToJsonString().ShouldBe(log.Sections.ToJsonString());
        copy.Methods.Count.ShouldBe(0);
    }

    [Fact]
    public void Bare_non_numbers_of_Python_are_read_as_missing()
    {
        string path = Save("""{"methods": {"m": {"note": "NaN \" Infinity", "loss": {"steps": [0, 1, 2, 3], "values": [NaN, Infinity, -Infinity, -1.5]}}}}""");

        RunLogFile.Read(path).Methods["m"].Find("loss")!.Values.ShouldBe([double.NaN, double.NaN, double.NaN, -1.5]);
    }

    [Theory]
    [InlineData("", "is empty; a run log was expected")]
    [InlineData("   ", "is empty; a run log was expected")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0", "is a Git LFS pointer, not a run log")]
    [InlineData("not json", "is no run log: ")]
    [InlineData("[1, 2]", "its JSON is not an object")]
    [InlineData("{}", "it has no object 'methods'")]
    [InlineData("""{"methods": {}}""", "it has no object 'methods'")]
    [InlineData("""{"methods": {"m": 3}}""", "'methods.m' must be an object of series")]
    [InlineData("""{"methods": {"m": {"loss": {"steps": [0, 1], "values": [1]}}}}""", "'loss' has 2 steps but 1 value")]
    [InlineData("""{"methods": {"m": {"loss": {"steps": [0.5], "values": [1]}}}}""", "step 0 is 0.5, not a whole number")]
    [InlineData("""{"methods": {"m": {"loss": {"steps": [5, 3], "values": [1, 2]}}}}""", "step 3 follows step 5; steps must ascend")]
    [InlineData("""{"methods": {"m": {"a.b": {"steps": [0], "values": [1]}, "a": {"b": {"steps": [0], "values": [1]}}}}}""", "has the series 'a.b' twice")]
    [InlineData("""{"methods": {"m": {"loss": {"steps": [0], "values": ["x"]}}}}""", "value 0 is \"x\", not a number")]
    [InlineData("""{"methods": {"m": {}}, "methods": {"m": {}}}""", "is no run log: ")]
    [InlineData("""{"run_id": "\ud800", "methods": {"m": {}}}""", "a text in it is not UTF-8, or has half a surrogate pair")]
    [InlineData("""{"methods": {"\udfff": {}}}""", "a text in it is not UTF-8, or has half a surrogate pair")]
    public void A_file_that_is_no_log_is_refused_in_a_sentence(string content, string expected)
    {
        string path = Save(content);

        string message = Should.Throw<BadInputException>(() => RunLogFile.Read(path)).Message;

        message.ShouldStartWith(path);
        message.ShouldContain(expected);
    }

    [Fact]
    public void Json_nested_too_deep_is_refused() =>
        Should.Throw<BadInputException>(() => RunLogFile.Read(Save(string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100))))
            .Message.ShouldContain("is no run log");

    [Fact]
    public void A_missing_file_and_a_directory_are_named()
    {
        Should.Throw<BadInputException>(() => RunLogFile.Read(Path.Combine(_directory, "none.json"))).Message.ShouldContain("there is no such file");
        Should.Throw<BadInputException>(() => RunLogFile.Read(_directory)).Message.ShouldContain("is a directory");
    }

    private string Save(string content) => Save(Encoding.UTF8.GetBytes(content));

    private string Save(byte[] content)
    {
        string path = Path.Combine(_directory, "log.json");
        File.WriteAllBytes(path, content);
        return path;
    }
}
