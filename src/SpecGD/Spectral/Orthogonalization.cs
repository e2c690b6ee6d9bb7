using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Spectral;

/// <summary>
/// Polynomial iterations X ← aX + (bA + cA²)X with A = X Xᵀ, started at G/‖G‖_F, on the side
/// with fewer rows: approximations of the polar factor that need nothing but products, as Muon uses
/// them. A zero matrix gives zero; there is no other guard, so that small gradients keep their scale.
/// </summary>
public static class Orthogonalization
{
    /// <summary>Steps of <see cref="NewtonSchulz{T}(Matrix{T}, int)"/> in Muon.</summary>
    public const int MuonSteps = 5;

    /// <summary>Steps of <see cref="PolarExpress{T}(Matrix{T}, int)"/> where no other number is given: the table and one of its limit.</summary>
    public const int PolarExpressDefaultSteps = 8;

    /// <summary>
    /// Divisor of the tabulated Polar Express coefficients (a/s, b/s³, c/s⁵) that keeps rounding
    /// from pushing a singular value out of the interval.
    /// </summary>
    private const double Safety = 1.01;

    /// <summary>The quintic of Muon: steep at zero, and not converging; singular values end between about 0.68 and 1.13.</summary>
    private static readonly Quintic Muon = new(3.4445, -4.7750, 2.0315);

    /// <summary>Optimal composition for singular values from 1e-3 up (Amsel et al. 2025), before the safety factor.</summary>
    private static readonly Quintic[] PolarExpressSteps =
    [
        new(8.28721201814563, -23.595886519098837, 17.300387312530933),
        new(4.107059111542203, -2.9478499167379106, 0.5448431082926601),
        new(3.9486908534822946, -2.908902115962949, 0.5518191394370137),
        new(3.3184196573706015, -2.488488024314874, 0.51004894012372),
        new(2.300652019954817, -1.6689039845747493, 0.4188073119525673),
        new(1.891301407787398, -1.2679958271945868, 0.37680408948524835),
        new(1.8750014808534479, -1.2500016453999487, 0.3750001645474248),
    ];

    /// <summary>The step that follows the table: cubic convergence to 1, used without a safety factor.</summary>
    private static readonly Quintic Limit = new(1.875, -1.25, 0.375);

    /// <summary>The coefficients that <see cref="NewtonSchulz{T}(Matrix{T}, int)"/> uses at every step.</summary>
    public static Quintic NewtonSchulzCoefficients => Muon;

    /// <summary>The coefficients that <see cref="PolarExpress{T}(Matrix{T}, int)"/> uses at a step, counted from 0, the safety factor included.</summary>
    public static Quintic PolarExpressCoefficients(int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return step < PolarExpressSteps.Length ? PolarExpressSteps[step].DividedBy(Safety) : Limit;
    }

    /// <summary>
    /// Newton–Schulz with the quintic of Muon. It does not converge to polar(G): singular values that start above 0.01·‖G‖_F end in about
    /// [0.68, 1.13], smaller ones between 0 and 1.2.
    /// </summary>
    /// <param name="gradient">G, m × n.</param>
    /// <param name="steps">Number of steps; Muon takes five.</param>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static Matrix<T> NewtonSchulz<T>(Matrix<T> gradient, int steps = MuonSteps)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var result = new Matrix<T>(gradient.Rows, gradient.Columns);
        NewtonSchulz(gradient, result, steps);
        return result;
    }

    /// <summary>The same into <paramref name="into"/>, of the gradient's shape, which may be the gradient itself; nothing is allocated.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static void NewtonSchulz<T>(Matrix<T> gradient, Matrix<T> into, int steps = MuonSteps)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Iterate(gradient, into, steps, static _ => Muon);

    /// <summary>
    /// Polar Express: another quintic each step, converging to polar(G), to 1e-10 after 8 steps for singular values from 1e-3·‖G‖_F up.
    /// </summary>
    /// <param name="gradient">G, m × n.</param>
    /// <param name="steps">Number of steps.</param>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static Matrix<T> PolarExpress<T>(Matrix<T> gradient, int steps = PolarExpressDefaultSteps)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var result = new Matrix<T>(gradient.Rows, gradient.Columns);
        PolarExpress(gradient, result, steps);
        return result;
    }

    /// <summary>The same into <paramref name="into"/>, of the gradient's shape, which may be the gradient itself; nothing is allocated.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public static void PolarExpress<T>(Matrix<T> gradient, Matrix<T> into, int steps = PolarExpressDefaultSteps)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Iterate(gradient, into, steps, PolarExpressCoefficients);

    private static void Iterate<T>(Matrix<T> gradient, Matrix<T> into, int steps, Func<int, Quintic> coefficients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        using var scaled = new Scaled<T>(gradient);
        if (scaled.IsZero)
        {
            into.Fill(T.Zero);
            return;
        }
        bool tall = gradient.Rows > gradient.Columns;
        var (rows, columns) = tall ? (gradient.Columns, gradient.Rows) : (gradient.Rows, gradient.Columns);
        using var firstLease = MatrixPool<T>.Rent(rows, columns);
        using var secondLease = MatrixPool<T>.Rent(rows, columns);
        using var gramLease = MatrixPool<T>.Rent(rows, rows);
        using var polynomialLease = MatrixPool<T>.Rent(rows, rows);
        var (x, next) = (firstLease.Matrix, secondLease.Matrix);
        if (tall)
            scaled.Matrix.TransposeTo(x);
        else
            scaled.Matrix.CopyTo(x);
        x.Scale(T.One / T.Sqrt(x.SumOfSquares()));
        for (int step = 0; step < steps; step++)
        {
            coefficients(step).Apply(x, next, gramLease.Matrix, polynomialLease.Matrix);
            (x, next) = (next, x);
        }
        if (tall)
            x.TransposeTo(into);
        else
            x.CopyTo(into);
    }

    /// <summary>The odd polynomial p(s) = a s + b s³ + c s⁵ on singular values.</summary>
    /// <param name="A">a.</param>
    /// <param name="B">b.</param>
    /// <param name="C">c.</param>
    public readonly record struct Quintic(double A, double B, double C)
    {
        /// <summary>p(s / factor), as coefficients of s.</summary>
        internal Quintic DividedBy(double factor) => new(A / factor, B / Math.Pow(factor, 3), C / Math.Pow(factor, 5));

        /// <summary>result ← (a I + b A + c A²) X, A = X Xᵀ; the last two matrices are work space of A's size.</summary>
        internal void Apply<T>(Matrix<T> x, Matrix<T> result, Matrix<T> gram, Matrix<T> polynomial)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var (a, b, c) = (T.CreateChecked(A), T.CreateChecked(B), T.CreateChecked(C));
            Linear.Gram(T.One, x, transposeFirst: false, gram);
            gram.CopyTo(polynomial);
            Linear.Gram(c, gram, transposeFirst: false, b, polynomial); // A is symmetric, so A² = A Aᵀ
            for (int i = 0; i < polynomial.Rows; i++)
                polynomial[i, i] += a;
            Linear.Multiply(T.One, polynomial, false, x, false, T.Zero, result);
        }
    }
}
