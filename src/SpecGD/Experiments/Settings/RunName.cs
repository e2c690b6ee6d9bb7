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
        string id = experiment.RunId(options);
        var untold = from setting in Setting.Of(options.GetType())
                     where setting.TextOf(options) != setting.TextOfDefault && experiment.RunId(setting.AtDefault(options)) == id
                     select $"_{setting.Name}={setting.TextOf(options)}";
        string name = string.Concat(string.Concat(untold.Prepend(id)).Select(c => Plain.Contains(c) ? c : '-'));
        return name.Length <= LongestName ? name : $"{name[..(LongestName - HashLength - 1)]}_{Hash(name)}";
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashLength];
}
