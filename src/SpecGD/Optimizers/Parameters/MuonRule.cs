using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Optimizers.Parameters;

/// <summary>How Muon's update is made orthogonal, by a fixed number of products.</summary>
public enum MuonOrthogonalization
{
    /// <summary>Five quintic Newton–Schulz steps.</summary>
    NewtonSchulz,

    /// <summary>Eight Polar Express steps.</summary>
    PolarExpress,
}

/// <summary>A momentum μ that goes linearly from one value to another over so many steps and then stays.</summary>
/// <param name="From">μ at step 0.</param>
/// <param name="To">μ from step <paramref name="Steps"/> on.</param>
/// <param name="Steps">Length of the way; 0 where it is μ = To throughout.</param>
public sealed record MomentumWarmup(double From, double To, int Steps)
{
    /// <summary>μ at a step, from 0.</summary>
    public double At(int step)
    {
        double way = Steps > 0 ? Math.Min((double)step / Steps, 1) : 1;
        return ((1 - way) * From) + (way * To);
    }
}

/// <summary>
/// Muon on every matrix of a tensor: m ← lerp(m, G, 1 − μ), u = lerp(G, m, μ), W ← W(1 − lr·wd) − lr·scale·orthogonal(u). The defaults are those
/// of the modded-NanoGPT snapshot.
/// </summary>
public sealed record MuonRule : UpdateRule
{
    /// <inheritdoc/>
    public override string Name => "muon";

    /// <inheritdoc/>
    public override int StatePerParameter => 1;

    /// <inheritdoc/>
    public override double LearningRate { get; init; } = 0.05;

    /// <summary>μ.</summary>
    public MomentumWarmup Momentum { get; init; } = new(0.85, 0.95, 300);

    /// <summary>The factor that depends on the shape.</summary>
    public MuonScale Scale { get; init; } = MuonScale.Original;

    /// <summary>
    /// True for tensors stored in × out, whose rows are what enters: the scale is then that of out × in. The snapshot's own scale looks at the shape
    /// as stored whichever way that is, so its rule leaves this false.
    /// </summary>
    public bool IsStoredInByOut { get; init; }

    /// <summary>What makes the update orthogonal.</summary>
    public MuonOrthogonalization Orthogonalization { get; init; } = MuonOrthogonalization.NewtonSchulz;

    /// <inheritdoc/>
    public override void RequireFits(ParameterLayout tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Matrices == 0)
            throw new BadInputException($"Muon updates matrices; '{tensor.Name}' is a vector of {tensor.Count}.");
    }

    /// <inheritdoc/>
    public override IEnumerable<(int Count, int Rows, int Columns)> WorkMatrices(ParameterLayout tensor)
    {
        var (rows, columns) = SizeOf(tensor);
        int small = Math.Min(rows, columns);
        return [(1, rows, columns), (2, small, Math.Max(rows, columns)), (3, small, small)]; // the update; two iterates; three Gram matrices
    }

    /// <inheritdoc/>
    public override double Operations(ParameterLayout tensor)
    {
        var (rows, columns) = SizeOf(tensor);
        double small = Math.Min(rows, columns), large = Math.Max(rows, columns);
        int steps = Orthogonalization == MuonOrthogonalization.PolarExpress
            ? Spectral.Orthogonalization.PolarExpressDefaultSteps
            : Spectral.Orthogonalization.MuonSteps;
        return tensor.Matrices * steps * ((3 * small * small * large) + (small * small * small)); // X Xᵀ and A² by symmetric products, then P X
    }

    /// <inheritdoc/>
    public override bool NeedsWholeMatrices => true;

    internal override IReadOnlyList<string> StateNames => ["muon.momentum"];

    internal override PieceUpdater<T> For<T>(Matrix<T> value, Matrix<T> gradient) => new Updater<T>(this, value, gradient);

    private static (int Rows, int Columns) SizeOf(ParameterLayout tensor) => (tensor.Rows / tensor.Matrices, tensor.Columns);

    private sealed class Updater<T>(MuonRule rule, Matrix<T> weight, Matrix<T> gradient) : PieceUpdater<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Matrix<T> _momentum = new(weight.Rows, weight.Columns);

        public override IReadOnlyList<Matrix<T>> State => [_momentum];

        public override bool IsForOneThread => true;

        public override void Step(int step, double learningRate)
        {
            double mu = rule.Momentum.At(step);
            MuonMath.Accumulate(_momentum, gradient, mu);
            using var lease = MatrixPool<T>.Rent(weight.Rows, weight.Columns);
            MuonMath.LookAhead(gradient, _momentum, mu, lease.Matrix);
            Orthogonalise(lease.Matrix);
            var (rows, columns) = rule.IsStoredInByOut ? (weight.Columns, weight.Rows) : (weight.Rows, weight.Columns);
            MuonMath.Step(weight, lease.Matrix, learningRate, rule.Scale.Of(rows, columns), rule.WeightDecay);
        }

        private void Orthogonalise(Matrix<T> u)
        {
            switch (rule.Orthogonalization)
            {
                case MuonOrthogonalization.NewtonSchulz:
                    Spectral.Orthogonalization.NewtonSchulz(u, u);
                    break;
                case MuonOrthogonalization.PolarExpress:
                    Spectral.Orthogonalization.PolarExpress(u, u);
                    break;
                default:
                    throw new InvalidOperationException($"There is no orthogonalization {rule.Orthogonalization}.");
            }
        }
    }
}
