using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;

namespace SpecGD.Cli.Tests;

public sealed class HelpExampleTests : InTemporaryDirectory
{
    /// <summary>Columns of the narrowest terminal that help is made for.</summary>
    private const int Columns = 80;

    public static TheoryData<string, string> Examples
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (path, examples) in HelpExamples.All)
                foreach (var example in examples)
                    data.Add(path, example.Command);
            return data;
        }
    }

    public static TheoryData<string> Paths => [.. Commands(CommandLine.Build(), "specgd").Select(c => c.Path)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_is_understood_by_its_own_command(string path, string example)
    {
        string[] words = Words(example);
        if (words[0] == "mpirun")
            words = words[3..];
        words[0].ShouldBe("specgd");

        var parsed = CommandLine.Build().Parse(words[1..]);

        parsed.Errors.ShouldBeEmpty(example);
        if (path != "specgd" && Commands(CommandLine.Build(), "specgd").Single(c => c.Path == path).Command.Action is not null)
            CommandPath.Of(parsed).ShouldBe(path);
        else
            CommandPath.Of(parsed).ShouldStartWith(path);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_command_has_examples_of_its_own_that_fit_a_terminal(string path)
    {
        HelpExamples.Of(path).ShouldNotBeEmpty();
        foreach (string line in HelpExamples.Of(path).SelectMany(HelpExamples.Lines))
            ("  " + line).Length.ShouldBeLessThanOrEqualTo(Columns, line);
    }

    [Fact]
    public void No_example_is_of_a_command_that_there_is_not() =>
        HelpExamples.All.Keys.Except(Commands(CommandLine.Build(), "specgd").Select(c => c.Path)).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Paths))]
    public void Lines_of_usage_begin_with_what_one_types_and_nothing_else(string path)
    {
        var usage = CommandPath.Usage(CommandLine.Build().Parse(path.Split(' ')[1..])).ToArray();

        usage.ShouldNotBeEmpty();
        usage.ShouldAllBe(line => line.StartsWith(path, StringComparison.Ordinal) && line.LastIndexOf("specgd", StringComparison.Ordinal) == 0);
        foreach (var option in Commands(CommandLine.Build(), "specgd").Single(c => c.Path == path).Command.Options.Where(o => o.Required))
            usage[0].ShouldContain(option.Name);
    }

    /// <summary>What a line of usage has without brackets must be given, and what stands in brackets may be left out.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void Lines_of_usage_say_what_may_be_left_out(string path)
    {
        var root = CommandLine.Build();
        string[] verbs = path.Split(' ')[1..];
        var command = Commands(root, "specgd").Single(c => c.Path == path).Command;
        if (command.Action is null)
            return;
        string[] usage = CommandPath.Usage(root.Parse(verbs)).First()[path.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] needed = [.. usage.Where(word => !word.StartsWith('[') && !word.EndsWith(']')).Select(word => word.StartsWith('-') ? word : "x")];

        root.Parse([.. verbs, .. needed]).Errors.ShouldBeEmpty($"{path} {string.Join(' ', needed)}");
        for (int i = 0; i < needed.Length; i++)
            if (!needed[i].StartsWith('-'))
                root.Parse([.. verbs, .. needed.Where((_, j) => j != i)]).Errors.ShouldNotBeEmpty($"{path} without {usage[i]}");
    }

    /// <summary>A page that lists commands shows their arguments as they are: &lt;FILE&gt; must be given, [FIGURE] may be.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void Lists_of_commands_say_what_may_be_left_out(string path)
    {
        var command = Commands(CommandLine.Build(), "specgd").Single(c => c.Path == path).Command;
        if (command.Subcommands.All(c => c.Hidden))
            return;
        using var page = new StringWriter();
        CommandLine.Build().Parse([.. path.Split(' ')[1..], "--help"]).Invoke(new InvocationConfiguration { Output = page });
        foreach (var listed in command.Subcommands.Where(c => !c.Hidden))
        {
            string shown = string.Concat(listed.Arguments.Select(argument => argument.Arity.MinimumNumberOfValues == 0
                ? $" [{argument.HelpName ?? argument.Name}]" : $" <{argument.HelpName ?? argument.Name}>"));
            page.ToString().ShouldMatch($@"(?m)^  {Regex.Escape(listed.Name + shown)}(  |\r?$)");
        }
    }

    [Theory]
    [InlineData("sweep status --help", "specgd sweep status <DIR> [options]", "specgd sweep status runs/sweeps/mine")]
    [InlineData("sweep export --help", "specgd sweep export <DIR> [options]", "specgd sweep export runs/sweeps/mine >mine.csv")]
    [InlineData("bench scaling --help", "specgd bench scaling [<NAME>...] [options]", "specgd bench scaling threads-product")]
    [InlineData("data tokenize --help", "specgd data tokenize <INPUT>... --output <DIR> [options]", "specgd data tokenize books/")]
    [InlineData("sweep --help", "specgd sweep <command> [options]", "specgd sweep fair-comparison --quick")]
    public void Help_shows_them(string arguments, string usage, string example)
    {
        string page = Specgd(arguments.Split(' ')).Output;

        page.ShouldContain($"  {usage}{Environment.NewLine}");
        page.ShouldContain(example);
        if (arguments == "sweep status --help")
            page.ShouldNotContain("<FILE>", customMessage: "an argument of sweep, which its commands do not take");
    }

    [Theory]
    [InlineData("run random-feature --num-step 3", "Did you mean '--num-samples'?", false)]
    [InlineData("run random-feature --step 3", "Did you mean '--steps'?", true)]
    [InlineData("run random-featur", "Did you mean 'random-feature'?", true)]
    [InlineData("run random-feature --activation relu_sqare", "Did you mean 'relu_square'?", true)]
    [InlineData("reproduce fig33", "Did you mean 'fig3'?", true)]
    [InlineData("sweep fair-comparson", "Did you mean 'fair-comparison'?", true)]
    [InlineData("sweep fair-comparison --quik", "Did you mean '--quick'?", true)]
    [InlineData("nanogpt train --preset nanno", "Did you mean 'nano'?", true)]
    [InlineData("nanogpt trian", "Did you mean 'train'?", true)]
    [InlineData("docter", "Did you mean 'doctor'?", true)]
    [InlineData("reproduce fig3 --seed 7", "'specgd run random-feature --seed …' runs the same with yours", true)]
    [InlineData("reproduce fig3 --sed 7", "'--sed' is not understood by specgd reproduce. Did you mean '--seed'? '--seed' is not for reproduce", true)]
    [InlineData("reproduce --seed 7", "'--seed' is not for reproduce, which takes the settings of the paper: the commands that take it are 'specgd run batch-size-sweep'", true)]
    [InlineData("reproduce --quick --seed 7", "'specgd run random-feature'", true)]
    [InlineData("reproduce --seeed 7", "Did you mean '--seed'? '--seed' is not for reproduce", true)]
    [InlineData("reproduce fig99 --seed 7", "There is no figure 'fig99' to reproduce", true)]
    [InlineData("reproduce --seed 7 fig99", "There is no figure 'fig99' to reproduce", true)]
    [InlineData("reproduce --dims 4 5 fig14", "'specgd run nuclear-rank-growth --dims …' runs the same with yours", true)]
    [InlineData("reproduce --specgd-from-peak fig99", "There is no figure 'fig99' to reproduce", true)]
    [InlineData("sweep statuss", "Did you mean 'status'?", true)]
    [InlineData("reproduce fig5 --steps 7", "takes settings of its own: 'specgd nanogpt train --steps …' runs the same with yours", true)]
    [InlineData("run random-feature --restart-frequency 3", "Did you mean '--specgd-restart-frequency'?", true)]
    [InlineData("reproduce fig3 --qick", "'--qick' is not understood by specgd reproduce. Did you mean '--quick'?", true)]
    [InlineData("bench kernel --thread 2", "Did you mean '--threads'?", true)]
    [InlineData("diagnose x.npz --outptu d", "Did you mean '--output'?", true)]
    [InlineData("bench scalin", "Did you mean 'scaling'?", true)]
    [InlineData("bench languag", "Did you mean 'language'?", true)]
    [InlineData("nsr-table", "'nsr-table' is an experiment: specgd run nsr-table.", true)]
    [InlineData("Fig3", "'Fig3' is a figure: specgd reproduce Fig3.", true)]
    [InlineData("plot", "specgd plot needs DIR|LOG.json|FIGURE.json: a run folder", true)]
    [InlineData("nanogpt train --preset tiny --route lm_head.weigt=adam", "--route lm_head.weigt covers no tensor", true)]
    [InlineData("nanogpt train --preset tiny --route lm_head.weigt=adam", "Did you mean 'lm_head.weight'?", true)]
    [InlineData("reproduce table2 --seed 1", "'specgd nanogpt train --seed …' runs the same with yours", true)]
    [InlineData("verify gold", "Did you mean 'golden'?", true)]
    [InlineData("bench help memory", "'help' stands before 'memory', which takes nothing there.", true)]
    [InlineData("bench memory nan", "Did you mean 'nano'?", true)]
    [InlineData("run foo --help", "There is no 'foo' in specgd run", true)]
    [InlineData("run random-feature --zzzzzz 3", "Did you mean", false)]
    public void What_was_meant_is_guessed_where_it_is_near(string arguments, string hint, bool isGiven)
    {
        if (Objection(arguments.Split(' ')) is { } sentence)
        {
            sentence.Contains(hint, StringComparison.Ordinal).ShouldBe(isGiven, sentence);
            return;
        }
        var said = Specgd(arguments.Split(' '));

        said.ExitCode.ShouldBe(2, said.Error);
        said.Error.Contains(hint, StringComparison.Ordinal).ShouldBe(isGiven, said.Error);
        Directory.EnumerateFileSystemEntries(Folder).ShouldBeEmpty();
    }

    /// <summary>What is wrong with the line itself, without a process; null where the command has to be begun to know.</summary>
    private static string? Objection(string[] words)
    {
        try
        {
            return CommandLine.Objection(CommandLine.Build().Parse(words), words);
        }
        catch (BadInputException e)
        {
            return e.Message;
        }
    }

    [Fact]
    public void An_empty_name_of_a_folder_is_a_sentence()
    {
        var said = Specgd("run", "random-feature", "--output", "", "--steps", "3");

        (said.ExitCode, said.Error.TrimEnd()).ShouldBe((2, "specgd: --output needs the name of a file or folder; '' is none."));
    }

    [Theory]
    [InlineData("data tokenize bad.txt --output new/deep")]
    [InlineData("nanogpt train --text bad.txt --output new/deep")]
    [InlineData("nanogpt train --resume --output new/deep")]
    [InlineData("nanogpt train --init-from bad.txt --output new/deep")]
    [InlineData("diagnose bad.txt --output new/deep")]
    [InlineData("plot bad.txt --output new/deep")]
    [InlineData("run random-feature --dim 0 --output new/deep")]
    [InlineData("run nanogpt --output new/deep")]
    [InlineData("sweep bad.txt --output new/deep")]
    [InlineData("sweep fair-comparison --workers 0 --output new/deep")]
    [InlineData("reproduce fig2 --data bad.txt --output new/deep")]
    public void A_refused_command_leaves_nothing_behind(string arguments)
    {
        File.WriteAllBytes(Path.Combine(Folder, "bad.txt"), [.. "PAR1"u8, 0, 0, 0]);

        var said = Specgd(arguments.Split(' '));

        said.ExitCode.ShouldBe(2, said.Error);
        Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName).ShouldBe(["bad.txt"]);
    }

    private static IEnumerable<(string Path, Command Command)> Commands(Command command, string path) => command.Subcommands.Where(c => !c.Hidden)
        .SelectMany(c => Commands(c, $"{path} {c.Name}")).Prepend((path, command));

    /// <summary>The words of a command as a shell has them, up to a pipe or a redirection.</summary>
    private static string[] Words(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        char quote = '\0';
        foreach (char c in line + " ")
        {
            if (quote == '\0' && c is '|' or '>')
                break;
            if (c == quote)
                quote = '\0';
            else if (quote == '\0' && c is '\'' or '"')
                quote = c;
            else if (quote == '\0' && c == ' ')
            {
                if (word.Length > 0)
                    words.Add(word.ToString());
                word.Clear();
            }
            else
                word.Append(c);
        }
        return [.. words];
    }
}
