"""Captures several networks with specgd_capture and writes beside each file what torch itself measures, by SVD in double precision.

Usage: capture_networks.py OUTPUT, with specgd_capture.py beside this file
Every network is called NAME; OUTPUT/NAME.safetensors is the capture, OUTPUT/expected.json has for each NAME and layer st(A) and nr(G).
The activations here are recorded whole by plain hooks, independently of the module under test.
"""

import json
import math
import os
import sys

import torch
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import placed_networks  # noqa: E402
import product_networks  # noqa: E402
import specgd_capture  # noqa: E402

OUT = sys.argv[1]
EXPECTED = {}
torch.set_num_threads(1)


def nuclear_rank(g):
    s = torch.linalg.svdvals(g.double())
    return float(s.sum() ** 2 / (s**2).sum())


def stable_rank(a):
    s = torch.linalg.svdvals(a.double())
    return float((s**2).sum() / s[0] ** 2)


def expect(network, layer, g, a=None, st=None):
    EXPECTED.setdefault(network, {})[layer] = {"nuclear_rank": nuclear_rank(g), "stable_rank": stable_rank(a) if a is not None else st}


def whole(network, layer, a, g):
    """As `expect`, where one of both may not be known."""
    EXPECTED.setdefault(network, {})[layer] = {
        "nuclear_rank": None if g is None else nuclear_rank(g), "stable_rank": None if a is None else stable_rank(a)}


def record(model):
    """Inputs of every module, one list a module."""
    seen, handles = {}, []
    for name, module in model.named_modules():
        if name:
            handles.append(module.register_forward_pre_hook(lambda m, x, n=name: seen.setdefault(n, []).append(x[0].detach().clone())))
    return seen, handles


def rows(tensors):
    return torch.cat([t.reshape(-1, t.shape[-1]) for t in tensors])


def finish(handles):
    for handle in handles:
        handle.remove()


def relu_mlp():
    """Three micro-batches accumulate into one gradient."""
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, 5))
    seen, handles = record(model)
    state = torch.get_rng_state()
    with specgd_capture.capture(model, OUT + "/mlp.safetensors", step=100):
        same = torch.equal(state, torch.get_rng_state())
        for i in range(3):
            x = torch.sin(torch.arange(400 * 20).reshape(400, 20) * (0.37 + i))
            ((model(x) - x[:, :5] ** 2) ** 2).mean().div(3).backward()
    assert same and torch.equal(state, torch.get_rng_state()), "the capture must not touch the generator"
    finish(handles)
    for layer in ("0", "2", "4"):
        expect("mlp", layer, model.get_submodule(layer).weight.grad, rows(seen[layer]))
    assert not any(m._forward_pre_hooks for m in model.modules()), "hooks must be removed"


class Attention(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.qkv, self.proj, self.heads = nn.Linear(d, 3 * d, bias=False), nn.Linear(d, d, bias=False), heads

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = (y.reshape(b, t, self.heads, -1).transpose(1, 2) for y in self.qkv(x).chunk(3, dim=-1))
        scores = q @ k.transpose(-1, -2) / math.sqrt(d // self.heads)
        scores = scores.masked_fill(torch.ones(t, t).triu(1).bool(), -math.inf)
        return self.proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, t, d))


class RMSNorm(nn.Module):
    def __init__(self, d, eps=1e-6):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(d)), eps

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps))


class Conv1D(nn.Module):
    """As Hugging Face's: the weight is stored (in, out)."""

    def __init__(self, nf, nx):
        super().__init__()
        self.nf = nf
        self.weight, self.bias = nn.Parameter(torch.randn(nx, nf) * 0.1), nn.Parameter(torch.zeros(nf))

    def forward(self, x):
        return torch.addmm(self.bias, x.reshape(-1, x.shape[-1]), self.weight).reshape(*x.shape[:-1], self.nf)


class Block(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.ln1, self.attn, self.norm2 = nn.LayerNorm(d), Attention(d, heads), RMSNorm(d)
        self.mlp = nn.ModuleDict({"c_fc": Conv1D(4 * d, d), "c_proj": Conv1D(d, 4 * d)})

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.mlp["c_proj"](F.gelu(self.mlp["c_fc"](self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self, vocabulary=50, d=32, heads=4, layers=2, tied=False):
        super().__init__()
        self.embed, self.position = nn.Embedding(vocabulary, d), nn.Embedding(24, d)
        self.blocks = nn.ModuleList([Block(d, heads) for _ in range(layers)])
        self.norm, self.lm_head = nn.LayerNorm(d), nn.Linear(d, vocabulary, bias=False)
        if tied:
            self.lm_head.weight = self.embed.weight

    def forward(self, tokens):
        x = self.embed(tokens) + self.position(torch.arange(tokens.shape[1]).expand_as(tokens))
        for block in self.blocks:
            x = block(x)
        return self.lm_head(self.norm(x))


def tokens_of(batch, length, vocabulary, seed):
    generator = torch.Generator().manual_seed(seed)
    weights = 1 / torch.arange(1, vocabulary + 1).float()
    return torch.multinomial(weights, batch * (length + 1), replacement=True, generator=generator).reshape(batch, length + 1)


def loss_of(model, tokens):
    logits = model(tokens[:, :-1])
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), tokens[:, 1:].reshape(-1))


def transformer(name, tied, steps=(0,), scale=1.0):
    torch.manual_seed(2)
    model = Transformer(tied=tied)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for step in range(max(steps) + 1):
        tokens = tokens_of(16, 24, 50, step)
        optimizer.zero_grad()
        if step not in steps:
            loss_of(model, tokens).backward()
            optimizer.step()
            continue
        seen, handles = record(model)
        file = "%s%s" % (name, "" if len(steps) == 1 else "_step%d" % step)
        with specgd_capture.capture(model, "%s/%s.safetensors" % (OUT, file), step=step, split={"blocks.*.attn.qkv": ("q", "k", "v")}, scaler=scale):
            (loss_of(model, tokens) * scale).backward()
        finish(handles)
        for p in {id(p): p for p in model.parameters()}.values():
            p.grad.div_(scale)
        expect_transformer(file, model, seen, tokens)
        optimizer.step()


def expect_transformer(network, model, seen, tokens):
    for i, block in enumerate(model.blocks):
        for j, part in enumerate("qkv"):
            met = rows(seen["blocks.%d.attn.qkv" % i]).reshape(16, 24, -1)
            met = met[:, 1:] if part == "q" else met  # the first token sees itself alone, whatever it asks: its query gets no gradient
            expect(network, "blocks.%d.attn.qkv.%s" % (i, part), block.attn.qkv.weight.grad[32 * j : 32 * (j + 1)], met.flatten(0, 1))
        expect(network, "blocks.%d.attn.proj" % i, block.attn.proj.weight.grad, rows(seen["blocks.%d.attn.proj" % i]))
        for layer in ("c_fc", "c_proj"):
            expect(network, "blocks.%d.mlp.%s" % (i, layer), block.mlp[layer].weight.grad, rows(seen["blocks.%d.mlp.%s" % (i, layer)]))
        x = rows(seen["blocks.%d.norm2" % i]).double()
        gain(network, "blocks.%d.norm2" % i, block.norm2.weight.grad, x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))
        x = rows(seen["blocks.%d.ln1" % i]).double()
        x = (x - x.mean(-1, keepdim=True)) / torch.sqrt(x.var(-1, unbiased=False, keepdim=True) + 1e-5)
        gain(network, "blocks.%d.ln1" % i, block.ln1.weight.grad, x)
    expect(network, "lm_head", model.lm_head.weight.grad, rows(seen["lm_head"]))
    one_hot = F.one_hot(tokens[:, :-1].flatten(), 50).double()
    expect(network, "embed", model.embed.weight.grad, one_hot)
    expect(network, "position", model.position.weight.grad, st=24.0)


def gain(network, layer, g, a):
    g = g.double()
    EXPECTED.setdefault(network, {})[layer] = {"nuclear_rank": float(g.abs().sum() ** 2 / (g**2).sum()), "stable_rank": stable_rank(a)}


def convolutions():
    """Strides, paddings, dilation, groups, and a Conv1d; the patches that torch's own unfold gives are the reference."""
    torch.manual_seed(3)
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(8, 12, (3, 2), padding="same", dilation=2), nn.ReLU(),
        nn.Conv2d(12, 6, 3, groups=2, padding=1, padding_mode="circular"), nn.Flatten(2), nn.Conv1d(6, 4, 5, padding=2, stride=3), nn.Flatten(), nn.Linear(88, 10))
    seen, handles = record(model)
    x = torch.randn(10, 3, 16, 16)
    with specgd_capture.capture(model, OUT + "/conv.safetensors", step=1):
        F.cross_entropy(model(x), torch.arange(10)).backward()
    finish(handles)

    def matrix(layer):
        return model[layer].weight.grad.flatten(1)

    def patches(unfolded):
        return unfolded.transpose(1, 2).reshape(-1, unfolded.shape[1])

    expect("conv", "0", matrix(0), patches(F.unfold(seen["0"][0], 3, padding=1, stride=2)))
    padded = F.pad(seen["2"][0], (1, 1, 2, 2))
    expect("conv", "2", matrix(2), patches(F.unfold(padded, (3, 2), dilation=2)))
    padded = F.pad(seen["4"][0], (1, 1, 1, 1), mode="circular")
    for group in range(2):
        expect("conv", "4.group%d" % group, matrix(4)[3 * group : 3 * group + 3], patches(F.unfold(padded[:, 6 * group : 6 * group + 6], 3)))
    one = F.pad(seen["6"][0], (2, 2)).unfold(2, 5, 3)
    expect("conv", "6", matrix(6), one.permute(0, 2, 1, 3).reshape(-1, 30))
    expect("conv", "8", matrix(8), rows(seen["8"]))


def ranks():
    """Two processes of one step: each file has its own activations, the gradient is the mean in both."""
    torch.manual_seed(4)
    model = nn.Sequential(nn.Linear(16, 24), nn.Tanh(), nn.Linear(24, 3))
    inputs = [torch.randn(300, 16), torch.randn(500, 16) * 2]
    full, handles = record(model)
    for x in inputs:
        (model(x) ** 2).mean().div(2).backward()
    finish(handles)
    mean = [p.grad.clone() for p in model.parameters()]
    for rank, x in enumerate(inputs):
        model.zero_grad()
        recorder = specgd_capture.Recorder(model)
        recorder.start()
        (model(x) ** 2).mean().backward()
        recorder.stop()
        for p, g in zip(model.parameters(), mean):
            p.grad = g.clone()
        specgd_capture._rank = lambda r=rank: (r, 2)
        recorder.save(OUT + "/rank{rank}.safetensors", step=7)
    specgd_capture._rank = lambda: (0, 1)
    for layer, g in (("0", mean[0]), ("2", mean[2])):
        expect("ranks", layer, g, rows(full[layer]))


def special():
    """Frozen, shared, cleared and fused layers; the output projection of nn.MultiheadAttention; a double-precision model."""
    torch.manual_seed(5)

    class Special(nn.Module):
        def __init__(self):
            super().__init__()
            self.frozen, self.shared, self.idle = nn.Linear(12, 12), nn.Linear(12, 12), nn.Linear(12, 12)
            self.self_attn, self.dead, self.head = nn.MultiheadAttention(12, 3, batch_first=True), nn.Linear(12, 12), nn.Linear(12, 4)
            self.frozen.weight.requires_grad_(False)

        def forward(self, x):
            x = self.shared(torch.tanh(self.shared(torch.tanh(self.frozen(x)))))
            x = x + self.self_attn(x, x, x, need_weights=False)[0]
            return self.head(x + 0 * self.dead(x))

    model = Special().double()
    seen, handles = record(model)
    x = torch.randn(20, 6, 12, dtype=torch.float64)
    with specgd_capture.capture(model, OUT + "/special.safetensors", step=3):
        model(x).pow(2).mean().backward()
    finish(handles)
    expect("special", "shared", model.shared.weight.grad, rows(seen["shared"]))
    expect("special", "head", model.head.weight.grad, rows(seen["head"]))
    for i, part in enumerate("qkv"):
        expect("special", "self_attn." + part, model.self_attn.in_proj_weight.grad[12 * i : 12 * i + 12], rows(seen["self_attn"]))
    with torch.no_grad():
        q, k, v = (t.reshape(20, 6, 3, 4).transpose(1, 2) for t in F.linear(seen["self_attn"][0], model.self_attn.in_proj_weight, model.self_attn.in_proj_bias).chunk(3, -1))
        mixed = ((q @ k.transpose(-1, -2) / 2).softmax(-1) @ v).transpose(1, 2).reshape(20, 6, 12)
    expect("special", "self_attn.out_proj", model.self_attn.out_proj.weight.grad, rows([mixed]))


def sampled():
    """Above the limit rows are drawn at random; the estimate must be near the truth, and the large gradient goes as its Gram matrix."""
    torch.manual_seed(6)
    model = nn.Sequential(nn.Linear(24, 40), nn.ReLU(), nn.Linear(40, 6))
    x = torch.randn(6000, 24) * torch.linspace(0.2, 2, 24)
    seen, handles = record(model)
    with specgd_capture.capture(model, OUT + "/sampled.safetensors", step=1, max_rows=1000, max_gradient=200, keep_rows=64):
        (model(x) ** 2).mean().backward()
    finish(handles)
    for layer in ("0", "2"):
        expect("sampled", layer, model.get_submodule(layer).weight.grad, rows(seen[layer]))


def interleaved():
    torch.manual_seed(7)
    assert specgd_capture._path_of("a/b.safetensors", 3, 4) == "a/b-rank3.safetensors"
    model = nn.Sequential(nn.Linear(8, 24))
    with specgd_capture.capture(model, OUT + "/interleaved.safetensors", step=1, split={"0": specgd_capture.interleaved("qkv", heads=2)}):
        (model(torch.randn(200, 8)) ** 3).sum().backward()
    g = model[0].weight.grad.reshape(2, 3, 4, 8)
    for i, part in enumerate("qkv"):
        expect("interleaved", "0." + part, g[:, i].reshape(8, 8), st=None)


def refusals():
    """What cannot be right is an error at once, and nothing is written where the training step fails."""
    model = nn.Sequential(nn.Linear(4, 6))
    for split in ({"attn.*": "qkv"}, {"0": ("q", "k", "v", "x")}, {"0": {"q": 4, "k": 1}}):
        try:
            specgd_capture.Recorder(model, split=split)
        except ValueError:
            continue
        raise AssertionError("accepted %r" % (split,))
    try:
        with specgd_capture.capture(model, OUT + "/failed.safetensors"):
            raise KeyError("the step failed")
    except KeyError:
        pass
    assert not os.path.exists(OUT + "/failed.safetensors") and not any("tmp" in f for f in os.listdir(OUT))
    assert not model[0]._forward_pre_hooks


if __name__ == "__main__":
    relu_mlp()
    transformer("transformer", tied=False)
    transformer("tied", tied=True, scale=1024.0)
    transformer("trained", tied=False, steps=(0, 10, 20))
    convolutions()
    ranks()
    special()
    sampled()
    interleaved()
    refusals()
    product_networks.run(OUT, whole)
    placed_networks.run(OUT)
    with open(OUT + "/expected.json", "w") as file:
        json.dump(EXPECTED, file)
