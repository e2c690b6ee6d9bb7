using System.CommandLine;
using SpecGD.Experiments.Settings;

namespace SpecGD.Cli.Commands;

/// <summary>Command-line options made from the settings of an options record, and read back into one.</summary>
internal sealed class SettingOptions
{
    private readonly Type _record;
    private readonly Dictionary<string, Option<string[]>> _options = [];

    /// <summary>Adds an option to <paramref name="command"/> for every setting of <paramref name="record"/>.</summary>
    public SettingOptions(Command command, Type record)
    {
        _record = record;
        foreach (var setting in Setting.Of(record))
        {
            var option = new Option<string[]>($"--{setting.Name}")
            {
                Description = $"{setting.Description} ({setting.Range})",
                HelpName = setting.Placeholder,
                Arity = setting.IsSwitch ? ArgumentArity.ZeroOrOne : setting.IsMany ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne,
                AllowMultipleArgumentsPerToken = setting.IsMany,
                CustomParser = static argument => [.. argument.Tokens.Select(token => token.Value)], // the setting itself reads the text
            };
            _options.Add(setting.Name, option);
            command.Options.Add(option);
        }
    }

    /// <summary>The options record that the command line asks for.</summary>
    /// <exception cref="BadInputException">A value is not one of its setting.</exception>
    public object Resolve(ParseResult result)
    {
        var given = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (name, option) in _options)
            if (result.GetResult(option) is { Implicit: false })
                given.Add(name, result.GetValue(option) ?? []);
        return Setting.Resolve(_record, given);
    }
}
