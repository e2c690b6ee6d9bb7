using SpecGD.Cli.Commands;
using SpecGD.Experiments;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Experiments.Settings;
using SpecGD.Reproduction;

namespace SpecGD.Cli.Tests;

/// <summary>Every option of an experiment, given to reproduce, is told where it belongs, with a figure and without.</summary>
public class StrayReproduceOptionTests
{
    /// <summary>Options that reproduce has itself, and so takes.</summary>
    private static readonly string[] Own = [.. CommandLine.Build().Subcommands.Single(c => c.Name == ReproduceCommand.Name).Options.Select(option => option.Name)];

    [Fact]
    public void Every_option_of_every_experiment_is_explained_with_a_figure_and_without()
    {
        foreach (var figure in PaperFigureCatalog.All)
            foreach (var setting in Settings(figure.Experiment).Where(setting => !Own.Contains("--" + setting.Name)))
            {
                string command = figure.Experiment.StartsWith(NanoGptRun.Name, StringComparison.Ordinal) ? "specgd nanogpt train" : $"specgd run {figure.Experiment}";
                string option = "--" + setting.Name, value = setting.IsSwitch ? "true" : "7";

                Explain(option, figure.Id, option, value).ShouldNotBeNull().ShouldContain($"'{command} {option} …' runs the same with yours.");
                Explain(option, option, value, figure.Id).ShouldNotBeNull().ShouldContain($"'{command} {option} …' runs the same with yours.");
                string alone = Explain(option, option, value).ShouldNotBeNull();
                (alone.Contains($"'{command}'", StringComparison.Ordinal) || alone.Contains($"'{command} {option} …'", StringComparison.Ordinal)).ShouldBeTrue(alone);
                Should.Throw<BadInputException>(() => Explain(option, "fig99", option, value)).Message.ShouldStartWith("There is no figure 'fig99' to reproduce;");
            }
    }

    [Fact]
    public void What_is_no_option_of_an_experiment_is_not_explained() => Explain("--frobnicate", "--frobnicate", "7").ShouldBeNull();

    private static IReadOnlyList<Setting> Settings(string experiment) => experiment.StartsWith(NanoGptRun.Name, StringComparison.Ordinal)
        ? Setting.Of(typeof(NanoGptOptions))
        : Setting.Of(ExperimentCatalog.Named(experiment).OptionsType);

    private static string? Explain(string word, params string[] arguments) =>
        StrayReproduceOption.Explain(CommandLine.Build().Parse([ReproduceCommand.Name, .. arguments]), word);
}
