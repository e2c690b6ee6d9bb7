// Groups of parameters by name, as a diagnosis gives them: matrices with a spectral verdict to Muon, all else to AdamW.
using SpecGD.Optimizers;
using SpecGD.Torch;
using static TorchSharp.torch;
using Muon = SpecGD.Torch.Muon;

TorchLibrary.Load();
random.manual_seed(1);
using var model = nn.Sequential(("embed", nn.Embedding(50, 16)), ("fc", nn.Linear(16, 64)), ("act", nn.ReLU()), ("proj", nn.Linear(64, 16)), ("head", nn.Linear(16, 50)));

// pasted: the names under "Muon" in diagnosis/report.html
string[] spectral = ["fc.weight", "proj.weight"];

var named = model.named_parameters().ToArray();
var chosen = named.Where(p => spectral.Contains(p.name)).Select(p => p.parameter);
using var muon = new Muon([new Muon.ParamGroup(chosen, new Muon.Options { LearningRate = 0.01, Scale = MuonScale.MatchRmsAdamW })]);
using var adam = optim.AdamW(named.Where(p => !spectral.Contains(p.name)).Select(p => p.parameter), 0.003);

var tokens = randint(50, [256]);
for (int step = 0; step <= 50; step++)
{
    using var scope = NewDisposeScope();
    muon.zero_grad();
    adam.zero_grad();
    var loss = nn.functional.cross_entropy(model.call(tokens), (tokens + 1).remainder(50));
    loss.backward();
    muon.step();
    adam.step();
    if (step % 25 == 0)
        Console.WriteLine(FormattableString.Invariant($"step {step}, loss {loss.item<float>():0.000}"));
}
