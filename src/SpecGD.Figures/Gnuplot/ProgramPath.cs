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

    /// <summary>
    /// As above for several names, best first; where the user has chosen one, a path or a name on PATH, that and nothing else.
    /// </summary>
    public static string[] Candidates(string? chosen, IEnumerable<string> names, IReadOnlyList<string> usualFolders)
    {
        if (string.IsNullOrWhiteSpace(chosen))
            return [.. names.SelectMany(name => Candidates(name, usualFolders))];
        chosen = chosen.Trim();
        return Path.GetFileName(chosen) != chosen ? [Path.GetFullPath(chosen)] : [.. Candidates(chosen, [])];
    }

    /// <summary>Whether there is a file that may be run.</summary>
    public static bool IsProgram(string path)
    {
        const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != 0);
    }
}
