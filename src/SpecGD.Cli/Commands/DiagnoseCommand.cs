using System.CommandLine;
using System.Globalization;
using SpecGD.Figures.Fonts;

namespace SpecGD.Cli.Commands;

/// <summary><c>specgd diagnose FILE…</c>: which layers of a captured network want a spectral step.</summary>
internal static class DiagnoseCommand
{
    private const int LargestCurvatureDigits = 300;

    /// <summary>What the command line asks for.</summary>
    internal sealed record Request(IReadOnlyList<string> Files, string? Output, bool AsJson, double ParameterCurvature,
        IReadOnlyList<string>? Spectra, bool Figures, string? Optimizer)
    {
        /// <summary>The font of the figures; null for that of this machine.</summary>
        public FigureFont? Font { get; init; }
    }

    public static Command Build()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "captures that specgd_capture.py wrote (.safetensors), or .npz in the same form: one, several steps, several ranks of a "
                + "step",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string?>("--output") { Description = "folder for report.html, figures/, diagnosis.json, diagnosis.csv and "
            + "parameter-groups/", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "print the diagnosis as JSON" };
        var curvature = new Option<string>("--c-op")
        {
            Description = "C_op, a curvature of the loss in the weights that does not come through the activations (section 4.4); L_F is taken as "
                + "‖A‖_op²/n "
                + "(a number from 0 on; default 0, which gives nr(G) ≥ st(A))",
            HelpName = "VALUE",
        };
        var spectra = new Option<string[]>("--spectra")
        {
            Description = "write the exact singular values of gradients and activations as .npy with a plot into DIR/spectra/, of the layers "
                + "named (* stands for anything), or of all",
            HelpName = "LAYER",
            Arity = ArgumentArity.ZeroOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
        var font = FontOption.Create();
        var noFigures = new Option<bool>("--no-figures") { Description = "write the report and the spectra without pictures" };
        var optimizer = new Option<string?>("--optimizer")
        {
            Description = "hold an optimizer's groups against the diagnosis: what is on Muon and should not be, what is missed, which learning-rate scale is in "
                + "force; specgd_capture.describe(optimizer, model, FILE) writes them",
            HelpName = "FILE",
        };
        var command = new Command(
            "diagnose",
            "Weigh nr(G) against st(A) for every layer of a captured network: which want a spectral step (Muon), which a Euclidean one (AdamW), "
                + "how clearly, and what to paste.")
        {
            files, output, json, curvature, spectra, noFigures, font, optimizer,
        };
        command.SetAction(parsed => DiagnoseRun.Run(
            new Request(
                parsed.GetValue(files)!,
                parsed.GetValue(output),
                parsed.GetValue(json),
                Curvature(parsed.GetValue(curvature)),
                parsed.GetResult(spectra) is { Implicit: false } ? parsed.GetValue(spectra) ?? [] : null,
                !parsed.GetValue(noFigures),
                parsed.GetValue(optimizer)) { Font = parsed.GetValue(font) }));
        return command;
    }

    private static double Curvature(string? text) => text is null ? 0
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= 0 && value < Math.Pow(10,
            LargestCurvatureDigits)
            ? value
            : throw new BadInputException($"--c-op takes a number from 0 on; '{text}' is not.");
}
