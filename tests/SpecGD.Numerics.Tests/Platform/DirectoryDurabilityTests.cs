using SpecGD.Numerics.Platform;

namespace SpecGD.Numerics.Tests.Platform;

public class DirectoryDurabilityTests
{
    [Fact]
    public void Flushing_a_directory_leaves_its_files_and_one_that_is_not_there_is_no_error()
    {
        string directory = Directory.CreateTempSubdirectory("specgd-").FullName;
        try
        {
            string file = Path.Combine(directory, "a");
            File.WriteAllText(file, "kept");
            Should.NotThrow(() => DirectoryDurability.Flush(directory));
            File.ReadAllText(file).ShouldBe("kept");
            Should.NotThrow(() => DirectoryDurability.Flush(Path.Combine(directory, "missing")));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
