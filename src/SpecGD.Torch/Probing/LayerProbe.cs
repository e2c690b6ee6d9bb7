using SpecGD.Diagnosis;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>
/// Watches the layers of any TorchSharp module while it trains, and judges them as <c>specgd diagnose</c> does, or writes the file that it reads. For each
/// layer with a weight the gradient G and the activations A that the weight multiplies are reduced on the device of the model; nothing else of
/// the program is touched.
/// </summary>
/// <example>
/// <code>
/// using var probe = new LayerProbe(model);
/// probe.Start();
/// loss(model).backward();                        // one batch, or several micro-batches
/// foreach (var layer in probe.Diagnose(step).Rows)
///     Console.WriteLine($"{layer.Name}: nr/st = {layer.Ratio}");
/// </code>
/// </example>
public sealed class LayerProbe : IDisposable
{
    private readonly nn.Module _model;
    private readonly LayerProbeOptions _options;
    private readonly IReadOnlyList<WatchedLayer> _layers;
    private readonly List<WatchedLayer> _called = [];

    /// <summary>A probe of <paramref name="model"/>, which does not watch yet.</summary>
    /// <exception cref="ArgumentException">A split fits no layer, or not the layer that it fits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public LayerProbe(nn.Module model, LayerProbeOptions? options = null)
    {
        (_model, _options) = (model, options ?? new LayerProbeOptions());
        _layers = LayerWatch.Find(model, _options);
    }

    /// <summary>Whether it watches.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>The names of the layers that it can judge, in the model's order; parts of fused projections have the part's behind the layer's.</summary>
    public IReadOnlyList<string> LayerNames => [.. _layers.SelectMany(layer => layer.Pieces.Select(piece => layer.Name + piece.Suffix))];

    /// <summary>Forgets what was seen and begins to watch.</summary>
    public void Start()
    {
        Stop();
        _called.Clear();
        foreach (var layer in _layers)
        {
            layer.Clear();
            layer.HadGradient = HasGradient(layer.Weight);
        }
        Resume();
    }

    /// <summary>Watches on after <see cref="Stop"/>: what comes is added.</summary>
    public void Resume()
    {
        if (IsRunning)
            return;
        foreach (var layer in _layers)
            layer.Hook(called =>
            {
                if (!_called.Contains(called))
                    _called.Add(called);
            });
        IsRunning = true;
    }

    /// <summary>Ends watching; the model is as it was.</summary>
    public void Stop()
    {
        foreach (var layer in _layers)
            layer.Unhook();
        IsRunning = false;
    }

    /// <summary>Judges every layer by what was seen since <see cref="Start"/>, and stops. Only spectra leave the device.</summary>
    /// <param name="step">The training step.</param>
    /// <param name="judge">What judges; the rule (1.5) where null.</param>
    /// <param name="lossScale">By what the loss was multiplied before the backward pass, where gradients still have that factor.</param>
    public NetworkDiagnosis Diagnose(long step, LayerJudge? judge = null, double lossScale = 1)
    {
        Stop();
        judge ??= new LayerJudge();
        var pieces = CapturePieces(lossScale);
        var rows = Diagnosing.OfLayers(
            [.. pieces.Select(piece => piece.Entry)], entry => pieces.First(piece => piece.Entry.Name == entry.Name).Reduced(), judge, step);
        return new NetworkDiagnosis([], [.. rows], OtherParameters(), judge.ParameterCurvature);
    }

    /// <summary>Writes what was seen since <see cref="Start"/> as a capture, which <c>specgd diagnose</c> reads, and stops.</summary>
    /// <param name="path">The file, *.safetensors; replaced as a whole.</param>
    /// <param name="step">The training step.</param>
    /// <param name="lossScale">By what the loss was multiplied before the backward pass, where gradients still have that factor.</param>
    /// <param name="rank">Which of several processes this is, from 0; each writes its own file.</param>
    /// <param name="ranks">How many there are.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path, long step, double lossScale = 1, int rank = 0, int ranks = 1)
    {
        Stop();
        CaptureFile.Write(path, CapturePieces(lossScale), OtherParameters(), step, rank, ranks);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        foreach (var layer in _layers)
            layer.Dispose();
    }

    /// <summary>Layers as they first ran; one that never ran stands behind its neighbour in the model.</summary>
    private List<WatchedLayer> InOrder()
    {
        var order = _called.ToList();
        foreach (var (i, layer) in _layers.Index().Where(entry => !_called.Contains(entry.Item)))
        {
            int before = order.FindLastIndex(other => _layers.TakeWhile(l => l != layer).Contains(other));
            order.Insert(before + 1, layer);
        }
        return order;
    }

    private IReadOnlyList<CapturePiece> CapturePieces(double lossScale)
    {
        if (!(lossScale > 0 && double.IsFinite(lossScale)))
            throw new ArgumentOutOfRangeException(nameof(lossScale), lossScale, "The scale of the loss is finite and positive.");
        var users = _layers.ToLookup(layer => Identity(layer.Weight), layer => layer.Name);
        return
        [
            .. InOrder().SelectMany(layer => layer.Pieces.Select(piece =>
                new CapturePiece(layer, piece, [.. users[Identity(layer.Weight)].Where(name => name != layer.Name)], lossScale, _options.MaxGradient))),
        ];
    }

    private string[] OtherParameters()
    {
        HashSet<IntPtr> covered = [.. _layers.Select(layer => Identity(layer.Weight))];
        return [.. _model.named_parameters().Where(entry => !covered.Contains(Identity(entry.parameter))).Select(entry => entry.name)];
    }

    /// <summary>Where the numbers are: some modules hand out their weight as another object each time.</summary>
    private static IntPtr Identity(Parameter weight)
    {
        using var scope = NewDisposeScope();
        return weight.storage<float>().data_ptr() is var place and not 0 ? place : weight.Handle;
    }

    private static bool HasGradient(Parameter weight)
    {
        using var scope = NewDisposeScope();
        return weight.grad is { } gradient && !gradient.Is(0).all().item<bool>();
    }
}
