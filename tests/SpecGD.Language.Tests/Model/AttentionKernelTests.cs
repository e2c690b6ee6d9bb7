using SpecGD.Language.Model;
using SpecGD.Torch.Tests;
using static TorchSharp.torch;

namespace SpecGD.Language.Tests.Model;

public class AttentionKernelTests
{
    /// <summary>Rounding over a hundred terms in double.</summary>
    private const double Rounding = 1e-13;

    [SkippableFact]
    public void The_backward_kernel_gives_the_gradient_of_automatic_differentiation()
    {
        Libtorch.Require();
        using var scope = NewDisposeScope();
        using var without = no_grad();
        var (q, k, v, mask, gradient) = Case();

        var (value, logSums) = AttentionKernel.ValueAndLogSums(q, k, v, mask);
        var kernel = AttentionKernel.Backward(gradient, q, k, v, mask, value, logSums);
        var truth = AttentionKernel.BackwardByDifferentiation(gradient, q, k, v, mask);
        var wrong = AttentionKernel.Backward(gradient, q, k, v, mask, value, logSums + 0.1);

        Distance(value, AttentionKernel.Value(q, k, v, mask)).ShouldBeLessThan(Rounding);
        Distance(kernel.Q, truth.Q).ShouldBeLessThan(Rounding);
        Distance(kernel.K, truth.K).ShouldBeLessThan(Rounding);
        Distance(kernel.V, truth.V).ShouldBeLessThan(Rounding);
        Distance(wrong.V, truth.V).ShouldBeGreaterThan(0.01, "the log-sums matter");
    }

    [SkippableFact]
    public void Log_sums_are_those_of_the_scores()
    {
        Libtorch.Require();
        using var scope = NewDisposeScope();
        using var without = no_grad();
        var (q, k, v, mask, _) = Case();

        var (_, logSums) = AttentionKernel.ValueAndLogSums(q, k, v, mask);

        var scores = (q.matmul(k.transpose(-1, -2)) / Math.Sqrt(q.shape[3])) + mask;
        Distance(logSums, scores.exp().sum(-1).log()).ShouldBeLessThan(Rounding);
    }

    /// <summary>Two heads, three blocks of eight queries with twelve keys each, of which a query sees some.</summary>
    private static (Tensor Q, Tensor K, Tensor V, Tensor Mask, Tensor Gradient) Case()
    {
        var seed = new Generator(7, CPU);
        Tensor Random(long rows) => randn([2, 3, rows, 4], ScalarType.Float64, CPU, generator: seed);
        var hidden = ones([1, 3, 8, 12], ScalarType.Bool).triu(5);
        return (Random(8), Random(12), Random(12), BlockRanges.MaskOf(hidden, GptPrecision.F64), Random(8));
    }

    private static double Distance(Tensor a, Tensor b) => (a - b).abs().max().item<double>();
}
