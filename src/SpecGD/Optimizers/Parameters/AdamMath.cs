using System.Numerics;
using System.Numerics.Tensors;
using SpecGD.Numerics;

namespace SpecGD.Optimizers.Parameters;

/// <summary>The step of Adam as the modded-NanoGPT snapshot takes it, with the bias corrections on the step.</summary>
public static class AdamMath
{
    /// <summary>√(1 − β₂ᵗ)/(1 − β₁ᵗ), the factor on the learning rate at the t-th step, from 1.</summary>
    public static double BiasCorrection(double beta1, double beta2, int t) => Math.Sqrt(1 - Math.Pow(beta2, t)) / (1 - Math.Pow(beta1, t));

    /// <summary>
    /// m ← β₁m + (1 − β₁)G, v ← β₂v + (1 − β₂)G², W ← W·keep − step·m/(√v + ε), entry by entry; all of one shape.
    /// </summary>
    public static void Step<T>(Matrix<T> weight, Matrix<T> gradient, Matrix<T> first, Matrix<T> second, AdamRule rule, double step, double keep)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(rule);
        T beta1 = T.CreateChecked(rule.Beta1), rest1 = T.CreateChecked(1 - rule.Beta1);
        T beta2 = T.CreateChecked(rule.Beta2), rest2 = T.CreateChecked(1 - rule.Beta2);
        T epsilon = T.CreateChecked(rule.Epsilon), minusStep = T.CreateChecked(-step), kept = T.CreateChecked(keep);
        RowWork.ForEach(weight.Rows, weight.Columns, i =>
        {
            Span<T> w = weight.Row(i), g = gradient.Row(i), m = first.Row(i), v = second.Row(i);
            using var lease = MatrixPool<T>.Rent(1, w.Length);
            var work = lease.Matrix.Row(0);
            TensorPrimitives.Multiply(m, beta1, m);
            TensorPrimitives.MultiplyAdd(g, rest1, m, m);
            TensorPrimitives.Multiply<T>(g, g, work);
            TensorPrimitives.Multiply(v, beta2, v);
            TensorPrimitives.MultiplyAdd(work, rest2, v, v);
            TensorPrimitives.Sqrt<T>(v, work);
            TensorPrimitives.Add(work, epsilon, work);
            TensorPrimitives.Divide<T>(m, work, work);
            if (kept != T.One)
                TensorPrimitives.Multiply(w, kept, w);
            TensorPrimitives.MultiplyAdd(work, minusStep, w, w);
        });
    }
}
