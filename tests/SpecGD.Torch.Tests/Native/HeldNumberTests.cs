using static TorchSharp.torch;

namespace SpecGD.Torch.Tests.Native;

/// <summary>
/// Numbers that operations on tensors take. TorchSharp frees a Scalar in its finalizer, without regard to a call that still reads it; a step of an optimizer was then wrong without a word, or failed with
/// "Unknown scalar type".
/// </summary>
public class HeldNumberTests
{
    [Fact]
    public void No_compiled_code_leaves_a_number_to_the_finalizer() =>
        ScalarCalls.In(typeof(Muon).Assembly, typeof(HeldNumbers)).ShouldBe([]);

    /// <summary>What holds numbers makes each itself, and calls nothing that makes others.</summary>
    [Fact]
    public void What_holds_numbers_leaves_none_to_others() => ScalarCalls.In(typeof(Muon).Assembly)
        .Where(call => !call.Contains(" calls ScalarExtensionMethods.ToScalar(", StringComparison.Ordinal)).ShouldBe([]);

    /// <summary>The search finds what it looks for: a conversion, an operator that converts within, and an optimizer of TorchSharp's own.</summary>
    [Fact]
    public void The_search_finds_conversions_in_this_assembly()
    {
        string[] found = [.. ScalarCalls.In(typeof(HeldNumberTests).Assembly).Where(call => call.Contains(nameof(Careless), StringComparison.Ordinal))];

        found.ShouldContain(call => call.Contains("op_Implicit", StringComparison.Ordinal));
        found.ShouldContain(call => call.Contains("op_Multiply", StringComparison.Ordinal));
    }

    /// <summary>What is done with held numbers is what the operators do.</summary>
    [SkippableFact]
    public void Held_numbers_give_the_bits_of_the_operators()
    {
        Libtorch.Require();
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        Tensor x = randn(6, 4), y = randn(6, 4), z = randn(6, 4);

        Same(x.Times(0.3), x * 0.3);
        Same(x.clone().ScaleBy(0.3), x * 0.3);
        Same(x.Plus(y, -0.7), x.add(y, -0.7));
        Same(x.clone().Increase(y, -0.7), x.add(y, -0.7));
        Same(x.PlusNumber(1.5), x + 1.5);
        Same(x.clone().IncreaseByNumber(1.5), x + 1.5);
        Same(x.PlusProduct(y, z, 2), x.addcmul(y, z, 2));
        Same(x.clone().IncreaseByProduct(y, z, 2), x.addcmul(y, z, 2));
        Same(x.DividedBy(3), x / 3);
        Same(x.Squared(), x.square());
        Same(x.AtLeast(0.2), x.clamp(0.2));
        Same(x.clone().FillWith(4), full_like(x, 4));
        Same(x.clone().FillWhere(y.gt(z), -1), x.masked_fill(y.gt(z), -1));
        HeldNumbers.Range(3, 7, ScalarType.Int64).data<long>().ToArray().ShouldBe([3, 4, 5, 6]);
        tensor(new long[] { 1, 2 }).Plus(tensor(new long[] { 3, 4 })).Increase(tensor(new long[] { 5, 6 })).data<long>().ToArray().ShouldBe([9, 12]);
        tensor(new long[] { 0, 2, 0 }).Is(0).data<bool>().ToArray().ShouldBe([true, false, true]);
        Same(zeros(3, 4).IncreaseAt(0, tensor(new long[] { 1, 1 }), ones(2, 4)), tensor(new float[] { 0, 0, 0, 0, 2, 2, 2, 2, 0, 0, 0, 0 }).view(3, 4));

        static void Same(Tensor found, Tensor right) => found.data<float>().ToArray().ShouldBe(right.contiguous().data<float>().ToArray());
    }

    private static class Careless
    {
        public static Tensor Scaled(Tensor x) => x.mul_(2.5) * 3.0;
    }
}
