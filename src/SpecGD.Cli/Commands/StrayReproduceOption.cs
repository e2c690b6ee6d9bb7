using System.CommandLine;
using SpecGD.Experiments;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Experiments.Settings;
using SpecGD.Reproduction;

namespace SpecGD.Cli.Commands;

/// <summary>An option of an experiment that was given to <c>reproduce</c>, which takes the paper's settings, and what to say of it.</summary>
internal static class StrayReproduceOption
{
    /// <summary>
    /// The sentences: which command takes the option, for the figures on the line or, where none is named, for every experiment. Null where the
    /// line is something else, or the option is none of an experiment's.
    /// </summary>
    /// <param name="parsed">The line.</param>
    /// <param name="word">The word that was not understood.</param>
    /// <exception cref="BadInputException">A word beside the option names no figure.</exception>
    public static string? Explain(ParseResult parsed, string word)
    {
        var command = parsed.CommandResult.Command;
        if (command.Name != ReproduceCommand.Name || !word.StartsWith("--", StringComparison.Ordinal))
            return null;
        string[] experiments = [.. Figures(parsed).Select(figure => figure.Experiment).Distinct()];
        bool isAny = experiments.Length == 0;
        Runner[] runners = [.. isAny ? Runners([.. ExperimentCatalog.All.Select(experiment => experiment.Name)]) : Runners(experiments)];
        string option = NameOf(word), asked = "";
        Runner[] having = [.. runners.Where(run => run.Options.ContainsKey(option))];
        if (having.Length == 0 && Spelling.Nearest("--" + option, command.Options.Select(own => own.Name)) is null
            && Spelling.Nearest(option, runners.SelectMany(run => run.Options.Keys).Distinct()) is { } nearest)
        {
            (asked, word) = ($"'{word}' is not understood by specgd {ReproduceCommand.Name}. Did you mean '--{nearest}'? ", "--" + nearest);
            having = [.. runners.Where(run => run.Options.ContainsKey(nearest))];
        }
        if (having.Length == 0)
            return null;
        string refusal = $"{asked}'{word}' is not for {ReproduceCommand.Name}, which takes {having[0].Settings}: ";
        return having.Length == 1 || !isAny
            ? $"{refusal}'{having[0].Command} {word} …' runs the same with yours."
            : $"{refusal}the commands that take it are {string.Join(", ", having.Select(run => $"'{run.Command}'"))}.";
    }

    /// <summary>The figures on the line: every word is one, but for options and what follows them as their values.</summary>
    private static IEnumerable<PaperFigure> Figures(ParseResult parsed)
    {
        var line = parsed.CommandResult;
        var argument = line.Command.Arguments.Single();
        string[] words = [.. line.GetResult(argument)?.Tokens.Select(token => token.Value) ?? [], .. parsed.UnmatchedTokens];
        int left = 0; // words that may still be values of the option before
        bool isSwitch = false;
        foreach (string word in words)
        {
            if (word.StartsWith("--", StringComparison.Ordinal))
                (left, isSwitch) = (ValuesBehind(word), SettingNamed(NameOf(word)) is { IsSwitch: true });
            else if (PaperFigureCatalog.Find(word).Count == 0 && (!isSwitch || bool.TryParse(word, out _)) && left-- > 0)
                continue; // a value
            else
                foreach (var figure in PaperFigureCatalog.Named(word))
                    yield return figure;
        }
    }

    /// <summary>How many words behind an option are its values, at most; of one that is nowhere known, one is.</summary>
    private static int ValuesBehind(string option) => option.Contains('=', StringComparison.Ordinal) ? 0
        : SettingNamed(NameOf(option)) switch { { IsMany: true } => int.MaxValue, _ => 1 };

    private static Setting? SettingNamed(string name) => ExperimentCatalog.All.SelectMany(experiment => Setting.Of(experiment.OptionsType))
        .Concat(Setting.Of(typeof(NanoGptOptions))).FirstOrDefault(setting => setting.Name == name);

    private static string NameOf(string word) => word[2..].Split('=')[0];

    /// <summary>The commands that run these experiments, with their options.</summary>
    private static IEnumerable<Runner> Runners(IReadOnlyList<string> experiments)
    {
        foreach (var experiment in experiments.Where(name => !IsOfLanguage(name)).Select(ExperimentCatalog.Named).Where(experiment => experiment.IsOffered))
            yield return new Runner($"specgd run {experiment.Name}", "the settings of the paper", Named(experiment.OptionsType));
        if (experiments.Any(IsOfLanguage))
            yield return new Runner("specgd nanogpt train", "settings of its own", Named(typeof(NanoGptOptions)));

        static bool IsOfLanguage(string experiment) => experiment.StartsWith(NanoGptRun.Name, StringComparison.Ordinal);
        static Dictionary<string, Setting> Named(Type options) => Setting.Of(options).ToDictionary(setting => setting.Name);
    }

    private sealed record Runner(string Command, string Settings, IReadOnlyDictionary<string, Setting> Options);
}
