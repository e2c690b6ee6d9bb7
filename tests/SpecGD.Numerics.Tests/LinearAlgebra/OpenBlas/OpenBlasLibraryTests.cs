using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.LinearAlgebra.OpenBlas;

namespace SpecGD.Numerics.Tests.LinearAlgebra.OpenBlas;

public class OpenBlasLibraryTests
{
    [Fact]
    public void A_named_file_that_does_not_exist_is_the_only_place_tried()
    {
        string path = Path.Combine(Path.GetTempPath(), "there-is-no-such-folder", "libopenblas.so.0");
        var library = OpenBlasLibrary.Load(name => name == OpenBlasLibrary.PathVariable ? path : null);
        library.IsLoaded.ShouldBeFalse();
        library.Path.ShouldBeNull();
        library.CoreName.ShouldBeEmpty();
        library.Configuration.ShouldBeEmpty();
        library.Attempts.ShouldBe([$"{path}: not found"]);
    }

    [Fact]
    public void A_named_file_that_is_no_library_is_not_loaded()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "golden", "rng.json");
        var library = OpenBlasLibrary.Load(_ => path);
        library.IsLoaded.ShouldBeFalse();
        library.Attempts.Count.ShouldBe(1);
        library.Attempts[0].ShouldStartWith(path);
    }

    [SkippableFact]
    public void A_library_without_the_routines_is_refused_with_the_first_one_missing()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The C library has another name on this system.");
        var library = OpenBlasLibrary.Load(name => name == OpenBlasLibrary.PathVariable ? "libc.so.6" : null);
        library.IsLoaded.ShouldBeFalse();
        library.Attempts.ShouldBe(["libc.so.6: loads, but has no cblas_dgemm"]);
    }

    [SkippableFact]
    public void The_library_in_force_tells_what_it_is_and_where_it_was_found()
    {
        var library = Backend.Library;
        Skip.IfNot(library.IsLoaded, "There is no OpenBLAS on this machine.");
        library.Path.ShouldNotBeNullOrEmpty();
        library.Configuration.ShouldContain("OpenBLAS");
        library.CoreName.ShouldNotBeEmpty();
        library.Attempts.ShouldContain($"{library.Path}: loaded");
        Backend.OpenBlas!.Name.ShouldContain(library.CoreName);
    }

    [SkippableFact]
    public void The_kernels_in_force_fit_the_processor()
    {
        Skip.IfNot(Backend.Library.IsLoaded && OperatingSystem.IsLinux(), "There is no OpenBLAS on this machine, or no way to choose its kernels.");
        CoreType.BetterThan(Backend.Library.CoreName, Environment.GetEnvironmentVariable).ShouldBeNull();
    }

    [Fact]
    public void The_hint_names_a_way_to_install_it() => OpenBlasLibrary.InstallHint.ShouldContain("openblas");
}
