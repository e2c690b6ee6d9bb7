using SpecGD.Records;

namespace SpecGD.Tests.Records;

/// <summary>Whose folder or file it is that a command is to write.</summary>
public sealed class OutputFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-output-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Place(params string[] parts) => Path.Combine([_folder, .. parts]);

    private OutputSource Log(string run, string content = "one")
    {
        Directory.CreateDirectory(Place(run));
        File.WriteAllText(Place(run, RunFolder.LogName), content);
        return OutputSource.OfLog(Place(run, RunFolder.LogName), run);
    }

    [Fact]
    public void A_folder_may_be_written_again_by_what_made_it_and_by_nothing_else()
    {
        var source = Log("a");
        OutputFolder.Require(Place("out"), "figures", [source]).Prepare();
        File.WriteAllText(Place("out", "x.png"), "");

        OutputFolder.Require(Place("out"), "figures", [source]);
        OutputFolder.Require(Place("out"), "figures", [source, Log("b", "two")]); // of the same and more
        Refused(() => OutputFolder.Require(Place("out"), "figures", [Log("b", "two")])).ShouldContain($"holds figures of {Place("a", RunFolder.LogName)}, and would be written over: name another --output");
        Refused(() => OutputFolder.Require(Place("out"), "a diagnosis", [source]));
    }

    [Fact]
    public void A_run_is_known_again_where_it_was_moved_and_where_it_was_computed_again()
    {
        OutputFolder.Require(Place("out"), "figures", [Log("a")]).Prepare();
        File.WriteAllText(Place("out", "x.png"), "");

        OutputFolder.Require(Place("out"), "figures", [Log("moved")]);
        OutputFolder.Require(Place("out"), "figures", [Log("a", "computed again")]);
        Refused(() => OutputFolder.Require(Place("out"), "figures", [OutputSource.OfLog(Place("a", RunFolder.LogName), "another run")]));
    }

    [Fact]
    public void Foreign_files_are_refused_and_hidden_ones_and_own_names_are_none()
    {
        Directory.CreateDirectory(Place("out"));
        File.WriteAllText(Place("out", ".DS_Store"), "");
        File.WriteAllText(Place("out", "a_train_000001.bin"), "");
        OutputFolder.Require(Place("out"), "token shards", [], ["*_train_??????.bin"]);
        OutputFolder.Require(Place("missing"), "figures", []);

        File.WriteAllText(Place("out", "thesis.tex"), "mine");
        Refused(() => OutputFolder.Require(Place("out"), "token shards", [], ["*_train_??????.bin"])).ShouldContain("out holds thesis.tex, and nothing there says that this command wrote it");
    }

    [Fact]
    public void A_damaged_mark_makes_no_folder_ones_own()
    {
        Directory.CreateDirectory(Place("out"));
        File.WriteAllText(Place("out", OutputFolder.MarkName), "{ \"holds\": 3");
        File.WriteAllText(Place("out", "x.png"), "");
        Refused(() => OutputFolder.Require(Place("out"), "figures", []));
    }

    [Fact]
    public void The_folder_of_a_run_and_whatever_lies_in_it_are_refused_but_within_ones_own()
    {
        Log("run");
        File.WriteAllText(Place("run", RunFolder.ManifestName), "{}");
        File.WriteAllText(Place(RunFolder.ManifestName), "{}"); // anyone's: without a log it makes no run

        Refused(() => OutputFolder.Require(Place("run"), "figures", []));
        Refused(() => OutputFolder.Require(Place("run", "a", "b"), "figures", [])).ShouldContain($"lies in {Place("run")}, the folder of a run: name another --output");
        OutputFolder.Require(Place("run", "a"), "figures", [], ownRun: Place("run"));
        Refused(() => RunHolding.Of(Place("run", "a"), new RunIdentity("x", [])).Require(isFresh: true));
        OutputFolder.Require(Place("beside"), "figures", []);
    }

    [Fact]
    public void A_file_is_written_where_there_is_none_or_an_own_one()
    {
        static bool IsOwn(byte[] beginning) => beginning is [(byte)'#', ..];
        OutputFile.Require(Place("new.csv"), "a table", IsOwn);
        File.WriteAllText(Place("empty.csv"), "");
        OutputFile.Require(Place("empty.csv"), "a table", IsOwn);
        File.WriteAllText(Place("own.csv"), "# a table");
        OutputFile.Require(Place("own.csv"), "a table", IsOwn);
        File.WriteAllText(Place("keep.json"), "{}");
        Refused(() => OutputFile.Require(Place("keep.json"), "a table", IsOwn)).ShouldContain("keep.json is there already and is not a table: name another --output");
        Refused(() => OutputFile.Require(_folder, "a table", IsOwn));
    }

    private static string Refused(Action action) => Should.Throw<BadInputException>(action).Message;
}
