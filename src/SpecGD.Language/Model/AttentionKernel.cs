using TorchSharp;
using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>
/// softmax(q kᵀ/√D + mask) v and its gradient by libtorch's kernels. On a processor the backward kernel is called by its name, with the output and the
/// log-sums of the forward pass: automatic differentiation would need them computed once more. On other devices it is automatic differentiation.
/// </summary>
/// <remarks>Shapes: q is a × b × queries × D; k and v are a × b × keys × D; the mask is 1 × (1 or b) × queries × keys; log-sums are a × b × queries.</remarks>
internal static class AttentionKernel
{
    private static readonly Lazy<jit.CompilationUnit> Flash = new(() => jit.compile(
        """
        def forward(q, k, v, mask):
            return torch._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0.0, False, attn_mask=mask)
        def backward(gradient, q, k, v, value, log_sums, mask):
            return torch._scaled_dot_product_flash_attention_for_cpu_backward(gradient, q, k, v, value, log_sums, 0.0, False, attn_mask=mask)

        """)); // its parser wants the last line ended

    /// <summary>Whether the backward pass on a device takes the log-sums of the forward pass.</summary>
    public static bool TakesLogSums(Device device) => device.type == DeviceType.CPU;

    /// <summary>softmax(q kᵀ/√D + mask) v.</summary>
    public static Tensor Value(Tensor q, Tensor k, Tensor v, Tensor mask) => nn.functional.scaled_dot_product_attention(q, k, v, mask);

    /// <summary>The same with log Σₖ exp(score) of every query, for <see cref="Backward"/>.</summary>
    public static (Tensor Value, Tensor LogSums) ValueAndLogSums(Tensor q, Tensor k, Tensor v, Tensor mask) =>
        Flash.Value.invoke<(Tensor, Tensor)>("forward", q, k, v, mask);

    /// <summary>The gradient in q, k and v.</summary>
    /// <param name="gradient">In the value.</param>
    /// <param name="q">Of the forward pass.</param>
    /// <param name="k">Of the forward pass.</param>
    /// <param name="v">Of the forward pass.</param>
    /// <param name="mask">Of the forward pass.</param>
    /// <param name="value">What the forward pass gave.</param>
    /// <param name="logSums">What the forward pass gave.</param>
    public static (Tensor Q, Tensor K, Tensor V) Backward(Tensor gradient, Tensor q, Tensor k, Tensor v, Tensor mask, Tensor value, Tensor logSums) =>
        Flash.Value.invoke<(Tensor, Tensor, Tensor)>("backward", gradient, q, k, v, value, logSums, mask);

    /// <summary>The gradient in q, k and v by automatic differentiation, on any device: the value is computed once more.</summary>
    public static (Tensor Q, Tensor K, Tensor V) BackwardByDifferentiation(Tensor gradient, Tensor q, Tensor k, Tensor v, Tensor mask)
    {
        Tensor[] inputs = [.. new[] { q, k, v }.Select(input => input.detach().requires_grad_())];
        Tensor value;
        using (enable_grad())
            value = Value(inputs[0], inputs[1], inputs[2], mask);
        var gradients = autograd.grad([value], inputs, [gradient]);
        return (gradients[0], gradients[1], gradients[2]);
    }
}
