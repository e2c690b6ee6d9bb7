"""Runs the pasted groups of a diagnosis against the parameters of its capture, with stand-ins that refuse what the optimizers refuse.

Usage: run_groups.py CAPTURE FOLDER; prints for each optimizer the names that it gives to Muon, as JSON.
"""

import ast
import json
import os
import sys
import types

import torch
from torch import nn

from product_networks import read

description, _ = read(sys.argv[1])
folder = sys.argv[2]
parameters = {}
for layer in description["layers"]:
    parameters.setdefault(layer["parameter"], nn.Parameter(torch.zeros(layer["stored_shape"])))
for name in description["other_parameters"]:
    parameters.setdefault(name, nn.Parameter(torch.zeros(3)))
names = {id(p): name for name, p in parameters.items()}
model = types.SimpleNamespace(named_parameters=lambda: iter(parameters.items()), named_children=lambda: iter([]))
found = {}


def run(name, module=None, **classes):
    if module:
        sys.modules[module] = types.SimpleNamespace(**classes)
    with open(os.path.join(folder, name + ".py")) as file:
        scope = {"model": model}
        exec(compile(file.read(), name, "exec"), scope)
    return scope


def once(given):
    assert sorted(id(p) for p in given) == sorted(names), "each parameter once"


class TorchMuon(torch.optim.Optimizer):
    """As torch.optim.Muon: two-dimensional parameters only, and no empty list (which torch.optim.Optimizer itself refuses)."""

    def __init__(self, params, lr=1e-3, weight_decay=0.1, momentum=0.95, nesterov=True, ns_coefficients=None, eps=1e-7, ns_steps=5, adjust_lr_fn=None):
        super().__init__(params, {})
        assert adjust_lr_fn in (None, "original", "match_rms_adamw")
        assert all(p.ndim == 2 for group in self.param_groups for p in group["params"])


if not hasattr(torch.optim, "Muon"):
    torch.optim.Muon = TorchMuon
scope = run("torch")
taken = {type(o).__name__.replace("Torch", ""): [p for g in o.param_groups for p in g["params"]] for o in scope["optimizers"]}
once([p for some in taken.values() for p in some])
found["torch"] = sorted(names[id(p)] for p in taken.get("Muon", []))
found["spectral"] = sorted(scope["spectral"])
for group in (g for o in scope["optimizers"] if type(o).__name__ == "AdamW" for g in o.param_groups):
    assert all(p.ndim >= 2 and names[id(p)] not in scope["tables"] for p in group["params"]) or group["weight_decay"] == 0, "decay on a bias, gain or table"


class Keller(torch.optim.Optimizer):
    def __init__(self, groups):
        assert groups and all(group["params"] for group in groups)
        once([p for g in groups for p in g["params"]])
        found["keller-jordan"] = sorted(names[id(p)] for g in groups if g["use_muon"] for p in g["params"])
        assert all(p.ndim >= 2 for g in groups if g["use_muon"] for p in g["params"])


run("keller-jordan", "muon", MuonWithAuxAdam=Keller)


class Dion:
    def __init__(self, groups, lr, weight_decay, nesterov, adjust_lr):
        assert groups and all(group["params"] for group in groups)
        once([p for g in groups for p in g["params"]])
        found["dion"] = sorted(names[id(p)] for g in groups if g["algorithm"] == "muon" and "num_heads" not in g for p in g["params"])
        found["divided"] = {names[id(p)]: g["num_heads"] for g in groups if "num_heads" in g for p in g["params"]}
        for g in (g for g in groups if "num_heads" in g):
            assert not g.get("flatten") and all(p.ndim == 2 and p.shape[0] % g["num_heads"] == 0 for p in g["params"])
        assert all(p.ndim == 2 or g.get("flatten") or p.ndim == 3 for g in groups if g["algorithm"] == "muon" for p in g["params"])


run("dion", "dion", Muon=Dion)
with open(os.path.join(folder, "optax.py")) as file:
    ast.parse(file.read())
print(json.dumps(found))
