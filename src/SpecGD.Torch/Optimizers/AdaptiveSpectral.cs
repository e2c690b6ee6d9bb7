using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>
/// Steepest descent that follows the rule nr(G) ≥ st(A), (1.5), layer by layer, as <see cref="SpecGD.Optimizers.AdaptiveDescent"/> does: each weight takes the
/// spectral or the Euclidean step, whichever promises the larger decrease. It watches what enters the layers of the model, so each geometry has its
/// own natural step: G·n/‖A‖_op², and ‖G‖_*·polar(G)·n/‖A‖_F², each times lr and a factor. That is exact for the loss ‖·‖²/(2n) of one layer and a
/// model elsewhere. Biases and gains meet activations of size 1: they take the step G, times lr and the factor.
/// </summary>
/// <remarks>The promises are those of gradients: a loss that is a mean over the batch. Gradients of several micro-batches are weighed together.</remarks>
public sealed class AdaptiveSpectral : MatrixOptimizer<AdaptiveSpectral.Options>
{
    private readonly IReadOnlyList<WatchedLayer> _layers;
    private readonly HashSet<string> _euclidean;

    /// <summary>The method for all parameters of <paramref name="model"/>, whose layers it watches until it is disposed.</summary>
    /// <param name="model">The model; on its device already.</param>
    /// <param name="learningRate">lr, a factor on the natural steps of both geometries; 1 takes them as they are.</param>
    /// <param name="options">Factors, hysteresis and how often is measured; the rate in them is not read.</param>
    /// <param name="watch">Which layers may be spectral (Exclude) and how many activations are measured; Split and KeepRows are not used.</param>
    public AdaptiveSpectral(nn.Module model, double learningRate = 1, Options? options = null, LayerProbeOptions? watch = null)
        : base(With(options, learningRate), Whole(model.parameters()), takesVectors: true)
    {
        var watching = watch ?? new LayerProbeOptions();
        _layers =
        [
            .. LayerWatch.Find(model, watching with { KeepRows = 0, Split = new Dictionary<string, ProjectionSplit>(), Exclude = [] })
                .Where(layer => layer.Kind != "norm" && !layer.IsUnseen),
        ];
        _euclidean =
        [
            .. _layers.Where(layer => layer.Pieces.Count > 1 || watching.Exclude.Any(pattern => LayerWatch.Fits(layer.Name, pattern))).Select(layer => layer.Name),
        ];
        foreach (var layer in _layers)
            layer.Hook(_ => { }, () => StateOf(layer) is { } state && IsTime(state));
    }

    /// <summary>The geometry in which each layer was last updated: true where it was spectral; layers without a choice are missing.</summary>
    public IReadOnlyDictionary<string, bool> Choices
    {
        get
        {
            var choices = new Dictionary<string, bool>();
            foreach (var layer in _layers)
                if (StateOf(layer)?.IsSpectral is { } isSpectral)
                    choices.Add(layer.Name, isSpectral);
            return choices;
        }
    }

    /// <inheritdoc/>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        var loss = base.step(closure);
        foreach (var layer in _layers)
            layer.Clear();
        return loss;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            foreach (var layer in _layers)
                layer.Dispose();
    }

    private protected override void Update(Options options, IReadOnlyList<Due> due)
    {
        var watched = _layers.GroupBy(layer => layer.Weight.Handle).ToDictionary(layers => layers.Key, layers => layers.ToArray());
        var plans = new List<Plan>();
        foreach (var entry in due)
        {
            var plan = watched.TryGetValue(entry.Weight.Handle, out var layers) ? Weigh(entry, layers, options) : new Plan(entry, null, null);
            entry.State.Steps++;
            plans.Add(plan);
        }
        double factor = Factor([.. plans.Select(plan => plan.Entry.State.IsSpectral).OfType<bool>()], options);
        foreach (var plan in plans)
            Take(plan, options.LearningRate!.Value * factor, options);
    }

    /// <summary>Measures where it is time to, and chooses; zero gradients and zero activations say nothing, and the layer stays as it is.</summary>
    private Plan Weigh(Due entry, WatchedLayer[] layers, Options options)
    {
        var state = entry.State;
        bool isTime = IsTime(state), mayBeSpectral = !layers.Any(layer => _euclidean.Contains(layer.Name));
        if (isTime)
            state.Curvature = Curvature(layers) ?? state.Curvature;
        if (state.Curvature is not var (euclidean, spectral))
            throw new InvalidOperationException(
                $"The layer '{layers[0].Name}' has a gradient, but what enters it was not seen; layers are watched where they are called with call(…), not forward(…).");
        if (!mayBeSpectral || (!isTime && state.IsSpectral != true))
            return new Plan(entry, layers[0], null);
        var matrix = layers[0].Matrix(entry.Gradient);
        var (polar, norm) = Orthogonal.Exact(matrix.unsqueeze(0), SpectralDescent.Wide(matrix.dtype));
        if (isTime)
        {
            double nuclear = norm.to(ScalarType.Float64).item<double>();
            double squares = matrix.to(norm.dtype).Squared().sum().to(ScalarType.Float64).item<double>();
            double ratio = options.SpectralFactor!.Value * (nuclear * nuclear / squares) / (options.EuclideanFactor!.Value * (spectral / euclidean));
            Review(state, ratio, options.Hysteresis!.Value);
        }
        return new Plan(entry, layers[0], (polar * norm).squeeze(0));
    }

    private static void Review(MomentumState state, double ratio, double hysteresis)
    {
        if (!(ratio > 0 && double.IsFinite(ratio)))
            return;
        if (state.IsSpectral is not { } isSpectral)
            state.IsSpectral = ratio >= 1;
        else if (isSpectral ? ratio < 1 / hysteresis : ratio >= hysteresis)
            state.IsSpectral = !isSpectral;
    }

    /// <summary>f_E^(1−s)·f_S^s, s being the share of the layers that are spectral.</summary>
    private static double Factor(bool[] isSpectral, Options options)
    {
        double share = isSpectral.Length > 0 ? (double)isSpectral.Count(spectral => spectral) / isSpectral.Length : 0;
        return Math.Pow(options.EuclideanFactor!.Value, 1 - share) * Math.Pow(options.SpectralFactor!.Value, share);
    }

    private static void Take(Plan plan, double rate, Options options)
    {
        var (entry, state) = (plan.Entry, plan.Entry.State);
        var (euclidean, spectral) = state.Curvature ?? (1, 1);
        bool isSpectral = state.IsSpectral == true && plan.SpectralDirection is not null;
        double curvature = isSpectral ? spectral : euclidean;
        var direction = isSpectral && plan.Layer is { Layout: "in_out" } ? plan.SpectralDirection!.mT
            : isSpectral ? plan.SpectralDirection!
            : entry.Gradient;
        Move(entry.Weight, direction, curvature > 0 ? -rate / curvature : 0, options);
    }

    /// <summary>‖A‖_op²/n and ‖A‖_F²/n; summed over the uses of a weight that has several, the largest of the groups of a convolution.</summary>
    private static (double Euclidean, double Spectral)? Curvature(WatchedLayer[] layers)
    {
        double euclidean = 0, spectral = 0;
        long samples = 0;
        foreach (var layer in layers)
        {
            if (layer.TokenCounts is { } counts)
            {
                euclidean += counts.max().to(ScalarType.Float64).item<double>();
                spectral += counts.sum().to(ScalarType.Float64).item<double>();
                samples = Math.Max(samples, counts.sum().item<long>());
                continue;
            }
            var groups = layer.Seen.Select(seen => seen.Summary()).OfType<(double Trace, double Largest)>().ToArray();
            euclidean += groups.Select(group => group.Largest).DefaultIfEmpty(0).Max();
            spectral += groups.Select(group => group.Trace).Sum();
            samples = Math.Max(samples, layer.Seen[0].Samples);
        }
        return samples > 0 ? (euclidean / samples, spectral / samples) : null;
    }

    private MomentumState? StateOf(WatchedLayer layer) => _state.TryGetValue(layer.Weight.Handle, out var state) ? (MomentumState)state : null;

    /// <summary>Whether the next step measures; the forward passes before other steps cost nothing.</summary>
    private bool IsTime(MomentumState state) => state.Steps % ((Options)_defaults).Refresh!.Value == 0;

    private static Options With(Options? options, double learningRate)
    {
        var given = options ?? new Options();
        return new Options
        {
            LearningRate = learningRate,
            WeightDecay = given.WeightDecay ?? 0,
            FlattenThree = true,
            EuclideanFactor = given.EuclideanFactor ?? 1,
            SpectralFactor = given.SpectralFactor ?? 1,
            Hysteresis = given.Hysteresis ?? SpecGD.Optimizers.AdaptiveSettings.DefaultHysteresis,
            Refresh = given.Refresh ?? SpecGD.Optimizers.AdaptiveSettings.DefaultRefresh,
        };
    }

    /// <summary>What one parameter is to do.</summary>
    /// <param name="Entry">The parameter.</param>
    /// <param name="Layer">Its layer; null for biases and gains.</param>
    /// <param name="SpectralDirection">‖G‖_*·polar(G) as (out, in), where it is known.</param>
    private readonly record struct Plan(Due Entry, WatchedLayer? Layer, Tensor? SpectralDirection);

    /// <summary>Options; what is null has its default.</summary>
    public sealed class Options : MatrixOptions
    {
        /// <summary>f_E, the factor where every layer is Euclidean.</summary>
        public double? EuclideanFactor { get; set; }

        /// <summary>f_S, the factor where every layer that may be is spectral.</summary>
        public double? SpectralFactor { get; set; }

        /// <summary>h ≥ 1: a layer turns spectral where the spectral step promises h times as much, and back where it promises less than 1/h.</summary>
        public double? Hysteresis { get; set; }

        /// <summary>Steps from one measurement to the next; in between choices and norms of activations stand.</summary>
        public int? Refresh { get; set; }

        /// <inheritdoc/>
        public override void SaveStateDict(BinaryWriter writer)
        {
            base.SaveStateDict(writer);
            writer.Write(EuclideanFactor!.Value);
            writer.Write(SpectralFactor!.Value);
            writer.Write(Hysteresis!.Value);
            writer.Write(Refresh!.Value);
        }

        /// <inheritdoc/>
        public override void LoadStateDict(BinaryReader reader)
        {
            base.LoadStateDict(reader);
            (EuclideanFactor, SpectralFactor, Hysteresis) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
            Refresh = reader.ReadInt32();
        }

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            if (source is Options other)
                (EuclideanFactor, SpectralFactor, Hysteresis, Refresh) = (other.EuclideanFactor, other.SpectralFactor, other.Hysteresis, other.Refresh);
        }

        internal override void Complete(MatrixOptions defaults)
        {
            base.Complete(defaults);
            var all = (Options)defaults;
            EuclideanFactor ??= all.EuclideanFactor;
            SpectralFactor ??= all.SpectralFactor;
            Hysteresis ??= all.Hysteresis;
            Refresh ??= all.Refresh;
        }

        internal override void Require()
        {
            base.Require();
            Require(EuclideanFactor, nameof(EuclideanFactor), value => value > 0);
            Require(SpectralFactor, nameof(SpectralFactor), value => value > 0);
            Require(Hysteresis, nameof(Hysteresis), value => value >= 1);
            ArgumentOutOfRangeException.ThrowIfLessThan(Refresh ?? 1, 1, nameof(Refresh));
        }
    }
}
