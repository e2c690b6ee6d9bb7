// A small network learns y = x1 x2 x3 with Muon on its matrices and AdamW on its biases, and is judged while it does.
using System.Globalization;
using SpecGD.Spectral;
using SpecGD.Torch;
using TorchSharp;
using static TorchSharp.torch;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
TorchLibrary.Load(); // before anything else of TorchSharp
random.manual_seed(1);
int steps = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 300;

var x = randn(512, 20, device: TorchLibrary.DefaultDevice);
var y = (x.select(1, 0) * x.select(1, 1) * x.select(1, 2)).unsqueeze(1);
using var model = nn.Sequential(
    ("in", nn.Linear(20, 64)), ("a1", nn.ReLU()), ("middle", nn.Linear(64, 64)), ("a2", nn.ReLU()), ("out", nn.Linear(64, 1)));
model.to(TorchLibrary.DefaultDevice);

using var muon = new Muon(model.parameters().Where(p => p.dim() == 2), learningRate: 0.01, weightDecay: 0.01);
using var adam = optim.AdamW(model.parameters().Where(p => p.dim() < 2), 0.003);
var schedule = optim.lr_scheduler.CosineAnnealingLR(muon, steps);
using var probe = new LayerProbe(model);

for (int step = 0; step <= steps; step++)
{
    using var scope = NewDisposeScope(); // frees the tensors of this step
    if (step % 100 == 0)
        probe.Start();
    muon.zero_grad();
    adam.zero_grad();
    var loss = nn.functional.mse_loss(model.call(x), y); // call, not forward: the probe listens there
    loss.backward();
    if (probe.IsRunning)
    {
        Console.WriteLine($"step {step}, loss {loss.item<float>():0.0000}");
        foreach (var layer in probe.Diagnose(step).Rows)
            Console.WriteLine($"  {layer.Name,-8} nr(G) {layer.NuclearRank,6:0.00}   st(A) {layer.StableRank,6:0.00}   {(layer.Ratio >= SpectralCondition.CertainRatio ? "spectral" : layer.Ratio >= 1 ? "undecided" : "euclidean")}");
    }
    muon.step();
    adam.step();
    schedule.step();
}
