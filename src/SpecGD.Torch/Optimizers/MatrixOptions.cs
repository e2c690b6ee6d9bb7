using TorchSharp.Modules;

namespace SpecGD.Torch;

/// <summary>What the parameter groups of all optimizers here have in common. A value that is not set is the optimizer's own.</summary>
public abstract class MatrixOptions : OptimizerOptions
{
    /// <summary>wd: the weight shrinks by the factor 1 − lr·wd at every step, decoupled from the gradient.</summary>
    public double? WeightDecay { get; set; }

    /// <summary>
    /// How a tensor of three sizes is read: false, as a batch of matrices; true, as one matrix of its first size times the others, as a weight of Conv1d
    /// is. Two sizes are a matrix; four and more are flattened to one always.
    /// </summary>
    public bool? FlattenThree { get; set; }

    /// <summary>Takes from <paramref name="defaults"/> what is not set.</summary>
    internal virtual void Complete(MatrixOptions defaults)
    {
        LearningRate ??= defaults.LearningRate;
        WeightDecay ??= defaults.WeightDecay;
        FlattenThree ??= defaults.FlattenThree;
        InitialLearningRate = LearningRate!.Value;
    }

    /// <summary>Throws where a value is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is.</exception>
    internal virtual void Require()
    {
        Require(LearningRate, nameof(LearningRate), value => value >= 0);
        Require(WeightDecay, nameof(WeightDecay), value => value >= 0);
    }

    /// <inheritdoc/>
    public override void SaveStateDict(BinaryWriter writer)
    {
        base.SaveStateDict(writer);
        writer.Write(WeightDecay!.Value);
        writer.Write(FlattenThree!.Value);
    }

    /// <inheritdoc/>
    public override void LoadStateDict(BinaryReader reader)
    {
        base.LoadStateDict(reader);
        WeightDecay = reader.ReadDouble();
        FlattenThree = reader.ReadBoolean();
    }

    /// <inheritdoc/>
    public override void LoadStateDict(OptimizerOptions source)
    {
        base.LoadStateDict(source);
        if (source is MatrixOptions other)
            (WeightDecay, FlattenThree) = (other.WeightDecay, other.FlattenThree);
    }

    /// <summary>Throws where <paramref name="value"/> is not finite or not in its range.</summary>
    protected static void Require(double? value, string name, Func<double, bool> isInRange)
    {
        ArgumentNullException.ThrowIfNull(isInRange);
        if (value is not { } number || !double.IsFinite(number) || !isInRange(number))
            throw new ArgumentOutOfRangeException(name, value, $"{name} is out of its range.");
    }
}
