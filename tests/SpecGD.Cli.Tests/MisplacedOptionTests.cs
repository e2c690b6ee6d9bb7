using System.CommandLine;

namespace SpecGD.Cli.Tests;

/// <summary>An option that is mistyped, or stands before its command, is told as what it is, whatever stands behind it; of every command and option.</summary>
public class MisplacedOptionTests
{
    private static readonly RootCommand Root = CommandLine.Build();

    private static readonly (string[] Path, Command Command)[] Commands = [.. All(Root, [])];

    /// <summary>Each option with a letter left out, before all else that the command takes, with a value behind it and without. (Of reproduce every word must be a figure.)</summary>
    [Fact]
    public void A_mistyped_option_before_an_argument_is_told_with_the_option_that_was_meant()
    {
        int tried = 0;
        foreach (var (path, command) in Commands.Where(c => c.Command.Action is not null))
            foreach (string option in command.Options.Where(o => !o.Hidden).Select(o => o.Name))
            {
                string[] names = [.. command.Options.Concat(Root.Options.Where(o => o.Recursive)).Where(o => !o.Hidden).SelectMany(o => o.Aliases.Prepend(o.Name))];
                string mistyped = option.Remove(option.Length / 2, 1);
                if (names.Contains(mistyped) || Spelling.Nearest(mistyped, names) is not { } meant)
                    continue;
                string sentence = $"'{mistyped}' is not understood by specgd {string.Join(' ', path)}. Did you mean '{meant}'?";
                Said([.. path, mistyped, "x", "fig3"]).ShouldStartWith(sentence);
                Said([.. path, mistyped, "fig3"]).ShouldStartWith(sentence);
                Said([.. path, "fig3", mistyped]).ShouldStartWith(sentence);
                Said([.. path, $"{mistyped}=x", "fig3"]).ShouldContain($"Did you mean '{meant}'?");
                tried++;
            }
        tried.ShouldBeGreaterThan(Commands.Length, "a test that tries nothing says nothing");
    }

    /// <summary>Each option before the last word of its command, with a value or as a switch.</summary>
    [Fact]
    public void An_option_before_its_command_is_told_with_the_line_that_is_right()
    {
        foreach (var (path, command) in Commands.Where(c => c.Command.Action is not null))
            foreach (var option in command.Options.Where(o => o is { Hidden: false, Action: null }))
                for (int at = 0; at < path.Length; at++)
                {
                    string[] given = option.Arity.MinimumNumberOfValues == 0 ? [option.Name] : [option.Name, "8"];
                    Said([.. path[..at], .. given, .. path[at..], "R"]).ShouldStartWith(
                        $"'{option.Name}' stands before '{path[^1]}', and options come after the command: 'specgd {string.Join(' ', path)} R {string.Join(' ', given)}'.");
                }
    }

    [Theory]
    [InlineData("plot --metods specgd R", "'--metods' is not understood by specgd plot. Did you mean '--methods'?")]
    [InlineData("plot -dpi 100 R", "'-dpi' is not understood by specgd plot. Did you mean '--dpi'?")]
    [InlineData("plot R --methods specgd --dpii 100", "'--dpii' is not understood by specgd plot. Did you mean '--dpi'?")]
    [InlineData("sweep --wrokers 2 x.json", "'--wrokers' is not understood by specgd sweep. Did you mean '--workers'?")]
    [InlineData("sweep --jsonn status R", "'--jsonn' is not understood by specgd sweep status. Did you mean '--json'? Options come after the command.")]
    [InlineData("sweep --json status R", "'--json' stands before 'status', and options come after the command: 'specgd sweep status R --json'.")]
    [InlineData("sweep --quick status R", "'--quick' stands before 'status', which has no such option.")]
    [InlineData("run --dim 8 random-feature", "'--dim' stands before 'random-feature', and options come after the command: 'specgd run random-feature --dim 8'.")]
    [InlineData("run --dim=8 random-feature", "'--dim' stands before 'random-feature', and options come after the command: 'specgd run random-feature --dim=8'.")]
    [InlineData("run --dmi 8 random-feature", "'--dmi' is not understood by specgd run random-feature. Did you mean '--dim'? Options come after the command.")]
    [InlineData("--preset tiny nanogpt train --steps 3", "'--preset' stands before 'train', and options come after the command: 'specgd nanogpt train --steps 3 --preset tiny'.")]
    [InlineData("run --dim 8 random-featur", "There is no 'random-featur' in specgd run;")]
    [InlineData("run --dim 8", "specgd run needs a command before '--dim': adaptive-comparison, ")]
    [InlineData("reproduce --sed 7 fig3", "'--sed' is not understood by specgd reproduce. Did you mean '--seed'? '--seed' is not for reproduce")]
    [InlineData("reproduce --qick fig3", "'--qick' is not understood by specgd reproduce. Did you mean '--quick'?")]
    [InlineData("bench help memory", "'help' stands before 'memory', which takes nothing there.")]
    [InlineData("plot R extra", "'extra' is not understood by specgd plot.")]
    public void The_first_thing_that_is_wrong_is_told(string line, string sentence) => Said(line.Split(' ')).ShouldStartWith(sentence);

    [Theory]
    [InlineData("sweep x.json --sbatch=--constraint=avx512")]
    [InlineData("sweep x.json --sbatch=--tim=2")]
    [InlineData("plot -- --methods")]
    [InlineData("--threads 2 doctor")]
    [InlineData("nanogpt generate R --prompt --once-upon-a-time")]
    [InlineData("plot R --methods=specgd")]
    public void What_is_meant_so_is_taken_so(string line) => CommandLine.Objection(Root.Parse(line.Split(' ')), line.Split(' ')).ShouldBeNull();

    private static string Said(params string[] words) =>
        CommandLine.Objection(Root.Parse(words), words).ShouldNotBeNull(string.Join(' ', words)).ShouldBeOfType<string>(string.Join(' ', words));

    private static IEnumerable<(string[] Path, Command Command)> All(Command command, string[] path) => command.Subcommands.Where(c => !c.Hidden)
        .SelectMany(c => All(c, [.. path, c.Name])).Prepend((path, command));
}
