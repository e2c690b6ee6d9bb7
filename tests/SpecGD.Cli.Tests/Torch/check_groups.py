"""Runs pasted parameter groups against the transformer that was captured, with stand-ins that only look at what the optimizers are given.

Usage: check_groups.py FOLDER; prints the names of the spectral parameters, one line an optimizer.
"""

import ast
import os
import sys
import types

import torch

folder = sys.argv[1]
import capture_networks  # noqa: E402

model = capture_networks.Transformer()
names = {id(p): n for n, p in model.named_parameters()}


def check(spectral, rest):
    """Every parameter is in exactly one group."""
    given = [id(p) for p in spectral + rest]
    assert sorted(given) == sorted(names), "each parameter once"
    print(" ".join(names[id(p)] for p in spectral))


def read(name):
    with open(os.path.join(folder, name + ".py")) as file:
        return file.read()


def run(name, module=None, **classes):
    if module:
        sys.modules[module] = types.SimpleNamespace(**classes)
    exec(compile(read(name), name, "exec"), {"model": model})


class Torch:
    def __init__(self, params, **options):
        params = list(params)
        assert params, "torch.optim refuses an empty list"
        Torch.spectral, Torch.options = list(params), options
        assert all(p.dim() == 2 for p in Torch.spectral)


torch.optim.Muon = Torch
adamw = torch.optim.AdamW
torch.optim.AdamW = lambda groups, **options: setattr(Torch, "rest", [p for group in groups for p in group["params"]])
run("torch")
torch.optim.AdamW = adamw
check(Torch.spectral, Torch.rest)


class Keller:
    def __init__(self, groups):
        allowed = {True: {"params", "lr", "momentum", "weight_decay", "use_muon"}, False: {"params", "lr", "betas", "eps", "weight_decay", "use_muon"}}
        assert all(set(group) <= allowed[group["use_muon"]] for group in groups)
        for group in groups:
            for p in group["params"] if group["use_muon"] else []:
                rows, columns = p.shape
                out, into = (columns, rows) if "mlp" in names[id(p)] else (rows, columns)  # the MLP is stored (in, out)
                scale = group["lr"] * max(1, rows / columns) ** 0.5
                assert abs(scale - 0.02 * max(1, out / into) ** 0.5) < 1e-9, "the layout must not change the step"
        check([p for g in groups if g["use_muon"] for p in g["params"]], [p for g in groups if not g["use_muon"] for p in g["params"]])


run("keller-jordan", "muon", MuonWithAuxAdam=Keller)


class Dion:
    def __init__(self, groups, lr, weight_decay, nesterov, adjust_lr):
        assert adjust_lr == "rms_norm"
        muon, divided = ([p for g in groups if g["algorithm"] == "muon" and ("num_heads" in g) == d for p in g["params"]] for d in (False, True))
        check(muon, divided + [p for g in groups if g["algorithm"] == "adamw" for p in g["params"]])


run("dion", "dion", Muon=Dion)
ast.parse(read("optax"))
