using SpecGD.Language.Model;
using SpecGD.Torch.Tests.Native;

namespace SpecGD.Language.Tests;

/// <summary>Numbers that operations on tensors take are held until the operation is over (<see cref="SpecGD.Torch.HeldNumbers"/>).</summary>
public class HeldNumberTests
{
    /// <summary>Compiled functions take tensors alone here; the call makes a Scalar of a number only.</summary>
    private const string CompiledFunctions = "SpecGD.Language.Model.AttentionKernel.";

    [Fact]
    public void No_compiled_code_leaves_a_number_to_the_finalizer() =>
        ScalarCalls.In(typeof(Gpt).Assembly).Where(call => !call.StartsWith(CompiledFunctions, StringComparison.Ordinal)).ShouldBe([]);
}
