"""How often the 95 % intervals of st(A) and nr(G) hold the truth, on networks where it is known.

python3 tests/SpecGD.Cli.Tests/Torch/interval_coverage.py [DRAWS] prints, for each network, batch and layer, what share of DRAWS (100) mini-batches gave an
interval that holds st or nr of the distribution. Every batch is captured with noise=True and diagnosed by the program.
"""
import json
import os
import subprocess
import sys
import tempfile

import torch
from torch import nn

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
sys.path.insert(0, os.path.join(ROOT, "python"))
import specgd_capture  # noqa: E402

#: Rows from which the truth is computed: its own error is a hundredth of the intervals' widths.
MANY, PIECES = 50000, 10

#: Share of the variance that the rows of a sequence have in common.
COMMON = 0.7


def perceptron(widths, activation):
    layers = [layer for a, b in zip(widths, widths[1:]) for layer in (nn.Linear(a, b), activation())]
    return nn.Sequential(*layers[:-1])


class Task:
    def __init__(self, name, widths, activation, scale, label_noise=0.0):
        self.name, self.net, self.scale, self.label_noise = name, perceptron(widths, activation), scale, label_noise
        self.teacher = nn.Sequential(nn.Linear(widths[0], 16), nn.Tanh(), nn.Linear(16, widths[-1]))

    def loss(self, x):
        x = x * self.scale
        y = self.teacher(x).detach()
        return (self.net(x) - y - self.label_noise * torch.randn_like(y)).pow(2).mean()

    def rows(self, sequences, length):
        shape = (sequences, length, len(self.scale))
        if length == 1:
            return torch.randn(sequences, len(self.scale))
        return torch.randn(sequences, 1, shape[2]) * COMMON**0.5 + torch.randn(*shape) * (1 - COMMON) ** 0.5

    def truth(self):
        """{layer: (st, nr)} of the distribution; the marginals of rows in sequences are those of single rows."""
        grams, self_layers = {}, {name: layer for name, layer in self.net.named_children() if isinstance(layer, nn.Linear)}
        hooks = [layer.register_forward_pre_hook(lambda m, x, n=name: grams.__setitem__(n, grams.get(n, 0) + x[0].detach().double().T @ x[0].detach().double()))
                 for name, layer in self_layers.items()]
        self.net.zero_grad()
        for _ in range(PIECES):
            self.loss(self.rows(MANY, 1)).backward()
        for hook in hooks:
            hook.remove()
        return {name: (float(grams[name].trace() / torch.linalg.eigvalsh(grams[name])[-1]), nuclear_rank(layer.weight.grad)) for name, layer in self_layers.items()}


def nuclear_rank(gradient):
    s = torch.linalg.svdvals(gradient.double())
    return float(s.sum() ** 2 / (s**2).sum())


def diagnosed(task, sequences, length, draws, folder):
    files = []
    for i in range(draws):
        task.net.zero_grad()
        files.append(os.path.join(folder, "%d.safetensors" % i))
        with specgd_capture.capture(task.net, files[-1], step=i, noise=True):
            task.loss(task.rows(sequences, length)).backward()
    out = subprocess.run([os.path.join(ROOT, "specgd"), "diagnose", *files, "--json"], capture_output=True, text=True, check=True).stdout
    return json.loads(out)["layers"]


def main():
    torch.manual_seed(1)
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    tasks = [
        Task("ReLU 12-32-24-5", (12, 32, 24, 5), nn.ReLU, torch.linspace(0.3, 2, 12)),
        Task("tanh 32-32-32-8, white inputs, noisy labels", (32, 32, 32, 8), nn.Tanh, torch.ones(32), label_noise=0.3),
        Task("ReLU 64-96-64, decaying inputs", (64, 96, 64), nn.ReLU, torch.arange(1, 65).float() ** -0.7),
    ]
    print("| network | batch | layer | st | measured | held | nr | measured | held |\n| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for task in tasks:
        truth = task.truth()
        for sequences, length in ((8, 64), (24, 16), (128, 1), (512, 1)):
            with tempfile.TemporaryDirectory() as folder:
                layers = diagnosed(task, sequences, length, draws, folder)
            for name, (stable, nuclear) in truth.items():
                own = [layer for layer in layers if layer["name"] == name]
                held = [sum(low <= t <= high for low, high in (layer[key] for layer in own)) for t, key in ((stable, "stable_rank_interval"), (nuclear, "nuclear_rank_interval"))]
                mean = [sum(layer[key] for layer in own) / len(own) for key in ("stable_rank", "nuclear_rank")]
                batch = "%d sequences of %d" % (sequences, length) if length > 1 else "%d rows" % sequences
                print("| %s | %s | %s | %.2f | %.2f | %d %% | %.2f | %.2f | %d %% |" % (
                    task.name, batch, name, stable, mean[0], round(100 * held[0] / len(own)), nuclear, mean[1], round(100 * held[1] / len(own))), flush=True)


if __name__ == "__main__":
    main()
