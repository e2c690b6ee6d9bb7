using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>
/// Steepest descent in the spectral norm, SpecGD of the paper: W ← W(1 − lr·wd) − lr·‖u‖_*·polar(u), with the exact polar factor. u is the gradient, or
/// its momentum. lr stands for 1/L_op, (1.8); with activations known, <see cref="AdaptiveSpectral"/> finds it by itself.
/// </summary>
public sealed class SpectralDescent : MatrixOptimizer<SpectralDescent.Options>
{
    /// <summary>Spectral descent on <paramref name="parameters"/>, all in one group.</summary>
    /// <param name="parameters">Matrices.</param>
    /// <param name="learningRate">lr, for 1/L_op.</param>
    /// <param name="momentum">μ, the share of the past in u = m, m ← μm + (1−μ)G; 0 for the gradient itself.</param>
    /// <param name="weightDecay">wd, decoupled.</param>
    /// <param name="precision">Of the decomposition: Float32 or Float64; the parameter's own where null, and float32 for half precision.</param>
    public SpectralDescent(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double weightDecay = 0, ScalarType? precision = null)
        : this(Whole(parameters), learningRate, momentum, weightDecay, precision)
    {
    }

    /// <summary>Spectral descent on groups of parameters; what a group does not set is as given here.</summary>
    /// <inheritdoc cref="SpectralDescent(IEnumerable{Parameter}, double, double, double, ScalarType?)"/>
    public SpectralDescent(IEnumerable<ParamGroup<Options>> groups, double learningRate, double momentum = 0, double weightDecay = 0, ScalarType? precision = null)
        : base(
            new Options { LearningRate = learningRate, Momentum = momentum, WeightDecay = weightDecay, Precision = precision, FlattenThree = false },
            groups,
            takesVectors: false)
    {
    }

    private protected override void Update(Options options, IReadOnlyList<Due> due)
    {
        double mu = options.Momentum!.Value;
        MatrixBatch.Apply(
            [.. due.Select(d => mu == 0 ? d.Gradient : d.State.Accumulate(d.Gradient, mu))],
            options.FlattenThree == true,
            batch =>
            {
                var (polar, norm) = Orthogonal.Exact(batch, options.Precision ?? Wide(batch.dtype));
                return polar * norm;
            },
            (i, direction) => Move(due[i].Weight, direction, -options.LearningRate!.Value, options));
    }

    /// <summary>The type in which a decomposition exists.</summary>
    internal static ScalarType Wide(ScalarType type) => type == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    /// <summary>Options of a group; what is null is the optimizer's own.</summary>
    public sealed class Options : MatrixOptions
    {
        /// <summary>μ.</summary>
        public double? Momentum { get; set; }

        /// <summary>Floating-point type of the decomposition; null for the parameter's own.</summary>
        public ScalarType? Precision { get; set; }

        /// <inheritdoc/>
        public override void SaveStateDict(BinaryWriter writer)
        {
            base.SaveStateDict(writer);
            writer.Write(Momentum!.Value);
            writer.Write((int)(Precision ?? (ScalarType)(-1)));
        }

        /// <inheritdoc/>
        public override void LoadStateDict(BinaryReader reader)
        {
            base.LoadStateDict(reader);
            Momentum = reader.ReadDouble();
            Precision = reader.ReadInt32() is var type and >= 0 ? (ScalarType)type : null;
        }

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            if (source is Options other)
                (Momentum, Precision) = (other.Momentum, other.Precision);
        }

        internal override void Complete(MatrixOptions defaults)
        {
            base.Complete(defaults);
            Momentum ??= ((Options)defaults).Momentum;
            Precision ??= ((Options)defaults).Precision;
        }

        internal override void Require()
        {
            base.Require();
            Require(Momentum, nameof(Momentum), value => value is >= 0 and < 1);
            if (Precision is not (null or ScalarType.Float32 or ScalarType.Float64))
                throw new ArgumentOutOfRangeException(nameof(Precision), Precision, "Singular value decompositions are in Float32 or Float64.");
        }
    }

    /// <summary>A group of parameters with options of its own.</summary>
    /// <param name="parameters">Matrices.</param>
    /// <param name="options">What is to be different from the optimizer's own; may be null.</param>
    public sealed class ParamGroup(IEnumerable<Parameter> parameters, Options? options = null) : ParamGroup<Options>(parameters, options ?? new Options());
}
