using System.Numerics;
using System.Numerics.Tensors;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Models.Gpt;

/// <summary>
/// Logits z = x·Wᵀ, soft-capped as 30·sigmoid(z/(7.5·√d)), and their cross-entropy with the next tokens, summed. Works through a slice of the
/// tokens at a time, so that the logits of all are never in memory at once; the gradient is taken in the same pass.
/// </summary>
internal sealed class LanguageModelHead<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Logits in memory at once: 128 MB in float.</summary>
    private const int LargestSlice = 1 << 25;

    private const double Cap = 30, Steepness = 7.5;

    private readonly ParameterTensor<T> _weight;
    private readonly Matrix<T> _logits;
    private readonly double[] _losses;
    private readonly T _perLogit, _slope;

    public LanguageModelHead(ParameterTensor<T> weight, int length)
        : this(weight, length, Math.Max(1, LargestSlice / weight.Value.Rows))
    {
    }

    /// <summary>Tokens of one slice for sequences of this length.</summary>
    internal static int SliceRows(GptShape shape, int length) => Math.Min(length, Math.Max(1, LargestSlice / shape.PaddedVocabulary));

    /// <summary>A head that works through so many tokens at a time.</summary>
    internal LanguageModelHead(ParameterTensor<T> weight, int length, int slice)
    {
        _weight = weight;
        double scale = Steepness * Math.Sqrt(weight.Value.Columns);
        _perLogit = T.CreateChecked(1 / scale);
        _slope = T.CreateChecked(Cap / scale);
        int rows = Math.Min(length, slice);
        _logits = new Matrix<T>(rows, weight.Value.Rows);
        _losses = new double[rows];
    }

    /// <summary>z ← 30·sigmoid(x·Wᵀ/(7.5·√d)), tokens × V, from the normalised states x, tokens × d.</summary>
    public static void CappedLogits(ParameterTensor<T> weight, Matrix<T> x, Matrix<T> z)
    {
        FewRows.Multiply(x, weight.Value, true, z);
        T perLogit = T.CreateChecked(1 / (Steepness * Math.Sqrt(weight.Value.Columns))), cap = T.CreateChecked(Cap);
        RowWork.ForEach(z.Rows, z.Columns, t =>
        {
            var row = z.Row(t);
            TensorPrimitives.Multiply(row, perLogit, row);
            TensorPrimitives.Sigmoid<T>(row, row);
            TensorPrimitives.Multiply(row, cap, row);
        });
    }

    /// <summary>Σ −log p(target), over the tokens of x (tokens × d).</summary>
    public double Loss(Matrix<T> x, ReadOnlyMemory<int> targets)
    {
        double loss = 0;
        for (int start = 0; start < x.Rows; start += _logits.Rows)
            loss += Slice(x, targets, start, withGradient: false).Loss;
        return loss;
    }

    /// <summary>The same; dx ← its gradient in x, and the weight's gradient is added to.</summary>
    public double LossAndGradient(Matrix<T> x, ReadOnlyMemory<int> targets, Matrix<T> dx)
    {
        double loss = 0;
        for (int start = 0; start < x.Rows; start += _logits.Rows)
        {
            var (dz, sum) = Slice(x, targets, start, withGradient: true);
            loss += sum;
            Linear.Multiply(T.One, dz, false, _weight.Value, false, T.Zero, dx.RowSlice(start, dz.Rows));
            Linear.Multiply(T.One, dz, true, x.RowSlice(start, dz.Rows), false, T.One, _weight.Gradient);
        }
        return loss;
    }

    private (Matrix<T> Logits, double Loss) Slice(Matrix<T> x, ReadOnlyMemory<int> targets, int start, bool withGradient)
    {
        int rows = Math.Min(_logits.Rows, x.Rows - start);
        var z = _logits.RowSlice(0, rows);
        Linear.Multiply(T.One, x.RowSlice(start, rows), false, _weight.Value, true, T.Zero, z);
        RowWork.ForEach(rows, z.Columns, t =>
        {
            int target = targets.Span[start + t];
            _losses[t] = withGradient ? CrossEntropyGradient(z.Row(t), target) : CrossEntropy(z.Row(t), target);
        });
        double loss = 0;
        foreach (double token in _losses.AsSpan(0, rows))
            loss += token;
        return (z, loss);
    }

    /// <summary>−log softmax(capped z) at the target. z is overwritten.</summary>
    private double CrossEntropy(Span<T> z, int target)
    {
        T cap = T.CreateChecked(Cap);
        TensorPrimitives.Multiply(z, _perLogit, z);
        TensorPrimitives.Sigmoid<T>(z, z);
        TensorPrimitives.Multiply(z, cap, z);
        T wanted = z[target], largest = TensorPrimitives.Max<T>(z);
        TensorPrimitives.Subtract(z, largest, z);
        TensorPrimitives.Exp<T>(z, z);
        return double.CreateChecked(largest - wanted) + Math.Log(double.CreateChecked(TensorPrimitives.Sum<T>(z)));
    }

    /// <summary>The same; z becomes the gradient in the logits: (softmax − one at the target)·30·s(1 − s)/(7.5√d), s the sigmoid.</summary>
    private double CrossEntropyGradient(Span<T> z, int target)
    {
        T cap = T.CreateChecked(Cap);
        using var lease = MatrixPool<T>.Rent(1, z.Length);
        var s = lease.Matrix.Row(0);
        TensorPrimitives.Multiply(z, _perLogit, z);
        TensorPrimitives.Sigmoid<T>(z, s);
        TensorPrimitives.Multiply(s, cap, z);
        T wanted = z[target], largest = TensorPrimitives.Max<T>(z);
        TensorPrimitives.Subtract(z, largest, z);
        TensorPrimitives.Exp<T>(z, z);
        T sum = TensorPrimitives.Sum<T>(z);
        TensorPrimitives.Divide(z, sum, z);
        z[target] -= T.One;
        TensorPrimitives.Multiply<T>(z, s, z);
        TensorPrimitives.Multiply(z, _slope, z);
        TensorPrimitives.Subtract(T.One, s, s);
        TensorPrimitives.Multiply<T>(z, s, z);
        return double.CreateChecked(largest - wanted) + Math.Log(double.CreateChecked(sum));
    }
}
