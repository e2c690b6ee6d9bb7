using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace SpecGD.Experiments.Settings;

/// <summary>The name of the folder of a run that was given none: runs of different settings never share one.</summary>
public static class RunName
{
    /// <summary>Longer names are cut, and a hash of the whole stands for the rest: file systems allow 255 bytes, some tools less.</summary>
    private const int LongestName = 160;

    private const int HashLength = 8;

    /// <summary>What may stand in a file's name everywhere and needs no quotes in a shell.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,=+-_");

    /// <summary>
    /// The run's id (<see cref="IExperiment.RunId"/>), and behind it every setting that is not at its default and that the id does not tell.
    /// </summary>
    public static string Of(IExperiment experiment, object options)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(options);
        var untold = Untold(experiment, options).Select(one => $"_{one.Setting.Name}={one.Text}");
        string name = string.Concat(string.Concat(untold.Prepend(experiment.RunId(options))).Select(c => Plain.Contains(c) ? c : '-'));
        return name.Length <= LongestName ? name : $"{name[..(LongestName - HashLength - 1)]}_{Hash(name)}";
    }

    /// <summary>The same for people: the run's id, and with their names the settings that it does not tell.</summary>
    public static string Heading(IExperiment experiment, object options)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return string.Join(", ", Untold(experiment, options).Select(one => $"{one.Setting.Name} {one.Text}").Prepend(experiment.RunId(options)));
    }

    private static IEnumerable<(Setting Setting, string Text)> Untold(IExperiment experiment, object options) =>
        ChangedSettings.Of(options).Where(one => experiment.RunId(one.Setting.AtDefault(options)) == experiment.RunId(options));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashLength];
}
