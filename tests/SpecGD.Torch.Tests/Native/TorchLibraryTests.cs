using SpecGD.Torch.Native;
using TorchSharp;

namespace SpecGD.Torch.Tests.Native;

/// <summary>libtorch loads from where it is, and works.</summary>
public class TorchLibraryTests
{
    [SkippableFact]
    public void A_product_is_right_and_nothing_was_copied_beside_the_program()
    {
        var library = Libtorch.Require();
        using var scope = torch.NewDisposeScope();

        var product = torch.tensor(new double[,] { { 1, 2 }, { 3, 4 } }).matmul(torch.tensor(new double[,] { { 5, 6 }, { 7, 8 } }));

        product.data<double>().ToArray().ShouldBe([19, 22, 43, 50]);
        if (library.Source.Contains("NuGet", StringComparison.Ordinal))
            Directory.EnumerateFiles(AppContext.BaseDirectory, "*torch_cpu*", SearchOption.AllDirectories).ShouldBeEmpty("480 MB are not copied");
        library.IsBridgeChanged.ShouldBe(OperatingSystem.IsLinux() && !BridgeFile.SystemHasVersion());
    }

    [SkippableFact]
    public void Loading_again_gives_the_same() => Libtorch.Require().ShouldBeSameAs(TorchLibrary.Load());
}
