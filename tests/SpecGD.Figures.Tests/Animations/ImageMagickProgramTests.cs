using SpecGD.Figures.Animations;
using SpecGD.Figures.Tests.Gnuplot;

namespace SpecGD.Figures.Tests.Animations;

[Collection(Alone.Name)]
public class ImageMagickProgramTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public void An_override_that_points_to_nothing_is_the_only_place_tried_and_is_named()
    {
        using var folder = new TemporaryFolder();
        string nowhere = folder.PathOf("no-magick");
        var program = ImageMagickProgram.Find(nowhere, Limit);
        program.Path.ShouldBeNull();
        program.Version.ShouldBeNull();
        program.Tried.ShouldBe([nowhere]);
        program.Problem.ShouldBe($"ImageMagick was not found: SPECGD_IMAGEMAGICK is '{nowhere}', and there is no such program");
    }

    [SkippableFact]
    public void The_version_is_what_the_program_says()
    {
        using var folder = new TemporaryFolder();
        string path = FakeImageMagick.Make(folder, "exit 0");
        var program = ImageMagickProgram.Find(path, Limit);
        program.Path.ShouldBe(path);
        program.Version.ShouldBe("7.1.1-15");
        program.Problem.ShouldBeNull();
    }

    [SkippableFact]
    public void Another_program_of_the_name_is_quoted_and_not_used()
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("convert");
        File.WriteAllText(path, "#!/bin/sh\necho 'Converts a FAT volume to NTFS.'\n");
        FakeGnuplot.MakeExecutable(path);
        var program = ImageMagickProgram.Find(path, Limit);
        program.Path.ShouldBeNull();
        program.Problem.ShouldBe($"{path} cannot be used as ImageMagick: asked for its version it says 'Converts a FAT volume to NTFS.'");
    }

    [SkippableFact]
    public void Another_program_of_the_name_does_not_hide_the_right_one_further_along_the_path()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.PathOf("first"));
        string other = folder.PathOf("first/convert");
        File.WriteAllText(other, "#!/bin/sh\necho 'Converts a FAT volume to NTFS.'\n");
        FakeGnuplot.MakeExecutable(other);
        string right = FakeImageMagick.Make(folder, "exit 0");
        Directory.CreateDirectory(folder.PathOf("second"));
        File.Move(right, folder.PathOf("second/convert"));
        string? before = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", $"{folder.PathOf("first")}{Path.PathSeparator}{folder.PathOf("second")}{Path.PathSeparator}{before}");
        try
        {
            var program = ImageMagickProgram.Find("convert", Limit);
            program.Path.ShouldBe(folder.PathOf("second/convert"));
            program.Tried.ShouldBe([other, folder.PathOf("second/convert")]);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", before);
        }
    }

    [SkippableFact]
    public void The_program_of_this_machine_is_found() => FakeImageMagick.RealOrSkip().Version.ShouldNotBeNull().ShouldMatch("^[0-9]+\\.[0-9]");

    [Fact]
    public void The_install_command_is_one_line() => ImageMagickProgram.InstallCommand.ToLowerInvariant().ShouldContain("imagemagick");
}
