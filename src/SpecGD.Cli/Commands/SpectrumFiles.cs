using System.Globalization;
using System.IO.Enumeration;
using SpecGD.Diagnosis;
using SpecGD.Figures;
using SpecGD.Figures.Diagnosis;
using SpecGD.Records;

namespace SpecGD.Cli.Commands;

/// <summary>Writes the exact singular values of captured matrices, as .npy and as a plot.</summary>
internal sealed class SpectrumFiles
{
    private readonly string _directory;
    private readonly IReadOnlyList<string> _patterns;
    private readonly FigureWriter? _figures;
    private readonly HashSet<string> _written = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationToken _stop;
    private readonly Action _begin;

    /// <summary>Into <paramref name="directory"/>, of the layers that a pattern fits; of all where there is none; with plots or without.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="patterns">Names of layers, with * for anything.</param>
    /// <param name="figures">Draws each; null for none.</param>
    /// <param name="begin">Called before the first is written.</param>
    /// <param name="stop">Asks to stop.</param>
    public SpectrumFiles(string directory, IReadOnlyList<string> patterns, FigureWriter? figures, Action begin, CancellationToken stop)
    {
        (_directory, _patterns, _figures, _begin, _stop) = (directory, patterns, figures, begin, stop);
        RunFolder.Prepare(directory);
    }

    /// <summary>How many matrices have their singular values in the folder, and the folder.</summary>
    public (int Count, string Folder) Written => (_written.Count, _directory);

    /// <summary>Writes those of <paramref name="layer"/>.</summary>
    public void Write(CapturedLayer layer, long? step)
    {
        if (_patterns.Count > 0 && !_patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, layer.Entry.Name, ignoreCase: false)))
            return;
        Write(layer.Entry.Name, "gradient", step, GradientMeasure.Of(layer)?.Spectrum ?? []);
        Write(layer.Entry.Name, "activations", step, ActivationMeasure.SpectrumOf(layer));
    }

    /// <summary>Says so where no layer fitted a pattern.</summary>
    /// <exception cref="BadInputException">None did.</exception>
    public void RequireSome(NetworkDiagnosis diagnosis)
    {
        if (_written.Count == 0)
        {
            throw new BadInputException(
                $"--spectra {string.Join(' ', _patterns)} fits no layer with a spectrum; there are "
                    + $"{string.Join(", ", diagnosis.Trends.Select(trend => trend.Name))}.");
        }
    }

    private void Write(string layer, string what, long? step, IReadOnlyList<double> values)
    {
        if (values.Count == 0)
            return;
        if (_written.Count == 0)
            _begin();
        string suffix = step is { } number ? string.Create(CultureInfo.InvariantCulture, $"-step{number}") : "";
        string safe = string.Concat(layer.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')), name = $"{safe}-{what}{suffix}";
        for (int i = 2; !_written.Add(name); i++) // two names that differ in what a file's name cannot hold
            name = string.Create(CultureInfo.InvariantCulture, $"{safe}-{i}-{what}{suffix}");
        NpyWriter.Write(Path.Combine(_directory, name + ".npy"), [.. values]);
        if (values[0] > 0)
            _figures?.Write(SpectrumFigure.OfOne(name, $"{what} of {layer}", values), _directory, _stop);
    }
}
