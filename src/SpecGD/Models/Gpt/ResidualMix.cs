using System.Numerics;
using System.Numerics.Tensors;
using SpecGD.Numerics;

namespace SpecGD.Models.Gpt;

/// <summary>How a block's input is mixed: λ₁ (x + s·skip) + λ₂ x0, with the output of an earlier block as skip in the second half.</summary>
internal sealed class ResidualMix<T>(GptParameters<T> parameters, int block)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _lambda = parameters.Shape.LambdaAt(block), _skip = parameters.Shape.SkipAt(block);

    private Span<T> Scalars => parameters.Scalars.Value.AsSpan();

    private Span<T> Gradients => parameters.Scalars.Gradient.AsSpan();

    /// <summary>result ← λ₁ (x + s·skip) + λ₂ x0; no skip in the first half.</summary>
    public void Forward(Matrix<T> x, Matrix<T>? skip, Matrix<T> start, Matrix<T> result) => RowWork.ForEach(x.Rows, x.Columns, t =>
    {
        var row = result.Row(t);
        if (skip is { } source)
            TensorPrimitives.MultiplyAdd(source.Row(t), Scalars[_skip], x.Row(t), row);
        else
            x.Row(t).CopyTo(row);
        TensorPrimitives.Multiply(row, Scalars[_lambda], row);
        TensorPrimitives.MultiplyAdd(start.Row(t), Scalars[_lambda + 1], row, row);
    });

    /// <summary>
    /// dx, the gradient of the result, becomes that of x; dStart is added to, dSkip is overwritten, and the scalars' gradients are added to.
    /// </summary>
    public void Backward(Matrix<T> x, Matrix<T>? skip, Matrix<T> start, Matrix<T> dx, Matrix<T>? dSkip, Matrix<T> dStart)
    {
        double alongX = RowWork.Dot(dx, x), alongStart = RowWork.Dot(dx, start), alongSkip = skip is { } source ? RowWork.Dot(dx, source) : 0;
        T s = skip is null ? T.Zero : Scalars[_skip], lambda = Scalars[_lambda];
        Gradients[_lambda] += T.CreateChecked(alongX + (double.CreateChecked(s) * alongSkip));
        Gradients[_lambda + 1] += T.CreateChecked(alongStart);
        if (skip is not null)
            Gradients[_skip] += T.CreateChecked(double.CreateChecked(lambda) * alongSkip);
        RowWork.ForEach(dx.Rows, dx.Columns, t =>
        {
            var row = dx.Row(t);
            TensorPrimitives.MultiplyAdd(row, Scalars[_lambda + 1], dStart.Row(t), dStart.Row(t));
            TensorPrimitives.Multiply(row, lambda, row);
            if (dSkip is { } destination)
                TensorPrimitives.Multiply(row, s, destination.Row(t));
        });
    }
}
