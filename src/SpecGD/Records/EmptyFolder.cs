namespace SpecGD.Records;

/// <summary>Folders whose own files are gone, and which go too where nobody else has put anything into them.</summary>
internal static class EmptyFolder
{
    /// <summary>Deletes a folder that holds nothing.</summary>
    /// <returns>Whether it was there and did.</returns>
    public static bool Delete(string folder)
    {
        if (!Directory.Exists(folder) || Directory.EnumerateFileSystemEntries(folder).Any())
            return false;
        Directory.Delete(folder);
        return true;
    }
}
