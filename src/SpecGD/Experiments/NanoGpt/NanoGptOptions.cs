using SpecGD.Data.Language.Tokens;
using SpecGD.Experiments.Settings;
using SpecGD.Models.Gpt;
using SpecGD.Optimizers;
using SpecGD.Optimizers.Parameters;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>Settings of a NanoGPT run: a preset, and what is to differ from it.</summary>
public record NanoGptOptions
{
    private const string OfPreset = "as the preset has it";

    private const int MostSteps = 10_000_000;

    /// <summary>Names of the MLP's nonlinearities.</summary>
    public const string Squared = "relu_square", Gated = "swiglu";

    /// <summary>
    /// Sequences as long as this are longer than most documents; the reference's look-ahead is then enough. Shorter ones have had a longer one from
    /// the beginning, and runs that were recorded keep theirs.
    /// </summary>
    private const int LongSequence = 512, ReferenceLookAhead = 2, LongLookAhead = 16;

    private const string NewtonSchulz = "newton-schulz", PolarExpress = "polar-express";

    /// <summary>Model and run to start from.</summary>
    [Setting("preset", "model and run to start from", Choices = NanoGptPreset.Names)]
    public string Preset { get; init; } = "tiny";

    /// <summary>Numbers of activations and products.</summary>
    [Setting(
        "precision",
        "numbers of activations and products; parameters and optimizers are in f32, or f64 with f64",
        Choices = GptEngineOptions.PrecisionChoices + "," + GptEngines.F64,
        UnsetMeans = GptEngineOptions.PrecisionUnset)]
    public string? Precision { get; init; }

    /// <summary>Where loss and gradient are computed.</summary>
    [Setting("device", GptEngineOptions.DeviceWords, UnsetMeans = GptEngineOptions.DeviceUnset)]
    public string? Device { get; init; }

    /// <summary>Which optimizer updates what.</summary>
    [Setting("optimizer", "Muon on all matrices within blocks, on the MLP outputs alone, or Adam on everything", Choices = GptRouting.Names)]
    public string Optimizer { get; init; } = "muon";

    /// <summary>The MLP's nonlinearity.</summary>
    [Setting(
        "mlp",
        "nonlinearity of the MLP: relu_square of 4·width, 8·width² parameters a block; swiglu gates the same 4·width, 12·width² parameters",
        Choices = Squared + "," + Gated)]
    public string Mlp { get; init; } = Squared;

    /// <summary>Muon's orthogonalization.</summary>
    [Setting("orthogonalization", "how Muon's update is made orthogonal", Choices = NewtonSchulz + "," + PolarExpress)]
    public string Orthogonalization { get; init; } = NewtonSchulz;

    /// <summary>Muon's factor for the shape.</summary>
    [Setting("muon-scale", "factor of the shape on Muon's update", Choices = MuonScale.Names)]
    public string Scale { get; init; } = "original";

    /// <summary>Muon's learning rate.</summary>
    [Setting("muon-lr", "Muon's learning rate", Min = 0, MinExcluded = true)]
    public double MuonLearningRate { get; init; } = 0.05;

    /// <summary>Adam's learning rate before the multipliers of the routing table.</summary>
    [Setting("adam-lr", "Adam's learning rate before the multipliers", Min = 0, MinExcluded = true)]
    public double AdamLearningRate { get; init; } = 0.008;

    /// <summary>Factors on Adam's learning rate, by group of tensors.</summary>
    [Setting(
        "adam-multiplier",
        "factor on Adam's learning rate for a group of tensors; blocks are the matrices within them where Muon does not take them",
        Min = 0,
        MinExcluded = true,
        Choices = GptRouting.Groups,
        UnsetMeans = "embed 75, value_embeds 75, lm_head 27.5, scalars 5, blocks 0.25")]
    public IReadOnlyDictionary<string, double> AdamMultiplier { get; init; } = new Dictionary<string, double>();

    /// <summary>Adam's β₁.</summary>
    [Setting("adam-beta1", "share of the past in Adam's mean of gradients", Min = 0, Max = 0.9999)]
    public double AdamBeta1 { get; init; } = 0.8;

    /// <summary>Adam's β₂.</summary>
    [Setting("adam-beta2", "share of the past in Adam's mean of squared gradients", Min = 0, Max = 0.99999)]
    public double AdamBeta2 { get; init; } = 0.95;

    /// <summary>Adam's ε.</summary>
    [Setting("adam-epsilon", "number that Adam adds to the root of the mean of squares", Min = 0, MinExcluded = true, Max = 1)]
    public double AdamEpsilon { get; init; } = 1e-10;

    /// <summary>Adam's weight decay.</summary>
    [Setting("adam-weight-decay", "Adam's weight decay", Min = 0)]
    public double AdamWeightDecay { get; init; }

    /// <summary>Routes of the user's own.</summary>
    [Setting(
        "route",
        "what updates the tensors whose names fit a pattern, before the table of --optimizer: 'blocks.*.mlp.c_fc=adam', 'lm_head.weight=adam*10' "
        + "(with a factor on the learning rate), 'embed.weight=muon'; --dry-run prints the table")]
    public IReadOnlyList<string> Route { get; init; } = [];

    /// <summary>Muon's momentum at the first step.</summary>
    [Setting("momentum-from", "Muon's momentum at the first step", Min = 0, Max = 0.9999)]
    public double MomentumFrom { get; init; } = 0.85;

    /// <summary>Muon's momentum once it is warm.</summary>
    [Setting("momentum-to", "Muon's momentum after the steps of its warm-up", Min = 0, Max = 0.9999)]
    public double MomentumTo { get; init; } = 0.95;

    /// <summary>Steps of the momentum's warm-up.</summary>
    [Setting("momentum-steps", "steps in which Muon's momentum goes from one to the other", Min = 0, Max = MostSteps)]
    public int MomentumSteps { get; init; } = 300;

    /// <summary>Share of the run in which learning rates fall.</summary>
    [Setting("cooldown", "share of the run, at its end, in which the learning rates fall", Min = 0, Max = 1)]
    public double Cooldown { get; init; } = 0.45;

    /// <summary>Where they fall to.</summary>
    [Setting("cooldown-floor", "factor on the learning rates to which they fall", Min = 0, Max = 1)]
    public double CooldownFloor { get; init; } = 0.1;

    /// <summary>The long window at the end of the run.</summary>
    [Setting("largest-window", "long attention window at the end of the run, in tokens", Min = 128, Max = 1 << 24, UnsetMeans = OfPreset)]
    public int? LargestWindow { get; init; }

    /// <summary>What the summed gradient is divided by.</summary>
    [Setting(
        "gradient-ranks",
        "what the sum of a step's gradients is divided by: the ranks of the snapshot, over which it averages, however many there are here",
        Min = 1,
        Max = 1 << 20,
        UnsetMeans = OfPreset)]
    public int? GradientRanks { get; init; }

    /// <summary>Muon's weight decay.</summary>
    [Setting("weight-decay", "Muon's weight decay", Min = 0)]
    public double WeightDecay { get; init; }

    /// <summary>Seed of the initialisation.</summary>
    [Setting("seed", "seed of the initialisation", Min = 0, Max = int.MaxValue)]
    public int Seed { get; init; }

    /// <summary>Steps of the run.</summary>
    [Setting("steps", "steps of the run", Min = 1, Max = MostSteps, UnsetMeans = OfPreset)]
    public int? Steps { get; init; }

    /// <summary>Passes over the training tokens.</summary>
    [Setting("epochs", "passes over the training tokens, instead of --steps", Min = 0, MinExcluded = true, Max = 1e5, UnsetMeans = "--steps decides")]
    public double? Epochs { get; init; }

    /// <summary>Tokens of a sequence.</summary>
    [Setting("length", "tokens of a sequence, a multiple of 128", Min = 128, Max = 1 << 20, UnsetMeans = OfPreset)]
    public int? Length { get; init; }

    /// <summary>Sequences of a step.</summary>
    [Setting("sequences", "sequences of a step", Min = 1, Max = 100_000, UnsetMeans = OfPreset)]
    public int? Sequences { get; init; }

    /// <summary>Blocks.</summary>
    [Setting("layers", "blocks; even", Min = 6, Max = 1000, UnsetMeans = OfPreset)]
    public int? Layers { get; init; }

    /// <summary>Width of the residual stream.</summary>
    [Setting("width", "width of the residual stream", Min = 4, Max = 1 << 16, UnsetMeans = OfPreset)]
    public int? Width { get; init; }

    /// <summary>Attention heads.</summary>
    [Setting("heads", "attention heads", Min = 1, Max = 1024, UnsetMeans = OfPreset)]
    public int? Heads { get; init; }

    /// <summary>Steps between validations.</summary>
    [Setting("validate-every", "steps between validations; 0: only after the last", Min = 0, Max = MostSteps, UnsetMeans = OfPreset)]
    public int? ValidateEvery { get; init; }

    /// <summary>Steps between measures.</summary>
    [Setting("track-every", "steps between spectral measures; 0: none", Min = 0, Max = MostSteps, UnsetMeans = OfPreset)]
    public int? TrackEvery { get; init; }

    /// <summary>Steps between checkpoints.</summary>
    [Setting("checkpoint-every", "steps between checkpoints; 0: only after the last", Min = 0, Max = MostSteps, UnsetMeans = OfPreset)]
    public int? CheckpointEvery { get; init; }

    /// <summary>Whether the training tokens are read again when they end.</summary>
    [Setting(
        "repeat",
        "begin again from the first when the training tokens end; without it --steps that need more tokens than there are, are an error. --epochs above 1 "
        + "says so too, and the steps of a preset need no word")]
    public bool Repeat { get; init; }

    /// <summary>Whether every sequence begins at a document.</summary>
    [Setting(
        "align-documents",
        "begin every sequence of token shards at a document, as the snapshot does; false: read them on wherever documents begin",
        UnsetMeans = "true, but false where documents are too few for the run")]
    public bool? AlignDocuments { get; init; }

    /// <summary>What must be left of a shard for a step to be looked for there.</summary>
    [Setting(
        "look-ahead",
        "times a step's tokens that must be left of a shard for sequences that begin at documents; what is less is skipped",
        Min = 1,
        Max = 100_000,
        UnsetMeans = "2, the snapshot's; 16 for sequences below 512")]
    public int? LookAhead { get; init; }

    /// <summary>Tokens of one validation.</summary>
    [Setting(
        "validation-tokens",
        "tokens of one validation, as many whole sequences as they are",
        Min = 1,
        Max = int.MaxValue,
        UnsetMeans = "8 sequences; 10485760 for 124M and 3B without --length")]
    public int? ValidationTokens { get; init; }

    /// <summary>Tokens of a validation sequence.</summary>
    [Setting(
        "validation-length",
        "tokens of a validation sequence, a multiple of 128",
        Min = 128,
        Max = 1 << 20,
        UnsetMeans = "as in training; 262144 for 124M and 3B without --length")]
    public int? ValidationLength { get; init; }

    /// <summary>How training sequences are cut out of token shards.</summary>
    internal SequenceOptions Cutting(ushort endOfText)
    {
        int length = Plan().Length;
        return new SequenceOptions(length, SequencesPerStep, endOfText, Repeats, LookAheadFor(length), AlignDocuments ?? true);
    }

    /// <summary>Steps that one pass over the training tokens should have room for: all that are asked for by their number, else one.</summary>
    internal int StepsInAPass => Repeat || Epochs is not null ? 1 : Plan().Steps;

    private int LookAheadFor(int length) => LookAhead ?? (length < LongSequence ? LongLookAhead : ReferenceLookAhead);

    /// <summary>Whether the training tokens may be read more than once: where that is asked for, and where nobody but the preset says how long the run is.</summary>
    internal bool Repeats => Repeat || Epochs > 1 || (Steps is null && Epochs is null);

    /// <summary>How much is validated on, and whether that was asked for or is taken as far as it is there.</summary>
    /// <exception cref="BadInputException">A sequence has no multiple of 128 tokens, or there is not one.</exception>
    internal NanoGptValidation Validation() =>
        NanoGptValidation.Of(Length is null ? Base.Validation : null, Plan().Length, ValidationTokens, ValidationLength);

    private NanoGptPreset Base => NanoGptPreset.Named(Preset);

    /// <summary>Sequences of a step, preset and options together.</summary>
    public int SequencesPerStep => Sequences ?? Base.Sequences;

    /// <summary>Training tokens of a step.</summary>
    public long TokensPerStep() => (long)Plan().Length * SequencesPerStep;

    /// <summary>
    /// The same with what the data decide written out: <see cref="Epochs"/> as a number of steps, so many times those of one pass, whether tokens are
    /// read again, and whether sequences begin at documents.
    /// </summary>
    /// <exception cref="BadInputException">Steps and epochs are both given, or the epochs are too many steps.</exception>
    public NanoGptOptions FittedTo(NanoGptData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var fitted = this with { Repeat = Repeats, AlignDocuments = AlignDocuments ?? data.AlignsDocuments };
        if (Epochs is not { } epochs)
            return fitted with { Steps = Plan().Steps };
        if (Steps is not null)
            throw new BadInputException("--steps and --epochs both say how long the run is; give one.");
        double steps = Math.Ceiling(epochs * data.OnePass(this, long.MaxValue).Steps);
        return steps <= MostSteps
            ? fitted with { Epochs = null, Steps = (int)Math.Max(1, steps) }
            : throw new BadInputException($"--epochs {epochs} of {Counted.Of(data.TrainingTokens, "token")} {Counted.Noun(data.TrainingTokens, "is")} {steps:0} steps; at most {MostSteps} are.");
    }

    /// <summary>The model that they ask for.</summary>
    /// <exception cref="BadInputException">There is no such model.</exception>
    public GptShape Shape()
    {
        var shape = Base.Shape;
        shape = shape with
        {
            Mlp = Mlp == Gated ? GptMlp.SwiGlu : GptMlp.ReluSquare,
            Layers = Layers ?? shape.Layers,
            Width = Width ?? shape.Width,
            Heads = Heads ?? shape.Heads,
        };
        shape.Require();
        return shape;
    }

    /// <summary>The run that they ask for.</summary>
    /// <exception cref="BadInputException">A sequence has no multiple of 128 tokens.</exception>
    public GptTrainingPlan Plan()
    {
        var plan = Base.Plan;
        int length = Length ?? plan.Length;
        GptTrainingPlan.RequireBlocks("--length", length);
        return plan with
        {
            Steps = Steps ?? plan.Steps,
            Length = length,
            Ranks = GradientRanks ?? plan.Ranks,
            LargestWindow = LargestWindow ?? plan.LargestWindow,
            Cooldown = Cooldown,
            CooldownFloor = CooldownFloor,
            ValidateEvery = ValidateEvery ?? plan.ValidateEvery,
            TrackEvery = TrackEvery ?? plan.TrackEvery,
            CheckpointEvery = CheckpointEvery ?? plan.CheckpointEvery,
        };
    }

    /// <summary>The same with every setting that the preset decides written out, as manifests have it.</summary>
    public NanoGptOptions Resolved()
    {
        var (plan, shape, validation) = (Plan(), Shape(), Validation());
        var (precision, device) = GptEngines.Choose(Precision, Device, shape.Width);
        return this with
        {
            Precision = precision,
            Device = device,
            Steps = plan.Steps,
            Length = plan.Length,
            Sequences = SequencesPerStep,
            Layers = shape.Layers,
            Width = shape.Width,
            Heads = shape.Heads,
            ValidateEvery = plan.ValidateEvery,
            TrackEvery = plan.TrackEvery,
            CheckpointEvery = plan.CheckpointEvery,
            LargestWindow = plan.LargestWindow,
            GradientRanks = plan.Ranks,
            AlignDocuments = AlignDocuments ?? true,
            LookAhead = LookAheadFor(plan.Length),
            ValidationTokens = (int)(validation.Sequences * validation.Length),
            ValidationLength = validation.Length,
            AdamMultiplier = GptRouting.DefaultMultipliers.ToDictionary(m => m.Key, m => AdamMultiplier.GetValueOrDefault(m.Key, m.Value)),
        };
    }

    /// <summary>Which optimizer updates what.</summary>
    /// <exception cref="BadInputException">A route cannot be read.</exception>
    public RoutingTable Routing()
    {
        var muon = new MuonRule
        {
            LearningRate = MuonLearningRate,
            WeightDecay = WeightDecay,
            Momentum = new MomentumWarmup(MomentumFrom, MomentumTo, MomentumSteps),
            Scale = MuonScale.Named(Scale),
            Orthogonalization = Orthogonalization == PolarExpress ? MuonOrthogonalization.PolarExpress : MuonOrthogonalization.NewtonSchulz,
        };
        var adam = new AdamRule
        {
            LearningRate = AdamLearningRate,
            WeightDecay = AdamWeightDecay,
            Beta1 = AdamBeta1,
            Beta2 = AdamBeta2,
            Epsilon = AdamEpsilon,
        };
        return new GptRouting(muon, adam) { Multipliers = AdamMultiplier, Own = Route }.Table(Optimizer);
    }
}
