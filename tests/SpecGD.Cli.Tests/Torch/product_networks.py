"""Networks whose weights are no plain modules: raw parameters, stacks, experts, recurrent layers, every convolution, parametrized weights, LoRA, padding.

Each function captures one step and returns the truth: for a layer's name the rows that it multiplied and its gradient (or one of both as None).
run(folder, expect) does them all; run alone, the script compares by itself, which is how it is tried with another PyTorch:

    PYTHONPATH=python python3 tests/SpecGD.Cli.Tests/Torch/product_networks.py FOLDER
"""

import json
import os
import struct
import sys

import torch
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import specgd_capture  # noqa: E402

#: Gradients are stored in single precision, sums in double: as in the tests of the diagnosis.
TOLERANCE = 1e-6


def flat(x):
    return x.detach().reshape(-1, x.shape[-1])


class Probe(nn.Module):
    """Hands its input on and keeps it."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def forward(self, x):
        self.seen.append(x.detach().clone())
        return x

    def rows(self):
        return torch.cat([flat(x) for x in self.seen])


def raw_slices(capture):
    """A stack (4, d, d) used by index, by slice and by unbind; a fused (3d, d) cut by chunk; a product from the left; a matrix stored (in, out)."""
    d = 12

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.stack, self.fused = nn.Parameter(torch.randn(4, d, d) / 3), nn.Parameter(torch.randn(3 * d, d) / 3)
            self.left, self.stored = nn.Parameter(torch.randn(20, d) / 3), nn.Parameter(torch.randn(20, 6) / 3)
            self.probes = nn.ModuleList(Probe() for _ in range(5))

        def forward(self, x):
            x = self.probes[0](x)
            a = F.linear(x, self.stack[0]).tanh() + x @ self.stack[1].t()
            second, third = self.stack[2:].unbind(0)
            a = self.probes[1](a.tanh())
            a = a @ second + F.linear(a, third)
            q, k, v = self.fused.chunk(3)
            a = self.probes[2](a.tanh())
            a = F.linear(a, q) * F.linear(a, k).sigmoid() + F.linear(a, v)
            a = self.probes[3](a.tanh())
            b = (self.left @ a.transpose(-1, -2)).transpose(-1, -2)
            return torch.matmul(self.probes[4](b.tanh()), self.stored)

    net, x = Net(), torch.randn(6, 9, d)
    with capture(net, "raw_slices"):
        net(x).pow(2).mean().backward()
    rows = [p.rows() for p in net.probes]
    g, f = net.stack.grad, net.fused.grad
    truth = {"stack[0]": (rows[0], g[0]), "stack[1]": (rows[0], g[1]), "stack[2]": (rows[1], g[2].t()), "stack[3]": (rows[1], g[3])}
    truth.update({"fused[%d:%d]" % (i * d, i * d + d): (rows[2], f[i * d : i * d + d]) for i in range(3)})
    truth.update({"left": (rows[3], net.left.grad), "stored": (rows[4], net.stored.grad.t())})
    return net, truth


def experts_of_every_kind(capture):
    """Experts by bmm, by a loop over the first index, by einsum with gates, and heads as a parameter (width, heads, head width)."""
    d, e = 10, 3

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.bmm, self.loop, self.gated = (nn.Parameter(torch.randn(e, d, d) / 3) for _ in range(3))
            self.wq, self.wo = nn.Parameter(torch.randn(d, 2, 5) / 3), nn.Parameter(torch.randn(2, 5, d) / 3)
            self.gate = nn.Linear(d, e)
            self.seen = {}

        def forward(self, x):
            seen = self.seen
            seen["bmm"] = x.detach()
            y = torch.bmm(x.expand(e, -1, -1) * torch.arange(1, e + 1).reshape(e, 1, 1), self.bmm).sum(0).tanh()
            seen["loop"] = y.detach()
            out = torch.zeros_like(y)
            choice = torch.arange(len(y)) % 3
            for i in range(2):  # the last expert gets nothing
                chosen = (choice == i).nonzero().flatten()
                out = out.index_add(0, chosen, y[chosen] @ self.loop[i])
            seen["choice"], y = choice, (y + out).tanh()
            p = self.gate(y).softmax(-1)
            seen["gated"], seen["p"] = y.detach(), p.detach()
            y = torch.einsum("nd,edf,ne->nf", y, self.gated, p).tanh()
            seen["wq"] = y.detach()
            q = torch.einsum("nm,mhd->nhd", y, self.wq).tanh()
            seen["wo"] = q.detach()
            return torch.einsum("nhd,hdm->nm", q, self.wo)

    net, x = Net(), torch.randn(40, d)
    with capture(net, "experts_of_every_kind"):
        net(x).pow(2).mean().backward()
    s = net.seen
    truth = {"bmm[%d]" % i: (s["bmm"] * (i + 1), net.bmm.grad[i].t()) for i in range(e)}
    truth.update({"loop[%d]" % i: (s["loop"][s["choice"] == i], net.loop.grad[i].t()) for i in range(2)})
    truth.update({"gated[%d]" % i: (s["gated"] * s["p"][:, i : i + 1], net.gated.grad[i].t()) for i in range(e)})
    truth.update({"wq": (s["wq"], net.wq.grad.reshape(d, d).t()), "wo": (s["wo"].reshape(-1, d), net.wo.grad.reshape(d, d).t())})
    return net, truth


def unrolled(cell, x, h, state=None):
    """What a recurrent cell meets, step by step: (inputs, earlier states) as rows."""
    before = []
    for t in range(len(x)):
        before.append(h)
        h, state = cell(x[t], h, state)
    return torch.cat(list(x)), torch.cat(before)


def recurrent(capture):
    """A bidirectional LSTM of two layers with sequences of different lengths, a GRU and a plain RNN."""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.gru, self.rnn = nn.LSTM(6, 5, 2, bidirectional=True), nn.GRU(10, 7), nn.RNN(7, 4, nonlinearity="relu")

        def forward(self, x, lengths):
            packed = self.lstm(nn.utils.rnn.pack_padded_sequence(x, lengths))[0]
            y = nn.utils.rnn.pad_packed_sequence(packed)[0]
            self.middle = y.detach()
            z = self.gru(y)[0]
            self.last = z.detach()
            return self.rnn(z)[0]

    net, x, lengths = Net(), torch.randn(7, 5, 6), torch.tensor([7, 6, 4, 4, 2])
    with capture(net, "recurrent"):
        (net(x, lengths) - 0.3).pow(2).mean().backward()
    with torch.no_grad():
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths)
        first = nn.LSTM(6, 5, bidirectional=True)
        first.load_state_dict({k: v for k, v in net.lstm.state_dict().items() if "_l0" in k})
        h = nn.utils.rnn.pad_packed_sequence(first(packed)[0])[0]
        steps = [h[t, :n, :5] for t, n in enumerate(packed.batch_sizes.tolist())]
        before = [torch.zeros(5, 5)] + [h[t, :, :5] for t in range(6)]
        earlier = torch.cat([b[:n] for b, n in zip(before, packed.batch_sizes.tolist())])
        both = torch.cat([h[t, :n] for t, n in enumerate(packed.batch_sizes.tolist())])
        assert len(torch.cat(steps)) == len(earlier)
    truth = {"lstm.weight_ih_l0": (packed.data, net.lstm.weight_ih_l0.grad), "lstm.weight_hh_l0": (earlier, net.lstm.weight_hh_l0.grad),
             "lstm.weight_ih_l0_reverse": (packed.data, net.lstm.weight_ih_l0_reverse.grad), "lstm.weight_ih_l1": (both, net.lstm.weight_ih_l1.grad),
             "gru.weight_ih_l0": (flat(net.middle), net.gru.weight_ih_l0.grad),
             "gru.weight_hh_l0": (torch.cat([torch.zeros(5, 7), flat(net.last)[:-5]]), net.gru.weight_hh_l0.grad),
             "rnn.weight_ih_l0": (flat(net.last), net.rnn.weight_ih_l0.grad)}
    return net, truth


def convolutions_of_every_kind(capture):
    """Conv3d, transposed convolutions with and without groups, and a depthwise one, which is judged as the matrix that Muon takes."""
    net = nn.Sequential(nn.Conv3d(2, 4, (2, 3, 3), padding=(0, 1, 1), stride=(1, 2, 1)), nn.Flatten(2, 3), nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1),
                        nn.Conv2d(6, 6, 3, groups=6, padding=1), nn.ConvTranspose2d(6, 8, 2, groups=2), nn.Conv2d(8, 3, 1))
    probes = [[] for _ in net]
    for module, seen in zip(net, probes):
        module.register_forward_pre_hook(lambda m, x, seen=seen: seen.append(x[0].detach()))
    x = torch.randn(3, 2, 4, 6, 5)
    with capture(net, "convolutions_of_every_kind"):
        net(x).pow(2).mean().backward()
    padded = F.pad(x, (1, 1, 1, 1, 0, 0))
    patches = padded.unfold(2, 2, 1).unfold(3, 3, 2).unfold(4, 3, 1).permute(0, 2, 3, 4, 1, 5, 6, 7).reshape(-1, 36)
    at = lambda i: probes[i][0].flatten(2).transpose(1, 2)  # noqa: E731
    depth = F.unfold(probes[3][0], 3, padding=1).reshape(3, 6, 9, -1).permute(0, 3, 1, 2).reshape(-1, 9)
    g4 = net[4].weight.grad
    return net, {"0": (patches, net[0].weight.grad.flatten(1)), "2": (at(2).reshape(-1, 4), net[2].weight.grad.flatten(1).t()),
                 "3": (depth, net[3].weight.grad.flatten(1)), "4.group0": (at(4)[..., :3].reshape(-1, 3), g4[:3].flatten(1).t()),
                 "4.group1": (at(4)[..., 3:].reshape(-1, 3), g4[3:].flatten(1).t()), "5": (at(5).reshape(-1, 8), net[5].weight.grad.flatten(1))}


def bags_and_tables(capture):
    """EmbeddingBag (mean, of different lengths), a table that is indexed, and learned queries that meet a weight."""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.bag, self.table = nn.EmbeddingBag(30, 8, mode="mean"), nn.Parameter(torch.randn(12, 8))
            self.queries, self.mix, self.sparse = nn.Parameter(torch.randn(5, 8)), nn.Parameter(torch.randn(8, 6) / 3), nn.Embedding(9, 8, sparse=True)
            self.position = nn.Parameter(torch.randn(1, 16, 8))

        def forward(self, tokens, offsets, ids):
            x = self.bag(tokens, offsets) + self.table[ids] + self.sparse(ids % 9)
            x = (x.reshape(2, 4, 8) + self.position[:, :4]).reshape(8, 8)
            return (x @ self.mix) @ (self.queries @ self.mix).tanh().t()

    net, tokens, offsets, ids = Net(), torch.randint(0, 30, (60,)), torch.tensor([0, 3, 9, 20, 21, 40, 55, 58]), torch.randint(0, 12, (8,))
    with capture(net, "bags_and_tables"):
        net(tokens, offsets, ids).pow(2).mean().backward()
    bags = torch.zeros(8, 30, dtype=torch.float64)
    ends = offsets.tolist()[1:] + [60]
    for i, (a, b) in enumerate(zip(offsets.tolist(), ends)):
        for t in tokens[a:b].tolist():
            bags[i, t] += 1 / (b - a)
    x = (net.bag(tokens, offsets) + net.table[ids] + net.sparse(ids % 9) + net.position[0, :4].repeat(2, 1)).detach()
    return net, {"bag": (bags, net.bag.weight.grad.t()), "table": (F.one_hot(ids, 12).double(), net.table.grad.t()),
                 "sparse": (F.one_hot(ids % 9, 9).double(), net.sparse.weight.grad.to_dense().t()),
                 "position": (torch.eye(4).repeat(2, 1), net.position.grad[0].t()), "mix": (torch.cat([x, net.queries.detach()]), net.mix.grad.t())}


def parametrized(capture):
    """weight_norm, spectral_norm (both kinds), prune, a scaled weight, a cast one and a concatenated one: the gradient is the parameter's own."""
    from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.normed, self.spectral = weight_norm(nn.Linear(8, 10)), spectral_norm(nn.Linear(10, 9))
            self.other, self.pruned = parametrizations.spectral_norm(nn.Linear(9, 8)), nn.Linear(8, 7)
            prune.random_unstructured(self.pruned, "weight", 0.4)
            self.scaled, self.upper, self.lower = nn.Linear(7, 6), nn.Parameter(torch.randn(3, 6)), nn.Parameter(torch.randn(4, 6))
            self.probes = nn.ModuleList(Probe() for _ in range(6))

        def forward(self, x):
            x = self.normed(self.probes[0](x)).tanh()
            x = self.spectral(self.probes[1](x)).tanh()
            x = self.other(self.probes[2](x)).tanh()
            x = self.pruned(self.probes[3](x)).tanh()
            x = F.linear(self.probes[4](x), self.scaled.weight * 0.5).tanh()
            return F.linear(self.probes[5](x), torch.cat([self.upper, self.lower]).double().float())

    net, x = Net(), torch.randn(50, 8)
    with capture(net, "parametrized"):
        net(x).pow(3).mean().backward()
    rows = [p.rows() for p in net.probes]
    return net, {"normed": (rows[0], net.normed.weight_v.grad), "spectral": (rows[1], net.spectral.weight_orig.grad),
                 "other": (rows[2], net.other.parametrizations.weight.original.grad), "pruned": (rows[3], net.pruned.weight_orig.grad),
                 "scaled": (rows[4], net.scaled.weight.grad), "upper": (rows[5], net.upper.grad), "lower": (rows[5], net.lower.grad)}


def lora(capture):
    """LoRA apart (two layers) and merged into the weight: A meets the input, B what A made of it; the frozen weight has no verdict."""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.base, self.down, self.up = nn.Linear(12, 12), nn.Linear(12, 3, bias=False), nn.Linear(3, 12, bias=False)
            self.frozen, self.lora_A, self.lora_B = nn.Linear(12, 10), nn.Parameter(torch.randn(3, 12)), nn.Parameter(torch.randn(10, 3))
            self.probes = nn.ModuleList(Probe() for _ in range(3))
            for p in list(self.base.parameters()) + list(self.frozen.parameters()):
                p.requires_grad_(False)

        def forward(self, x):
            x = self.probes[0](x)
            x = (self.base(x) + 2 * self.up(self.probes[1](self.down(x)))).tanh()
            return F.linear(self.probes[2](x), self.frozen.weight + 0.5 * (self.lora_B @ self.lora_A), self.frozen.bias)

    net, x = Net(), torch.randn(30, 12)
    with capture(net, "lora"):
        net(x).pow(3).mean().backward()
    rows = [p.rows() for p in net.probes]
    return net, {"down": (rows[0], net.down.weight.grad), "up": (rows[1], net.up.weight.grad), "lora_A": (rows[2], net.lora_A.grad),
                 "lora_B": (rows[2] @ net.lora_A.detach().t(), net.lora_B.grad), "frozen": (rows[2], None), "base": (rows[0], None)}


def attention_of_torch(capture):
    """nn.MultiheadAttention with keys of another width, and a frozen encoder layer in evaluation, which torch would run fused."""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
            self.attention, self.head = nn.MultiheadAttention(8, 2, kdim=6, vdim=5, batch_first=True), nn.Linear(8, 4)
            for p in self.encoder.parameters():
                p.requires_grad_(False)
            self.encoder.eval()

        def forward(self, x, k, v):
            self.x = x
            x = self.encoder(x)
            self.q = x.detach()
            return self.head(self.attention(x, k, v, need_weights=False)[0])

    net, x, k, v = Net(), torch.randn(5, 7, 8), torch.randn(5, 9, 6), torch.randn(5, 9, 5)
    with capture(net, "attention_of_torch"):
        net(x, k, v).pow(3).mean().backward()
    a = net.attention
    with torch.no_grad():
        q_, k_, v_ = F.linear(net.q, a.q_proj_weight, a.in_proj_bias[:8]), F.linear(k, a.k_proj_weight, a.in_proj_bias[8:16]), F.linear(v, a.v_proj_weight, a.in_proj_bias[16:])
        q_, k_, v_ = (t.reshape(5, -1, 2, 4).transpose(1, 2) for t in (q_, k_, v_))
        o = ((q_ / 2) @ k_.transpose(-1, -2)).softmax(-1) @ v_
    return net, {"attention.q_proj_weight": (flat(net.q), a.q_proj_weight.grad), "attention.k_proj_weight": (flat(k), a.k_proj_weight.grad),
                 "attention.v_proj_weight": (flat(v), a.v_proj_weight.grad), "attention.out_proj": (flat(o.transpose(1, 2).reshape(5, 7, 8)), a.out_proj.weight.grad),
                 "encoder.self_attn.q": (flat(x), None), "encoder.linear1": (None, None), "encoder.linear2": (None, None)}


def checkpointed(capture):
    """Activation checkpointing of both kinds: what runs again counts once, and layers stand in the order of the first forward pass."""
    from torch.utils.checkpoint import checkpoint

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(6, 8)
            self.blocks = nn.ModuleList(nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 8)) for _ in range(3))
            self.last = nn.Linear(8, 3)

        def forward(self, x, again=True):
            x = self.first(x).tanh()
            for i, block in enumerate(self.blocks):
                x = (checkpoint(block, x, use_reentrant=i < 2) if again else block(x)).tanh()
            return self.last(x)

    net, x = Net(), torch.randn(25, 6)
    probes = {n: Probe() for n, m in net.named_modules() if isinstance(m, nn.Linear)}
    handles = [m.register_forward_pre_hook(lambda m, a, n=n: probes[n].seen.append(a[0].detach())) for n, m in net.named_modules() if n in probes]
    net(x, again=False)
    for handle in handles:
        handle.remove()
    with capture(net, "checkpointed"):
        net(x).pow(2).mean().backward()
    order = [n for n in net.state_dict() if n.endswith("weight")]
    return net, {n[:-7]: (probes[n[:-7]].rows(), net.get_parameter(n).grad) for n in order}


def padded(capture):
    """Positions behind the end of a text get no gradient: they are no activations, in the layers, in the norm and among the tokens."""
    d = 16

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.emb, self.norm, self.up, self.down, self.head = nn.Embedding(40, d), nn.LayerNorm(d), nn.Linear(d, 2 * d), nn.Linear(2 * d, d), nn.Linear(d, 40)

        def forward(self, ids):
            self.h = self.emb(ids)
            self.n = self.norm(self.h)
            self.m = F.gelu(self.up(self.n))
            return self.head(self.down(self.m))

    net, ids = Net(), torch.randint(1, 40, (6, 24))
    ids[:, 9:] = 0
    target = ids.clone()
    target[:, 9:] = -100
    with capture(net, "padded"):
        F.cross_entropy(net(ids).flatten(0, 1), target.flatten(), ignore_index=-100).backward()
    keep = (target != -100).flatten()
    return net, {"up": (flat(net.n)[keep], net.up.weight.grad), "down": (flat(net.m)[keep], net.down.weight.grad),
                 "emb": (F.one_hot(ids.flatten()[keep], 40).double(), net.emb.weight.grad.t())}


def cast(capture):
    """Under autocast the products run in bfloat16 on copies of the weights, and the program may write over what it kept in single precision."""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.raw = nn.Linear(8, 8), nn.Parameter(torch.randn(8, 8))

        def forward(self, x):
            self.x = x.clone()
            y = self.one(x)
            self.y = y.detach().float().tanh()
            z = y.float().tanh()
            out = z @ self.raw
            return out

    net, x = Net(), torch.randn(30, 8)
    with capture(net, "cast"):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = net(x)
        out.float().pow(2).mean().backward()
    return net, {"one": (net.x, net.one.weight.grad), "raw": (net.y, net.raw.grad.t())}


def grouped_queries(capture):
    """A fused projection of 12, 4 and 4 rows, by a list of sizes; group by group where two queries share a key and a value."""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv_proj, self.mixed = nn.Linear(12, 20, bias=False), nn.Linear(20, 16, bias=False)

        def forward(self, x):
            self.x = x
            self.y = self.qkv_proj(x).tanh()
            return self.mixed(self.y)

    net, x = Net(), torch.randn(40, 12)
    split = {"qkv_proj": [12, 4, 4], "mixed": specgd_capture.interleaved({"q": 2, "k": 1, "v": 1}, heads=2)}
    with capture(net, "grouped_queries", split=split):
        net(x).pow(2).mean().backward()
    g, m = net.qkv_proj.weight.grad, net.mixed.weight.grad.reshape(2, 4, 2, 20)
    return net, {"qkv_proj.q": (x, g[:12]), "qkv_proj.k": (x, g[12:16]), "qkv_proj.v": (x, g[16:]), "mixed.q": (flat(net.y), m[:, :2].reshape(8, 20)),
                 "mixed.k": (flat(net.y), m[:, 2].reshape(4, 20)), "mixed.v": (flat(net.y), m[:, 3].reshape(4, 20))}


def light(capture):
    """Only singular values and what st(A) needs; the third layer is wider than what is summed whole."""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(nn.Embedding(11, 8), nn.LayerNorm(8), nn.Linear(8, 1100), nn.ReLU(), nn.Linear(1100, 6))

        def forward(self, ids):
            return self.layers(ids)

    net, ids = Net(), torch.randint(0, 11, (30, 10))
    seen = []
    net.layers[4].register_forward_pre_hook(lambda m, a: seen.append(a[0].detach()))
    with capture(net, "light", light=True):
        net(ids).pow(2).mean().backward()
    x = net.layers[1](net.layers[0](ids)).detach()
    return net, {"layers.2": (flat(x), net.layers[2].weight.grad), "layers.4": (flat(seen[0]), net.layers[4].weight.grad),
                 "layers.0": (F.one_hot(ids.flatten(), 11).double(), net.layers[0].weight.grad.t())}


def called_linear(capture):
    """Own classes that are called Linear, one stored (in, out); weights that meet vectors; a weight used in a module and by hand."""
    class Linear(nn.Module):
        def __init__(self, i, o):
            super().__init__()
            self.weight = nn.Parameter(torch.randn(i, o) / 3)

        def forward(self, x):
            return torch.addmm(torch.zeros(self.weight.shape[1]), x, self.weight)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.shared, self.head = Linear(9, 7), nn.Linear(7, 7, bias=False), Linear(7, 3)

        def forward(self, x):
            self.x = self.one(x).tanh()
            self.y = F.linear(self.shared(self.x).tanh(), self.shared.weight).tanh()
            return self.head(self.y)

    net, x = Net(), torch.randn(30, 9)
    with capture(net, "called_linear"):
        net(x).pow(2).mean().backward()
    between = net.shared(net.x).tanh().detach()
    return net, {"one": (x, net.one.weight.grad.t()), "shared": (torch.cat([flat(net.x), between]), net.shared.weight.grad), "head": (flat(net.y), net.head.weight.grad.t())}


def cells(capture):
    """Recurrent cells, called step by step: each step's rows are those of the same sequences."""
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.gru = nn.LSTMCell(6, 5), nn.GRUCell(5, 4)

        def forward(self, x):
            self.rows = [], [], [], []
            h = c = torch.zeros(4, 5)
            g = torch.zeros(4, 4)
            for t in range(x.shape[1]):
                for kept, now in zip(self.rows, (x[:, t], h, None, g)):
                    kept.append(now)
                h, c = self.lstm(x[:, t], (h, c))
                self.rows[2][-1] = h
                g = self.gru(h, g)
            return g

    net, x = Net(), torch.randn(4, 9, 6)
    with capture(net, "cells"):
        net(x).pow(2).mean().backward()
    names = ("lstm.weight_ih", "lstm.weight_hh", "gru.weight_ih", "gru.weight_hh")
    return net, {n: (torch.cat(rows).detach(), net.get_parameter(n).grad) for n, rows in zip(names, net.rows)}


def transformed(capture):
    """Weights that a function of many steps gives: orthogonal parametrization, weight standardisation; an LSTM with projections and dropout."""
    from torch.nn.utils import parametrizations

    class Standardised(nn.Conv2d):
        def forward(self, x):
            w = self.weight
            w = (w - w.mean((1, 2, 3), keepdim=True)) / (w.std((1, 2, 3), keepdim=True) + 1e-5)
            return F.conv2d(x, w, self.bias, self.stride, self.padding)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.turn = Standardised(3, 8, 3), parametrizations.orthogonal(nn.Linear(8, 8))
            self.lstm, self.head = nn.LSTM(8, 6, 2, dropout=0.5, proj_size=3, batch_first=True), nn.Linear(3, 2)

        def forward(self, x):
            self.x = x
            self.y = self.conv(x).relu().flatten(2).transpose(1, 2)
            self.z = self.turn(self.y).tanh()
            self.z.retain_grad()
            self.h = self.lstm(self.z)[0]
            return self.head(self.h)

    net, x = Net(), torch.randn(5, 3, 6, 6)
    with capture(net, "transformed"):
        net(x).pow(2).mean().backward()
    kept = flat(net.z.grad).abs().sum(-1) > 0  # where dropout leaves nothing of a sequence's end, it gets no gradient
    patches = F.unfold(x, 3).transpose(1, 2).reshape(-1, 27)
    return net, {"conv": (patches, net.conv.weight.grad.flatten(1)), "turn": (flat(net.y)[kept], net.turn.parametrizations.weight.original.grad),
                 "lstm.weight_ih_l0": (flat(net.z), net.lstm.weight_ih_l0.grad), "lstm.weight_hr_l1": (None, net.lstm.weight_hr_l1.grad),
                 "lstm.weight_hh_l1": (torch.cat([torch.zeros(5, 1, 3), net.h.detach()[:, :-1]], 1).reshape(-1, 3), net.lstm.weight_hh_l1.grad),
                 "head": (flat(net.h), net.head.weight.grad)}


def encoder_decoder(capture):
    """nn.Transformer: keys and values of cross attention meet what the encoder gives; all units are sequences, whatever attention makes of the layout."""
    net, source, target = nn.Transformer(8, 2, 1, 1, 16, dropout=0, batch_first=True), torch.randn(4, 6, 8), torch.randn(4, 5, 8)
    with capture(net, "encoder_decoder"):
        net(source, target).pow(3).mean().backward()
    memory, layer = net.encoder(source).detach(), net.decoder.layers[0]
    with torch.no_grad():
        asked = layer.norm1(target + layer.self_attn(target, target, target, need_weights=False)[0])
    g = layer.multihead_attn.in_proj_weight.grad
    name = "decoder.layers.0.multihead_attn."
    return net, {name + "q": (flat(asked), g[:8]), name + "k": (flat(memory), g[8:16]), name + "v": (flat(memory), g[16:])}


def picked(capture):
    """Experts picked by index, a matrix for each token: w[i], index_select, i of two dimensions, and a transposed pick."""
    d = 8

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.up, self.down, self.side = nn.Parameter(torch.randn(3, d, 6) / 3), nn.Parameter(torch.randn(3, d, 6) / 3), nn.Parameter(torch.randn(3, d, d) / 3)
            self.seen = {}

        def forward(self, x):
            choice = (x[..., 0] > 0).long() + (x[..., 1] > 0).long()
            h = torch.einsum("btd,btdf->btf", x, self.up[choice]).tanh()
            y = (h[..., None, :] @ self.down[choice].transpose(-1, -2))[..., 0, :].tanh()
            flat_choice, z = choice.flatten(), y.flatten(0, 1)
            self.seen.update(choice=flat_choice, up=flat(x), down=flat(h), side=flat(z))
            return torch.bmm(z[:, None], self.side.index_select(0, flat_choice))[:, 0]

    net, x = Net(), torch.randn(5, 9, d)
    with capture(net, "picked"):
        net(x).pow(2).mean().backward()
    s = net.seen
    truth = {}
    for i in range(3):
        met = s["choice"] == i
        truth.update({"up[%d]" % i: (s["up"][met], net.up.grad[i].t()), "down[%d]" % i: (s["down"][met], net.down.grad[i]),
                      "side[%d]" % i: (s["side"][met], net.side.grad[i].t())})
    return net, truth


def chains(capture):
    """Several weights in one call: einsum of three and four operands, the data first and last, multi_dot; inner, mv and addbmm; weights stacked in the step."""
    d, r, e = 8, 5, 3

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c, self.f = (nn.Parameter(torch.randn(*size) / 3) for size in ((d, r), (r, d), (d, r), (r, d)))
            self.w1, self.w2, self.p = nn.Parameter(torch.randn(e, d, r) / 3), nn.Parameter(torch.randn(e, r, d) / 3), nn.Linear(d, e)
            self.m, self.n, self.inner, self.batch = (nn.Parameter(torch.randn(*size) / 3) for size in ((d, r), (r, d), (d, d), (2, d, d)))
            self.each, self.first = nn.ParameterList(nn.Parameter(torch.randn(d, d) / 3) for _ in range(2)), nn.Parameter(torch.randn(d, d) / 3)
            self.probes = nn.ModuleList(Probe() for _ in range(7))

        def forward(self, x):
            x = torch.stack([self.first.mv(row) for row in x]).tanh()
            x = torch.einsum("nd,dr,rf->nf", self.probes[0](x), self.a, self.b).tanh()
            x = torch.einsum("fr,rd,nd->nf", self.c, self.f, self.probes[1](x)).tanh()
            x = self.probes[2](x)
            x = torch.einsum("nd,edr,erf,ne->nf", x, self.w1, self.w2, self.p(x).softmax(-1)).tanh()
            x = torch.linalg.multi_dot([self.probes[3](x), self.m, self.n]).tanh()
            x = torch.inner(self.probes[4](x), self.inner).tanh()
            x = self.probes[5](x)
            x = torch.addbmm(torch.zeros(()), x.expand(2, -1, -1), self.batch).tanh()
            return torch.einsum("nd,edf->enf", self.probes[6](x), torch.stack(list(self.each))).tanh()

    net, x = Net(), torch.randn(40, d)
    with capture(net, "chains"):
        net(x).pow(3).mean().backward()
    v = [p.rows() for p in net.probes]
    a, f, m, w1 = net.a.detach(), net.f.detach(), net.m.detach(), net.w1.detach()
    truth = {"first": (x, net.first.grad), "a": (v[0], net.a.grad.t()), "b": (v[0] @ a, net.b.grad.t()), "f": (v[1], net.f.grad), "c": (v[1] @ f.t(), net.c.grad),
             "m": (v[3], net.m.grad.t()), "n": (v[3] @ m, net.n.grad.t()), "inner": (v[4], net.inner.grad)}
    truth.update({"w1[%d]" % i: (v[2], net.w1.grad[i].t()) for i in range(e)})
    truth.update({"w2[%d]" % i: (v[2] @ w1[i], net.w2.grad[i].t()) for i in range(e)})
    truth.update({"each.%d" % i: (v[6], net.each[i].grad.t()) for i in range(2)})
    return net, truth


def detached(capture):
    """Two calls of one network, of which the second is detached: its rows get no gradient and are left out, whatever the kind of the layer."""

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.filters, self.table, self.fc = nn.Conv2d(3, 6, 3), nn.Embedding(9, 6), nn.Linear(6, 5)

        def forward(self, x, tokens):
            return self.fc((self.filters(x).tanh().mean((2, 3)) + self.table(tokens)).tanh())

    net, x, other = Net(), torch.randn(12, 3, 6, 6), 4 * torch.randn(12, 3, 6, 6)
    tokens, others = torch.arange(12) % 7, torch.zeros(12, dtype=torch.long)
    with capture(net, "detached"):
        F.mse_loss(net(x, tokens), net(other, others).detach()).backward()
    met = (net.filters(x).tanh().mean((2, 3)) + net.table(tokens)).tanh()
    return net, {"filters": (F.unfold(x, 3).transpose(1, 2).reshape(-1, 27), net.filters.weight.grad.flatten(1)),
                 "table": (F.one_hot(tokens, 9).float(), net.table.weight.grad.t()), "fc": (flat(met), net.fc.weight.grad)}


def parts_apart(capture):
    """The last block of a classifier reads one token: its queries get a gradient there alone, keys and values everywhere. A stack is divided, too."""
    d = 8

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv, self.head, self.probe = nn.Linear(d, 3 * d, bias=False), nn.Linear(d, 4), Probe()
            self.gate_up = nn.Parameter(torch.randn(2, d, 2 * d) / 3)

        def forward(self, x):
            q, k, v = self.qkv(x).chunk(3, -1)
            y = torch.softmax(q[:, :1] @ k.transpose(1, 2) / d**0.5, -1) @ v
            y = self.probe(y[:, 0].expand(2, -1, -1) * torch.tensor([1.0, 2.0]).reshape(2, 1, 1))
            gate, up = torch.bmm(y, self.gate_up).chunk(2, -1)
            return self.head((gate.sigmoid() * up).sum(0))

    net, x = Net(), torch.randn(12, 6, d)
    with capture(net, "parts_apart", split={"qkv": ("q", "k", "v"), "gate_up": ("gate", "up")}):
        net(x).pow(3).mean().backward()
    g, seen = net.qkv.weight.grad, net.probe.seen[0]
    truth = {"qkv.q": (x[:, 0], g[:d]), "qkv.k": (flat(x), g[d : 2 * d]), "qkv.v": (flat(x), g[2 * d :])}
    for i in range(2):
        for name, part in zip(("gate", "up"), net.gate_up.grad[i].chunk(2, -1)):
            truth["gate_up[%d].%s" % (i, name)] = (seen[i], part.t())
    return net, truth


CASES = [picked, chains, detached, parts_apart, cells, transformed, encoder_decoder, called_linear, raw_slices, experts_of_every_kind, recurrent, convolutions_of_every_kind, bags_and_tables, parametrized, lora, attention_of_torch, checkpointed,
         padded, cast, grouped_queries, light]


def captured(case, folder):
    """Runs a case; gives its network and truth."""
    torch.manual_seed(11)
    return case(lambda net, name, **options: specgd_capture.capture(net, "%s/%s.safetensors" % (folder, name), step=1, **options))


def run(folder, expect_network):
    """All cases: expect_network(case, layer, rows or None, gradient or None)."""
    check_division(folder)
    for case in CASES:
        _, truth = captured(case, folder)
        for layer, (rows, gradient) in truth.items():
            expect_network(case.__name__, layer, rows, gradient)


def read(path):
    """(description, tensors) of a capture."""
    with open(path, "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    description = json.loads(header.pop("__metadata__")["specgd"])
    kinds = {"F64": torch.float64, "F32": torch.float32, "I64": torch.int64}
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = torch.frombuffer(bytearray(data[8 + size + begin : 8 + size + end]), dtype=kinds[entry["dtype"]]).reshape(entry["shape"])
    return description, tensors


def check_division(folder):
    """What a fused projection is undivided, and what dividing it promises, against torch's own SVD."""
    torch.manual_seed(11)
    net, _ = grouped_queries(lambda net, name, **options: specgd_capture.capture(net, folder + "/division.safetensors", step=1, **options))
    description, _ = read(folder + "/division.safetensors")
    s = torch.linalg.svdvals(net.qkv_proj.weight.grad.double())
    parts = sum(float(torch.linalg.svdvals(g.double()).sum()) ** 2 for g in net.qkv_proj.weight.grad.split([12, 4, 4]))
    for layer in description["layers"][:3]:
        assert abs(layer["whole_nuclear_rank"] / float(s.sum() ** 2 / (s**2).sum()) - 1) < TOLERANCE
        assert abs(layer["splitting_gain"] / (parts / float(s.sum()) ** 2) - 1) < TOLERANCE
    assert [layer.get("part_begin") for layer in description["layers"]] == [0, 12, 16, None, None, None]


def measured(layer, tensors):
    """(st, nr) that the file gives for a layer."""
    stable = nuclear = None
    if "token_counts" in layer:
        counts = tensors[layer["token_counts"]].double()
        stable = float(counts.sum() / counts.max())
    elif "gram_largest" in layer:
        stable = layer["gram_trace"] / layer["gram_largest"]
    elif "gram" in layer:
        values = torch.linalg.eigvalsh(tensors[layer["gram"]])
        stable = float(values.sum() / values[-1])
    if "gradient" in layer or "gradient_spectrum" in layer:
        s = tensors[layer["gradient_spectrum"]] if "gradient_spectrum" in layer else torch.linalg.svdvals(tensors[layer["gradient"]].double())
        nuclear = float(s.sum() ** 2 / (s**2).sum()) if float(s.sum()) > 0 else None
    return stable, nuclear


def main():
    """Compares without the diagnosis, for a PyTorch that the tests do not run with."""
    folder, failed, count = sys.argv[1], [], 0

    def check(case, layer, rows, gradient):
        nonlocal count
        description, tensors = read("%s/%s.safetensors" % (folder, case))
        found = next((entry for entry in description["layers"] if entry["name"] == layer), None)
        if found is None:
            failed.append("%s: %s is missing; there are %s" % (case, layer, [entry["name"] for entry in description["layers"]]))
            return
        got = measured(found, tensors)
        a = None if rows is None else torch.linalg.svdvals(rows.double())
        g = None if gradient is None else torch.linalg.svdvals(gradient.double())
        wanted = (None if a is None else float((a**2).sum() / a[0] ** 2), None if g is None else float(g.sum() ** 2 / (g**2).sum()))
        for what, have, want in zip(("st", "nr"), got, wanted):
            count += 1
            if want is not None and not (have is not None and abs(have / want - 1) <= TOLERANCE):
                failed.append("%s: %s of %s is %s, torch says %s" % (case, what, layer, have, want))

    run(folder, check)
    print("\n".join(failed) or "PyTorch %s: all %d numbers agree" % (torch.__version__, count))
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
