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

    /// <summary>The rule at work on one tensor, with state of its own.</summary>
    internal abstract TensorUpdater<T> For<T>(ParameterTensor<T> tensor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>A rule at work on one tensor: its state, and the step.</summary>
internal abstract class TensorUpdater<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>What is remembered from step to step, by name, to be kept in checkpoints.</summary>
    public abstract IEnumerable<(string Name, Matrix<T> Matrix)> State { get; }

    /// <summary>How many parts of the tensor are updated independently of one another; at least one.</summary>
    public virtual int Parts => 1;

    /// <summary>
    /// True where a part is products that one thread does as well as several together, so that the parts of many tensors are best done side by side.
    /// </summary>
    public virtual bool IsForOneThread => false;

    /// <summary>Updates a part of the tensor from its gradient.</summary>
    /// <param name="part">The part, from 0.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="learningRate">lr with multiplier and schedule.</param>
    public abstract void Step(int part, int step, double learningRate);
}
