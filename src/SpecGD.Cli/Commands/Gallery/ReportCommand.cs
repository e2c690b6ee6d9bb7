using System.CommandLine;

namespace SpecGD.Cli.Commands.Gallery;

/// <summary><c>specgd gallery report</c>: the tables and the figure of the gallery's page.</summary>
internal static class ReportCommand
{
    public static Command Build() => new("report", "Not yet.");
}
