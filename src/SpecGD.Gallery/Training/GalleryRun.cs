using System.Text.Json.Nodes;
using SpecGD.Gallery.Networks;
using SpecGD.Records;
using SpecGD.Training;
using static TorchSharp.torch;

namespace SpecGD.Gallery;

/// <summary>One training run: the same weights and batches in every arm of a network and seed.</summary>
internal sealed class GalleryRun
{
    /// <summary>Name of its only trajectory in the log.</summary>
    public const string Method = "training";

    /// <summary>Series of the log.</summary>
    public const string Loss = "loss", ValidationLoss = "validation_loss", OnMuonShare = "layers_on_muon";

    /// <summary>Sections of the log: readings, and the layers on Muon by step.</summary>
    public const string Layers = "layers", Groups = "groups";

    /// <summary>Moments of the readings.</summary>
    public const string AtStart = "start", AtTwentieth = "5 %", AtHalf = "50 %";

    private const int Twentieths = 20, Validations = 10;
    private const double PilotRate = 1e-3;

    private readonly GalleryOptions _options;
    private readonly GalleryNetwork _network;
    private readonly GalleryCorpus _corpus;
    private readonly RunLog _log;
    private readonly int _steps;

    /// <summary>A run of <paramref name="options"/>, whose steps are set.</summary>
    public GalleryRun(GalleryOptions options, GalleryNetwork network, GalleryCorpus corpus, RunLog log)
    {
        (_options, _network, _corpus, _log) = (options, network, corpus, log);
        _steps = options.Steps!.Value;
        log.Methods[Method] = new MethodLog();
        log.Sections[Layers] = new JsonArray();
        log.Sections[Groups] = new JsonArray();
    }

    private MethodLog Series => _log.Methods[Method];

    /// <summary>Trains; null where it reached its end, else why it did not.</summary>
    public (RunStatus Status, string? Detail) Run(IProgressTask progress, CancellationToken stop)
    {
        using var whole = NewDisposeScope();
        IReadOnlyList<LayerReading>? atPilot = Arms.HasPilot(_options.Arm) ? Pilot(stop) : null;
        using var model = NewModel();
        using var optimizers = new TwoOptimizers(model, _options.Arm == Arms.Sgd);
        var batches = _corpus.Order(_network.Data, _options.Seed);
        var validation = _corpus.Validation(_network.Data);
        IReadOnlySet<string> onMuon = new HashSet<string>();
        using var moments = _options.Arm == Arms.Newton ? new InputMoments(model, _network.HeldBack) : null;
        for (int step = 0; step <= _steps; step++)
        {
            if (stop.IsCancellationRequested)
                return (RunStatus.Interrupted, $"The run was interrupted at step {step} of {_steps}.");
            using var scope = NewDisposeScope();
            if (step % Math.Max(1, _steps / Validations) == 0 || step == _steps)
                Series.Record(ValidationLoss, step, Validate(model, validation));
            if (step == _steps)
                break;
            var batch = batches.Next(_network.BatchSize);
            model.zero_grad();
            double value;
            if (MomentOf(step) is not null || (_options.Arm == Arms.Adaptive && IsTwentieth(step)))
            {
                (var readings, value) = LayerReading.Of(model, () => _network.Loss(model, batch), step);
                if (MomentOf(step) is { } named)
                    Note(named, readings);
                if (step == 0)
                    onMuon = Decide(atPilot ?? readings, step);
                else if (_options.Arm == Arms.Adaptive)
                    onMuon = Decide(readings, step);
            }
            else
            {
                var loss = _network.Loss(model, batch);
                loss.backward();
                value = loss.item<float>();
            }
            if (step % Math.Max(1, _steps / 100) == 0 || step == _steps - 1 || !double.IsFinite(value))
                Series.Record(Loss, step, value);
            if (!double.IsFinite(value))
                return (RunStatus.Diverged, $"The loss is not finite at step {step}.");
            moments?.Precondition();
            optimizers.Step(onMuon, _options.LearningRate * Shape(step, _steps));
            progress.Advance(step + 1);
        }
        return (RunStatus.Finished, null);
    }

    /// <summary>The learning rate over its peak: up along the first twentieth, then down to zero at the end.</summary>
    internal static double Shape(int step, int steps)
    {
        int rise = Math.Max(1, steps / Twentieths);
        return step < rise ? (step + 1.0) / rise : (double)(steps - step) / (steps - rise);
    }

    private bool IsTwentieth(int step) => step % Math.Max(1, _steps / Twentieths) == 0;

    private string? MomentOf(int step) => step == 0 ? AtStart : step == _steps / Twentieths ? AtTwentieth : step == _steps / 2 ? AtHalf : null;

    private nn.Module<Tensor, Tensor> NewModel()
    {
        random.manual_seed(unchecked((long)_options.Seed) + 1);
        var model = _network.Create();
        _network.Prepare?.Invoke(model, _corpus, _options.Seed);
        return model;
    }

    /// <summary>A twentieth of the run with AdamW at a small rate, from the same weights over the same batches; what is measured at its end.</summary>
    private IReadOnlyList<LayerReading> Pilot(CancellationToken stop)
    {
        using var scope = NewDisposeScope();
        using var model = NewModel();
        using var adam = new TwoOptimizers(model, isSgd: false);
        var batches = _corpus.Order(_network.Data, _options.Seed);
        var none = new HashSet<string>();
        for (int step = 0; step < _steps / Twentieths && !stop.IsCancellationRequested; step++)
        {
            using var inner = NewDisposeScope();
            model.zero_grad();
            _network.Loss(model, batches.Next(_network.BatchSize)).backward();
            adam.Step(none, PilotRate);
        }
        model.zero_grad();
        var batch = batches.Next(_network.BatchSize);
        return LayerReading.Of(model, () => _network.Loss(model, batch), _steps / Twentieths).Readings;
    }

    private double Validate(nn.Module<Tensor, Tensor> model, IReadOnlyList<(Tensor Inputs, Tensor Targets)> validation)
    {
        using var scope = NewDisposeScope();
        using var nothing = no_grad();
        model.eval();
        double sum = validation.Sum(batch => _network.Loss(model, batch).item<float>());
        model.train();
        return sum / validation.Count;
    }

    private void Note(string moment, IReadOnlyList<LayerReading> readings)
    {
        foreach (var reading in readings)
            _log.Sections[Layers]!.AsArray().Add((JsonNode)reading.ToJson(moment));
    }

    private IReadOnlySet<string> Decide(IReadOnlyList<LayerReading> readings, int step)
    {
        var onMuon = Arms.OnMuon(_options.Arm, _network, readings, _options.Layer);
        Series.Record(OnMuonShare, step, onMuon.Count);
        _log.Sections[Groups]!.AsArray().Add((JsonNode)new JsonObject { ["step"] = step, ["on_muon"] = new JsonArray([.. onMuon.Order(StringComparer.Ordinal).Select(name => (JsonNode?)name)]) });
        return onMuon;
    }
}
