using SpecGD.Figures.Animations;
using SpecGD.Figures.Tests.Gnuplot;

namespace SpecGD.Figures.Tests.Animations;

/// <summary>Programs that answer for ImageMagick, and the real one.</summary>
internal static class FakeImageMagick
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly Lazy<ImageMagickProgram> Found = new(() => ImageMagickProgram.Find(null, Limit));

    /// <summary>The one that is installed here, or a skipped test where there is none.</summary>
    public static ImageMagickProgram RealOrSkip()
    {
        Skip.IfNot(Found.Value.Problem is null, $"No ImageMagick is installed ({ImageMagickProgram.InstallCommand}).");
        return Found.Value;
    }

    /// <summary>A program that says it is ImageMagick and runs <paramref name="joining"/> when asked to join.</summary>
    public static string Make(TemporaryFolder folder, string joining)
    {
        string path = folder.PathOf("fake-magick");
        File.WriteAllText(path, $"""
            #!/bin/sh
            case "$*" in -version) echo 'Version: ImageMagick 7.1.1-15 Q16 x86_64'; exit 0 ;; esac
            {joining}

            """.ReplaceLineEndings("\n"));
        FakeGnuplot.MakeExecutable(path);
        return path;
    }
}
