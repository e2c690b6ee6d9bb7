namespace SpecGD.Figures.Tests;

/// <summary>A folder of its own for one test, removed with everything in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string DirectoryPath { get; } = Directory.CreateTempSubdirectory("specgd-figures-").FullName;

    public string PathOf(string name) => Path.Combine(DirectoryPath, name);

    public IReadOnlyList<string> Names() =>
        [.. Directory.EnumerateFileSystemEntries(DirectoryPath).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(DirectoryPath, recursive: true);
}
