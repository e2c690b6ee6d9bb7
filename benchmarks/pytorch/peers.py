#!/usr/bin/env python3
"""What two experiments cost as straightforward PyTorch programs: the times that docs/performance.md sets beside those of `specgd bench`.

    OPENBLAS_NUM_THREADS=1 python3 benchmarks/pytorch/peers.py stable-rank-sweep
    OPENBLAS_NUM_THREADS=1 python3 benchmarks/pytorch/peers.py relu-spectrum

Polar factor and nuclear norm come from the eigenvectors of the Gram matrix, loss and nuclear rank are recorded at every step, and every method
of the experiment is run; nothing is drawn or written. On processors that an older OpenBLAS does not know, set OPENBLAS_CORETYPE (SKYLAKEX with
AVX-512) for both programs, or it takes kernels of 2004.
"""
import argparse
import time

import torch

torch.set_default_dtype(torch.float64)


def polar(gradient):
    """Polar factor and nuclear norm over the directions whose eigenvalue is positive."""
    values, vectors = torch.linalg.eigh(gradient.T @ gradient)
    roots = values.clamp(min=0).sqrt()
    kept = vectors[:, roots > 0]
    return gradient @ ((kept / roots[roots > 0]) @ kept.T), float(roots.sum())


def train(features, target, weight, first, steps, spectral):
    """A trajectory with natural steps; its losses, its nuclear ranks and its iterates."""
    samples = features.shape[1]
    squared = float(torch.linalg.matrix_norm(features, ord="fro" if spectral else 2)) ** 2
    weight = weight.clone().requires_grad_()
    losses, ranks, iterates = [], [], []
    for _ in range(first, steps):
        loss = ((weight - target) @ features).square().sum() / (2 * samples)
        loss.backward()
        gradient = weight.grad
        factor, nuclear = polar(gradient)
        losses.append(float(loss))
        ranks.append(nuclear**2 / max(float(gradient.square().sum()), 1e-300))
        with torch.no_grad():
            if not spectral:
                iterates.append(weight.detach().clone())
            weight -= samples / squared * (nuclear * factor if spectral else gradient)
        weight.grad = None
    return losses, ranks, iterates


def stable_rank_sweep(dim=200, steps=400, count=8):
    """Gradient descent, SpecGD, and SpecGD from the peak of the nuclear rank, with features I + λ11ᵀ."""
    torch.manual_seed(0)
    for shift in torch.linspace(0, 0.12, count):
        features = torch.eye(dim) + float(shift)
        target = torch.randn(dim, dim) / dim**0.5
        zero = torch.zeros(dim, dim)
        _, ranks, iterates = train(features, target, zero, 0, steps, spectral=False)
        train(features, target, zero, 0, steps, spectral=True)
        peak = max(range(steps), key=ranks.__getitem__)
        train(features, target, iterates[peak], peak, steps, spectral=True)


def relu_spectrum(dims=(128, 256, 512, 1024)):
    """All singular values of ReLU features."""
    torch.manual_seed(0)
    for dim in dims:
        weight = torch.randn(2 * dim, dim) / dim**0.5
        torch.linalg.svdvals(torch.relu(weight @ torch.randn(dim, 8 * dim)))


def main():
    """Times one of the two."""
    experiments = {"stable-rank-sweep": stable_rank_sweep, "relu-spectrum": relu_spectrum}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("experiment", choices=experiments)
    name = parser.parse_args().experiment
    begin = time.perf_counter()
    experiments[name]()
    print(f"{name}: {time.perf_counter() - begin:.1f} s, PyTorch {torch.__version__}, {torch.get_num_threads()} threads")


if __name__ == "__main__":
    main()
