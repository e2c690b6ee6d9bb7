"""Networks about which the diagnosis must say the right thing: what is held back and why, what was not measured, what looks fused, how many units."""

import json
import os
import sys

import warnings

import torch
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import specgd_capture  # noqa: E402


def vgg(folder):
    """`classifier.0` is no head for its name; `classifier.2` is, as the last matrix, and the first convolution is the input."""
    net = nn.ModuleDict({"features": nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.ReLU(), nn.Conv2d(12, 12, 3, padding=1), nn.ReLU()),
                         "classifier": nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 10))})
    x, y = torch.randn(48, 3, 8, 8), torch.randint(0, 10, (48,))
    with specgd_capture.capture(net, folder + "/vgg.safetensors", step=1):
        F.cross_entropy(net["classifier"](net["features"](x).mean((2, 3))), y).backward()


def filters_alone(folder):
    """Nothing between input and head is two-dimensional."""
    net = nn.ModuleDict({"conv1": nn.Conv2d(3, 8, 3), "layer1": nn.Conv2d(8, 8, 3, bias=False), "fc": nn.Linear(8, 6)})
    x, y = torch.randn(64, 3, 10, 10), torch.randint(0, 6, (64,))
    with specgd_capture.capture(net, folder + "/filters_alone.safetensors", step=1):
        F.cross_entropy(net["fc"](net["layer1"](net["conv1"](x).relu()).relu().mean((2, 3))), y).backward()


def actor_critic(folder):
    """Two heads with names of their own, of which one has one output, and a trunk whose second layer is called fc2."""
    net = nn.ModuleDict({"fc1": nn.Linear(9, 24), "fc2": nn.Linear(24, 24), "policy": nn.Linear(24, 4), "out_proj": nn.Linear(24, 1)})
    x = torch.randn(80, 9)
    with specgd_capture.capture(net, folder + "/actor_critic.safetensors", step=1):
        h = net["fc2"](net["fc1"](x).tanh()).tanh()
        (F.cross_entropy(net["policy"](h), torch.randint(0, 4, (80,))) + (net["out_proj"](h) - 1).pow(2).mean()).backward()


class Expert(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.w1, self.w2, self.w3 = nn.Linear(d, 2 * d, bias=False), nn.Linear(2 * d, d, bias=False), nn.Linear(d, 2 * d, bias=False)

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


class Mixture(nn.Module):
    """As in Mixtral: modules for experts, each with the tokens that the router gives it; the last expert gets none."""

    def __init__(self, d):
        super().__init__()
        self.gate, self.experts = nn.Linear(d, 3, bias=False), nn.ModuleList(Expert(d) for _ in range(3))

    def forward(self, x):
        shape, x = x.shape, x.reshape(-1, x.shape[-1])
        scores = self.gate(x)
        weight = scores[:, :2].softmax(-1)
        chosen, out = weight.argmax(-1), torch.zeros_like(x)
        for i in range(2):
            rows = (chosen == i).nonzero().flatten()
            out = out.index_add(0, rows, self.experts[i](x[None, rows].reshape(-1, x.shape[-1])) * weight[rows, i : i + 1])
        return out.reshape(shape)


def mixture(folder):
    d = 16
    net = nn.ModuleDict({"embed": nn.Embedding(30, d), "moe": Mixture(d), "norm": nn.LayerNorm(d), "lm_head": nn.Linear(d, 30, bias=False)})
    ids = torch.randint(0, 30, (12, 10))
    with specgd_capture.capture(net, folder + "/mixture.safetensors", step=1):
        x = net["embed"](ids)
        F.cross_entropy(net["lm_head"](net["norm"](x + net["moe"](x))).flatten(0, 1), ids.flatten()).backward()


def fused(folder):
    """q, k and v in one matrix without split=, cut by the program into 12, 4 and 4 rows; a gate and what it gates in one."""
    net = nn.ModuleDict({"inp": nn.Linear(12, 12), "qkv_proj": nn.Linear(12, 20, bias=False), "o_proj": nn.Linear(12, 12, bias=False),
                         "gate_up_proj": nn.Linear(12, 32, bias=False), "down": nn.Linear(16, 12), "head": nn.Linear(12, 5)})
    x, y = torch.randn(40, 6, 12), torch.randint(0, 5, (40,))

    def loss():
        h = net["inp"](x)
        q, k, v = net["qkv_proj"](h).split([12, 4, 4], -1)
        k, v = k.repeat(1, 1, 3), v.repeat(1, 1, 3)
        h = h + net["o_proj"](torch.softmax(q @ k.transpose(1, 2) / 4, -1) @ v)
        gate, up = net["gate_up_proj"](h).chunk(2, -1)
        return F.cross_entropy(net["head"](net["down"](F.silu(gate) * up).mean(1)), y)

    with specgd_capture.capture(net, folder + "/fused.safetensors", step=1):
        loss().backward()
    for split in ({"qkv_proj": ("q", "k", "v")}, {"qkv_proj": [12, 4]}, {"nothing": ("q",)}):
        ran = []
        try:
            with specgd_capture.capture(net, folder + "/refused.safetensors", split=split):
                ran.append(loss())
        except ValueError:
            assert not ran, "a split that does not fit must be refused before the step"
            continue
        raise AssertionError("accepted %r" % (split,))
    llama = nn.ModuleDict({"qkv_proj": nn.Linear(64, 96, bias=False)})  # 64 + 16 + 16, which divides by three as well
    try:
        specgd_capture.Recorder(llama, split={"qkv_proj": ("q", "k", "v")})
    except ValueError as error:
        assert "64" in str(error) and "16" in str(error), error
    else:
        raise AssertionError("cut 32, 32, 32")


def unseen(folder):
    """A weight that only scales, one whose product runs in C++ that nothing sees, one that did not run, a complex one; each with its true reason."""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.last, self.idle = nn.Linear(6, 8), nn.Linear(8, 2), nn.Linear(20, 20)
            self.position, self.script = nn.Parameter(torch.randn(5, 8)), torch.jit.script(nn.Linear(8, 8))
            self.waves = nn.Parameter(torch.randn(8, 8, dtype=torch.complex64))

        def forward(self, x):
            h = self.script(self.first(x).tanh())
            return self.last(h * self.position + (h.to(torch.complex64) @ self.waves).real)

    net = Net()
    with specgd_capture.capture(net, folder + "/unseen.safetensors", step=1):
        net(torch.randn(30, 5, 6)).pow(2).mean().backward()


def units(folder):
    """(time, batch, width): 6 sequences of 40 steps; and experts' tokens, which keep their sequence."""
    net = nn.Sequential(nn.Linear(10, 24), nn.ReLU(), nn.Linear(24, 5))
    x = torch.randn(6, 10).repeat(40, 1, 1) + 0.3 * torch.randn(40, 6, 10)
    for name, given in (("units_found", None), ("units_given", 1), ("units_first", 0)):
        with specgd_capture.capture(net, "%s/%s.safetensors" % (folder, name), step=1, batch_dim=given):
            F.cross_entropy(net(x).flatten(0, 1), torch.randint(0, 5, (240,))).backward()
        net.zero_grad()


def cleared(folder):
    """zero_grad() within the block: at its start it changes nothing, in its middle what was before is forgotten, at its end there is an error."""
    net = nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 3))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    net(torch.randn(10, 8)).pow(2).mean().backward()
    with specgd_capture.capture(net, folder + "/cleared.safetensors", step=1, optimizer=optimizer):
        optimizer.zero_grad()
        net(torch.randn(7, 8)).pow(2).mean().backward()
        optimizer.zero_grad(set_to_none=True)
        net(torch.randn(20, 8)).pow(2).mean().backward()
        optimizer.step()
    specgd_capture.describe(optimizer, net, folder + "/optimizer.json")
    try:
        with specgd_capture.capture(net, folder + "/empty.safetensors", step=1):
            net(torch.randn(20, 8)).pow(2).mean().backward()
            net.zero_grad(set_to_none=True)
    except ValueError as error:
        assert "zero_grad" in str(error)
    else:
        raise AssertionError("a capture without gradients was written")
    for name in ("a.npz", "a.pt"):
        try:
            specgd_capture.capture(net, folder + "/" + name)
        except ValueError as error:
            assert ".safetensors" in str(error)
        else:
            raise AssertionError(name)


def names(folder):
    """Wrappers leave the names alone; a submodule that is called `module` keeps its name beside a twin of the same name."""
    class Inner(nn.Module):
        def __init__(self):
            super().__init__()
            self.module, self.fc = nn.ModuleDict({"fc": nn.Linear(8, 8)}), nn.Linear(8, 8)

        def forward(self, x):
            return self.fc(self.module["fc"](x).tanh())

    class Wrapper(nn.Module):
        def __init__(self, module):
            super().__init__()
            self.module = module

        def forward(self, x):
            return self.module(x)

    inner = Inner()
    for name, net in (("twins", inner), ("wrapped", Wrapper(Wrapper(inner)))):
        with specgd_capture.capture(net, "%s/%s.safetensors" % (folder, name), step=1):
            net(torch.randn(30, 8)).pow(2).mean().backward()
        net.zero_grad()
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.mid, self.head = nn.Embedding(9, 8), nn.Linear(8, 8), nn.Linear(8, 9, bias=False)
            self.head.weight = self.embed.weight

        def forward(self, ids):
            return self.head(self.mid(self.embed(ids)).tanh())

    with specgd_capture.capture(Wrapper(Tied()), folder + "/tied_wrapped.safetensors", step=1) as recorder:
        recorder.model(torch.randint(0, 9, (20,))).pow(2).mean().backward()
    from product_networks import read

    layers = read(folder + "/tied_wrapped.safetensors")[0]["layers"]
    assert [layer["name"] for layer in layers] == ["embed", "mid", "head"] and layers[2]["tied_with"] == ["embed"], layers
    tied = Tied()
    specgd_capture.describe(torch.optim.AdamW(tied.parameters()), tied, folder + "/tied_optimizer.json")
    with open(folder + "/tied_optimizer.json") as file:  # a tied weight by the name that the capture gives it
        assert json.load(file)["groups"][0]["parameters"] == [layers[0]["parameter"], "mid.weight", "mid.bias"]
    tied.mid.weight.requires_grad_(False)
    specgd_capture.describe(torch.optim.AdamW([tied.head.weight]), tied, folder + "/part_optimizer.json")
    with open(folder + "/part_optimizer.json") as file:  # what is trained and in no group; what is frozen needs none
        assert json.load(file)["ungrouped"] == ["mid.bias"]
    assert list(specgd_capture.plain_names(Wrapper(inner))) == ["module.fc.weight", "module.fc.bias", "fc.weight", "fc.bias"]


def monitored(folder):
    """Every third step is captured, the scalars are those of a capture of the same step, and the others leave the model alone."""
    net, told = nn.Sequential(nn.Linear(8, 12), nn.ReLU(), nn.Linear(12, 3)), []

    class Writer:
        def add_scalar(self, name, value, step):
            told.append((name, value, step))

    monitor = specgd_capture.Monitor(net, every=3, writer=Writer(), folder=folder + "/monitored")
    for step in range(7):
        net.zero_grad()
        with monitor(step):
            net(torch.randn(40, 8)).pow(2).mean().backward()
        assert not any(m._forward_hooks or m._forward_pre_hooks for m in net.modules())
    assert sorted({step for *_, step in told}) == [0, 3, 6] and sorted(os.listdir(folder + "/monitored")) == ["step%08d.safetensors" % s for s in (0, 3, 6)]
    from product_networks import measured, read

    description, tensors = read(folder + "/monitored/step00000006.safetensors")
    for layer in description["layers"]:
        stable, nuclear = measured(layer, tensors)
        assert ("nr_over_st/" + layer["name"], nuclear / stable, 6) in told
    assert monitor.overhead is not None


#: Of 30 intervals at 95 %, fewer than 25 hold the truth once in 100 times where 90 % do.
DRAWS, LEAST_HELD = 30, 25


def noisy(folder):
    """Mini-batches of a network whose full gradient is known: how often nr of the full gradient lies within what noise=True gives, for each layer."""
    net = nn.Sequential(nn.Linear(12, 32), nn.ReLU(), nn.Linear(32, 24), nn.ReLU(), nn.Linear(24, 5))
    teacher, scale = nn.Sequential(nn.Linear(12, 16), nn.Tanh(), nn.Linear(16, 5)), torch.linspace(0.3, 2, 12)

    def loss(x):
        return (net(x * scale) - teacher(x * scale).detach()).pow(2).mean()

    def sequences(count, length):  # rows of one sequence resemble each other; their distribution is that of single rows
        return (torch.randn(count, 1, 12) * 0.7**0.5 + torch.randn(count, length, 12) * 0.3**0.5) if length > 1 else torch.randn(count, 12)

    loss(torch.randn(400000, 12)).backward()
    truth = {name: nuclear_rank(net.get_parameter(name + ".weight").grad) for name in ("0", "2", "4")}
    from product_networks import read

    for count, length in ((24, 16), (128, 1), (512, 1)):
        held = dict.fromkeys(truth, 0)
        for _ in range(DRAWS):
            net.zero_grad()
            recorder = specgd_capture.Recorder(net, noise=True).start()
            loss(sequences(count, length)).backward()
            recorder.save(folder + "/noisy.safetensors", step=1)
            for layer in read(folder + "/noisy.safetensors")[0]["layers"]:
                held[layer["name"]] += layer["nuclear_rank_low"] <= truth[layer["name"]] <= layer["nuclear_rank_high"]
        print("noise: %d of %s" % (DRAWS, held))
        assert all(n >= LEAST_HELD for n in held.values()), (count, length, held)


def nuclear_rank(gradient):
    s = torch.linalg.svdvals(gradient.double())
    return float(s.sum() ** 2 / (s**2).sum())


def heads(folder):
    """A fused projection head by head, and heads= and inputs= against what the place says."""
    net = nn.ModuleDict({"a": nn.Linear(8, 8), "qkv": nn.Linear(8, 24, bias=False), "b": nn.Linear(24, 8), "c": nn.Linear(8, 2)})
    with specgd_capture.capture(net, folder + "/heads.safetensors", step=1, split={"qkv": specgd_capture.per_head("qkv", heads=2)}, heads=["b", "c"], inputs="a"):
        net["c"](net["b"](net["qkv"](net["a"](torch.randn(40, 8)).tanh()).tanh()).tanh()).pow(2).mean().backward()


#: Following 64 of 1100 directions over five slices may lose so much of the largest eigenvalue (rows with a flat spectrum, the worst that there is, lose 6 %).
FOLLOWED = 0.01


def light_in_pieces(folder):
    """Over several micro-batches a light capture keeps no Gram matrix of a wide layer, and its st(A) is that of all rows to a hundredth."""
    net, rows = nn.Sequential(nn.Linear(20, 1100), nn.Tanh(), nn.Linear(1100, 3)), []
    net[2].register_forward_pre_hook(lambda m, x: rows.append(x[0].detach().double()))
    recorder = specgd_capture.Recorder(net, light=True).start()
    for i in range(5):
        net(torch.randn(1500, 20) * (0.2 + 0.2 * i)).pow(2).mean().backward()
    recorder.stop()
    held = [r for layer in recorder._layers.values() if layer.name == "2" for r in layer.seen]
    assert all(r.gram is None and len(r.leading) <= 64 for r in held), "a light capture must not hold the Gram matrix of a wide layer"
    s = torch.linalg.svdvals(torch.cat(rows))
    wanted = float((s**2).sum() / s[0] ** 2)
    stable = {name: stable for name, stable, _ in recorder.ranks()}["2"]
    assert abs(stable / wanted - 1) <= FOLLOWED, (stable, wanted)




def masked(folder):
    """A mask holds for embeddings as for every layer; one of another size is refused."""
    from product_networks import read

    net, tokens = nn.Sequential(nn.Embedding(9, 6), nn.Linear(6, 4)), torch.arange(20).reshape(4, 5) % 9
    mask = torch.arange(5).lt(3).expand(4, 5)
    with specgd_capture.capture(net, folder + "/masked.safetensors", step=1, mask=mask):
        net(tokens).pow(2).mean().backward()
    layers = read(folder + "/masked.safetensors")[0]["layers"]
    assert [(layer["samples"], layer["rows_without_gradient"]) for layer in layers] == [(12, 8), (12, 8)], layers
    try:
        with specgd_capture.capture(net, folder + "/wrong_mask.safetensors", step=1, mask=torch.ones(4, 6, dtype=torch.bool)):
            net(tokens).pow(2).mean().backward()
    except ValueError as error:
        assert "no layer has as many activations" in str(error)
    else:
        raise AssertionError("a mask of another size was taken")


def positions(folder):
    """A table of positions that is looked up once and added to every sequence meets as many rows as the table of tokens."""
    from product_networks import read

    class Net(nn.Module):
        def __init__(self, add):
            super().__init__()
            self.embed, self.position, self.drop, self.head, self.add = nn.Embedding(9, 6), nn.Embedding(5, 6), nn.Dropout(0.0), nn.Linear(6, 4), add

        def forward(self, tokens):
            return self.head(self.add(self.embed(tokens), self.position, self.drop))

    tokens, places = torch.arange(20).reshape(4, 5) % 9, torch.arange(5)
    ways = {
        "plain": lambda x, position, drop: x + position(places),
        "behind": lambda x, position, drop: position(places) + x,
        "in_place": lambda x, position, drop: x.add_(position(places)),
        "one_row": lambda x, position, drop: x + position(places[None]),
        "unsqueezed": lambda x, position, drop: x + drop(position(places).unsqueeze(0)),
        "expanded": lambda x, position, drop: x + position(places).expand(4, 5, 6),
        "of_each": lambda x, position, drop: x + position(places.expand(4, 5)),
    }
    for name, add in ways.items():
        torch.manual_seed(1)
        net, file = Net(add), "%s/positions_%s.safetensors" % (folder, name)
        with specgd_capture.capture(net, file, step=1):
            net(tokens).pow(2).mean().backward()
        layers = {layer["name"]: layer for layer in read(file)[0]["layers"]}
        assert [layers[layer]["samples"] for layer in ("embed", "position", "head")] == [20, 20, 20], (name, layers)
    torch.manual_seed(1)
    net = Net(lambda x, position, drop: x + position(places)[2])  # another row, and no table for each sequence
    with specgd_capture.capture(net, folder + "/positions_other.safetensors", step=1):
        net(tokens).pow(2).mean().backward()
    assert [layer["samples"] for layer in read(folder + "/positions_other.safetensors")[0]["layers"] if layer["name"] == "position"] == [1], "four rows get no gradient"


def without_tokens(folder):
    """An expert that no token reaches has one reason, and the others are measured; a capture without a backward pass is told."""
    import warnings
    from product_networks import read

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.experts, self.last = nn.Linear(5, 6), nn.ModuleList(nn.Linear(6, 6) for _ in range(2)), nn.Linear(6, 3)

        def forward(self, x):
            x = self.first(x)
            return self.last(self.experts[0](x).tanh() + torch.zeros_like(x).index_add(0, torch.arange(0), self.experts[1](x[:0])))

    net = Net()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with specgd_capture.capture(net, folder + "/without_tokens.safetensors", step=1):
            net(torch.randn(30, 5)).pow(2).mean().backward()
        net.zero_grad(set_to_none=True)
        with specgd_capture.capture(net, folder + "/without_backward.safetensors", step=1):
            net(torch.randn(30, 5))
    said = [str(warning.message) for warning in told if "specgd_capture" in str(warning.message)]
    assert len([s for s in said if "no activation reached it" in s]) >= 1 and not any("could not be measured" in s for s in said), said
    assert any("call backward() within the block" in s for s in said), said
    document = read(folder + "/without_tokens.safetensors")[0]
    assert [matrix["name"] for matrix in document["unmeasured"]] == ["experts.1.weight"], document["unmeasured"]
    assert next(layer for layer in document["layers"] if layer["name"] == "experts.1")["reason"].startswith("no activation reached it")


def normed_checkpoint(folder):
    """Gains within reentrant checkpoints are measured, where they ran."""
    from product_networks import read
    from torch.utils.checkpoint import checkpoint

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.blocks = nn.Linear(5, 6), nn.ModuleList(nn.Sequential(nn.LayerNorm(6), nn.Linear(6, 6), nn.Tanh()) for _ in range(2))
            self.middle, self.last = nn.Bilinear(6, 6, 6), nn.Linear(6, 3)

        def forward(self, x):
            x = self.first(x)
            for block in self.blocks:
                x = checkpoint(block, x, use_reentrant=True)
            return self.last(self.middle(x, x).tanh())

    net = Net()
    with specgd_capture.capture(net, folder + "/normed_checkpoint.safetensors", step=1):
        net(torch.randn(30, 5)).pow(2).mean().backward()
    layers = read(folder + "/normed_checkpoint.safetensors")[0]["layers"]
    assert [layer["name"] for layer in layers] == ["first", "blocks.0.0", "blocks.0.1", "blocks.1.0", "blocks.1.1", "middle", "last"], layers
    assert all(layer["samples"] == 30 for layer in layers)
    assert [layer.get("place") for layer in layers] == ["input", None, None, None, None, None, "head"], layers


def crossed(folder):
    """Cross attention multiplies by query, key and value apart, and an optimizer has them as one matrix: what dividing gains is of all three."""
    from product_networks import read

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.att = nn.Linear(8, 16), nn.Linear(8, 16), nn.MultiheadAttention(16, 2, batch_first=True)

        def forward(self, x, y):
            return self.att(self.a(x), self.b(y), self.b(y))[0]

    net = Net()
    with specgd_capture.capture(net, folder + "/crossed.safetensors", step=1):
        net(torch.randn(30, 6, 8), torch.randn(30, 9, 8)).pow(2).mean().backward()
    gradient = net.att.in_proj_weight.grad
    norms = [float(torch.linalg.svdvals(part.double()).sum()) for part in [gradient, *gradient.chunk(3)]]
    parts = [layer for layer in read(folder + "/crossed.safetensors")[0]["layers"] if layer.get("part_of")]
    assert len(parts) == 3
    for layer in parts:
        assert abs(layer["whole_nuclear_rank"] / nuclear_rank(gradient) - 1) < 1e-9 and abs(layer["splitting_gain"] * norms[0] ** 2 / sum(n**2 for n in norms[1:]) - 1) < 1e-9


def noisy_zero(folder):
    """noise=True where a gradient is exactly zero, as at the first step behind a matrix that begins at zero: no interval, and no crash."""
    from product_networks import read

    net = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 4))
    nn.init.zeros_(net[2].weight)
    with specgd_capture.capture(net, folder + "/noisy_zero.safetensors", step=0, noise=True):
        (net(torch.randn(40, 6)) - 1).pow(2).mean().backward()
    first, last = read(folder + "/noisy_zero.safetensors")[0]["layers"]
    assert "nuclear_rank_low" not in first and "nuclear_rank_low" in last


def contradicted(folder):
    """A split that the program itself contradicts, and a mask that does not fit the tokens of an expert, are told."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv, self.expert = nn.Linear(4, 12), nn.Linear(4, 3)

        def forward(self, x):
            q, k, v = self.qkv(x).split([4, 4, 4], -1)
            return self.expert((q * k + v).flatten(0, 1)[:5])

    def told(**options):
        net = Net()
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            with specgd_capture.capture(net, folder + "/contradicted.safetensors", step=1, **options):
                net(torch.randn(3, 5, 4)).pow(2).mean().backward()
        return [str(w.message) for w in said]

    assert any("split: qkv is split into [6, 6], and the program cuts its output into [4, 4, 4]" in line for line in told(split={"qkv": {"a": 6, "b": 6}}))
    for fitting, spans in ((("q", "k", "v"), False), ({"q": 4, "kv": 8}, True), (specgd_capture.per_head("qkv", heads=2), False)):
        lines = told(split={"qkv": fitting})
        assert any("split:" in line for line in lines) == spans, lines
    assert any("1 layers meet other rows than it has entries" in line and "expert" in line for line in told(mask=torch.ones(3, 5).bool()))
    assert not any("mask" in line for line in told())


def skipped(folder):
    """An expert of a stack without tokens that a loop skips is listed with its share; a stack that is met whole lists nothing."""
    from product_networks import read

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.up, self.whole, self.out = nn.Parameter(torch.randn(4, 6, 5)), nn.Parameter(torch.randn(2, 5, 5)), nn.Linear(6, 3)

        def forward(self, x):
            x = torch.einsum("bi,eio->ebo", x, self.whole).tanh().sum(0)
            return self.out(sum((x @ self.up[i].T).tanh() for i in (0, 1, 3)))

    net = Net()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with specgd_capture.capture(net, folder + "/skipped.safetensors", step=1):
            net(torch.randn(30, 5)).pow(2).mean().backward()
    described = read(folder + "/skipped.safetensors")[0]
    assert [(m["name"], m["shape"], m["reason"]) for m in described["unmeasured"]] == [("up[2]", [6, 5], "no activation reached it")]
    assert abs(described["unmeasured"][0]["share"] - 30 / (120 + 50 + 18)) < 1e-12


CASES = [light_in_pieces, noisy, heads, monitored, vgg, filters_alone, actor_critic, mixture, fused, unseen, units, cleared, names, masked, positions, without_tokens, normed_checkpoint, crossed, noisy_zero, contradicted, skipped]


def run(folder):
    for case in CASES:
        torch.manual_seed(5)
        case(folder)


if __name__ == "__main__":
    run(sys.argv[1])
