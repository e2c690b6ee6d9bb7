using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Spectral;

namespace SpecGD.Models;

/// <summary>
/// L(W) = ‖WA − Y‖_F²/(2n) with realisable targets Y = W♯A, so that with B = AAᵀ/n everything is small and free of cancellation:
/// G = (W − W♯)B and L = ½⟨W − W♯, G⟩.
/// </summary>
public sealed class LeastSquaresModel : IModel
{
    /// <summary>Name of its only weight.</summary>
    internal const string BlockName = "W1";

    private readonly LeastSquaresProblem _problem;
    private readonly WeightBlock _block;
    private readonly Matrix<double> _error;

    /// <summary>The model at the weight <paramref name="start"/> (out × in), which is copied.</summary>
    public LeastSquaresModel(LeastSquaresProblem problem, Matrix<double> start)
    {
        _problem = problem;
        _block = new WeightBlock(BlockName, start.Clone(), problem.Activation);
        _error = new Matrix<double>(start.Rows, start.Columns);
        Blocks = [_block];
    }

    /// <inheritdoc/>
    public IReadOnlyList<WeightBlock> Blocks { get; }

    /// <inheritdoc/>
    public double Evaluate()
    {
        MatrixArithmetic.Subtract(_block.Weight, _problem.Target, _error);
        Linear.Multiply(1, _error, false, _problem.SecondMoment, false, 0, _block.Gradient);
        _block.GradientChanged();
        double twice = MatrixArithmetic.Dot(_error, _block.Gradient);
        return twice <= _problem.Resolution * _error.SumOfSquares() ? 0 : 0.5 * twice;
    }
}

/// <summary>The data of a realisable least-squares problem, shared by every trajectory on it.</summary>
public sealed class LeastSquaresProblem
{
    /// <summary>Distance from 1 to the next number in double precision.</summary>
    private const double Epsilon = 1.0 / (1L << 52);

    /// <summary>The problem of fitting W♯A, from features A (features × samples) and W♯ (out × features).</summary>
    public LeastSquaresProblem(Matrix<double> features, Matrix<double> target)
    {
        Target = target;
        Activation = new ActivationMeasurement(features, features.Columns);
        _ = (Activation.OperatorNorm, Activation.FrobeniusNorm); // measured now: trajectories share it from several threads
        SecondMoment = new Matrix<double>(features.Rows, features.Rows);
        Linear.Gram(1.0 / features.Columns, features, transposeFirst: false, SecondMoment);
    }

    /// <summary>W♯, out × features: the minimiser.</summary>
    public Matrix<double> Target { get; }

    /// <summary>B = AAᵀ/n, features × features.</summary>
    public Matrix<double> SecondMoment { get; }

    /// <summary>
    /// ε‖B‖_op: what is left of ⟨E, EB⟩/‖E‖_F² below it is rounding, of either sign, as where the features do not see the rest E = W − W♯. Such a loss is zero.
    /// </summary>
    internal double Resolution => Epsilon * Activation.OperatorNorm * Activation.OperatorNorm / Activation.Samples;

    /// <summary>The norms of A.</summary>
    public ActivationMeasurement Activation { get; }
}
