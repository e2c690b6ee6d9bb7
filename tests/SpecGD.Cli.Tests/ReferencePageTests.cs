using System.Runtime.CompilerServices;
using SpecGD.Cli.Commands;

namespace SpecGD.Cli.Tests;

/// <summary><c>docs/commands.md</c> is what <c>specgd docs</c> prints.</summary>
public class ReferencePageTests
{
    [Fact]
    public void The_page_in_the_repository_is_that_of_the_program()
    {
        string page = File.ReadAllText(Path.Combine(Folder(), "..", "..", "docs", "commands.md")).ReplaceLineEndings("\n");

        page.ShouldBe(DocsCommand.Render(CommandLine.Build()), "'./specgd docs > docs/commands.md' makes it anew");
    }

    [Fact]
    public void It_has_every_command_and_every_option()
    {
        string page = DocsCommand.Render(CommandLine.Build());

        page.ShouldContain("\n## specgd run random-feature\n");
        page.ShouldContain("\n## specgd sweep export\n");
        page.ShouldContain("* `--steps <N>`: ");
        page.Split("* `--keep-frames`").Length.ShouldBeLessThan(8, "what all experiments take stands once");
        page.ShouldNotContain(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + "/");
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
