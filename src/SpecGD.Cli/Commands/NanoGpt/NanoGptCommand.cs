using System.CommandLine;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary><c>specgd nanogpt</c>: what is done with the NanoGPT model.</summary>
internal static class NanoGptCommand
{
    public static Command Build() =>
        new("nanogpt", "The modded-NanoGPT model of July 2025 with Muon and Adam.")
        {
            NanoGptTrainCommand.Build(),
            NanoGptEvalCommand.Build(),
            NanoGptGenerateCommand.Build(),
            NanoGptExportCommand.Build(),
            NanoGptVerifyCommand.Build(),
            NanoGptPlotCommand.Build(),
            NanoGptScalingCommand.Build(),
        };
}
