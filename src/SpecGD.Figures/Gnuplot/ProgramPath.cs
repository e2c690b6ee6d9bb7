namespace SpecGD.Figures.Gnuplot;

/// <summary>Looks for a program as a shell does, and in the folders where its installer puts it.</summary>
internal static class ProgramPath
{
    /// <summary>Where the program called <paramref name="name"/> may be: along PATH, then in <paramref name="usualFolders"/>.</summary>
    public static IEnumerable<string> Candidates(string name, IEnumerable<string> usualFolders)
    {
        string file = OperatingSystem.IsWindows() && !name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name + ".exe" : name;
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return path.Concat(usualFolders).Distinct().Select(folder => Path.Combine(folder, file));
    }

    /// <summary>Whether there is a file that may be run.</summary>
    public static bool IsProgram(string path)
    {
        const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != 0);
    }
}
