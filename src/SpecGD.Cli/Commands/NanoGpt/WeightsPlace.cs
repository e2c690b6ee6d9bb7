using System.CommandLine;
using System.Globalization;
using SpecGD.Cli.Display;
using SpecGD.Experiments.NanoGpt;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary>The argument that names a trained model, and the option for what its file may not tell.</summary>
internal sealed class WeightsPlace
{
    private readonly Argument<string> _place = new("RUN|FILE")
    {
        Description = "a run folder, whose newest checkpoint is taken, or weights in a safetensors file",
        HelpName = "RUN|FILE",
    };

    private readonly Option<int?> _heads = new("--heads")
    {
        Description = "attention heads of the model, for files that do not say it (default: what the file says, else heads of width 128)",
        HelpName = "N",
    };

    public WeightsPlace(Command command)
    {
        command.Arguments.Add(_place);
        command.Options.Add(_heads);
    }

    /// <summary>What the user named.</summary>
    public string Named(ParseResult parsed) => parsed.GetValue(_place)!;

    /// <summary>Opens what the argument names; tells of damaged checkpoints that were passed over, and of heads that were guessed.</summary>
    /// <exception cref="BadInputException">There are no weights there.</exception>
    public NanoGptWeights Open(ParseResult parsed)
    {
        var weights = NanoGptWeights.Open(Named(parsed), parsed.GetValue(_heads));
        foreach (string sentence in weights.PassedOver)
            Terminal.Remark(sentence);
        if (weights.Info.HeadsAreGuessed)
            Terminal.Remark(string.Create(
                CultureInfo.InvariantCulture,
                $"{weights.Path} does not say how many attention heads its model has; {weights.Info.Shape.Heads} of width {weights.Info.Shape.HeadWidth} "
                + $"are taken, as the snapshot has them (--heads N sets another number)."));
        return weights;
    }
}
