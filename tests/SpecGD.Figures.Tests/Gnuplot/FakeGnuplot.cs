namespace SpecGD.Figures.Tests.Gnuplot;

/// <summary>Shell scripts that answer for gnuplot and then do what a test needs.</summary>
internal static class FakeGnuplot
{
    /// <summary>Runs away from the caller's time limit, with a child that holds its output open.</summary>
    public const string Hangs = "sleep 300 & sleep 300";

    /// <summary>Fails as gnuplot does, over several lines with a caret.</summary>
    public const string Fails = """printf '\nplot foo\n     ^\n"random-feature.gp" line 12: undefined variable: foo\n\n' >&2; exit 1""";

    /// <summary>Succeeds and writes nothing.</summary>
    public const string Idles = "exit 0";

    /// <summary>A program that says it has <paramref name="terminals"/> and runs <paramref name="drawing"/> when asked to draw.</summary>
    public static string Make(TemporaryFolder folder, string drawing, string terminals = "pdfcairo pngcairo svg")
    {
        string path = folder.PathOf("fake-gnuplot");
        File.WriteAllText(path, $"""
            #!/bin/sh
            case "$*" in *GPVAL_TERMINALS*) printf '5.4 patchlevel 4\n {terminals} \n' >&2; exit 0 ;; esac
            {drawing}

            """.ReplaceLineEndings("\n"));
        MakeExecutable(path);
        return path;
    }

    public static void MakeExecutable(string path)
    {
        Skip.If(OperatingSystem.IsWindows(), "The fake gnuplot is a shell script.");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
