using System.Numerics;
using System.Numerics.Tensors;

namespace SpecGD.Numerics.Random;

/// <summary>
/// Random numbers that repeat PyTorch's CPU generator bit for bit where the platform's logarithm and cosine do: after
/// <c>torch.manual_seed(s)</c> the same calls in the same order give the same values. Tensors fill row-major.
/// </summary>
public sealed class TorchRandom
{
    /// <summary>Below this many elements PyTorch draws normal numbers one at a time, from it on in groups of this size.</summary>
    private const int Group = 16;

    /// <summary>Elements that <see cref="FillNormalRows{T}"/> draws before it transforms them: 4 MB.</summary>
    private const int PieceOfRows = 1 << 19;

    private readonly MersenneTwister _bits;
    private double? _cachedNormal;

    /// <summary>The state after <c>torch.manual_seed(seed)</c>: the seed modulo 2³² goes to the Mersenne Twister.</summary>
    public TorchRandom(ulong seed) => _bits = new MersenneTwister(unchecked((uint)seed));

    /// <summary><c>torch.rand</c> of one float64: uniform in [0, 1), 53 bits.</summary>
    public double NextUniform() => (_bits.NextUInt64() & ((1UL << 53) - 1)) * (1.0 / (1UL << 53));

    /// <summary><c>torch.rand</c> of one float32: uniform in [0, 1), 24 bits.</summary>
    public float NextUniformSingle() => (_bits.NextUInt32() & ((1u << 24) - 1)) * (1f / (1u << 24));

    /// <summary><c>torch.rand(rows, columns, dtype=float64)</c>.</summary>
    public Matrix<double> Uniform(int rows, int columns)
    {
        var matrix = new Matrix<double>(rows, columns);
        foreach (ref double x in matrix.AsSpan())
            x = NextUniform();
        return matrix;
    }

    /// <summary><c>torch.randn(rows, columns, dtype=float64)</c>: independent normal numbers, mean 0, variance 1.</summary>
    public Matrix<double> Normal(int rows, int columns)
    {
        var matrix = new Matrix<double>(rows, columns);
        FillNormal(matrix.AsSpan());
        return matrix;
    }

    /// <summary>
    /// <c>torch.randn(rows, columns, dtype=float32)</c>, to the last digits of the logarithm and cosine: PyTorch has approximations of its own in
    /// single precision.
    /// </summary>
    public Matrix<float> NormalSingle(int rows, int columns)
    {
        var matrix = new Matrix<float>(rows, columns);
        FillNormal(matrix.AsSpan());
        return matrix;
    }

    /// <summary>Fills <paramref name="destination"/> as <c>torch.randn</c> of as many float32 elements would.</summary>
    public void FillNormal(Span<float> destination) => Fill(destination);

    /// <summary>Fills <paramref name="destination"/> as <c>torch.randn</c> of as many float64 elements would.</summary>
    public void FillNormal(Span<double> destination) => Fill(destination);

    private void Fill<T>(Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (destination.Length < Group)
        {
            foreach (ref T x in destination)
                x = T.CreateChecked(NextSingleNormal()); // drawn in double whatever the type
            return;
        }
        FillUniform(destination);
        int start = 0;
        for (; start + Group <= destination.Length; start += Group)
            TransformGroup(destination.Slice(start, Group));
        if (start < destination.Length)
        {
            var last = destination[^Group..];
            FillUniform(last);
            TransformGroup(last);
        }
    }

    /// <summary>Uniform numbers as PyTorch draws them for the type: 24 bits of one output for float, 53 of two for double.</summary>
    private void FillUniform<T>(Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (ref T x in destination)
            x = typeof(T) == typeof(float) ? T.CreateChecked(NextUniformSingle()) : T.CreateChecked(NextUniform());
    }

    /// <summary>
    /// Fills each row as <see cref="FillNormal(Span{double})"/> would, one row after the other: the same numbers, with their logarithms and cosines divided over
    /// the threads.
    /// </summary>
    public void FillNormalRows<T>(Matrix<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = destination.Columns;
        bool inGroups = width >= Group && width % Group == 0; // else a row's end draws again, after its transformation
        var piece = new Matrix<double>(Math.Min(destination.Rows, Math.Max(1, PieceOfRows / Math.Max(width, 1))), width);
        for (int start = 0; start < destination.Rows; start += piece.Rows)
        {
            int rows = Math.Min(piece.Rows, destination.Rows - start), first = start;
            for (int i = 0; i < rows; i++)
            {
                if (inGroups)
                    FillUniform(piece.Row(i));
                else
                    FillNormal(piece.Row(i));
            }
            RowWork.ForEach(rows, width, i =>
            {
                var row = piece.Row(i);
                for (int at = 0; inGroups && at < width; at += Group)
                    TransformGroup(row.Slice(at, Group));
                TensorPrimitives.ConvertTruncating<double, T>(row, destination.Row(first + i));
            });
        }
    }

    /// <summary>
    /// The default weight of <c>torch.nn.Linear(inFeatures, outFeatures)</c> in float64, out × in: uniform within ±1/√in, as
    /// <c>kaiming_uniform_(a=√5)</c> draws it.
    /// </summary>
    public Matrix<double> LinearWeight(int outFeatures, int inFeatures)
    {
        double bound = LinearBound(inFeatures);
        var weight = new Matrix<double>(outFeatures, inFeatures);
        foreach (ref double w in weight.AsSpan())
            w = Math.FusedMultiplyAdd(NextUniform(), 2 * bound, -bound);
        return weight;
    }

    /// <summary>As <see cref="LinearWeight"/>, in float32: out × in.</summary>
    public Matrix<float> LinearWeightSingle(int outFeatures, int inFeatures)
    {
        float bound = (float)LinearBound(inFeatures);
        var weight = new Matrix<float>(outFeatures, inFeatures);
        foreach (ref float w in weight.AsSpan())
            w = MathF.FusedMultiplyAdd(NextUniformSingle(), 2 * bound, -bound);
        return weight;
    }

    private static double LinearBound(int inFeatures)
    {
        double gain = Math.Sqrt(2.0 / (1.0 + (Math.Sqrt(5.0) * Math.Sqrt(5.0))));
        return Math.Sqrt(3.0) * (gain / Math.Sqrt(inFeatures));
    }

    /// <summary>
    /// Box–Muller on a group of 16 uniforms: the first eight give the radii, the last eight the angles, which are counted in double and rounded.
    /// </summary>
    private static void TransformGroup<T>(Span<T> group)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int half = Group / 2;
        for (int j = 0; j < half; j++)
        {
            T radius = T.Sqrt(T.CreateChecked(-2) * T.Log(T.One - group[j]));
            T angle = T.CreateChecked(2 * Math.PI * double.CreateChecked(group[j + half]));
            group[j] = radius * T.Cos(angle);
            group[j + half] = radius * T.Sin(angle);
        }
    }

    /// <summary>One normal number; every second one is the cached sine partner of the one before.</summary>
    private double NextSingleNormal()
    {
        if (_cachedNormal is { } cached)
        {
            _cachedNormal = null;
            return cached;
        }
        double forAngle = NextUniform(), forRadius = NextUniform();
        double radius = Math.Sqrt(-2 * LogOnePlus(-forRadius));
        double angle = 2 * Math.PI * forAngle;
        _cachedNormal = radius * Math.Sin(angle);
        return radius * Math.Cos(angle);
    }

    /// <summary>ln(1 + x) without the loss of digits near 0 (Kahan's correction of ln(u)·x/(u − 1) with u = 1 + x rounded).</summary>
    private static double LogOnePlus(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : Math.Log(u) * (x / (u - 1));
    }
}
