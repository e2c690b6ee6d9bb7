"""Captures what `specgd diagnose` needs of one training step. One file; needs PyTorch (1.13 or newer) and nothing else.

    import specgd_capture

    with specgd_capture.capture(model, "step100.safetensors", step=100):
        loss = criterion(model(inputs), targets)   # one batch, or several micro-batches
        loss.backward()

For every layer with a weight it stores the gradient G as an (out, in) matrix and the Gram matrix A A^T of the activations A that the weight
multiplies, summed in float64; no weights leave the program. Without the `with` statement:

    recorder = specgd_capture.Recorder(model)
    recorder.start(); loss = ...; loss.backward(); recorder.stop()
    recorder.save("step100.safetensors", step=100)

docs/capture-format.md describes the file, so that other frameworks can write the same.
"""

import contextlib
import fnmatch
import json
import os
import struct

import torch
from torch import nn

__all__ = ["capture", "Recorder", "interleaved"]

FORMAT, FORMAT_VERSION = "specgd-capture", 1

#: Rows multiplied at a time, so that the work space of a Gram matrix stays small.
SLICE = 4096

#: A convolution with more groups than this is listed but not measured: each of its matrices would have a handful of rows.
MOST_GROUPS = 16


def capture(model, path, step=None, **options):
    """Context manager: records what runs within and writes `path` at its end. Nothing is written where the block raises.

    step: the number of the training step (a whole number), which orders several captures in a diagnosis.
    scaler: a torch GradScaler whose scale is still in the gradients (if `scaler.unscale_(optimizer)` ran within the block, this is seen).
    The other options are those of `Recorder`.
    """
    return _capture(model, path, step, options.pop("scaler", None), options)


@contextlib.contextmanager
def _capture(model, path, step, scaler, options):
    recorder = Recorder(model, **options)
    recorder.start()
    try:
        yield recorder
    finally:
        recorder.stop()
    recorder.save(path, step=step, scaler=scaler)


def interleaved(names, heads):
    """A split of fused projections whose rows come head by head (q of head 0, k of head 0, v of head 0, q of head 1, ...), as in GPT-NeoX."""
    return {"names": tuple(names), "heads": int(heads)}


class Recorder:
    """Watches the layers of a model between `start` and `stop`, and writes what it saw with `save`.

    split: for fused projections, a pattern of module names (as in fnmatch) and the parts of its outputs: equal ones by name, `("q", "k", "v")`;
        of different sizes, `{"q": 768, "k": 256, "v": 256}`; or `interleaved(("q", "k", "v"), heads=12)`.
    max_rows: activations above this many a layer and forward pass are sampled at random (and weighted), which the file says.
    keep_rows: so many rows are stored as they are, a random choice, for the uncertainty of the stable rank; 0 for none.
    max_gradient: a gradient with more elements is stored as its smaller Gram matrix, from which its singular values follow.
    exclude: patterns of module names to leave out.
    seed: of the sampling; the generators of the program are not touched.
    """

    def __init__(self, model, split=None, max_rows=16384, keep_rows=256, max_gradient=1 << 24, exclude=(), seed=0):
        for name, value, least in (("max_rows", max_rows, 1), ("keep_rows", keep_rows, 0), ("max_gradient", max_gradient, 1)):
            if int(value) != value or value < least:
                raise ValueError("%s must be a whole number from %d on, not %r" % (name, least, value))
        self.model, self.split = model, dict(split or {})
        self.max_rows, self.keep_rows, self.max_gradient = int(max_rows), int(keep_rows), int(max_gradient)
        self._random = torch.Generator().manual_seed(seed)
        self._handles, self._order, self._running = [], [], False
        self._watched = {}
        matched = set()
        for name, module in model.named_modules():
            name = _plain(name) or type(module).__name__
            if any(fnmatch.fnmatch(name, pattern) for pattern in exclude):
                continue
            watched = _watch(name, module)
            if watched is None:
                continue
            for pattern, parts in self.split.items():
                if fnmatch.fnmatch(name, pattern):
                    matched.add(pattern)
                    watched.split(parts)
            self._watched[name] = watched
        for pattern in self.split:
            if pattern not in matched:
                raise ValueError("split: no layer of the model is called %r; there are %s" % (pattern, ", ".join(list(self._watched)[:20]) or "none"))
        for name in [n for n in self._watched if n.endswith("out_proj") and n.rpartition(".")[0] in self._watched]:
            self._watched[name].unseen = True  # nn.MultiheadAttention multiplies its output projection without calling it

    def start(self):
        """Begins to watch. May follow `stop`: then what comes is added."""
        if self._running:
            raise RuntimeError("the recorder already runs")
        self._running = True
        if not self._order:
            for watched in self._watched.values():
                watched.had_gradient = watched.parameter is not None and watched.parameter.grad is not None and bool((watched.parameter.grad != 0).any())
        for watched in self._watched.values():
            self._handles.append(_hook(watched.module, lambda module, inputs, kwargs, w=watched: self._see(w, inputs, kwargs)))
        return self

    def stop(self):
        """Ends watching and leaves the model as it was."""
        for handle in self._handles:
            handle.remove()
        self._handles, self._running = [], False

    def _see(self, watched, inputs, kwargs):
        if watched.unseen or not watched.counts_call():
            return
        if not self._order or watched not in self._order:
            self._order.append(watched)
        watched.calls += 1
        with torch.no_grad(), _without_autocast(inputs, kwargs):
            watched.see(inputs, kwargs, self)

    def save(self, path, step=None, scaler=None):
        """Writes the file: beside it first, then renamed, so that a half-written one is never taken for whole."""
        if self._running:
            self.stop()
        scale = _scale(scaler)
        tensors, layers, covered = {}, [], set()
        names = {id(p): _plain(n) for n, p in self.model.named_parameters()}
        users = {}
        for watched in self._watched.values():
            if watched.parameter is not None:
                users.setdefault(id(watched.parameter), []).append(watched.name)
        later = [w for w in self._watched.values() if w not in self._order]
        for watched in _in_order(self._order, later, self._watched):
            covered.add(id(watched.parameter))
            tied = [n for n in users[id(watched.parameter)] if n != watched.name]
            layers.extend(watched.entries(tensors, names[id(watched.parameter)], tied, scale, self))
        rank, ranks = _rank()
        document = {
            "format": FORMAT, "version": FORMAT_VERSION, "step": None if step is None else int(step), "rank": rank, "ranks": ranks,
            "producer": "specgd_capture %d, torch %s" % (FORMAT_VERSION, torch.__version__), "loss_scale": scale,
            "max_rows": self.max_rows, "seed": self._random.initial_seed(), "layers": layers,
            "other_parameters": [_plain(n) for n, p in self.model.named_parameters() if id(p) not in covered],
        }
        _write_safetensors(_path_of(os.fspath(path), rank, ranks), tensors, {"specgd": json.dumps(document)})


# ------------------------------------------------------------------------------------------------------------------------------ layers


class _Rows:
    """The second moments of rows a_1 ... a_n (activations that meet a weight): sum of a a^T in float64, and a random choice of rows."""

    def __init__(self):
        self.gram, self.samples, self.rows, self.kept, self.units, self.unit_count = None, 0, 0, None, None, 0

    def add(self, total, pick, units, recorder):
        """total rows there are; pick(indices or None) gives them; row i belongs to the unit (sequence, image) i // (total / units)."""
        generator, indices = recorder._random, None
        if total == 0:
            return
        if total > recorder.max_rows:
            indices = torch.randperm(total, generator=generator)[: recorder.max_rows].sort().values
        count = total if indices is None else recorder.max_rows
        each = max(1, total // max(1, units))
        for begin in range(0, count, SLICE):
            end = min(begin + SLICE, count)
            place = torch.arange(begin, end) if indices is None else indices[begin:end]
            rows = pick(place)
            exact = rows.to(torch.float64 if rows.device.type == "cpu" else torch.float32)
            product = _product(exact).to("cpu", torch.float64) * (total / count)
            self.gram = product if self.gram is None else self.gram.add_(product)
            self._keep(rows, self.unit_count + torch.div(place, each, rounding_mode="floor"), self.rows + begin, generator, recorder.keep_rows)
        self.samples, self.rows, self.unit_count = self.samples + total, self.rows + count, self.unit_count + max(1, units)

    def _keep(self, rows, units, seen, generator, limit):
        """Reservoir sampling: after n rows each is kept with the same probability."""
        if limit == 0:
            return
        if self.kept is None:
            self.kept, self.units = torch.empty(0, rows.shape[1]), torch.empty(0, dtype=torch.int64)
        room = min(limit - len(self.kept), len(rows))
        if room > 0:
            self.kept = torch.cat([self.kept, rows[:room].to("cpu", torch.float32)])
            self.units = torch.cat([self.units, units[:room]])
        if room >= len(rows):
            return
        room = max(0, room)
        order = torch.arange(seen + room, seen + len(rows))
        target = (torch.rand(len(order), generator=generator, dtype=torch.float64) * (order + 1)).long()
        hit = (target < limit).nonzero().flatten()
        for i in hit.tolist():
            self.kept[target[i]] = rows[room + i].to("cpu", torch.float32)
            self.units[target[i]] = units[room + i]


class _Watched:
    """A layer: its module, its parameter, and what was seen of its input. Subclasses say what its rows are."""

    kind = "linear"

    def __init__(self, name, module, parameter):
        self.name, self.module, self.parameter = name, module, parameter
        self.calls, self.recomputed, self.had_gradient, self.unseen, self.parts = 0, 0, False, False, None
        self.seen = [_Rows()]

    def counts_call(self):
        """One count for each use of the weight: a forward without gradients is none, unless the backward pass runs it again (checkpointing)."""
        if not torch.is_grad_enabled():
            self.recomputed += 1
            return False
        if _in_backward():
            self.recomputed -= 1
            return self.recomputed >= 0
        return True

    def split(self, parts):
        out = self.out_features()
        if isinstance(parts, dict) and "heads" in parts:
            names, heads = parts["names"], parts["heads"]
            if out % (heads * len(names)):
                raise ValueError("split: the %d outputs of %r are no %d heads of %d parts" % (out, self.name, heads, len(names)))
            place = torch.arange(out).reshape(heads, len(names), -1)
            self.parts = [(n, place[:, i].flatten()) for i, n in enumerate(names)]
            return
        if isinstance(parts, dict):
            sizes = list(parts.items())
        else:
            if out % len(parts):
                raise ValueError("split: the %d outputs of %r are no %d equal parts" % (out, self.name, len(parts)))
            sizes = [(n, out // len(parts)) for n in parts]
        if sum(size for _, size in sizes) != out:
            raise ValueError("split: the parts of %r have %d outputs together, it has %d" % (self.name, sum(s for _, s in sizes), out))
        begin, self.parts = 0, []
        for name, size in sizes:
            self.parts.append((name, torch.arange(begin, begin + size)))
            begin += size

    layout = "out_in"

    def out_features(self):
        return self.parameter.shape[0]

    def in_features(self):
        return self.parameter.numel() // self.parameter.shape[0]

    def matrix(self, tensor):
        """The parameter, or its gradient, as (out, in)."""
        return tensor.reshape(tensor.shape[0], -1)

    def see(self, inputs, kwargs, recorder):
        x = _first(inputs, kwargs, "input", "x", "hidden_states")
        if x is not None:
            self.add(0, x, recorder)

    def add(self, which, x, recorder):
        units = x.shape[0] if x.dim() > 2 else x.numel() // x.shape[-1]
        x = x.detach().reshape(-1, x.shape[-1])
        self.seen[which].add(len(x), lambda place: _take(x, place), units, recorder)

    def pieces(self):
        """(name behind the layer's, rows of (out, in) or None for all, which of `seen`, name of the Gram matrix)."""
        if self.parts is None:
            return [("", None, 0, self.name)]
        return [("." + part, place, 0, self.name) for part, place in self.parts]

    def entries(self, tensors, parameter, tied, scale, recorder):
        weight, gradient = self.parameter.detach(), self.parameter.grad
        kind_of_gradient = None
        if gradient is not None:
            kind_of_gradient = str(gradient.dtype).replace("torch.", "")
            gradient = gradient.detach()
            gradient = gradient.coalesce().to_dense() if gradient.is_sparse else gradient
            gradient = self.matrix(gradient if gradient.dtype == torch.float64 else gradient.float()) / scale
        weight = self.matrix(weight)
        for suffix, place, which, gram in self.pieces():
            part = weight if place is None else weight[place.to(weight.device)]
            entry = {
                "name": self.name + suffix, "kind": self.kind, "shape": list(self.shape(part)), "parameter": parameter,
                "stored_shape": list(self.parameter.shape), "layout": self.layout, "calls": self.calls, "tied_with": tied,
                "frozen": not self.parameter.requires_grad, "gradient_before": self.had_gradient, "gradient_dtype": kind_of_gradient,
                "weight_frobenius_norm": float(part.float().norm()), "unseen": self.unseen,
            }
            if suffix:
                entry["part_of"] = self.name
            if gradient is not None:
                self._store_gradient(tensors, entry, gradient if place is None else gradient[place.to(gradient.device)], recorder)
            self._store_rows(tensors, entry, self.seen[which], gram)
            yield entry

    def shape(self, part):
        return part.shape

    def _store_gradient(self, tensors, entry, gradient, recorder):
        if gradient.numel() <= recorder.max_gradient:
            entry["gradient"] = entry["name"] + "/gradient"
            tensors[entry["gradient"]] = gradient.to("cpu").contiguous()
            return
        if gradient.shape[0] < gradient.shape[1]:
            gradient = gradient.T
        total = None
        for begin in range(0, gradient.shape[0], SLICE):
            product = _product(gradient[begin : begin + SLICE].to("cpu", torch.float64))
            total = product if total is None else total.add_(product)
        entry["gradient_gram"] = entry["name"] + "/gradient_gram"
        tensors[entry["gradient_gram"]] = total

    def _store_rows(self, tensors, entry, seen, gram):
        entry["samples"], entry["rows"], entry["units"] = seen.samples, seen.rows, seen.unit_count
        if seen.gram is None:
            return
        entry["gram"] = gram + "/gram"
        tensors[entry["gram"]] = seen.gram
        if seen.kept is not None:
            entry["row_sample"], entry["row_units"] = gram + "/row_sample", gram + "/row_units"
            tensors[entry["row_sample"]], tensors[entry["row_units"]] = seen.kept, seen.units


class _TransposedLinear(_Watched):
    """Conv1D of Hugging Face's GPT-2: a Linear whose weight is stored (in, out)."""

    layout = "in_out"

    def out_features(self):
        return self.parameter.shape[1]

    def in_features(self):
        return self.parameter.shape[0]

    def matrix(self, tensor):
        return tensor.T


class _Convolution(_Watched):
    """A convolution multiplies patches: for each output position the (in_channels / groups) * kernel values beneath the kernel."""

    kind, layout = "conv", "conv"

    def __init__(self, name, module, parameter):
        super().__init__(name, module, parameter)
        groups = module.groups
        self.seen = [_Rows() for _ in range(groups if groups <= MOST_GROUPS else 1)]
        self.unseen = groups > MOST_GROUPS

    def split(self, parts):
        raise ValueError("split: %r is a convolution; fused projections are linear layers" % self.name)

    def pieces(self):
        groups = self.module.groups
        if groups == 1 or groups > MOST_GROUPS:
            return [("", None, 0, self.name)]
        each = self.parameter.shape[0] // groups
        return [(".group%d" % g, torch.arange(g * each, (g + 1) * each), g, "%s.group%d" % (self.name, g)) for g in range(groups)]

    def see(self, inputs, kwargs, recorder):
        x, m = _first(inputs, kwargs, "input"), self.module
        if x is None:
            return
        space = len(m.kernel_size)
        x = x.detach()
        x = x.unsqueeze(0) if x.dim() == space + 1 else x
        x = nn.functional.pad(x, m._reversed_padding_repeated_twice, mode="constant" if m.padding_mode == "zeros" else m.padding_mode)
        out = [(x.shape[2 + i] - m.dilation[i] * (m.kernel_size[i] - 1) - 1) // m.stride[i] + 1 for i in range(space)]
        positions, total = 1, x.shape[0]
        for size in out:
            positions *= size
        total *= positions
        channels = x.shape[1] // m.groups
        flat = x.flatten(2).transpose(1, 2)  # (images, places, channels)

        def pick(place, group):
            image, at = torch.div(place, positions, rounding_mode="floor"), place % positions
            corner = []
            for size, stride in zip(reversed(out), reversed(m.stride)):
                corner.insert(0, (at % size) * stride)
                at = torch.div(at, size, rounding_mode="floor")
            columns = []
            for offset in _offsets(m.kernel_size):
                index = torch.zeros_like(place)
                for i in range(space):
                    index = index * x.shape[2 + i] + corner[i] + offset[i] * m.dilation[i]
                values = flat[image.to(x.device), index.to(x.device)]
                columns.append(values[:, group * channels : (group + 1) * channels])
            return torch.stack(columns, dim=2).flatten(1)  # channel by channel, as the weight is stored

        for group, seen in enumerate(self.seen):
            seen.add(total, lambda place, g=group: pick(place, g), x.shape[0], recorder)


class _Embedding(_Watched):
    """An embedding multiplies one-hot vectors: their Gram matrix is the diagonal of the token counts."""

    kind, layout = "embedding", "in_out"

    def __init__(self, name, module, parameter):
        super().__init__(name, module, parameter)
        self.counts, self.tokens = torch.zeros(parameter.shape[0], dtype=torch.int64), 0

    def split(self, parts):
        raise ValueError("split: %r is an embedding; fused projections are linear layers" % self.name)

    def matrix(self, tensor):
        return tensor.T

    def see(self, inputs, kwargs, recorder):
        tokens = _first(inputs, kwargs, "input")
        if tokens is None:
            return
        counts = torch.bincount(tokens.detach().flatten().to("cpu", torch.int64), minlength=len(self.counts))
        if getattr(self.module, "padding_idx", None) is not None:
            counts[self.module.padding_idx] = 0  # its row gets no gradient
        self.counts += counts

    def _store_rows(self, tensors, entry, seen, gram):
        total = int(self.counts.sum())
        entry["samples"] = entry["rows"] = entry["units"] = total
        if total:
            entry["token_counts"] = self.name + "/token_counts"
            tensors[entry["token_counts"]] = self.counts


class _Gain(_Watched):
    """The gain of a normalisation multiplies the normalised activations elementwise."""

    kind, layout = "norm", "vector"

    def split(self, parts):
        raise ValueError("split: %r is a normalisation; fused projections are linear layers" % self.name)

    def matrix(self, tensor):
        return tensor.reshape(1, -1)

    def shape(self, part):
        return part.shape[1], part.shape[1]

    def see(self, inputs, kwargs, recorder):
        x = _first(inputs, kwargs, "input", "x", "hidden_states")
        if x is None:
            return
        size = self.parameter.dim()
        x = x.detach().to(torch.float64 if x.device.type == "cpu" else torch.float32)
        axes = tuple(range(-size, 0))
        if isinstance(self.module, nn.LayerNorm):
            x = nn.functional.layer_norm(x, self.parameter.shape, eps=self.module.eps)
        else:
            epsilon = getattr(self.module, "eps", getattr(self.module, "variance_epsilon", None))
            epsilon = torch.finfo(self.parameter.dtype).eps if epsilon is None else epsilon
            x = x * torch.rsqrt(x.pow(2).mean(dim=axes, keepdim=True) + epsilon)
        self.add(0, x.flatten(-size), recorder)


class _FusedAttention(_Watched):
    """nn.MultiheadAttention: query, key and value meet the three parts of in_proj_weight."""

    def __init__(self, name, module, parameter):
        super().__init__(name, module, parameter)
        self.seen = [_Rows(), _Rows(), _Rows()]

    def split(self, parts):
        raise ValueError("split: nn.MultiheadAttention %r is split into q, k and v already" % self.name)

    def pieces(self):
        each = self.parameter.shape[0] // 3
        return [("." + n, torch.arange(i * each, (i + 1) * each), i, "%s.%s" % (self.name, n)) for i, n in enumerate("qkv")]

    def see(self, inputs, kwargs, recorder):
        for i, word in enumerate(("query", "key", "value")):
            x = inputs[i] if len(inputs) > i else kwargs.get(word)
            if x is not None:
                self.add(i, x, recorder)


def _watch(name, module):
    """The layer that `module` is, or None."""
    weight = getattr(module, "weight", None)
    if isinstance(module, nn.MultiheadAttention):
        return _FusedAttention(name, module, module.in_proj_weight) if module.in_proj_weight is not None else None
    if not isinstance(weight, nn.Parameter):
        return None
    if isinstance(module, (nn.Embedding,)):
        return _Embedding(name, module, weight)
    if isinstance(module, (nn.Conv1d, nn.Conv2d)) and not isinstance(module, nn.modules.conv._ConvTransposeNd):
        return _Convolution(name, module, weight)
    if isinstance(module, nn.Linear):
        return _Watched(name, module, weight)
    if type(module).__name__ == "Conv1D" and weight.dim() == 2:
        return _TransposedLinear(name, module, weight)
    if isinstance(module, nn.LayerNorm) or "RMSNorm" in type(module).__name__:
        return _Gain(name, module, weight)
    return None


# ------------------------------------------------------------------------------------------------------------------------------- tools


def _plain(name):
    """The name without what wrappers (DistributedDataParallel, torch.compile, FSDP, checkpointing) put into it."""
    return ".".join(part for part in name.split(".") if part not in ("_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module")).replace(
        "module.", "", 1 if name.startswith("module.") else 0)


def _in_order(called, others, watched):
    """Layers as they first ran; one that never ran stands behind its neighbour in the model."""
    order, names = list(called), list(watched)
    for other in others:
        before = [w for w in order if names.index(w.name) < names.index(other.name)]
        order.insert(order.index(before[-1]) + 1 if before else 0, other)
    return [w for w in order if w.parameter is not None]


def _hook(module, see):
    try:
        return module.register_forward_pre_hook(lambda m, inputs, kwargs: see(m, inputs, kwargs), with_kwargs=True)
    except TypeError:  # before PyTorch 2.0
        return module.register_forward_pre_hook(lambda m, inputs: see(m, inputs, {}))


def _first(inputs, kwargs, *words):
    for value in list(inputs[:1]) + [kwargs.get(word) for word in words]:
        if torch.is_tensor(value):
            return value
    return None


def _take(x, place):
    if len(place) and int(place[-1]) - int(place[0]) + 1 == len(place):
        return x[int(place[0]) : int(place[-1]) + 1]
    return x[place.to(x.device)]


def _product(rows):
    """rows^T rows, in full precision also where the program allows TF32."""
    if rows.device.type != "cuda":
        return rows.T @ rows
    matmul = torch.backends.cuda.matmul
    allowed, matmul.allow_tf32 = matmul.allow_tf32, False
    try:
        return rows.T @ rows
    finally:
        matmul.allow_tf32 = allowed


def _offsets(sizes):
    if not sizes:
        return [()]
    return [(i,) + rest for i in range(sizes[0]) for rest in _offsets(sizes[1:])]


def _in_backward():
    current = getattr(torch._C, "_current_graph_task_id", None)
    return current is not None and current() != -1


def _without_autocast(inputs, kwargs):
    x = _first(inputs, kwargs, *kwargs)
    device = x.device.type if x is not None else "cpu"
    return torch.autocast(device, enabled=False) if device in ("cpu", "cuda", "xpu") else contextlib.nullcontext()


def _scale(scaler):
    if scaler is None:
        return 1.0
    if isinstance(scaler, (int, float)):
        return float(scaler)
    for state in getattr(scaler, "_per_optimizer_states", {}).values():
        if getattr(state.get("stage"), "name", "READY") != "READY":
            return 1.0  # unscale_ or step already divided
    return float(scaler.get_scale())


def _rank():
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return torch.distributed.get_rank(), torch.distributed.get_world_size()
    return 0, 1


def _path_of(path, rank, ranks):
    """Each process writes its own file: {rank} in the name is replaced, else the rank is put before the ending."""
    if "{rank}" in path:
        return path.replace("{rank}", str(rank))
    root, ending = os.path.splitext(path)
    return path if ranks == 1 else "%s-rank%d%s" % (root, rank, ending)


_TYPES = {torch.float64: "F64", torch.float32: "F32", torch.int64: "I64"}


def _write_safetensors(path, tensors, metadata):
    header, at = {"__metadata__": metadata}, 0
    for name, tensor in tensors.items():
        size = tensor.numel() * tensor.element_size()
        header[name] = {"dtype": _TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode("utf-8")
    text += b" " * (-len(text) % 8)
    temporary = "%s.%d.specgd-tmp" % (path, os.getpid())
    try:
        with open(temporary, "wb") as file:
            file.write(struct.pack("<Q", len(text)))
            file.write(text)
            for tensor in tensors.values():
                _write_elements(file, tensor.contiguous())
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)


def _write_elements(file, tensor):
    """Little-endian bytes, with torch's own storage alone: numpy may be missing."""
    import ctypes
    import sys

    size = tensor.numel() * tensor.element_size()
    raw = (ctypes.c_char * size).from_address(tensor.data_ptr()) if size else b""
    if sys.byteorder == "big":
        raw = b"".join(bytes(raw[i : i + tensor.element_size()])[::-1] for i in range(0, size, tensor.element_size()))
    file.write(raw)
