using System.CommandLine;
using SpecGD.Cli.Display;
using SpecGD.Records;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary><c>specgd nanogpt export RUN --output FILE</c>: the weights of a run in a file of their own.</summary>
internal static class NanoGptExportCommand
{
    private const string SafetensorsEnding = ".safetensors";

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
            if (Directory.Exists(path))
                throw new BadInputException($"{path} is a folder; the name of a file to write was expected.");
            RunHolding.RequireNoFileOfRun(path);
            if (File.Exists(path) && Path.GetExtension(path) != SafetensorsEnding)
                throw new BadInputException($"{path} is there already and no {SafetensorsEnding} file by its name: name another --output.");
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
