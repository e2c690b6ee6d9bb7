using SpecGD.Optimizers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace SpecGD.Torch;

/// <summary>
/// Muon: m ← μm + (1−μ)G, u = (1−μ)G + μm (Nesterov), W ← W(1 − lr·wd) − lr·scale·orthogonal(u), for the matrices of any TorchSharp module. Weights of
/// convolutions are one matrix each, out × (in · kernel); tensors of three sizes are batches of matrices. Biases, gains and embeddings belong to another
/// optimizer.
/// </summary>
public sealed class Muon : MatrixOptimizer<Muon.Options>, IMomentum
{
    /// <summary>Muon on <paramref name="parameters"/>, all in one group.</summary>
    /// <param name="parameters">Matrices.</param>
    /// <param name="learningRate">lr.</param>
    /// <param name="momentum">μ, the share of the past, from 0 to below 1.</param>
    /// <param name="weightDecay">wd, decoupled.</param>
    /// <param name="nesterov">Whether u looks ahead; else it is m.</param>
    /// <param name="scale">The factor that depends on the shape; <see cref="MuonScale.Original"/> where null.</param>
    /// <param name="coefficients">Of the iteration.</param>
    /// <param name="steps">Of the iteration; 5 for the quintic and 8 for Polar Express where null.</param>
    /// <param name="precision">Of the iteration's products: BFloat16, as Muon's authors have it, Float32 or Float64.</param>
    public Muon(
        IEnumerable<Parameter> parameters,
        double learningRate = 0.02,
        double momentum = 0.95,
        double weightDecay = 0,
        bool nesterov = true,
        MuonScale? scale = null,
        MuonCoefficients coefficients = MuonCoefficients.Quintic,
        int? steps = null,
        ScalarType precision = ScalarType.BFloat16)
        : this(Whole(parameters), learningRate, momentum, weightDecay, nesterov, scale, coefficients, steps, precision)
    {
    }

    /// <summary>Muon on groups of parameters; what a group does not set is as given here.</summary>
    /// <inheritdoc cref="Muon(IEnumerable{Parameter}, double, double, double, bool, MuonScale, MuonCoefficients, int?, ScalarType)"/>
    public Muon(
        IEnumerable<ParamGroup<Options>> groups,
        double learningRate = 0.02,
        double momentum = 0.95,
        double weightDecay = 0,
        bool nesterov = true,
        MuonScale? scale = null,
        MuonCoefficients coefficients = MuonCoefficients.Quintic,
        int? steps = null,
        ScalarType precision = ScalarType.BFloat16)
        : base(
            new Options
            {
                LearningRate = learningRate,
                Momentum = momentum,
                WeightDecay = weightDecay,
                Nesterov = nesterov,
                Scale = scale ?? MuonScale.Original,
                Coefficients = coefficients,
                Steps = steps,
                Precision = precision,
                FlattenThree = false,
            },
            groups,
            takesVectors: false)
    {
    }

    /// <summary>μ of all groups.</summary>
    public double Momentum
    {
        get => Groups.First().Options.Momentum!.Value;
        set
        {
            foreach (var group in Groups)
                group.Options.Momentum = value;
        }
    }

    private protected override void Update(Options options, IReadOnlyList<Due> due)
    {
        double mu = options.Momentum!.Value;
        Tensor[] directions = [.. due.Select(d =>
        {
            var m = d.State.Accumulate(d.Gradient, mu);
            return options.Nesterov == true ? d.Gradient.Times(1 - mu).Increase(m, mu) : m;
        })];
        MatrixBatch.Apply(
            directions,
            options.FlattenThree == true,
            batch => Orthogonal.Iterate(batch, options.Coefficients!.Value, options.StepsUsed, options.Precision!.Value),
            (i, direction) =>
            {
                double scale = options.Scale!.Of((int)direction.shape[1], (int)direction.shape[2]);
                Move(due[i].Weight, direction, -options.LearningRate!.Value * scale, options);
            });
    }

    /// <summary>Options of a group; what is null is the optimizer's own.</summary>
    public sealed class Options : MatrixOptions
    {
        /// <summary>μ.</summary>
        public double? Momentum { get; set; }

        /// <summary>Whether u looks ahead.</summary>
        public bool? Nesterov { get; set; }

        /// <summary>The factor that depends on the shape.</summary>
        public MuonScale? Scale { get; set; }

        /// <summary>Of the iteration.</summary>
        public MuonCoefficients? Coefficients { get; set; }

        /// <summary>Of the iteration; null for the usual number of its coefficients.</summary>
        public int? Steps { get; set; }

        /// <summary>Floating-point type of the iteration's products.</summary>
        public ScalarType? Precision { get; set; }

        internal int StepsUsed => Steps
            ?? (Coefficients == MuonCoefficients.PolarExpress ? Spectral.Orthogonalization.PolarExpressDefaultSteps : Spectral.Orthogonalization.MuonSteps);

        /// <inheritdoc/>
        public override void SaveStateDict(BinaryWriter writer)
        {
            base.SaveStateDict(writer);
            writer.Write(Momentum!.Value);
            writer.Write(Nesterov!.Value);
            writer.Write(Scale!.Name);
            writer.Write((int)Coefficients!.Value);
            writer.Write(Steps ?? -1);
            writer.Write((int)Precision!.Value);
        }

        /// <inheritdoc/>
        public override void LoadStateDict(BinaryReader reader)
        {
            base.LoadStateDict(reader);
            Momentum = reader.ReadDouble();
            Nesterov = reader.ReadBoolean();
            string scale = reader.ReadString();
            Scale = Scale?.Name == scale ? Scale : MuonScale.Named(scale); // a scale of the user's own has no name that we know
            Coefficients = (MuonCoefficients)reader.ReadInt32();
            Steps = reader.ReadInt32() is var steps and >= 0 ? steps : null;
            Precision = (ScalarType)reader.ReadInt32();
        }

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            if (source is Options other)
                (Momentum, Nesterov, Scale, Coefficients, Steps, Precision) =
                    (other.Momentum, other.Nesterov, other.Scale, other.Coefficients, other.Steps, other.Precision);
        }

        internal override void Complete(MatrixOptions defaults)
        {
            base.Complete(defaults);
            var all = (Options)defaults;
            Momentum ??= all.Momentum;
            Nesterov ??= all.Nesterov;
            Scale ??= all.Scale;
            Steps ??= Coefficients is null || Coefficients == all.Coefficients ? all.Steps : null;
            Coefficients ??= all.Coefficients;
            Precision ??= all.Precision;
        }

        internal override void Require()
        {
            base.Require();
            Require(Momentum, nameof(Momentum), value => value is >= 0 and < 1);
            ArgumentOutOfRangeException.ThrowIfLessThan(Steps ?? 1, 1, nameof(Steps));
            if (Precision is not (ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64))
                throw new ArgumentOutOfRangeException(nameof(Precision), Precision, "Muon's products are in BFloat16, Float32 or Float64.");
        }
    }

    /// <summary>A group of parameters with options of its own.</summary>
    public sealed class ParamGroup : ParamGroup<Options>, IMomentum
    {
        /// <summary>The group.</summary>
        /// <param name="parameters">Matrices.</param>
        /// <param name="options">What is to be different from the optimizer's own; may be null.</param>
        public ParamGroup(IEnumerable<Parameter> parameters, Options? options = null)
            : base(parameters, options ?? new Options())
        {
        }

        /// <summary>μ.</summary>
        public double Momentum
        {
            get => Options.Momentum!.Value;
            set => Options.Momentum = value;
        }
    }
}
