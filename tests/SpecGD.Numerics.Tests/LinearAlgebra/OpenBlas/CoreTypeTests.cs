using SpecGD.Numerics.LinearAlgebra.OpenBlas;

namespace SpecGD.Numerics.Tests.LinearAlgebra.OpenBlas;

public class CoreTypeTests
{
    [Theory]
    [InlineData("Prescott", true, true, "SKYLAKEX")] // what an old build picks on a processor it does not know
    [InlineData("Prescott", true, false, "HASWELL")]
    [InlineData("Sandybridge", true, true, "SKYLAKEX")]
    [InlineData("Nehalem", true, false, "HASWELL")]
    [InlineData("Generic", true, false, "HASWELL")]
    [InlineData("Opteron_SSE3", true, false, "HASWELL")]
    [InlineData("prescott", true, true, "SKYLAKEX")] // some builds spell families in small letters
    [InlineData("PRESCOTT", true, true, "SKYLAKEX")]
    public void Kernels_without_AVX2_on_a_processor_with_it_are_replaced(string chosen, bool avx2, bool avx512, string better) =>
        CoreType.BetterThan(chosen, null, avx2, avx512).ShouldBe(better);

    [Theory]
    [InlineData("Haswell", true, true)]
    [InlineData("Zen", true, false)]
    [InlineData("SkylakeX", true, true)]
    [InlineData("Cooperlake", true, true)]
    [InlineData("SapphireRapids", true, true)]
    [InlineData("neoversen1", false, false)]
    [InlineData("", true, true)] // a build that does not tell
    public void Kernels_that_fit_the_processor_are_kept(string chosen, bool avx2, bool avx512) =>
        CoreType.BetterThan(chosen, null, avx2, avx512).ShouldBeNull();

    [Theory]
    [InlineData("Prescott")]
    [InlineData("Sandybridge")]
    public void On_a_processor_without_AVX2_there_is_nothing_better(string chosen)
    {
        CoreType.BetterThan(chosen, null, avx2: false, avx512: false).ShouldBeNull();
        CoreType.BetterThan(chosen, null, avx2: false, avx512: true).ShouldBeNull();
    }

    [Theory]
    [InlineData("Prescott")]
    [InlineData("NEHALEM")]
    public void What_the_user_asked_for_stands(string askedFor)
    {
        CoreType.BetterThan("Prescott", askedFor, avx2: true, avx512: true).ShouldBeNull();
        CoreType.BetterThan("Prescott", name => name == "OPENBLAS_CORETYPE" ? askedFor : null).ShouldBeNull();
    }

    [Fact]
    public void An_empty_variable_asks_for_nothing() =>
        CoreType.BetterThan("Prescott", "", avx2: true, avx512: false).ShouldBe("HASWELL");
}
