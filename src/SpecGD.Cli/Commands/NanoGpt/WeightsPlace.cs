using System.CommandLine;
using SpecGD.Cli.Display;
using SpecGD.Experiments.NanoGpt;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary>The argument that names a trained model.</summary>
internal static class WeightsPlace
{
    public static Argument<string> Argument() => new("RUN|FILE")
    {
        Description = "a run folder, whose newest checkpoint is taken, or weights in a safetensors file",
        HelpName = "RUN|FILE",
    };

    /// <summary>Opens what the argument names and tells of damaged checkpoints that were passed over.</summary>
    /// <exception cref="BadInputException">There are no weights there.</exception>
    public static NanoGptWeights Open(string place)
    {
        var weights = NanoGptWeights.Open(place);
        foreach (string sentence in weights.PassedOver)
            Terminal.Remark(sentence);
        return weights;
    }
}
