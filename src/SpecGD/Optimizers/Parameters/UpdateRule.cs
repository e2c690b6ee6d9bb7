using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Optimizers.Parameters;

/// <summary>A way to update a parameter tensor, as a value: its settings without any state.</summary>
public abstract record UpdateRule
{
    /// <summary>Name in tables.</summary>
    public abstract string Name { get; }

    /// <summary>Numbers that the rule remembers for each parameter.</summary>
    public abstract int StatePerParameter { get; }

    /// <summary>lr, before the multiplier of a route and the schedule.</summary>
    public abstract double LearningRate { get; init; }

    /// <summary>wd: the weight shrinks by the factor 1 − lr·wd at every step.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Throws where the rule cannot update a tensor of that shape.</summary>
    /// <exception cref="BadInputException">It cannot; the sentence says why.</exception>
    public virtual void RequireFits(ParameterLayout tensor)
    {
    }

    /// <summary>Work matrices that a step on the tensor rents: how many of each size. Tensors of one size share them.</summary>
    public virtual IEnumerable<(int Count, int Rows, int Columns)> WorkMatrices(ParameterLayout tensor) => [];

    /// <summary>Floating-point operations in the matrix products of one step on the tensor; elementwise work is not counted.</summary>
    public virtual double Operations(ParameterLayout tensor) => 0;

    /// <summary>
    /// True where an update needs all of a matrix: a tensor is then divided into its matrices. Else each row could be updated by itself.
    /// </summary>
    public virtual bool NeedsWholeMatrices => false;

    /// <summary>The rule at work on a piece of a tensor, with state of its own.</summary>
    /// <param name="value">W: a matrix where the rule needs whole ones, else any rows.</param>
    /// <param name="gradient">Its gradient.</param>
    internal abstract PieceUpdater<T> For<T>(Matrix<T> value, Matrix<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Names of what is remembered of a piece, in the order of <see cref="PieceUpdater{T}.State"/>.</summary>
    internal abstract IReadOnlyList<string> StateNames { get; }
}

/// <summary>A rule at work on a piece of a tensor: its state, and the step.</summary>
internal abstract class PieceUpdater<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>What is remembered from step to step, each of the piece's shape, to be kept in checkpoints.</summary>
    public abstract IReadOnlyList<Matrix<T>> State { get; }

    /// <summary>
    /// True where the step is products that one thread does as well as several together, so that many pieces are best done side by side.
    /// </summary>
    public virtual bool IsForOneThread => false;

    /// <summary>Updates the piece from its gradient.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="learningRate">lr with multiplier and schedule.</param>
    public abstract void Step(int step, double learningRate);
}
