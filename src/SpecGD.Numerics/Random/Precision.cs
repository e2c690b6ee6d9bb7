using System.Numerics.Tensors;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics.Random;

/// <summary>
/// The floating-point type in which numbers are drawn and multiplied, as <c>--dtype</c> of the authors' scripts has it. Ranks are measured in double
/// whatever it is, so that matrices are handed on as doubles; those of single precision hold numbers that a float holds.
/// </summary>
public abstract class Precision
{
    /// <summary>Every name, comma-separated, for declarations of settings.</summary>
    public const string Names = "float64,float32";

    private Precision(string name) => Name = name;

    /// <summary>64-bit numbers, as all figures of the paper have them.</summary>
    public static Precision Full { get; } = new DoublePrecision();

    /// <summary>32-bit numbers.</summary>
    public static Precision Reduced { get; } = new SinglePrecision();

    /// <summary>Name in options and logs, as PyTorch calls the type.</summary>
    public string Name { get; }

    /// <summary>The precision called <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static Precision Named(string name) =>
        name == Full.Name ? Full
        : name == Reduced.Name ? Reduced
        : throw new ArgumentException($"There is no dtype '{name}'; there are {Names.Replace(",", " and ", StringComparison.Ordinal)}.", nameof(name));

    /// <summary><c>torch.randn(rows, columns)</c> of this type.</summary>
    public abstract Matrix<double> Normal(TorchRandom random, int rows, int columns);

    /// <summary>The default weight of <c>torch.nn.Linear(inFeatures, outFeatures)</c> of this type, out × in.</summary>
    public abstract Matrix<double> LinearWeight(TorchRandom random, int outFeatures, int inFeatures);

    /// <summary>The product ab, or abᵀ, computed in this type.</summary>
    public abstract Matrix<double> Product(Matrix<double> a, Matrix<double> b, bool transposeB = false);

    /// <summary>into ← ab, computed in this type.</summary>
    public abstract void Multiply(Matrix<double> a, Matrix<double> b, Matrix<double> into);

    /// <summary>Rounds every entry to a number of this type, in place.</summary>
    public abstract void Round(Matrix<double> matrix);

    private sealed class DoublePrecision() : Precision("float64")
    {
        public override Matrix<double> Normal(TorchRandom random, int rows, int columns) => random.Normal(rows, columns);

        public override Matrix<double> LinearWeight(TorchRandom random, int outFeatures, int inFeatures) =>
            random.LinearWeight(outFeatures, inFeatures);

        public override Matrix<double> Product(Matrix<double> a, Matrix<double> b, bool transposeB) =>
            Linear.Product(a, b, transposeA: false, transposeB);

        public override void Multiply(Matrix<double> a, Matrix<double> b, Matrix<double> into) => Linear.Multiply(1, a, false, b, false, 0, into);

        public override void Round(Matrix<double> matrix)
        {
        }
    }

    private sealed class SinglePrecision() : Precision("float32")
    {
        public override Matrix<double> Normal(TorchRandom random, int rows, int columns) => Widened(random.NormalSingle(rows, columns));

        public override Matrix<double> LinearWeight(TorchRandom random, int outFeatures, int inFeatures) =>
            Widened(random.LinearWeightSingle(outFeatures, inFeatures));

        public override Matrix<double> Product(Matrix<double> a, Matrix<double> b, bool transposeB) =>
            Widened(Linear.Product(Narrowed(a), Narrowed(b), transposeA: false, transposeB));

        public override void Multiply(Matrix<double> a, Matrix<double> b, Matrix<double> into) => Product(a, b, transposeB: false).CopyTo(into);

        public override void Round(Matrix<double> matrix)
        {
            foreach (ref double entry in matrix.AsSpan())
                entry = (float)entry;
        }

        private static Matrix<double> Widened(Matrix<float> matrix)
        {
            var wide = new Matrix<double>(matrix.Rows, matrix.Columns);
            TensorPrimitives.ConvertTruncating<float, double>(matrix.AsSpan(), wide.AsSpan());
            return wide;
        }

        private static Matrix<float> Narrowed(Matrix<double> matrix)
        {
            var narrow = new Matrix<float>(matrix.Rows, matrix.Columns);
            TensorPrimitives.ConvertTruncating<double, float>(matrix.AsSpan(), narrow.AsSpan());
            return narrow;
        }
    }
}
