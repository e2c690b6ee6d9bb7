namespace SpecGD.Records;

/// <summary>The files that drawing leaves in a folder: of each figure its description, data, caption and pictures, of an animation its frames.</summary>
internal static class FigureFiles
{
    private const string CaptionEnding = ".caption.txt", DescriptionEnding = ".json";

    /// <summary>Bytes at the begin of a description in which it says what it is.</summary>
    private const int Beginning = 200;

    private static readonly string[] Endings = [".csv", ".pdf", ".png", ".svg", ".gif", ".gp", ".dat", DescriptionEnding, CaptionEnding];

    /// <summary>Deletes them, and the folder with them where it holds nothing else but the mark of an output folder.</summary>
    /// <param name="folder">The folder, which need not exist.</param>
    public static void Drop(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (string figure in FiguresIn(folder))
        {
            RunFolder.DropFrames(Path.Combine(folder, figure + RunFolder.FramesEnding));
            foreach (string ending in Endings)
                File.Delete(Path.Combine(folder, figure + ending));
        }
        string mark = Path.Combine(folder, OutputFolder.MarkName);
        if (Directory.EnumerateFileSystemEntries(folder).Any(entry => entry != mark))
            return;
        File.Delete(mark);
        Directory.Delete(folder);
    }

    /// <summary>Whether a folder, which need not exist, holds figures.</summary>
    public static bool AreIn(string folder) => Directory.Exists(folder) && FiguresIn(folder).Any();

    /// <summary>Whether a folder holds figures and nothing that anyone else put there.</summary>
    public static bool AreAllOf(string folder)
    {
        string[] figures = [.. FiguresIn(folder)];
        var ours = figures.SelectMany(figure => Endings.Select(ending => figure + ending)).Concat(figures.Select(figure => figure + RunFolder.FramesEnding)).ToHashSet();
        return figures.Length > 0 && !OutputFolder.ForeignFiles(folder, []).Except(ours).Any();
    }

    /// <summary>Whether a JSON file says of itself, at its begin, that it is the description of a figure: others have names that anyone may give.</summary>
    private static bool IsDescription(string file)
    {
        using var stream = File.OpenRead(file);
        Span<byte> begin = stackalloc byte[Beginning];
        return begin[..stream.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false)].IndexOf("\"specgd-figure\""u8) >= 0;
    }

    /// <summary>The names of the figures: each has a caption, or a description where that was not written.</summary>
    private static IEnumerable<string> FiguresIn(string folder) =>
        from ending in new[] { CaptionEnding, DescriptionEnding }
        from file in Directory.EnumerateFiles(folder, "*" + ending).ToArray()
        where ending == CaptionEnding || IsDescription(file)
        let name = Path.GetFileName(file)[..^ending.Length]
        group name by name into named
        select named.Key;
}
