using SpecGD.Torch.Tests.Native;

namespace SpecGD.Gallery.Tests;

/// <summary>Numbers that operations on tensors take are held until the operation is over.</summary>
public class HeldNumberTests
{
    [Fact]
    public void No_compiled_code_leaves_a_number_to_the_finalizer() => ScalarCalls.In(typeof(GalleryExperiment).Assembly).ShouldBe([]);
}
