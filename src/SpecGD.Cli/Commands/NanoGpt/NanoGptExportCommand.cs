using System.CommandLine;
using SpecGD.Cli.Display;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary><c>specgd nanogpt export RUN --output FILE</c>: the weights of a run in a file of their own.</summary>
internal static class NanoGptExportCommand
{
    public static Command Build()
    {
        var output = new Option<string>("--output") { Description = "file to write", HelpName = "FILE.safetensors", Required = true };
        var command = new Command(
            "export",
            "Write the weights of a run as one safetensors file under the names of the modded-NanoGPT snapshot, for PyTorch code or --init-from.");
        var source = new WeightsPlace(command);
        command.Options.Add(output);
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(output)!;
            OutputFile.Require(path, "weights that 'nanogpt export' wrote", GptWeightsInfo.IsOf);
            RunFolder.Prepare(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using var weights = source.Open(parsed);
            weights.Export(path);
            Console.Out.WriteLine(path);
            string size = MachineMemory.Text(new FileInfo(path).Length);
            Terminal.Remark($"{Counted.Of(weights.Info.Shape.ParameterCount, "parameter")} after step {weights.Info.Step}, {size}");
            return ExitCode.Done;
        });
        return command;
    }
}
