using SpecGD.Torch.Native;

namespace SpecGD.Torch.Tests.Native;

/// <summary>Which libtorch is taken, and what is said of one that cannot be.</summary>
public class TorchPlacesTests
{
    [SkippableTheory]
    [InlineData("version.py", "__version__ = '2.10.0+cu128'\ndebug = False\n", "2.10.0+cu128", true)]
    [InlineData("version.py", "from typing import Optional\n__version__ = '2.6.0'\n", "2.6.0", false)]
    [InlineData("build-version", "2.10.0+cpu\n", "2.10.0+cpu", true)]
    [InlineData("build-version", "2.10.1\n", "2.10.1", false)]
    [InlineData("version.py", "nothing\n", null, false)]
    [InlineData("other", "2.10.0", null, false)]
    public void An_installed_PyTorch_is_taken_by_its_version_alone(string file, string text, string? version, bool isRight)
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        using var folder = new TemporaryFolder();
        string lib = Directory.CreateDirectory(folder["lib"]).FullName;
        File.WriteAllText(Path.Combine(lib, "libtorch_cpu.so"), "not looked into");
        File.WriteAllText(folder[file], text);

        TorchPlaces.VersionIn(lib).ShouldBe(version);
        if (isRight)
            TorchPlaces.Find(Named(lib)).ShouldSatisfyAllConditions(found => found.Folder.ShouldBe(lib), found => found.Source.ShouldBe(TorchLibrary.FolderVariable));
        else
            Should.Throw<BadInputException>(() => TorchPlaces.Find(Named(lib))).Message.ShouldSatisfyAllConditions(
                message => message.ShouldContain(lib), message => message.ShouldContain("2.10.0"), message => message.ShouldContain(version ?? "tells its version"));
    }

    [Fact]
    public void A_folder_without_libtorch_is_a_sentence()
    {
        using var folder = new TemporaryFolder();

        Should.Throw<BadInputException>(() => TorchPlaces.Find(Named(folder.Path))).Message.ShouldContain("torch/lib");
    }

    [SkippableFact]
    public void The_folder_of_the_package_tells_its_version()
    {
        var library = Libtorch.Require();
        Skip.IfNot(library.Source.Contains("NuGet", StringComparison.Ordinal));

        TorchPlaces.VersionIn(library.Folder).ShouldBe(TorchLibrary.RequiredVersion);
        TorchPlaces.Find(Named(library.Folder)).Folder.ShouldBe(library.Folder);
    }

    [Theory]
    [InlineData("GLIBC_TUNABLES", "glibc.malloc.mmap_max=0")]
    [InlineData("SPECGD_MALLOC", "system")]
    [InlineData("MALLOC_TRIM_THRESHOLD_", "1000")]
    public void What_the_user_said_of_glibc_stands(string variable, string value) =>
        GlibcMemory.KeepLargeBlocks(name => name == variable ? value : null)
            .ShouldBe(OperatingSystem.IsLinux() ? MemorySettings.AsTheUserSaid : MemorySettings.OtherSystem);

    private static Func<string, string?> Named(string folder) => name => name == TorchLibrary.FolderVariable ? folder : null;
}
