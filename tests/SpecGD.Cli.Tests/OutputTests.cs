using System.CommandLine;
using System.Security.Cryptography;

namespace SpecGD.Cli.Tests;

/// <summary>
/// Every command that takes --output: it refuses a folder or file that it did not write, another run's folder, and a folder within one, before it
/// has written or computed anything; and it takes what it wrote itself.
/// </summary>
public sealed class OutputTests : IDisposable, IClassFixture<OutputTests.Inputs>
{
    private const string Refusal = "name another --output";

    /// <summary>What each command is given before --output, as words; {…} stands for what <see cref="Inputs"/> made. True for one that writes a file.</summary>
    private static readonly Dictionary<string, (string Words, bool IsFile)> Commands = new()
    {
        ["plot"] = ("{run}", false),
        ["reproduce"] = ("fig17 --quick", false),
        ["diagnose"] = ("missing.safetensors", false),
        ["nanogpt train"] = ("", false),
        ["nanogpt plot"] = ("{run}", false),
        ["nanogpt export"] = ("{run}", true),
        ["sweep"] = ("fair-comparison --quick", false),
        ["sweep results"] = ("{sweep} --x dim --y loss.final", false),
        ["sweep export"] = ("{sweep}", true),
        ["data tokenize"] = ("{text}", false),
        ["data sample"] = ("--megabytes 0.01", false),
        ["data fetch"] = ("fineweb10B --shards 0 --base-url http://127.0.0.1:1", false),
        ["bench scaling"] = ("", false),
        ["verify fuzz"] = ("--inputs 20", false),
    };

    private readonly Inputs _inputs;
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-output-").FullName;

    public OutputTests(Inputs inputs) => _inputs = inputs;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Paths => [.. WithOutput(CommandLine.Build(), "")];

    [Fact]
    public void Every_command_with_an_output_is_tried() =>
        WithOutput(CommandLine.Build(), "").Where(path => !path.StartsWith("run ", StringComparison.Ordinal)).Order().ShouldBe(Commands.Keys.Order());

    [Theory]
    [MemberData(nameof(Paths))]
    public void Each_refuses_what_it_did_not_write_and_leaves_it_as_it_was(string path)
    {
        var (words, isFile) = path.StartsWith("run ", StringComparison.Ordinal) ? ("", false) : Commands[path];
        string mine = Directory.CreateDirectory(Path.Combine(_folder, "mine")).FullName;
        foreach (string name in new[] { "random-feature.png", "thesis.tex", "keep.json" })
            File.WriteAllText(Path.Combine(mine, name), "{ \"mine\": 1 }");
        string run = Path.Combine(_folder, "run");
        Inputs.Copy(_inputs.Of("{other}"), run);
        string[] places = isFile ? [Path.Combine(mine, "keep.json"), Path.Combine(mine, "thesis.tex"), Path.Combine(run, "log.json")]
            : [mine, run, Path.Combine(run, "new", "deeper"), Path.Combine(run, "figures")];
        string before = Content();

        foreach (string place in places)
        {
            string[] command = [.. path.Split(' '), .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(_inputs.Of), "--output", place];
            var said = SpecgdProcess.Run(_folder, command);
            said.ExitCode.ShouldBe(2, $"{string.Join(' ', command)}: {said.Error}");
            said.Error.ShouldContain(Refusal, customMessage: string.Join(' ', command));
            Content().ShouldBe(before, string.Join(' ', command));
        }
    }

    [Fact]
    public void Figures_are_drawn_again_where_the_same_run_was_drawn_and_nowhere_else()
    {
        string target = Path.Combine(_folder, "out");
        Drawn("plot", "{run}", target).ShouldBe(0);
        Drawn("plot", "{run}", target).ShouldBe(0);
        string before = Content();
        Drawn("plot", "{other}", target).ShouldBe(2);
        Drawn("nanogpt plot", "{other}", target).ShouldBe(2);
        Content().ShouldBe(before);
        Drawn("plot", "{run}", Path.Combine(_inputs.Of("{run}"), "figures")).ShouldBe(0, "its own");
        Drawn("plot", "{run}", Path.Combine(_inputs.Of("{run}"), "figures-again")).ShouldBe(0, "within its own folder");
    }

    [Fact]
    public void A_table_and_shards_are_written_again()
    {
        string table = Path.Combine(_folder, "table"), shards = Path.Combine(_folder, "shards");
        foreach (string format in new[] { "csv", "json", "csv" })
            SpecgdProcess.Run(_folder, ["sweep", "export", _inputs.Of("{sweep}"), "--format", format, "--output", table]).ExitCode.ShouldBe(0);
        SpecgdProcess.Run(_folder, ["sweep", "export", _inputs.Of("{sweep}"), "--long", "--output", table]).ExitCode.ShouldBe(0);
        SpecgdProcess.Run(_folder, ["sweep", "export", _inputs.Of("{sweep}"), "--output", table]).ExitCode.ShouldBe(0);
        for (int time = 0; time < 2; time++)
            SpecgdProcess.Run(_folder, ["data", "sample", "--megabytes", "0.01", "--overwrite", "--output", shards]).ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_file_in_a_folder_that_is_not_there_is_refused_by_the_users_own_name()
    {
        foreach (var (path, (words, _)) in Commands.Where(command => command.Value.IsFile))
        {
            string[] command = [.. path.Split(' '), .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(_inputs.Of), "--output", "nodir/x.csv"];
            var said = SpecgdProcess.Run(_folder, command);
            said.ExitCode.ShouldBe(2, path);
            said.Error.ShouldContain("nodir/x.csv cannot be written: there is no folder nodir; make it first, or name another --output.", customMessage: path);
            said.Error.ShouldNotContain("specgd-tmp", customMessage: path);
        }
    }

    private int Drawn(string verb, string run, string target) => SpecgdProcess.Run(_folder, [.. verb.Split(' '), _inputs.Of(run), "--output", target]).ExitCode;

    private static IEnumerable<string> WithOutput(Command command, string path) => command.Subcommands.Where(c => !c.Hidden)
        .SelectMany(c => WithOutput(c, $"{path} {c.Name}".TrimStart()))
        .Concat(command.Options.Any(option => option.Name == "--output") ? [path] : []);

    /// <summary>Names and contents of all that is there, hidden files too.</summary>
    private string Content() => string.Join('\n', Directory.EnumerateFileSystemEntries(_folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(entry => $"{entry} {(File.Exists(entry) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(entry))) : "")}"));

    /// <summary>Two runs, a sweep and a text, made once.</summary>
    public sealed class Inputs : IDisposable
    {
        private const string Sweep = """
            { "experiment": "random-feature", "name": "small", "options": { "feature-dim": 3, "num-samples": 12, "steps": 5, "specgd-restart-frequency": 0,
              "specgd-from-peak": false }, "grid": { "dim": [6, 8], "seed": [0] } }
            """;

        private readonly string _folder = Directory.CreateTempSubdirectory("specgd-inputs-").FullName;

        public Inputs()
        {
            File.WriteAllText(Path.Combine(_folder, "text.txt"), "a text\n");
            File.WriteAllText(Path.Combine(_folder, "small.json"), Sweep);
            foreach (var (seed, name) in new[] { ("0", "run"), ("7", "other") })
                Do("run", "random-feature", "--dim", "6", "--feature-dim", "3", "--num-samples", "12", "--steps", "5", "--seed", seed, "--output", name);
            Do("sweep", "small.json", "--workers", "1", "--output", "sweep");
        }

        /// <summary>A word, or the place that it stands for.</summary>
        public string Of(string word) => word switch
        {
            "{text}" => Path.Combine(_folder, "text.txt"),
            ['{', .. var name, '}'] => Path.Combine(_folder, name),
            _ => word,
        };

        public void Dispose() => Directory.Delete(_folder, recursive: true);

        public static void Copy(string from, string to)
        {
            foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                string target = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }

        private void Do(params string[] arguments)
        {
            var said = SpecgdProcess.Run(_folder, arguments);
            said.ExitCode.ShouldBe(0, said.Error);
        }
    }
}
