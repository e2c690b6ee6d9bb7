"""What only PyTorch 2 has: compiled models, sharded ones (FSDP2, FSDP1) and replicated ones (DDP), captured and compared with the plain network.

    PYTHONPATH=python python3 tests/SpecGD.Cli.Tests/Torch/modern_networks.py FOLDER

Needs no GPU: compilation by the backend aot_eager, two processes with gloo. With an older PyTorch it says so and does nothing.
"""

import os
import sys

import torch
import torch.distributed
from torch import nn

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import specgd_capture  # noqa: E402
from product_networks import TOLERANCE, measured, read  # noqa: E402


class Block(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.up, self.raw = nn.Linear(d, 2 * d), nn.Parameter(torch.randn(2 * d, d) / 4)

    def forward(self, x):
        return x + self.up(x).relu() @ self.raw


class Net(nn.Module):
    def __init__(self, d=8):
        super().__init__()
        self.embed, self.blocks, self.head = nn.Embedding(20, d), nn.ModuleList(Block(d) for _ in range(2)), nn.Linear(d, 20)

    def forward(self, ids):
        x = self.embed(ids)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def made():
    torch.manual_seed(3)
    return Net(), torch.randint(0, 20, (8, 10))


def loss_of(model, ids):
    return nn.functional.cross_entropy(model(ids).flatten(0, 1), ids.flatten())


def numbers(paths):
    """Layer -> (st, nr) of one file, or of the files of two ranks put together."""
    found = {}
    for path in paths:
        description, tensors = read(path)
        for layer in description["layers"]:
            gram = tensors[layer["gram"]] if "gram" in layer else torch.diag(tensors[layer["token_counts"]].double())
            before = found.get(layer["name"])
            found[layer["name"]] = (gram if before is None else before[0] + gram, measured(layer, tensors)[1])
    out = {}
    for name, (gram, nuclear) in found.items():
        values = torch.linalg.eigvalsh(gram)
        out[name] = (float(values.sum() / values[-1]), nuclear)
    return out


def compare(what, got, want):
    assert list(got) == list(want), "%s: %s for %s" % (what, list(got), list(want))
    for name in want:
        for a, b in zip(got[name], want[name]):
            assert abs(a / b - 1) <= TOLERANCE, "%s: %s is %s, not %s" % (what, name, got[name], want[name])
    print(what, "agrees:", len(want), "layers")


def compiled(folder, want):
    """A compiled model (given as it is, or as what it was compiled from), a compiled block, and one that ran compiled before."""
    for what in ("whole", "inner", "blocks", "warm"):
        net, ids = made()
        if what == "blocks":
            for block in net.blocks:
                block.compile(backend="aot_eager")
            run = net
        else:
            run = torch.compile(net, backend="aot_eager")
        if what == "warm":
            loss_of(run, ids).backward()
            net.zero_grad()
        path = "%s/compiled_%s.safetensors" % (folder, what)
        with specgd_capture.capture(net if what in ("inner", "warm") else run, path, step=1):
            loss_of(run, ids).backward()
        compare("compiled (%s)" % what, numbers([path]), want)
        loss_of(run, ids).backward()  # and compiled again


def worker(rank, ranks, folder, kind):
    torch.distributed.init_process_group("gloo", rank=rank, world_size=ranks, init_method="file://%s/meet-%s" % (os.path.abspath(folder), kind))
    net, ids = made()
    mine = ids.chunk(ranks)[rank]
    path = "%s/%s.safetensors" % (folder, kind)
    if kind == "fsdp1":
        from torch.distributed.fsdp import FullyShardedDataParallel

        net = FullyShardedDataParallel(net, use_orig_params=True, device_id=torch.device("cpu"))
        recorder = specgd_capture.Recorder(net).start()
        loss_of(net, mine).backward()
        recorder.stop()
        with FullyShardedDataParallel.summon_full_params(net, with_grads=True):
            recorder.save(path, step=1)
        torch.distributed.destroy_process_group()
        return
    if kind == "ddp":
        net = nn.parallel.DistributedDataParallel(net)
    else:
        for missing in ("record_event", "wait_event", "wait_stream"):  # the streams of the processor lack what FSDP2 calls before PyTorch 2.7
            if not hasattr(torch.cpu.Stream, missing):
                setattr(torch.cpu.Stream, missing, lambda self, *a: None)
        from torch.distributed.device_mesh import init_device_mesh
        from torch.distributed.fsdp import fully_shard

        mesh = init_device_mesh("cpu", (ranks,))
        for block in net.blocks:
            fully_shard(block, mesh=mesh, reshard_after_forward=False)
        fully_shard(net, mesh=mesh, reshard_after_forward=False)
    with specgd_capture.capture(net, path, step=1):
        loss_of(net, mine).backward()
    torch.distributed.destroy_process_group()


def main():
    folder = sys.argv[1]
    if torch.__version__ < "2":
        print("PyTorch %s compiles nothing" % torch.__version__)
        return
    net, ids = made()
    with specgd_capture.capture(net, folder + "/plain.safetensors", step=1):
        loss_of(net, ids).backward()
    want = numbers([folder + "/plain.safetensors"])
    compiled(folder, want)
    for kind in ("ddp", "fsdp2", "fsdp1"):
        torch.multiprocessing.spawn(worker, (2, folder, kind), 2)
        compare(kind, numbers(["%s/%s-rank%d.safetensors" % (folder, kind, rank) for rank in range(2)]), want)


if __name__ == "__main__":
    main()
