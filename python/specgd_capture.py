"""Captures what `specgd diagnose` needs of one training step. One file; needs PyTorch (1.13 or newer) and nothing else.

    import specgd_capture

    with specgd_capture.capture(model, "step100.safetensors", step=100):
        loss = criterion(model(inputs), targets)   # one batch, or several micro-batches
        loss.backward()

For every weight it stores the gradient G as an (out, in) matrix and the Gram matrix A A^T of the activations A that the weight multiplies, summed
in float64; no weights leave the program. Without the `with` statement:

    recorder = specgd_capture.Recorder(model)
    recorder.start(); loss = ...; loss.backward(); recorder.stop()
    recorder.save("step100.safetensors", step=100)

How it sees: a TorchFunctionMode watches the products themselves (linear, matmul, bmm, einsum, convolutions, embeddings, recurrent layers), not the
types of modules. Which parameter an operand is, and which slice of it, follows from where its numbers lie in memory; copies and elementwise changes
(casts, weight_norm, pruning masks) are followed by the numbers of their elements. Rows that get no gradient (padding) are left out, for which a
product's activations are kept until the backward pass reaches it.

docs/capture-format.md describes the file, so that other frameworks can write the same.

The file in sections: interface, names, where numbers come from, the watch, products, rows, layers, recurrent layers, tools, writing.
"""

import contextlib
import copy
import fnmatch
import json
import math
import os
import struct
import time
import types
import warnings

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

__all__ = ["capture", "Recorder", "Monitor", "interleaved", "per_head", "describe", "plain_names"]

FORMAT, FORMAT_VERSION = "specgd-capture", 1

#: Rows multiplied at a time, so that the work space of a Gram matrix stays small.
SLICE = 4096

#: A convolution with more groups than this is judged as the flattened matrix that Muon takes: each of its matrices would have a handful of rows.
MOST_GROUPS = 16

#: With light=True a Gram matrix of at most this width is summed as it is; of wider activations the leading directions are followed instead.
LIGHT_WIDTH, LIGHT_DIRECTIONS = 1024, 64

#: Largest vocabulary of an EmbeddingBag whose bags are taken as dense rows.
DENSE_BAGS = 4096


# --------------------------------------------------------------------------------------------------------------------------- interface


def capture(model, path, step=None, **options):
    """Context manager: records what runs within and writes `path` at its end. Nothing is written where the block raises.

    step: the number of the training step (a whole number), which orders several captures in a diagnosis.
    scaler: a torch GradScaler whose scale is still in the gradients (if `scaler.unscale_(optimizer)` ran within the block, this is seen).
    optimizer: the optimizer, whose momentum is then stored beside the gradient where it has one.
    The other options are those of `Recorder`.
    """
    _check_path(path)
    return _capture(model, path, step, options.pop("scaler", None), options.pop("optimizer", None), options)


@contextlib.contextmanager
def _capture(model, path, step, scaler, optimizer, options):
    with _recording(model, options) as recorder:
        yield recorder
    recorder.save(path, step=step, scaler=scaler, optimizer=optimizer)


@contextlib.contextmanager
def _recording(model, options):
    """A recorder of what runs within; where that raises, nothing is kept."""
    recorder = Recorder(model, **options)
    recorder.start()
    try:
        yield recorder
    except BaseException:
        recorder.stop(discard=True)
        raise
    recorder.stop()


def interleaved(names, heads):
    """A split of fused projections whose rows come head by head (q of head 0, k of head 0, v of head 0, q of head 1, ...), as in GPT-NeoX.

    With sizes, `interleaved({"q": 4, "k": 1, "v": 1}, heads=8)`, each of the `heads` groups has so many heads of each part (grouped-query attention).
    """
    sizes = dict(names) if isinstance(names, dict) else {name: 1 for name in names}
    return {"interleaved": sizes, "heads": int(heads)}


def per_head(names, heads):
    """A split of fused projections into parts of one after the other, and each part into its heads: q.0, q.1, ..., k.0, ..."""
    return {"per_head": tuple(names), "heads": int(heads)}


def describe(optimizer, model, path):
    """Writes what `specgd diagnose --optimizer FILE` reads: the groups of an optimizer (or a list of optimizers) with the names of their parameters.

    Parameters that require a gradient and are in no group are listed apart (`ungrouped`): the optimizer never updates them.
    """
    named, names, strange = plain_names(model), {}, 0
    for name, p in named.items():
        names.setdefault(id(p), name)  # of tied weights the first name, as in the capture
    optimizers = optimizer if isinstance(optimizer, (list, tuple)) else [optimizer]
    groups = []
    for one in optimizers:
        for group in one.param_groups:
            settings = {k: v for k, v in group.items() if k != "params" and isinstance(v, (bool, int, float, str, type(None)))}
            parameters = [names[id(p)] for p in group["params"] if id(p) in names]
            strange += len(group["params"]) - len(parameters)
            groups.append({"optimizer": "%s.%s" % (type(one).__module__, type(one).__name__), "settings": settings, "parameters": parameters})
    grouped = {name for group in groups for name in group["parameters"]}
    ungrouped = [name for name, p in named.items() if p.requires_grad and names[id(p)] == name and name not in grouped]
    with open(path, "w") as file:
        json.dump({"format": "specgd-optimizer", "version": 1, "groups": groups, "ungrouped": ungrouped}, file, indent=1)
    if strange:
        warnings.warn("specgd_capture: %d of the optimizer's parameters are none of the model's; give the model that they were taken from" % strange, stacklevel=2)


class Monitor:
    """Judges a network while it trains: every `every` steps a light capture, as scalars for TensorBoard and, where `folder` is given, as a file.

        monitor = specgd_capture.Monitor(model, every=100, writer=SummaryWriter())
        for step, batch in enumerate(batches):
            with monitor(step):
                loss_of(model, batch).backward()

    writer: anything with add_scalar(name, value, step); it gets nr/LAYER, st/LAYER and nr_over_st/LAYER.
    overhead: seconds that a captured step took beyond the mean of the others, after the first of both; None before.
    The other options are those of `Recorder`.
    """

    def __init__(self, model, every=100, writer=None, folder=None, **options):
        if int(every) != every or every < 1:
            raise ValueError("every must be a whole number from 1 on, not %r" % (every,))
        self.model, self.every, self.writer, self.folder, self.options = model, int(every), writer, folder, dict({"light": True}, **options)
        self.ratios, self._times = {}, {True: [], False: []}
        Recorder(model, **self.options)  # what does not fit is refused before the training

    @contextlib.contextmanager
    def __call__(self, step):
        captured = step % self.every == 0
        begin = time.perf_counter()
        if not captured:
            yield None
        else:
            with _recording(self.model, self.options) as recorder:
                yield recorder
            self._tell(recorder, step)
        self._times[captured].append(time.perf_counter() - begin)

    @property
    def overhead(self):
        with_capture, without = self._times[True], self._times[False]
        return sum(with_capture) / len(with_capture) - sum(without) / len(without) if with_capture and without else None

    def _tell(self, recorder, step):
        if self.folder is not None:
            os.makedirs(self.folder, exist_ok=True)
            recorder.save(os.path.join(self.folder, "step%08d.safetensors" % step), step=step)
        self.ratios = {}
        for name, stable, nuclear in recorder.ranks():
            self.ratios[name] = nuclear / stable
            if self.writer is not None:
                for what, value in (("st", stable), ("nr", nuclear), ("nr_over_st", nuclear / stable)):
                    self.writer.add_scalar("%s/%s" % (what, name), value, step)


class Recorder:
    """Watches the products of a model's weights between `start` and `stop`, and writes what it saw with `save`.

    split: for fused projections, a pattern of layer names (as in fnmatch) and the parts of its outputs: equal ones by name, `("q", "k", "v")`;
        of different sizes, `{"q": 768, "k": 256, "v": 256}` or `[768, 256, 256]`; `interleaved(("q", "k", "v"), heads=12)`; or `per_head(...)`.
    max_rows: activations above this many a layer and product are sampled at random (and weighted), which the file says.
    keep_rows: so many rows are stored as they are, a random choice, for the uncertainty of the stable rank; 0 for none. 256, with `light` 64.
    max_gradient: a gradient with more elements is stored as its smaller Gram matrix, from which its singular values follow.
    light: only singular values and what st(A) needs, computed on the device: kilobytes a layer.
    batch_dim: which dimension of an activation (batch, time, width) counts the independent sequences; found out where None.
    mask: a boolean tensor with one entry for each position; activations where it is False are left out.
    noise: measure how far the mini-batch's noise may have moved nr(G), from the gradients of eight groups of sequences (or as many as it says, 3 to 16);
        costs the weights so many times more in memory, in float32, and as many singular value decompositions.
    heads, inputs: patterns of layer names that are the output or the input of the network, where their place does not tell.
    exclude: patterns of layer names to leave out.
    seed: of the sampling; the generators of the program are not touched.
    """

    def __init__(self, model, split=None, max_rows=16384, keep_rows=None, max_gradient=1 << 24, exclude=(), seed=0, light=False, batch_dim=None,
                 mask=None, noise=False, heads=(), inputs=()):
        keep_rows = (64 if light else 256) if keep_rows is None else keep_rows
        for name, value, least in (("max_rows", max_rows, 1), ("keep_rows", keep_rows, 0), ("max_gradient", max_gradient, 1)):
            if int(value) != value or value < least:
                raise ValueError("%s must be a whole number from %d on, not %r" % (name, least, value))
        if batch_dim not in (None, 0, 1):
            raise ValueError("batch_dim is 0 for (batch, time, width) and 1 for (time, batch, width), not %r" % (batch_dim,))
        if noise not in (False, True, None) and (int(noise) != noise or not 3 <= noise <= len(_STUDENT) + 1):
            raise ValueError("noise is True or a number of groups from 3 to %d, not %r" % (len(_STUDENT) + 1, noise))
        self.model, self.light, self.noise = _eager(model), bool(light), 8 if noise is True else int(noise or 0)
        self.max_rows, self.keep_rows, self.max_gradient = int(max_rows), int(keep_rows), int(max_gradient)
        self.mask, self.mask_was_used = None if mask is None else mask.detach().flatten().bool().cpu(), False
        self.unmasked = set()  # layers that the mask does not fit
        self.heads, self.inputs, self.exclude = _patterns(heads), _patterns(inputs), _patterns(exclude)
        self._random = torch.Generator().manual_seed(seed)
        self._weights = _Weights(self.model)
        self._splits = _Splits(split or {}, self._weights)
        for what, patterns in (("heads", self.heads), ("inputs", self.inputs), ("exclude", self.exclude)):
            for pattern in patterns:
                if not any(fnmatch.fnmatch(n, pattern) for n in self._weights.layer_names()):
                    raise ValueError("%s: no layer of the model is called %r; there are %s" % (what, pattern, self._weights.some_names()))
        self._units = _Units(self.model, batch_dim)
        self._layers, self._handles, self._running, self._watch = {}, [], False, None
        self._pending, self._nodes, self._stack, self._gains = [], [], [], {}
        self._cleared, self._shared, self._orders, self._quiet, self._backward, self.passes, self._reached = False, None, 0, 0, 0, 0, ()

    def start(self):
        """Begins to watch. May follow `stop`: then what comes is added."""
        if self._running:
            raise RuntimeError("the recorder already runs")
        self._running = True
        if not self._layers:
            self._weights.note_gradients()
        for name, module in self.model.named_modules():
            if isinstance(module, torch.jit.ScriptModule):
                continue  # takes no hooks
            name = _plain_module(self.model, name)
            self._handles.append(module.register_forward_pre_hook(lambda m, inputs, n=name: self._enter(m, n)))
            self._handles.append(module.register_forward_hook(lambda m, inputs, output, n=name: self._leave(m, n, output)))
            if _is_norm(module):
                self._handles.append(module.register_forward_hook(lambda m, inputs, output, n=name: self._see_gain(m, n, inputs, output)))
        self._watch = _Watch(self)
        self._watch.__enter__()
        self._unseen_index = _seen_index(self)
        self._unseen_index.__enter__()
        self._compiled = _compiled_code_runs_eagerly()
        self._compiled.__enter__()
        return self

    def stop(self, discard=False):
        """Ends watching and leaves the model as it was; with `discard` what the step left open is dropped."""
        for handle in self._handles:
            handle.remove()
        if self._running:
            self._compiled.__exit__(None, None, None)
            self._unseen_index.__exit__(None, None, None)
            self._watch.__exit__(None, None, None)
        self._handles, self._running, self._watch, self._stack = [], False, None, []
        self._reached = {layer for layer in self._layers.values() if layer.has_rows()}
        for pending in [] if discard else self._pending:  # what no backward pass reached
            pending.fire(None)
        self._pending, self._reached = [], ()
        if self._nodes:
            _find_heads(self._nodes, self._layers.values())
        self._nodes = []  # they would keep the graph alive

    def save(self, path, step=None, scaler=None, optimizer=None):
        """Writes the file: beside it first, then renamed, so that a half-written one is never taken for whole."""
        _check_path(path)
        if self._running:
            self.stop()
        if self._cleared and all(w.gradient() is None or not bool((w.gradient() != 0).any()) for w in self._weights if w.tensor.requires_grad):
            raise ValueError("the gradients were cleared (zero_grad) within the block after the backward pass, so there is nothing to store; "
                             "call optimizer.step() and zero_grad() after the block")
        if self.mask is not None and not self.mask_was_used and any(layer.has_rows() for layer in self._layers.values()):
            raise ValueError("mask: it has %d entries, and no layer has as many activations; it has one for each row, True for those that count" % len(self.mask))
        grouped = [layer.unit_groups for layer in self._layers.values() if getattr(layer, "unit_groups", None) is not None]
        if self.noise and grouped and all(len(groups.sums) < 2 for groups in grouped):
            warnings.warn("specgd_capture: noise: the batch is one sequence, which says nothing of how batches differ; capture more of them, or several micro-batches", stacklevel=2)
        if self.unmasked:
            warnings.warn("specgd_capture: mask: %d layers meet other rows than it has entries, such as the tokens of an expert, and were measured without it: %s"
                          % (len(self.unmasked), ", ".join(sorted(self.unmasked)[:5]) + (", ..." if len(self.unmasked) > 5 else "")), stacklevel=2)
        if self._layers and all(w.gradient() is None for w in self._weights):
            warnings.warn("specgd_capture: there is no gradient: call backward() within the block", stacklevel=2)
        scale = _scale(scaler)
        tensors, layers = {}, []
        moments = _momenta(optimizer)
        for layer in self._layers.values():
            ends = [sum(layer.chunks[: i + 1]) for i in range(len(layer.chunks) - 1)] if layer.chunks else []
            if layer.parts and any(int(place.min()) < end <= int(place.max()) for _, place in layer.parts for end in ends):
                warnings.warn("specgd_capture: split: %s is split into %s, and the program cuts its output into %s"
                              % (layer.name, [len(place) for _, place in layer.parts], layer.chunks), stacklevel=2)
        for layer in self._in_order():
            if not any(fnmatch.fnmatch(layer.name, pattern) for pattern in self.exclude):
                layers.extend(layer.entries(tensors, scale, self, moments))
        for entry in layers:
            place = "head" if _matches(entry, self.heads) else "input" if _matches(entry, self.inputs) else None
            if place:
                entry["place"], entry["place_given"] = place, True
        rank, ranks = _rank()
        covered = {layer.weight.number for layer in self._layers.values()} | {layer.weight.number for layer in self._idle()}
        document = {
            "format": FORMAT, "version": FORMAT_VERSION, "step": None if step is None else int(step), "rank": rank, "ranks": ranks,
            "producer": "specgd_capture %d, torch %s" % (FORMAT_VERSION, torch.__version__), "loss_scale": scale,
            "max_rows": self.max_rows, "seed": self._random.initial_seed(), "light": self.light, "batch_dim": self._units.axis or 0,
            "batch_dim_from": self._units.why, "layers": layers, "unmeasured": self._unmeasured(),
            "other_parameters": [w.name for w in self._weights if w.number not in covered],
        }
        _write_safetensors(_path_of(os.fspath(path), rank, ranks), tensors, {"specgd": json.dumps(document)})
        for line in _summary(document):
            warnings.warn("specgd_capture: " + line, stacklevel=2)

    def ranks(self):
        """(name, st(A), nr(G)) of every layer that has both."""
        tensors = {}
        for layer in self._in_order():
            for entry in layer.entries(tensors, 1.0, self, {}):
                stable, nuclear = _stable_rank(entry, tensors), _nuclear_rank(entry, tensors)
                tensors.clear()
                if stable and nuclear:
                    yield entry["name"], stable, nuclear

    def layer(self, weight, key, make):
        """The layer under `key`, made where it is new; names are unique."""
        found = self._layers.get(key)
        if found is None:
            found = self._layers[key] = make()
            taken = {name for layer in self._layers.values() if layer is not found for name in layer.names()}
            if taken & set(found.names()):
                found.name += "." + found.kind
            found.had_gradient = weight.had_gradient
        return found

    def cleared(self, weight):
        """The gradient was set to zero or None within the block: what was seen before is of another step."""
        weight.had_gradient = False
        for layer in self._layers.values():
            if layer.weight is weight:
                self._cleared = self._cleared or layer.calls > 0
                layer.had_gradient = False
                layer.forget()

    def when_gradient_comes(self, out, act, weight=None):
        """Calls act(the gradient of `out`) in the backward pass, or act(None) at once or at the end where none comes."""
        pending = _Pending(self, act)
        if not torch.is_tensor(out) or not out.requires_grad or out.grad_fn is None:
            pending.fire(None)
            return None
        node, place = out.grad_fn, out.output_nr
        node.register_hook(lambda given, taken: pending.fire(taken[place] if place < len(taken) else None))
        self._pending.append(pending)
        return node

    def module_stack(self):
        return self._stack

    def next_order(self):
        self._orders += 1
        return self._orders

    def _enter(self, module, name):
        if _is_parametrization(module):
            self._quiet += 1  # what it does with the weight is no product with activations
        self._stack.append(name)
        self._weights.ran.add(name)
        self._weights.refresh(name, module)

    def _leave(self, module, name, output=None):
        if _is_parametrization(module):
            self._quiet -= 1
            self._weights.is_made_of(module, output)
        while self._stack and self._stack.pop() != name:
            pass

    def _see_gain(self, module, name, inputs, output):
        weight = self._weights.of(module.weight)
        x = inputs[0] if inputs and torch.is_tensor(inputs[0]) else None
        if weight is None or x is None:
            return
        layer = self.layer(weight, (weight.number, "", "norm"), lambda: _Gain(weight, weight.name_in(self._stack + [name])))
        if not layer.counts_call(self):
            return
        with _quiet(self), torch.no_grad():
            rows = _normalised(module, x.detach(), weight.tensor)
            rows._specgd_after = True  # positions, too, make rows alike
            units = self._units.of_rows(rows, list(range(rows.dim() - 1)))
        layer.note(None, False, self)
        count = rows.numel() // rows.shape[-1]
        self.when_gradient_comes(output, lambda g: layer.add(_Activations(rows, units), None if g is None else g.reshape(count, -1), self))

    def _idle(self):
        """Layers that took no part: modules of known kinds that nothing was seen of."""
        seen = {layer.weight.number for layer in self._layers.values()}
        for weight in self._weights:
            module = weight.module
            if weight.number in seen or not weight.name.endswith(".weight") and weight.name != "weight":
                continue
            kind = "norm" if _is_norm(module) else "embedding" if isinstance(module, nn.Embedding) else "conv" if _is_convolution(module) \
                else "linear" if isinstance(module, nn.Linear) or type(module).__name__ == "Conv1D" else None
            if kind:
                yield _Idle(weight, kind)

    def _in_order(self):
        """Layers as they first ran; one that never ran stands behind its neighbour in the model."""
        order = sorted(self._layers.values(), key=lambda layer: layer.order)
        for idle in self._idle():
            before = [i for i, layer in enumerate(order) if layer.weight.number < idle.weight.number]
            order.insert(before[-1] + 1 if before else 0, idle)
        return order

    def _unmeasured(self):
        measured = {layer.weight.number for layer in self._layers.values() if layer.has_rows()}
        matrices = [w for w in self._weights if w.is_matrix()]
        total = sum(w.count() for w in matrices)
        whole = [{"name": w.name, "shape": list(w.full_shape()), "share": w.count() / total, "reason": w.why_unmeasured(self)}
                 for w in matrices if w.number not in measured]
        return whole + [{"name": w.name + index, "shape": list(w.full_shape()[-2:]), "share": _matrix_size(w) / total, "reason": "no activation reached it"}
                        for w in matrices if w.number in measured for index in self._untouched(w)]

    def _untouched(self, weight):
        """The matrices of a stack that no product multiplied by, as an expert without tokens that the program skips: [2] or [0, 2]."""
        each, shape = _matrix_size(weight), list(weight.full_shape())
        if each is None or len(shape) < 3 or each == weight.count():
            return []
        touched = set()
        for layer in self._layers.values():
            if layer.weight is weight:
                if not isinstance(layer, _Matrix):
                    return []
                last = int(layer.places[-1] + layer.across[-1])
                touched |= set(range(int(layer.places[0]) // each, last // each + 1))
        return [_place_in_stack(i, shape[:-2]) for i in range(weight.count() // each) if i not in touched]


class _Pending:
    """What waits for the gradient of a product's output."""

    def __init__(self, recorder, act):
        self.recorder, self.act = recorder, act

    def fire(self, gradient):
        act, self.act = self.act, None
        if act is None:
            return
        try:
            with torch.no_grad(), _quiet(self.recorder), _without_autocast():
                act(None if gradient is None else gradient.detach())
        except Exception as error:  # noqa: BLE001
            if os.environ.get("SPECGD_CAPTURE_STRICT"):
                raise
            warnings.warn("specgd_capture: the activations of a product could not be measured (%s: %s)" % (type(error).__name__, error))


# ------------------------------------------------------------------------------------------------------------------------------- names


_WRAPPERS = ("_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module")


def plain_names(model):
    """The parameters by the names that they have without what wrappers (DDP, FSDP, torch.compile, checkpointing) put into them.

    `module.` is taken away only where every name begins with it, as in DistributedDataParallel; a submodule called `module` keeps its name.
    """
    named = list(model.named_parameters(remove_duplicate=False)) if _has_duplicates_option(model) else list(_with_duplicates(model))
    stripped = [(".".join(part for part in name.split(".") if part not in _WRAPPERS), p) for name, p in named]
    while stripped and _wraps(model) and all(name.startswith("module.") for name, _ in stripped):
        stripped = [(name[len("module."):], p) for name, p in stripped]
        model = model.module
    return dict(stripped)


def _plain_module(model, name):
    """A module's name likewise."""
    name = ".".join(part for part in name.split(".") if part not in _WRAPPERS)
    while _wraps(model):
        name, model = name[len("module."):] if name.startswith("module.") else "" if name == "module" else name, model.module
    return name


def _wraps(model):
    children = [name for name, _ in model.named_children()]
    return children == ["module"] and not list(model._parameters.values())


def _has_duplicates_option(model):
    try:
        next(iter(model.named_parameters(remove_duplicate=False)), None)
        return True
    except TypeError:  # before PyTorch 2.0
        return False


def _with_duplicates(model):
    for prefix, module in model.named_modules(remove_duplicate=False):
        for name, p in module._parameters.items():
            if p is not None:
                yield (prefix + "." if prefix else "") + name, p


def _patterns(given):
    return (given,) if isinstance(given, str) else tuple(given)


def _matches(entry, patterns):
    return any(fnmatch.fnmatch(n, p) for p in patterns for n in (entry["name"], entry.get("part_of") or entry["name"], entry["parameter"]))


#: What stands behind the module's name where a parameter is its `weight`, as it is or parametrized (weight_norm, spectral_norm, prune).
_WEIGHT_ENDINGS = (".parametrizations.weight.original1", ".parametrizations.weight.original", ".weight_orig", ".weight_v", ".weight")


def _layer_name(parameter, model):
    """A module's weight has the module's name, a raw parameter its own."""
    for ending in _WEIGHT_ENDINGS:
        if parameter.endswith(ending):
            return parameter[: -len(ending)]
        if parameter == ending[1:]:
            return type(model).__name__
    return parameter


class _Weight:
    """A parameter, under all the names that it has in the model."""

    def __init__(self, number, name, tensor, module, model):
        self.number, self.name, self.tensor, self.module, self.model = number, name, tensor, module, model
        self.failed, self.gathered = None, None
        self.aliases, self.had_gradient, self.stacked, self.touched, self.refused, self.as_activation = [name], False, False, set(), set(), False
        self.met_nothing = False

    def name_in(self, stack):
        """The layer's name: of several (tied weights) the one within the module that runs."""
        for running in reversed(stack):
            for alias in self.aliases:
                if running and (alias.rpartition(".")[0] + ".").startswith(running + ".") or len(self.aliases) == 1:
                    return _layer_name(alias, self.model)
        return _layer_name(self.aliases[0], self.model)

    def full_shape(self):
        """Its sizes; of a parameter that is sharded between the passes those that it has while its module runs."""
        return self.gathered or tuple(self.tensor.shape)

    def count(self):
        count = 1
        for size in self.full_shape():
            count *= size
        return count

    def gradient(self):
        """The gradient as a dense tensor of real numbers, in single precision at least; None where there is none."""
        gradient = self.tensor.grad
        if gradient is None:
            gradient = getattr(self.tensor, "main_grad", None)  # Megatron
        return None if gradient is None else _whole(gradient)

    def in_memory_order(self, values):
        """`values` (of the parameter's shape) laid out as the parameter's numbers are."""
        local = _local(self.tensor)
        if tuple(values.shape) != tuple(local.shape) or values.stride() == local.stride():
            return values
        return torch.empty_strided(local.shape, local.stride(), dtype=values.dtype, device=values.device).copy_(values)

    def is_matrix(self):
        return sum(size > 1 for size in self.full_shape()) >= 2

    def why_unmeasured(self, recorder):
        if self.tensor.is_complex():
            return "it holds complex numbers, whose ranks are not measured"
        if self.failed:
            return "a product of it could not be followed (%s)" % self.failed
        if self.met_nothing:
            return "no activation reached it, as no token reaches an expert that the router does not choose"
        if self.as_activation:
            return "it enters as an activation (learned queries or the like), which other weights multiply"
        if self.refused:
            return "it enters %s in a form that is not followed" % ", ".join(sorted(self.refused)[:3])
        if self.touched:
            return "it multiplies nothing that was seen: it goes through %s alone" % ", ".join(sorted(self.touched)[:3])
        if self.gradient() is not None and bool((self.gradient() != 0).any()):
            return "it has a gradient, but its products were not seen (they run within compiled code, C++ or another process)"
        owner = self.name.rpartition(".")[0]
        if owner in recorder._weights.ran:
            return "its module ran, but nothing was multiplied by it with gradients on"
        return "it took no part in the step: its module did not run within the capture"


class _Weights:
    """The parameters of a model, found by the place of their numbers in memory."""

    def __init__(self, model):
        self.model, self.ran, self._by_identity, self._by_place = model, set(), {}, {}
        modules = dict(model.named_modules())
        plain = plain_names(model)
        for name, tensor in plain.items():
            known = self._by_identity.get(id(tensor))
            if known is not None:
                known.aliases.append(name)
                continue
            self._by_identity[id(tensor)] = _Weight(len(self._by_identity), name, tensor, None, model)
        for prefix, module in modules.items():
            for tensor in module._parameters.values():
                if tensor is not None and id(tensor) in self._by_identity and self._by_identity[id(tensor)].module is None:
                    self._by_identity[id(tensor)].module = module
        self._all = list(self._by_identity.values())
        for weight in self._all:
            self._place(weight, weight.tensor)
        self._buffers = {id(b) for b in model.buffers()}

    def __iter__(self):
        return iter(self._all)

    def of(self, tensor):
        return self._by_identity.get(id(tensor))

    def is_made_of(self, module, output):
        """What a parametrization gives stands for the parameter of its shape."""
        for tensor in module._parameters.values():
            weight = None if tensor is None else self.of(tensor)
            if weight is not None and torch.is_tensor(output) and tensor.shape == output.shape and self.find(output) is None:
                whole = _Source(0, 0, weight, None)
                output._specgd_source = _with_ids(output, whole.numbers(tensor.shape, tensor.stride(), 0), whole)

    def is_buffer(self, tensor):
        return id(tensor) in self._buffers

    def is_of_weights(self, tensor):
        """Whether a tensor, which is no parameter, was made of parameters and buffers alone, not of data."""
        return getattr(tensor, "_specgd_of_weights", False) or self.is_buffer(tensor)

    def layer_names(self):
        return [n for w in self._all for alias in w.aliases for n in (_layer_name(alias, self.model), alias)]

    def some_names(self):
        names = list(dict.fromkeys(_layer_name(w.name, self.model) for w in self._all if w.is_matrix()))
        return ", ".join(names[:20]) or "none"

    def note_gradients(self):
        for weight in self._all:
            gradient = weight.tensor.grad
            weight.had_gradient = gradient is not None and bool((_whole(gradient) != 0).any())

    def refresh(self, name, module):
        """Sharded parameters are other tensors while their module runs: they keep their names."""
        views = [(key, tensor) for key, tensor in module.__dict__.items() if torch.is_tensor(tensor)]
        for key, tensor in list(module._parameters.items()) + views:
            if torch.is_tensor(tensor) and id(tensor) not in self._by_identity:
                plain = name + "." + key if name else key
                for weight in self._all:
                    if plain in weight.aliases:
                        self._by_identity[id(tensor)] = weight
                        weight.gathered = tuple(tensor.shape)
                        self._place(weight, tensor, keep=True)

    def _place(self, weight, tensor, keep=False):
        local = _local(tensor)
        place = _storage_of(local)
        if place:
            begin = local.storage_offset()
            end = begin + sum((size - 1) * stride for size, stride in zip(local.shape, local.stride())) + 1
            self._by_place.setdefault(place, []).append((begin, end, weight, tensor if keep else None))

    def find(self, tensor):
        """The numbers that `tensor` consists of, as a _Source, or None where they are no parameter's."""
        known = getattr(tensor, "_specgd_source", None)
        place = None
        if known is not None:
            place = _storage_of(tensor)
            if known.place == place:
                return known
        if not self._by_place:
            return None
        place = _storage_of(tensor) if place is None else place
        for begin, end, weight, _ in self._by_place.get(place, ()):
            if begin <= tensor.storage_offset() < end:
                return _Source(place, begin, weight, None)
        return None


# -------------------------------------------------------------------------------------------------------------- where numbers come from

#: Numbers of elements: the parameter's number times this, plus the place in its memory.
_EACH = 1 << 40


class _Source:
    """Says of memory which elements of parameters its numbers are (or came from, one by one).

    zero: the place in the storage that is the weight's first element, or the first of `ids`.
    ids: element numbers in the order of the memory, or None where the memory is laid out as the weight's.
    merged: products of weights (LoRA) that were added, element by element.
    """

    def __init__(self, place, zero, weight, ids, merged=()):
        self.place, self.zero, self.weight, self.ids, self.merged = place, zero, weight, ids, tuple(merged)

    def numbers(self, sizes, strides, offset):
        """Element numbers of the strided piece of the storage."""
        if self.ids is not None:
            return self.ids.as_strided(tuple(sizes), tuple(strides), offset - self.zero)
        place = torch.tensor(offset - self.zero + self.weight.number * _EACH)
        for size, stride in zip(sizes, strides):
            place = place.unsqueeze(-1) + torch.arange(size) * stride
        return place

    def of(self, tensor):
        return self.numbers(tensor.shape, tensor.stride(), tensor.storage_offset())


class _Composed:
    """A product of two weights, as LoRA's B A: it stands for both where it multiplies activations."""

    number = -1

    def __init__(self, left, right):
        self.left, self.right, self.as_weight = left, right, False


#: Functions that change numbers one by one, or move them; what they give is followed to the parameter.
_MOVES = {"clone", "contiguous", "reshape", "flatten", "cat", "concat", "concatenate", "stack", "hstack", "vstack", "permute", "transpose", "t", "view",
          "repeat", "__getitem__", "index_select", "chunk", "flip", "roll", "tile", "expand", "narrow", "split", "unsqueeze", "squeeze", "movedim",
          "swapaxes", "unflatten", "repeat_interleave", "select", "unbind", "__get__", "view_as", "reshape_as", "tensor_split"}

#: What may be done to a product of weights (LoRA's B A) before it multiplies.
_LINEAR = _MOVES | {"mul", "__mul__", "__rmul__", "div", "__truediv__", "add", "__add__", "__radd__", "sub", "__sub__", "neg", "to", "type", "half", "float",
                    "double", "bfloat16"}


def _derive(weights, func, args, kwargs, out, located):
    """Marks what a function made of parameters, where it can be followed: `located` are the arguments with a source."""
    outs = out if isinstance(out, (tuple, list)) else (out,)
    outs = [o for o in outs if torch.is_tensor(o) and (o.is_floating_point())]
    name = getattr(func, "__name__", "")
    if name in ("__set__", "backward") or func == torch.Tensor.grad.__get__:
        return
    others = [t for t in _tensors(args, kwargs) if not any(t is l for l, _ in located)]
    for o in outs:
        if any(o is l for l, _ in located):
            continue
        place = _storage_of(o)
        same = [s for l, s in located if s.place == place]
        if same:
            if getattr(o, "_specgd_source", None) is None and weights.find(o) is None or same[0].ids is not None or same[0].merged:
                o._specgd_source = same[0]  # a view
            continue
        if not all(t.numel() == 1 or t.dtype == torch.bool or weights.is_of_weights(t) or name in _MOVES and not t.is_floating_point() for t in others):
            return
        o._specgd_of_weights = True
        if name not in _LINEAR and any(isinstance(s.weight, _Composed) or s.merged for _, s in located):
            return
        source = _moved(weights, func, name, args, kwargs, o, outs, located) or _elementwise(o, located)
        if source is not None:
            o._specgd_source = source


def _elementwise(out, located):
    """The elements of the argument that has the shape of the result."""
    same = [(l, s) for l, s in located if l.shape == out.shape]
    if not same:
        return None
    main = next(((l, s) for l, s in same if not isinstance(s.weight, _Composed)), same[0])
    merged = [s.weight for l, s in same if isinstance(s.weight, _Composed) and s is not main[1]] + [m for _, s in same for m in s.merged]
    tensor, source = main
    if source.ids is None and tensor.stride() == out.stride():
        return _Source(_storage_of(out), out.storage_offset() - (tensor.storage_offset() - source.zero), source.weight, None, merged)
    return _with_ids(out, source.of(tensor), source, merged)


def _with_ids(out, logical, source, merged=()):
    ids = torch.empty_strided(out.shape, out.stride(), dtype=torch.int64)
    ids.copy_(logical)
    return _Source(_storage_of(out), out.storage_offset(), source.weight, ids, merged)


def _moved(weights, func, name, args, kwargs, out, outs, located):
    """Numbers that were moved: the same function, done to the numbers of the elements."""
    if name not in _MOVES or len(outs) != 1:
        return None

    def shadow(value):
        if torch.is_tensor(value):
            source = next((s for l, s in located if l is value), None)
            return value if source is None else source.of(value)
        if isinstance(value, (list, tuple)):
            return type(value)(shadow(v) for v in value) if not isinstance(value, torch.Size) else value
        return value

    try:
        moved = func(*[shadow(a) for a in args], **{k: shadow(v) for k, v in kwargs.items()})
    except (TypeError, RuntimeError):
        return None
    return _with_ids(out, moved, located[0][1]) if torch.is_tensor(moved) and moved.shape == out.shape else None


# --------------------------------------------------------------------------------------------------------------------------- the watch


class _Watch(TorchFunctionMode):
    """Sees every call of a function of torch; hands products with a weight to the recorder and follows what becomes of parameters."""

    def __init__(self, recorder):
        super().__init__()
        self.recorder = recorder

    def __torch_function__(self, func, kinds, args=(), kwargs=None):
        kwargs = kwargs or {}
        recorder = self.recorder
        if recorder._quiet:
            return func(*args, **kwargs)
        name = getattr(func, "__name__", "")
        if func is nn.functional.multi_head_attention_forward:
            with _Watch(recorder), recorder._units.time_first():  # whatever batch_first says, it is given (time, batch, width)
                return _unfolded(func)(*args, **kwargs)
        if func is torch.Tensor.backward:
            return _backward(recorder, *args, **kwargs)
        _notice_cleared(recorder, func, name, args)
        if name in ("lstm", "gru", "rnn_tanh", "rnn_relu"):
            recorder.random_before = torch.get_rng_state()  # of the dropout between layers
        out = func(*args, **kwargs)
        with _quiet(recorder), _harmless(recorder, args, kwargs):
            _look(recorder, func, name, args, kwargs, out)
        return out


@contextlib.contextmanager
def _harmless(recorder, args, kwargs):
    """What cannot be followed must not stop the training step: it is told as the reason why a matrix was not measured."""
    try:
        yield
    except Exception as error:  # noqa: BLE001
        if os.environ.get("SPECGD_CAPTURE_STRICT"):
            raise
        for tensor in _tensors(args, kwargs):
            source = recorder._weights.find(tensor)
            if source is not None and isinstance(source.weight, _Weight):
                source.weight.failed = "%s: %s" % (type(error).__name__, str(error).splitlines()[0] if str(error) else "")


@contextlib.contextmanager
def _seen_index(recorder):
    """Before PyTorch 2.0 x[i] is not handed to a TorchFunctionMode."""
    if torch.__version__ >= "2" or "__getitem__" in vars(torch.Tensor):
        yield
        return
    inner = torch.Tensor.__getitem__

    def index(tensor, key):
        out = inner(tensor, key)
        if not recorder._quiet:
            with _quiet(recorder), _harmless(recorder, (tensor,), {}):
                _look(recorder, inner, "__getitem__", (tensor, key), {}, out)
        return out

    index.__name__ = "__getitem__"
    torch.Tensor.__getitem__ = index
    try:
        yield
    finally:
        del torch.Tensor.__getitem__


def _look(recorder, func, name, args, kwargs, out):
    given = list(_tensors(args, kwargs))
    if not given:
        return
    if any(_is_of_func(t) for t in given):
        for tensor in given:  # within torch.func's transforms a tensor stands for many, or for its own derivative
            source = None if _is_of_func(tensor) else recorder._weights.find(tensor)
            if source is not None and isinstance(source.weight, _Weight):
                source.weight.refused.add("torch.func")
        return
    located = [(t, s) for t in given for s in (recorder._weights.find(t),) if s is not None]
    after = any(getattr(t, "_specgd_after", False) for t in given)
    product = _PRODUCTS.get(name)
    outs = out if isinstance(out, (tuple, list)) else (out,)
    if located and product is not None:
        taken = bool(product(recorder, args, kwargs, out, located))
        if not taken and name not in _MAYBE_PRODUCTS and not any(torch.is_tensor(o) and recorder._weights.find(o) is not None for o in outs):
            taken = _note_refused(recorder._weights, name, given, located)
        after = taken or after
    elif located:
        _derive(recorder._weights, func, args, kwargs, out, located)
        if name not in _LOOKS and (name not in _MOVES or all(not torch.is_tensor(o) or recorder._weights.find(o) is None for o in outs)):
            for _, source in located:
                if isinstance(source.weight, _Weight):
                    source.weight.touched.add(name)
    elif all(t.numel() == 1 or recorder._weights.is_of_weights(t) for t in given) and any(recorder._weights.is_of_weights(t) for t in given):
        for o in outs:
            if torch.is_tensor(o):
                o._specgd_of_weights = True
    if after:
        for o in outs:
            if torch.is_tensor(o):
                o._specgd_after = True
    if name in _REPEATS:
        _follow_looked_up(given, outs[0])
    _follow_rows(recorder, name, args, kwargs, out)


def _follow_looked_up(given, out):
    """Rows that were looked up once and are added to every sequence meet as many rows as there are of those."""
    for tensor in given:
        looked_up = getattr(tensor, "_specgd_looked_up", None)
        if looked_up is None or not torch.is_tensor(out):
            continue
        uses, size = looked_up
        sizes = [s for s in tensor.shape if s > 1]
        if out.numel() % size == 0 and [s for s in out.shape if s > 1][-len(sizes) :] == sizes:
            uses[0] = max(uses[0], out.numel() // size)
            out._specgd_looked_up = looked_up


def _is_of_func(tensor):
    """Whether a transform of torch.func (grad, vmap) made the tensor."""
    functorch = getattr(torch._C, "_functorch", None)
    return hasattr(functorch, "is_functorch_wrapped_tensor") and functorch.is_functorch_wrapped_tensor(tensor)


def _note_refused(weights, name, given, located):
    """A product with data that could not be taken. True where there is one: what it gives stands behind a matrix nevertheless."""
    matrices = [s.weight for _, s in located if isinstance(s.weight, _Weight) and s.weight.is_matrix()]
    data = [t for t in given if t.numel() > 1 and not any(t is l for l, _ in located) and not weights.is_of_weights(t)]
    if not matrices or not data or not torch.is_grad_enabled():
        return False
    for weight in matrices:
        weight.refused.add(name)
    return True


#: Functions that look at a tensor without using its numbers.
_LOOKS = {"size", "dim", "numel", "stride", "__get__", "__set__", "is_floating_point", "element_size", "data_ptr", "storage_offset", "__len__", "is_complex",
          "requires_grad_", "register_hook", "zero_", "detach", "is_contiguous", "ndimension", "dtype", "__hash__", "nelement", "get_device", "__repr__",
          "backward", "to", "type", "half", "float", "double", "bfloat16", "norm", "_is_view"}


def _unfolded(func):
    """A function of torch.nn.functional whose inner calls are seen: a copy that does not hand itself over whole."""
    never = lambda *a, **k: False  # noqa: E731
    inner = dict(func.__globals__, has_torch_function=never, has_torch_function_unary=never, has_torch_function_variadic=never)
    copy = types.FunctionType(func.__code__, inner, func.__name__, func.__defaults__, func.__closure__)
    copy.__kwdefaults__ = func.__kwdefaults__
    return copy


def _backward(recorder, tensor, gradient=None, retain_graph=None, create_graph=False, inputs=None):
    """The backward pass, watched: activation checkpointing runs parts of the network again within it."""
    recorder._backward += 1
    recorder.passes += 1
    try:
        with _Watch(recorder):
            torch.autograd.backward(tensor, gradient, retain_graph, create_graph, inputs=inputs)
    finally:
        recorder._backward -= 1


def _notice_cleared(recorder, func, name, args):
    if name == "__set__" and func == torch.Tensor.grad.__set__ and len(args) == 2 and args[1] is None:
        weight = recorder._weights.of(args[0])
        if weight is not None and weight.tensor.grad is not None:
            recorder.cleared(weight)
    elif name in ("zero_", "_foreach_zero_") and args:
        zeroed = args[0] if isinstance(args[0], (list, tuple)) else [args[0]]
        grads = {id(w.tensor.grad): w for w in recorder._weights if w.tensor.grad is not None}
        for tensor in zeroed:
            if id(tensor) in grads:
                recorder.cleared(grads[id(tensor)])


def _in_backward(recorder):
    current = getattr(torch._C, "_current_graph_task_id", None)
    return recorder._backward > 0 if current is None else current() != -1


@contextlib.contextmanager
def _quiet(recorder):
    recorder._quiet += 1
    try:
        yield
    finally:
        recorder._quiet -= 1


def _tensors(args, kwargs):
    for value in list(args) + list(kwargs.values()):
        if torch.is_tensor(value):
            yield value
        elif isinstance(value, (list, tuple)):
            for inner in value:
                if torch.is_tensor(inner):
                    yield inner


# ---------------------------------------------------------------------------------------------------------------------------- products


def _linear(recorder, args, kwargs, out, located):
    x, w = _argument(args, kwargs, 0, "input"), _argument(args, kwargs, 1, "weight")
    rows = ["r%d" % i for i in range(x.dim() - 1)]
    return _multiply(recorder, w, (["o"] if w.dim() == 2 else []) + ["k"], x, rows + ["k"], out, rows + (["o"] if w.dim() == 2 else []))


def _matmul(recorder, args, kwargs, out, located, first=0, swapped=False, func=None):
    a = _argument(args, kwargs, first, "batch1" if first and out.dim() == 3 else "mat1" if first else "input", "self")
    b = _argument(args, kwargs, first + 1, "other", "mat2", "batch2", "vec", "vec2")
    if a is None or b is None or not torch.is_tensor(a) or not torch.is_tensor(b):
        return False
    if func == "mv" and recorder._weights.is_of_weights(b):
        return False  # the power iteration of spectral_norm, which looks at the weight itself
    a, b = (b, a) if swapped else (a, b)
    la, lb, lo = _matmul_labels(a, b)
    return _two(recorder, a, la, b, lb, out, lo, located)


def _matmul_labels(a, b):
    """Labels of the dimensions of a, b and a @ b; those of size one that are stretched have a label of their own."""
    la = ["m", "k"] if a.dim() > 1 else ["k"]
    lb = ["k", "n"] if b.dim() > 1 else ["k"]
    count = max(a.dim() - 2, b.dim() - 2, 0)
    batch_a, batch_b, out = [], [], []
    for i in range(count):  # from the right
        size_a = a.shape[-3 - i] if a.dim() - 2 > i else None
        size_b = b.shape[-3 - i] if b.dim() - 2 > i else None
        label = "b%d" % i
        if size_a is not None:
            batch_a.insert(0, label if size_a != 1 or size_b in (None, 1) else label + "a")
        if size_b is not None:
            batch_b.insert(0, label if size_b != 1 or size_a in (None, 1) else label + "b")
        out.insert(0, label)
    return batch_a + la, batch_b + lb, out + (["m"] if a.dim() > 1 else []) + (["n"] if b.dim() > 1 else [])


def _two(recorder, a, la, b, lb, out, lo, located):
    """A product of two operands, of which one or both are weights."""
    source_a, source_b = (next((s for l, s in located if l is t), None) for t in (a, b))
    if source_a is not None and source_b is not None:
        return _compose(recorder, a, la, source_a, b, lb, source_b, out, lo)
    if source_b is not None:
        return _multiply(recorder, b, lb, a, la, out, lo)
    return source_a is not None and _multiply(recorder, a, la, b, lb, out, lo)


def _compose(recorder, a, la, source_a, b, lb, source_b, out, lo):
    """Two weights, as LoRA's B A; where the result meets no activation as a weight, an ordinary product (learned queries times a weight)."""
    composed = _Composed((a, source_a), (b, source_b))
    order, stack = recorder.next_order(), list(recorder.module_stack())

    def act(gradient):
        if composed.as_weight:
            return
        running, recorder._stack = recorder._stack, stack
        try:
            ready = _prepare(recorder, b, lb, a, la, lo)
        finally:
            recorder._stack = running
        if ready is not None:
            ready(gradient, order)
            if isinstance(source_a.weight, _Weight):
                source_a.weight.as_activation = True

    if torch.is_grad_enabled():
        recorder.when_gradient_comes(out, act)
    if out.dim() == 2:
        out._specgd_source = _Source(_storage_of(out), out.storage_offset(), composed, None)
    return False


def _einsum(recorder, args, kwargs, out, located):
    if not args or not isinstance(args[0], str):
        return False
    operands = list(args[1]) if len(args) == 2 and isinstance(args[1], (list, tuple)) else list(args[1:])
    left, _, right = args[0].replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(operands):
        return False
    labels = [_einsum_labels(term, x.dim()) for term, x in zip(terms, operands)]
    if "->" not in args[0]:
        flat = [l for ls in labels for l in ls]
        right_labels = [l for l in flat if l.startswith(".")] + sorted(l for l in set(flat) if flat.count(l) == 1 and not l.startswith("."))
    else:
        right_labels = _einsum_labels(right, out.dim())
    place = [i for i, x in enumerate(operands) if any(x is l for l, _ in located)]
    if len(operands) == 1:
        _derive(recorder._weights, torch.einsum, args, kwargs, out, located)
        return False
    if len(operands) == 2:
        return _two(recorder, operands[0], labels[0], operands[1], labels[1], out, right_labels, located)
    if 1 < len(place) < len(operands):
        return _chain(recorder, operands, labels, place, out, right_labels)
    seen = False
    for i in place:
        rest = [j for j in range(len(operands)) if j != i]
        wanted = [l for l in dict.fromkeys(l for j in rest for l in labels[j]) if l in labels[i] or l in right_labels]
        x = _combined([operands[j].detach() for j in rest], [labels[j] for j in rest], wanted)
        gates = {l for l in labels[i] if sum(l in labels[j] for j in rest) > 1}
        after = any(getattr(operands[j], "_specgd_after", False) for j in rest)
        if after:
            x._specgd_after = True
        seen = _multiply(recorder, operands[i], labels[i], x, wanted, out, right_labels, gates) or seen
    return seen


def _chain(recorder, operands, labels, place, out, lo):
    """x A B ...: activations that meet several weights, one after the other; `place` are the numbers of the weights, `lo` the labels of the output."""
    weights, left = set(place), list(range(len(operands)))
    first = next((i for i in left if i not in weights and any(set(labels[i]) & set(labels[j]) for j in place)), None)
    if first is None:
        return False
    left.remove(first)
    x, lx, after, seen = operands[first].detach(), labels[first], getattr(operands[first], "_specgd_after", False), False
    while weights & set(left):

        def contracts(i):
            return any(l in lx and l not in lo and all(l not in labels[j] for j in left if j != i) for l in labels[i])

        near = [i for i in left if set(labels[i]) & set(lx)]
        if not near:
            break
        each = next((i for i in near if i in weights and contracts(i)), None)
        each = next((i for i in near if i not in weights), near[0]) if each is None else each
        left.remove(each)
        wanted = [l for l in dict.fromkeys(lx + labels[each]) if l in lo or any(l in labels[j] for j in left)]
        if each in weights:
            behind = [operands[j].detach() for j in left], [labels[j] for j in left]

            def through(g, behind=behind, wanted=wanted):
                return _combined([g] + behind[0], [lo] + behind[1], wanted)

            x._specgd_after = after
            taken = _multiply(recorder, operands[each], labels[each], x, lx, out, wanted, through=through)
            seen = after = taken or seen
        x, lx = _combined([x, operands[each].detach()], [lx, labels[each]], wanted), wanted
    return seen


def _multi_dot(recorder, args, kwargs, out, located):
    """linalg.multi_dot of a list, and chain_matmul of its arguments."""
    operands = list(args[0]) if isinstance(args[0], (list, tuple)) else list(args)
    labels = [["k%d" % i, "k%d" % (i + 1)] for i in range(len(operands))]
    if operands[0].dim() == 1:
        labels[0] = labels[0][1:]
    if operands[-1].dim() == 1:
        labels[-1] = labels[-1][:1]
    place = [i for i, x in enumerate(operands) if any(x is l for l, _ in located)]
    lo = ["k0"] * (operands[0].dim() == 2) + ["k%d" % len(operands)] * (operands[-1].dim() == 2)
    if len(operands) == 2:
        return _two(recorder, operands[0], labels[0], operands[1], labels[1], out, lo, located)
    return len(place) < len(operands) and _chain(recorder, operands, labels, place, out, lo)


def _inner(recorder, args, kwargs, out, located):
    a, b = _argument(args, kwargs, 0, "input"), _argument(args, kwargs, 1, "other")
    if a.dim() == 0 or b.dim() == 0:
        return False
    la, lb = ["a%d" % i for i in range(a.dim() - 1)], ["b%d" % i for i in range(b.dim() - 1)]
    return _two(recorder, a, la + ["k"], b, lb + ["k"], out, la + lb, located)


def _addbmm(recorder, args, kwargs, out, located):
    """The sum over a batch of products."""
    a, b = _argument(args, kwargs, 1, "batch1"), _argument(args, kwargs, 2, "batch2")
    return _two(recorder, a, ["b", "m", "k"], b, ["b", "k", "n"], out, ["m", "n"], located)


def _combined(operands, labels, wanted):
    """The product of the other operands, over the dimensions that remain."""
    letters = {}
    for ls in labels:
        for l in ls:
            letters.setdefault(l, chr(ord("a") + len(letters)))
    text = ",".join("".join(letters[l] for l in ls) for ls in labels) + "->" + "".join(letters[l] for l in wanted)
    return torch.einsum(text, *operands)


def _einsum_labels(term, dims):
    if "..." not in term:
        return list(term)
    before, _, behind = term.partition("...")
    count = dims - len(before) - len(behind)
    return list(before) + [".%d" % (count - i) for i in range(count)] + list(behind)


def _tensordot(recorder, args, kwargs, out, located):
    a, b = _argument(args, kwargs, 0, "a"), _argument(args, kwargs, 1, "b")
    dims = args[2] if len(args) > 2 else kwargs.get("dims", 2)
    if isinstance(dims, int):
        left, right = list(range(a.dim() - dims, a.dim())), list(range(dims))
    elif torch.is_tensor(dims):
        return False
    else:
        left, right = ([d] if isinstance(d, int) else list(d) for d in dims)
    left, right = [d % a.dim() for d in left], [d % b.dim() for d in right]
    la, lb = ["a%d" % i for i in range(a.dim())], ["b%d" % i for i in range(b.dim())]
    for i, (l, r) in enumerate(zip(left, right)):
        la[l] = lb[r] = "k%d" % i
    return _two(recorder, a, la, b, lb, out, [l for l in la if l[0] == "a"] + [l for l in lb if l[0] == "b"], located)


def _bilinear(recorder, args, kwargs, out, located):
    """y_o = x1^T W_o x2: the weight (out, in1 * in2) multiplies the outer products of the two inputs."""
    x1, x2, w = args[:3]
    both = (x1.detach().unsqueeze(-1) * x2.detach().unsqueeze(-2))
    both._specgd_after = any(getattr(x, "_specgd_after", False) for x in (x1, x2))
    rows = ["r%d" % i for i in range(x1.dim() - 1)]
    return _multiply(recorder, w, ["o", "i", "j"], both, rows + ["i", "j"], out, rows + ["o"], whole=True)


def _multiply(recorder, w, lw, x, lx, out, lo, gates=(), whole=False, through=None):
    """A product of the weight w with activations x; the lists label the dimensions, as in einsum. True where it was taken.

    `lo` labels the product; where `out` is not yet the product, but what was made of it, through(gradient of out) is the gradient of the product.
    """
    picked = _picked(recorder, w, lw, x, lx, lo)
    if picked is not None:
        seen = False
        for some_w, some_lw, some_x, some_lx, some_lo, units, pick in picked:
            ready = _prepare(recorder, some_w, some_lw, some_x, some_lx, some_lo, gates, whole, units=units)
            if ready is not None:
                ready(None, None, watch=out, through=lambda g, pick=pick: pick(g if through is None else through(g)))
                seen = True
        return seen
    ready = _prepare(recorder, w, lw, x, lx, lo, gates, whole, out)
    if ready is None:
        return False
    ready(None, None, watch=out, through=through)
    return True


def _picked(recorder, w, lw, x, lx, lo):
    """A stack that a program picked from a parameter, a matrix for each token, as w[expert]: for each matrix the rows that meet it. None for other stacks."""
    source = recorder._weights.find(w)
    labels = [l for l in lw if l in lx and l in lo]
    if source is None or source.ids is None or not labels:
        return None
    rest = [l for l in lw if l not in labels]
    first = w.permute([lw.index(l) for l in labels + rest])
    for _ in rest:
        first = first[..., 0]
    matrices, which = source.of(first).flatten().unique(return_inverse=True)
    if len(matrices) == len(which):
        return None

    def side_by_side(t, lt):
        return t.permute([lt.index(l) for l in labels + [l for l in lt if l not in labels]]).flatten(0, len(labels) - 1)

    others = [l for l in lx if l not in labels and l not in lw]
    dims = [lx.index(l) for l in labels + others if x.shape[lx.index(l)] > 1]
    units = recorder._units.of_rows(x, dims) if dims else None
    rows, after = side_by_side(x.detach(), lx), getattr(x, "_specgd_after", False) or recorder._weights.find(x) is not None
    found = []
    for i in range(len(matrices)):
        at = (which == i).nonzero().flatten()
        matrix, place = w, int(at[0])
        for l in reversed(labels):
            size = w.shape[lw.index(l)]
            matrix, place = matrix.select(_dim(lw, labels, l), place % size), place // size
        matrix._specgd_source = source
        some = rows.index_select(0, at.to(rows.device))
        some._specgd_after = after
        mine = None if units is None else units.reshape(len(which), -1)[at].flatten()
        found.append((matrix, rest, some, ["picked"] + [l for l in lx if l not in labels], ["picked"] + [l for l in lo if l not in labels], mine,
                      lambda g, at=at: side_by_side(g, lo).index_select(0, at.to(g.device))))
    return found


def _dim(lw, labels, label):
    """The dimension of a label after those of `labels` behind it have been selected away."""
    gone = labels[labels.index(label) + 1 :]
    return [l for l in lw if l not in gone].index(label)


def _prepare(recorder, w, lw, x, lx, lo, gates=(), whole=False, out=None, units=None):
    """What takes the product into account, given the gradient of its output (or its output, to wait for it); None where it is no such product."""
    source = recorder._weights.find(w)
    if source is None or w.is_complex() or not x.is_floating_point():
        return None
    size, stride = dict(zip(lw, w.shape)), dict(zip(lw, w.stride()))
    lw = [l for l in lw if not (stride[l] == 0 and size[l] > 1 and l in lx)]  # a weight that is repeated over the batch
    lw = [l for l in lw if l in lx or l in lo or size[l] > 1]
    stacks, outs, ins = [l for l in lw if l in lx and l in lo], [l for l in lw if l not in lx], [l for l in lw if l in lx and l not in lo]
    if not ins or any(l not in lo for l in outs):
        return None
    product = _Product(recorder, x, lx, lo, stacks, ins, outs, units)
    if out is not None and (source.merged or isinstance(source.weight, _Composed)):
        _meet_composed(recorder, source, w, lw, product, out)
    if isinstance(source.weight, _Composed):
        return lambda gradient, order, watch=None, through=None: None
    layers = []
    for stack in _indices([size[l] for l in stacks]):
        at = w.storage_offset() + sum(i * stride[l] for i, l in zip(stack, stacks))
        first = source.numbers([size[l] for l in outs], [stride[l] for l in outs], at).flatten()
        across = source.numbers([size[l] for l in ins], [stride[l] for l in ins], at).flatten()
        for numbers, across, rows_of, columns_of in _pieces(recorder, first, across - across[0], ins, gates, whole):
            layers.append((stack, rows_of, columns_of, _layer_of(recorder, numbers, across)))
    return lambda gradient, order, watch=None, through=None: _take_in(recorder, product, layers, gradient, order, watch, through)


def _take_in(recorder, product, layers, gradient, order, watch, through=None):
    """Adds the rows of a product to the layers that it is made of, when the gradient of its output comes."""
    counted = [piece for piece in layers if order is not None or piece[3].counts_call(recorder)]
    for _, _, _, layer in counted:
        layer.note(order, product.from_input, recorder)
    if not counted:
        return

    def act(g):
        g = g if g is None or through is None else through(g)
        for stack, rows_of, columns_of, layer in counted:
            layer.add(product.activations(stack, columns_of), product.gradient(g, stack, rows_of), recorder)

    if watch is None or not any(piece[3].weight.tensor.requires_grad for piece in counted):
        with _without_autocast():  # of frozen weights autograd keeps no activations, and the program may write over them
            act(gradient)
        return
    node = recorder.when_gradient_comes(watch, act)
    if node is not None:
        recorder._nodes.append((node, [piece[3] for piece in counted], _in_backward(recorder)))
    watch._specgd_layers = [piece[3] for piece in counted]


def _may_change(x):
    """Whether the program may write over x before the backward pass: autograd keeps another tensor under autocast."""
    return x.requires_grad and _is_autocast_on()


def _is_autocast_on():
    try:
        return torch.is_autocast_enabled("cpu") or torch.is_autocast_enabled("cuda")
    except TypeError:  # before PyTorch 2.4 each kind of device has a function of its own
        return torch.is_autocast_enabled() or torch.is_autocast_cpu_enabled()


def _indices(sizes):
    if not sizes:
        return [()]
    return [(i,) + rest for i in range(sizes[0]) for rest in _indices(sizes[1:])]


def _pieces(recorder, first, across, ins, gates, whole):
    """A matrix, given by the element numbers of its first column and what each column adds, by the matrices of the parameters that it is made of."""
    every = torch.arange(len(first))
    columns = torch.arange(len(across))
    number = torch.div(first, _EACH, rounding_mode="floor")
    for n in number.unique_consecutive().unique().tolist():
        rows = every[number == n]
        weight = recorder._weights._all[n]
        each = _matrix_size(weight)
        if whole or each is None:
            yield first[rows], across, rows, columns
            continue
        lead = torch.div(first[rows] % _EACH, each, rounding_mode="floor")
        lead_across = torch.div(first[rows][0] % _EACH + across, each, rounding_mode="floor")
        stacked_across = len(lead_across.unique()) > 1
        if len(lead.unique()) > 1 or not stacked_across:
            if not stacked_across:
                weight.stacked = weight.stacked or weight.full_shape()[0] > 1
            for value in lead.unique().tolist():
                some = rows[lead == value]
                yield first[some], across, some, columns
        elif any(l in gates for l in ins) or weight.stacked or _sibling_is_stacked(recorder, weight):
            weight.stacked = True
            for value in lead_across.unique().tolist():
                some = columns[lead_across == value]
                yield first[rows] + across[some[0]], across[some] - across[some[0]], rows, some
        else:
            yield first[rows], across, rows, columns


def _matrix_size(weight):
    """Elements of one matrix of a stack of three or more dimensions; None for a single matrix."""
    shape = weight.full_shape()
    if len(shape) < 3 or weight.gathered is None and not _local(weight.tensor).is_contiguous() or weight.count() == shape[-1] * shape[-2]:
        return None
    return shape[-1] * shape[-2]


def _sibling_is_stacked(recorder, weight):
    owner = weight.name.rpartition(".")[0]
    return any(w.stacked and w is not weight and w.name.rpartition(".")[0] == owner and w.full_shape()[0] == weight.full_shape()[0] for w in recorder._weights)


def _layer_of(recorder, first, across):
    weight = recorder._weights._all[int(first[0]) // _EACH]
    places = first % _EACH
    key = (weight.number, int(places[0]), int(places[-1]), int(across[-1]), len(first), len(across), "linear")

    def make():
        name = weight.name_in(recorder.module_stack())
        return _Matrix(weight, name, places, across, recorder._splits)

    return recorder.layer(weight, key, make)


def _meet_composed(recorder, source, w, lw, product, out):
    """LoRA, merged: of W + B A the activations x meet A, and x A^T meets B."""
    if len(product.outs) != 1 or len(product.ins) != 1 or product.stacks or not torch.is_grad_enabled():
        return
    transposed = w.stride(lw.index(product.ins[0])) > w.stride(lw.index(product.outs[0]))
    for composed in ([source.weight] if isinstance(source.weight, _Composed) else []) + list(source.merged):
        composed.as_weight = True
        (left, _), (right, _) = composed.left, composed.right
        near, far, labels_near, labels_far = (left, right, ["k", "j"], ["j", "o"]) if transposed else (right, left, ["j", "k"], ["o", "j"])
        order = recorder.next_order()

        def act(gradient, near=near, far=far, labels_near=labels_near, labels_far=labels_far, order=order):
            rows, mask = product.flat_rows(), None
            if gradient is not None:
                g = product.gradient(gradient, (), None)
                mask = None if g is None else (g != 0).any(-1, keepdim=True)
            matrix = near.detach().to(rows.dtype)
            second = rows @ (matrix if transposed else matrix.t())
            rows._specgd_after, second._specgd_after = not product.from_input, True
            for tensor, labels, x, inner, outer in ((near, labels_near, rows, "k", "j"), (far, labels_far, second, "j", "o")):
                ready = _prepare(recorder, tensor, labels, x, ["r", inner], ["r", outer])
                if ready is not None:
                    ready(mask, order)

        recorder.when_gradient_comes(out, act)


def _rows_of(x, width):
    """x as rows of a width; there may be none of them."""
    return x.reshape(x.numel() // width if width else 0, width)


class _Product:
    """The activations of a product, arranged as rows for each matrix of the weight when they are asked for."""

    def __init__(self, recorder, x, lx, lo, stacks, ins, outs, units=None):
        self.lx, self.lo, self.stacks, self.ins, self.outs = lx, lo, stacks, ins, outs
        self.rows = [l for l in lx if l not in stacks and l not in ins]
        self.x = x.detach().clone() if _may_change(x) else x.detach()
        learned = recorder._weights.find(x)
        self.from_input = not (getattr(x, "_specgd_after", False) or recorder._weights.is_of_weights(x) or learned is not None)
        if learned is not None and isinstance(learned.weight, _Weight):
            learned.weight.as_activation = True
        self.key = (_storage_of(x), x.storage_offset(), tuple(x.shape), x.stride(), x._version)
        self.units = recorder._units.of_rows(x, [lx.index(l) for l in self.rows]) if units is None else units
        self._cache = {}

    def flat_rows(self):
        x = self.x.permute([self.lx.index(l) for l in self.rows + self.ins])
        return _rows_of(x, x.shape[-1])

    def activations(self, stack, columns):
        if stack not in self._cache:
            x = self.x.permute([self.lx.index(l) for l in self.stacks + self.rows + self.ins])
            for i in stack:
                x = x[i]
            width = 1
            for size in x.shape[len(self.rows):]:
                width *= size
            self._cache[stack] = _rows_of(x, width)
        x = self._cache[stack]
        every = len(columns) == x.shape[1]
        return _Activations(x if every else x[:, columns.to(x.device)], self.units, (self.key, stack) if every else None)

    def gradient(self, g, stack, rows_of):
        """The gradient of the outputs as (rows, out), or None where the output does not tell rows apart."""
        if g is None or any(l not in self.lo and self.x.shape[self.lx.index(l)] > 1 for l in self.rows):
            return None
        rows = [l for l in self.rows if l in self.lo]
        rest = [l for l in self.lo if l not in self.stacks + rows]
        g = g.permute([self.lo.index(l) for l in self.stacks + rows + rest])
        for i in stack:
            g = g[i]
        width = 1
        for size in g.shape[len(rows) :]:
            width *= size
        g = _rows_of(g, width)
        return g if rows_of is None or rest != self.outs or len(rows_of) >= g.shape[1] else g[:, rows_of.to(g.device)]


def _embedding(recorder, args, kwargs, out, located):
    """A table looked up: F.embedding(tokens, table), or table[tokens]."""
    tokens, table = _argument(args, kwargs, 0, "input"), _argument(args, kwargs, 1, "weight")
    padding = args[2] if len(args) > 2 else kwargs.get("padding_idx")
    return _look_up(recorder, table, tokens, out, padding)


def _look_up(recorder, table, tokens, out, padding=None):
    source = recorder._weights.find(table) if torch.is_tensor(table) else None
    if source is None or isinstance(source.weight, _Composed) or table.dim() != 2 or not torch.is_tensor(tokens) or tokens.is_floating_point() \
            or table.is_complex():
        return False
    offset, count, weight = table.storage_offset(), table.shape[0], source.weight
    whole = [size for size in weight.full_shape() if size > 1]
    if source.ids is None and len(whole) == 2 and table.stride() == (whole[1], 1) and (offset - source.zero) % whole[1] == 0:
        tokens, offset, count = tokens + (offset - source.zero) // whole[1], source.zero, whole[0]  # some rows of the table: it is judged whole
    places = source.numbers([table.shape[1]], [table.stride(1)], offset)
    across = source.numbers([count], [table.stride(0)], offset)
    weight = recorder._weights._all[int(places[0]) // _EACH]
    key = (weight.number, int(places[0]) % _EACH, len(across), "embedding")
    layer = recorder.layer(weight, key, lambda: _Table(weight, weight.name_in(recorder.module_stack()), places % _EACH, across - across[0]))
    if not layer.counts_call(recorder):
        return False
    layer.note(None, True, recorder)
    recorder._units.note(tokens)
    tokens, uses = tokens.detach().flatten(), [1]
    if torch.is_tensor(out):
        out._specgd_looked_up = uses, out.numel()

    def act(gradient):
        layer.count(tokens, None if gradient is None else gradient.reshape(-1, gradient.shape[-1]), padding, recorder, uses[0])

    node = recorder.when_gradient_comes(out, act)
    if node is not None:
        recorder._nodes.append((node, [layer], _in_backward(recorder)))
    return True


def _add(recorder, args, kwargs, out, located):
    """A table of positions that is added to every sequence: as an embedding of the positions."""
    a, b = _argument(args, kwargs, 0, "input"), _argument(args, kwargs, 1, "other")
    if torch.is_tensor(a) and torch.is_tensor(b) and len(located) == 1:
        table, x = (a, b) if located[0][0] is a else (b, a)
        source = located[0][1]
        sizes = [size for size in table.shape if size > 1]
        if isinstance(source.weight, _Weight) and len(sizes) == 2 and table.dim() <= x.dim() and tuple(x.shape[-2:]) == tuple(sizes) == tuple(table.shape[-2:]) \
                and x.numel() > table.numel() and not recorder._weights.is_buffer(x):
            flat = table.reshape(sizes)
            if _storage_of(flat) == _storage_of(table):
                tokens = torch.arange(sizes[0]).repeat(x.numel() // table.numel())
                return _look_up(recorder, flat, tokens, out)
    for _, source in located:
        if isinstance(source.weight, _Weight):
            source.weight.touched.add("add")
    _derive(recorder._weights, torch.add, args, kwargs, out, located)
    return False


def _getitem(recorder, args, kwargs, out, located):
    """table[tokens] looks up; anything else is a view or a copy, which is followed."""
    if len(args) == 2 and torch.is_tensor(args[1]) and not args[1].is_floating_point() and args[1].dtype != torch.bool and args[0].dim() == 2 \
            and any(args[0] is l for l, _ in located):
        return _look_up(recorder, args[0], args[1], out)
    _derive(recorder._weights, torch.Tensor.__getitem__, args, kwargs, out, located)
    return False


def _index_select(recorder, args, kwargs, out, located):
    dim = args[1] if len(args) > 1 else kwargs.get("dim")
    if dim == 0 and args and args[0].dim() == 2 and any(args[0] is l for l, _ in located):
        return _look_up(recorder, args[0], args[2] if len(args) > 2 else kwargs.get("index"), out)
    _derive(recorder._weights, torch.index_select, args, kwargs, out, located)
    return False


def _embedding_bag(recorder, args, kwargs, out, located):
    """Each bag is a row: how often (or with which weight) each token occurs in it."""
    tokens, table = _argument(args, kwargs, 0, "input"), _argument(args, kwargs, 1, "weight")
    offsets = args[2] if len(args) > 2 else kwargs.get("offsets")
    if not torch.is_tensor(out):
        out = out[0]
    names = ("max_norm", "norm_type", "scale_grad_by_freq", "mode", "sparse", "per_sample_weights", "include_last_offset", "padding_idx")
    more = dict(zip(names, args[3:]), **kwargs)
    mode = more.get("mode", "mean")
    if not (torch.is_tensor(tokens) and torch.is_tensor(table)) or tokens.is_floating_point():
        tokens, table = table, tokens
    source = recorder._weights.find(table)
    if source is None or mode == "max" or mode == 2:
        return False
    if tokens.dim() == 2:
        bag = torch.arange(tokens.shape[0]).repeat_interleave(tokens.shape[1])
    else:
        starts = offsets.detach().cpu()[: out.shape[0]]
        bag = torch.bucketize(torch.arange(tokens.numel()), starts, right=True) - 1
    tokens = tokens.detach().flatten().cpu().long()
    given = more.get("per_sample_weights")
    values = torch.ones(len(tokens), dtype=torch.float64) if given is None else given.detach().flatten().cpu().double()
    if more.get("padding_idx") is not None:
        values = values * (tokens != more["padding_idx"] % table.shape[0])
    if mode in ("mean", 1):
        count = torch.zeros(out.shape[0], dtype=torch.float64).index_add_(0, bag, (values != 0).double())
        values = values / count.clamp(min=1)[bag]
    weight = recorder._weights._all[source.weight.number]
    places = source.numbers([table.shape[1]], [table.stride(1)], table.storage_offset())
    across = source.numbers([table.shape[0]], [table.stride(0)], table.storage_offset())
    key = (weight.number, int(places[0]) % _EACH, len(across), "bag")
    layer = recorder.layer(weight, key, lambda: _Bags(weight, weight.name_in(recorder.module_stack()), places % _EACH, across - across[0]))
    if not layer.counts_call(recorder):
        return False
    layer.note(None, True, recorder)

    def act(gradient):
        layer.bags(bag, tokens, values, out.shape[0], gradient, recorder)

    recorder.when_gradient_comes(out, act)
    return True


def _convolution(recorder, args, kwargs, out, located):
    names = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
    given = dict(zip(names, args), **kwargs)
    x, w = given["input"], given["weight"]
    source = recorder._weights.find(w)
    if source is None or isinstance(source.weight, _Composed) or w.is_complex():
        return False
    space = w.dim() - 2
    geometry = _Geometry(w, space, given.get("stride", 1), given.get("padding", 0), given.get("dilation", 1), int(given.get("groups", 1)))
    weight = source.weight
    key = (weight.number, "conv")
    layer = recorder.layer(weight, key, lambda: _Filters(weight, weight.name_in(recorder.module_stack()), geometry))
    return _see_convolution(recorder, layer, x, out, lambda: geometry.rows(x.detach()))


def _transposed_convolution(recorder, args, kwargs, out, located):
    """Every place of the input is a row that meets the matrix (in, out * kernel)."""
    given = dict(zip(("input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation"), args), **kwargs)
    x, w = given["input"], given["weight"]
    source = recorder._weights.find(w)
    if source is None or isinstance(source.weight, _Composed) or w.is_complex():
        return False
    weight, groups, space = source.weight, int(given.get("groups", 1)), w.dim() - 2
    layer = recorder.layer(weight, (weight.number, "conv"), lambda: _TransposedFilters(weight, weight.name_in(recorder.module_stack()), groups))

    def rows():
        y = x.detach()
        y = y.unsqueeze(0) if y.dim() == space + 1 else y
        flat = y.flatten(2).transpose(1, 2)
        each = flat.shape[2] // layer.groups
        return flat.shape[0], flat.shape[1], lambda image, at, group: flat[image, at][:, group * each : (group + 1) * each]

    return _see_convolution(recorder, layer, x, out, rows)


def _see_convolution(recorder, layer, x, out, rows):
    if not layer.counts_call(recorder):
        return False
    layer.note(None, not getattr(x, "_specgd_after", False), recorder)

    def act(gradient):
        layer.see(rows(), None if gradient is None or gradient.dim() < 3 else gradient, recorder)

    node = recorder.when_gradient_comes(out, act)
    if node is not None:
        recorder._nodes.append((node, [layer], _in_backward(recorder)))
    return True


def _argument(args, kwargs, place, *words):
    if len(args) > place:
        return args[place]
    return next((kwargs[word] for word in words if word in kwargs), None)


def _addmm(recorder, args, kwargs, out, located):
    return _matmul(recorder, args, kwargs, out, located, first=1)


def _recurrent_cell(recorder, args, kwargs, out, located):
    """One step: the input meets weight_ih and the earlier state weight_hh. Which rows get a gradient the outputs do not tell."""
    x, state, w_in, w_state = args[:4]
    state = state[0] if isinstance(state, (tuple, list)) else state
    seen = False
    for w, rows in ((w_in, x), (w_state, state)):
        labels = ["r%d" % i for i in range(rows.dim() - 1)]
        ready = _prepare(recorder, w, ["o", "k"], rows, labels + ["k"], labels + ["o"])
        if ready is not None:
            ready(None, None)
            seen = True
    return seen


def _mv(recorder, args, kwargs, out, located):
    return _matmul(recorder, args, kwargs, out, located, func="mv")


def _rmatmul(recorder, args, kwargs, out, located):
    return _matmul(recorder, args, kwargs, out, located, swapped=True)


_PRODUCTS = {
    "linear": _linear, "matmul": _matmul, "__matmul__": _matmul, "__rmatmul__": _rmatmul, "mm": _matmul, "bmm": _matmul, "mv": _mv,
    "linalg_matmul": _matmul, "inner": _inner, "linalg_multi_dot": _multi_dot, "chain_matmul": _multi_dot, "addbmm": _addbmm, "addbmm_": _addbmm,
    "addmm": _addmm, "addmv": _addmm, "baddbmm": _addmm, "addmm_": _addmm, "baddbmm_": _addmm, "einsum": _einsum, "tensordot": _tensordot,
    "add": _add, "__add__": _add, "__radd__": _add, "bilinear": _bilinear, "embedding": _embedding, "embedding_bag": _embedding_bag, "__getitem__": _getitem, "index_select": _index_select,
    "conv1d": _convolution, "conv2d": _convolution, "conv3d": _convolution, "conv_transpose1d": _transposed_convolution,
    "conv_transpose2d": _transposed_convolution, "conv_transpose3d": _transposed_convolution,
    "lstm_cell": _recurrent_cell, "gru_cell": _recurrent_cell, "rnn_tanh_cell": _recurrent_cell, "rnn_relu_cell": _recurrent_cell,
    **{name: lambda recorder, args, kwargs, out, located, name=name: _see_recurrent(recorder, name, args, out)
       for name in ("lstm", "gru", "rnn_tanh", "rnn_relu")},
}


#: Of these, which move or add a parameter where they do not multiply it.
_REPEATS = {"add", "__add__", "__radd__", "__iadd__", "add_", "unsqueeze", "expand", "expand_as", "repeat", "view", "reshape", "__getitem__", "dropout"}
_MAYBE_PRODUCTS = {"add", "__add__", "__radd__", "__getitem__", "index_select", "embedding", "embedding_bag"}


def _before(node):
    """The nodes of the graph whose results a node took; a function that was freed with its graph tells none."""
    try:
        return [n for n, _ in node.next_functions if n is not None]
    except RuntimeError:
        return []


def _find_heads(nodes, layers):
    """Layers behind whose output no other product stands: the last matrices before the loss."""
    behind, todo = set(), []
    for node, _, _ in nodes:
        todo.extend(_before(node))
    own = {node for node, _, _ in nodes}
    reached = set()
    while todo:
        node = todo.pop()
        if node in behind:
            continue
        behind.add(node)
        if node in own:
            reached.add(node)
        todo.extend(_before(node))
    last = [(node, some) for node, some, again in nodes if node not in reached and not again]
    for layer in layers:
        if layer.place == "head":
            layer.place = None
    for _, some in last:
        for layer in some:
            if layer.has_rows() and layer.weight.gradient() is not None:
                layer.place = "head"


# -------------------------------------------------------------------------------------------------------------------------------- rows


class _Activations:
    """Rows that meet a weight: a matrix, the unit (sequence, image) of each row or None, and what tells that another layer met the same."""

    def __init__(self, rows, units, key=None):
        self.rows, self.units, self.key = rows, units, key


class _Units:
    """Which rows belong together: tokens of one sequence are no independent samples."""

    def __init__(self, model, batch_dim):
        self.axis, self.why, self._by_count = batch_dim, "given" if batch_dim is not None else "assumed", {}
        if batch_dim is None:
            flags = {m.batch_first for m in model.modules() if isinstance(m, (nn.RNNBase, nn.MultiheadAttention))}
            if flags == {False}:
                self.axis, self.why = 1, "batch_first=False of the model's modules"

    @contextlib.contextmanager
    def time_first(self):
        axis, self.axis = self.axis, 1
        try:
            yield
        finally:
            self.axis = axis

    def of_rows(self, x, row_dims):
        """The unit of each row of x, whose dimensions `row_dims` count rows; None where each row is its own."""
        sizes = [x.shape[i] for i in row_dims]
        total = 1
        for size in sizes:
            total *= size
        if len([size for size in sizes if size > 1]) <= 1 and len(sizes) <= 1:
            return self._by_count.get(total)
        if self.axis is None:
            self._decide(x, row_dims)
        axis = (self.axis or 0) if len(sizes) > 1 else 0
        place = torch.arange(sizes[axis]).reshape([-1 if i == axis else 1 for i in range(len(sizes))]).expand(sizes).flatten()
        self._by_count[total] = place
        return place

    def note(self, tokens):
        """Of tokens (batch, time): rows that are their flattened vectors have these units."""
        if tokens.dim() == 2 and tokens.numel() not in self._by_count:
            axis = self.axis or 0
            sizes = list(tokens.shape)
            self._by_count[tokens.numel()] = torch.arange(sizes[axis]).reshape((-1, 1) if axis == 0 else (1, -1)).expand(sizes).flatten()

    def follow(self, chosen, rows):
        """Rows that were chosen from rows with known units, as an expert's tokens are."""
        known = self._by_count.get(rows)
        if known is not None:
            chosen = chosen.detach().flatten().cpu()
            units = known[chosen] if chosen.dtype != torch.bool or len(chosen) == rows else None
            if units is not None and len(units) != rows:
                self._by_count[len(units)] = units

    #: How much more alike the rows of a sequence must be than those of one place in all sequences, as an intraclass correlation.
    _LIKER = 0.2

    def _decide(self, x, row_dims):
        """From the first activations: the dimension along which rows are alike is that of time, so the other counts sequences."""
        self.axis = 0
        if len(row_dims) != 2 or x.dim() != 3 or x.requires_grad or getattr(x, "_specgd_after", False) or min(x.shape[i] for i in row_dims) < 2:
            return
        y = x.detach().double().permute(row_dims + [i for i in range(3) if i not in row_dims])
        first, second = _alike(y), _alike(y.transpose(0, 1))
        if second > first + self._LIKER:
            self.axis, self.why = 1, "rows along the first dimension are alike (intraclass correlation %.2f against %.2f)" % (second, first)
        elif first > second + self._LIKER:
            self.why = "rows along the second dimension are alike (intraclass correlation %.2f against %.2f)" % (first, second)


def _alike(y):
    """Intraclass correlation of the rows of y (groups, members, width) within groups."""
    groups, members = y.shape[:2]
    means = y.mean(1)
    between = members * ((means - means.mean(0)) ** 2).sum() / (groups - 1)
    within = ((y - means[:, None]) ** 2).sum() / (groups * (members - 1))
    total = between + (members - 1) * within
    return float((between - within) / total) if float(total) > 0 else 0.0


class _UnitNumbers:
    """Numbers units over calls: those of one pass with as many units meet the same ones, step by step in time; another pass is another batch."""

    def __init__(self):
        self.count, self._begins = 0, {}

    def first(self, count, passes):
        """The number of the first of `count` units."""
        if (passes, count) not in self._begins:
            self._begins[passes, count] = self.count
            self.count += count
        return self._begins[passes, count]


class _Rows:
    """The second moments of rows a_1 ... a_n (activations that meet a weight): sum of a a^T in float64, and a random choice of rows."""

    def __init__(self):
        self.gram, self.samples, self.rows, self.kept, self.units, self.numbers = None, 0, 0, None, None, _UnitNumbers()
        self.without_gradient, self.trace, self.leading = 0, 0.0, None

    def add(self, total, pick, units, recorder, key=None, silent=0):
        """`total` rows there are; pick(indices) gives them; units[i] is the unit of row i, or None; `silent` more rows got no gradient."""
        self.without_gradient += silent
        if total == 0:
            return
        generator, indices = recorder._random, None
        if total > recorder.max_rows:
            known = recorder._shared
            indices = known[1] if key is not None and known and known[0] == (key, total) else None
            if indices is None:
                indices = torch.randperm(total, generator=generator)[: recorder.max_rows].sort().values
        count = total if indices is None else recorder.max_rows
        if units is not None:
            units, unit_count = _numbered(units)
        else:
            units, unit_count = torch.arange(total), total
        first_unit = self.numbers.first(unit_count, recorder.passes)
        products = recorder._shared[2] if key is not None and recorder._shared and recorder._shared[0] == (key, total) else None
        fresh = None
        for begin in range(0, count, SLICE):
            end = min(begin + SLICE, count)
            place = torch.arange(begin, end) if indices is None else indices[begin:end]
            rows = pick(place)
            if recorder.light and rows.shape[1] > LIGHT_WIDTH:
                self._follow(rows, total / count)
            elif products is None:
                exact = rows.to(torch.float64 if rows.device.type == "cpu" else torch.float32)
                product = _product(exact).to("cpu", torch.float64) * (total / count)
                fresh = product if fresh is None else fresh.add_(product)
            self._keep(rows, first_unit + units[place], self.rows + begin, generator, recorder.keep_rows)
        fresh = products if products is not None else fresh
        if fresh is not None:
            self.gram = fresh.clone() if self.gram is None else self.gram.add_(fresh)
            recorder._shared = ((key, total), indices, fresh) if key is not None else None
        self.samples, self.rows = self.samples + total, self.rows + count

    def _follow(self, rows, weight):
        """Sum of squares, and the leading right singular directions, of all rows so far."""
        rows = rows.to(torch.float32 if rows.device.type != "cpu" else torch.float64) * weight ** 0.5
        self.trace += float(rows.double().pow(2).sum())
        for begin in range(0, len(rows), 2 * LIGHT_WIDTH):
            piece = rows[begin : begin + 2 * LIGHT_WIDTH]
            piece = piece if self.leading is None else torch.cat([self.leading, piece])
            if len(piece) > LIGHT_DIRECTIONS:
                _, vectors = torch.linalg.eigh(piece @ piece.T)
                piece = vectors[:, -LIGHT_DIRECTIONS:].T @ piece
            self.leading = piece

    def summary(self):
        """(trace, largest eigenvalue) of the Gram matrix."""
        if self.leading is not None:
            return self.trace, float(torch.linalg.eigvalsh(self.leading @ self.leading.T)[-1])
        if self.gram is None:
            return None
        return float(self.gram.trace()), float(torch.linalg.eigvalsh(self.gram)[-1])

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


def _numbered(units):
    """Units as numbers from 0 on, and how many there are."""
    values, numbers = units.unique(return_inverse=True)
    return numbers, len(values)


# ------------------------------------------------------------------------------------------------------------------------------ layers


class _Layer:
    """A matrix of the diagnosis: which elements of a parameter it is, and what was seen of the activations that it meets."""

    kind, layout, groups = "linear", "out_in", 1

    def __init__(self, weight, name):
        self.weight, self.name, self.suffix = weight, name, ""
        self.calls, self.recomputed, self.had_gradient, self.order = 0, 0, False, 1 << 60
        self.from_input, self.place, self.parts, self.seen, self.chunks = None, None, None, [_Rows()], None

    def counts_call(self, recorder):
        """One count for each use of the weight: a forward without gradients is none, unless the backward pass runs it again (checkpointing)."""
        self.order = min(self.order, recorder.next_order())
        if not torch.is_grad_enabled():
            self.recomputed += 1
            return False
        if _in_backward(recorder):
            self.recomputed -= 1
            return self.recomputed >= 0
        return True

    def note(self, order, from_input, recorder):
        self.calls += 1
        if order is not None:
            self.order = min(self.order, order)
        self.from_input = from_input if self.from_input is None else self.from_input and from_input

    def forget(self):
        self.calls, self.seen = 0, [_Rows() for _ in self.seen]

    def has_rows(self):
        return any(rows.samples for rows in self.seen)

    def add(self, activations, gradient, recorder, which=0):
        """Adds rows, without those that got no gradient; `gradient` is that of the outputs, (rows, out)."""
        x = _rows_of(activations.rows, activations.rows.shape[-1])
        if not len(x):
            self.weight.met_nothing = True
            return
        if self in recorder._reached:  # this call ended before the loss, as one whose result was detached; others did not
            self.seen[which].without_gradient += len(x)
            return
        gradient = None if gradient is None or len(gradient) != len(x) else gradient.flatten(1)
        if recorder.noise and gradient is not None:
            self.add_to_groups(x, gradient, None if activations.units is None or len(activations.units) != len(x) else activations.units, recorder)
        for part, keep in enumerate(self._rows_with_gradient(gradient)):
            self._add_rows(activations, x, keep, recorder, which + part)

    def _rows_with_gradient(self, gradient):
        """Which rows got a gradient: one mask, or one for each part of a fused projection where they differ (of which `seen` then has one each)."""
        masks = [None if gradient is None else (gradient != 0).any(-1)]
        if not self.parts:
            return masks
        if gradient is not None and gradient.shape[1] == self.part_shape()[0]:
            each = [(gradient[:, place.to(gradient.device)] != 0).any(-1) for _, place in self.parts]
            if len(self.seen) == 1 and all(torch.equal(mask, each[0]) for mask in each):
                return masks
            if len(self.seen) == 1:
                self.seen = self.seen + [copy.deepcopy(self.seen[0]) for _ in each[1:]]
            return each
        return masks * len(self.seen)

    def _add_rows(self, activations, x, keep, recorder, which):
        if recorder.mask is not None and len(recorder.mask) == len(x):
            recorder.mask_was_used = True
            keep = recorder.mask.to(x.device) if keep is None else keep & recorder.mask.to(x.device)
        elif recorder.mask is not None:
            recorder.unmasked.add(self.name)
        units, key, silent = activations.units, activations.key, 0
        units = None if units is not None and len(units) != len(x) else units
        if keep is not None and not bool(keep.all()):
            silent = len(x) - int(keep.sum())
            if bool(keep.any()):
                chosen = keep.nonzero().flatten()
                x, units = x[chosen], None if units is None else units[chosen.cpu()]
                key = key if key is None else key + (hash(tuple(chosen.tolist())),)
        self.seen[which].add(len(x), lambda place: _take(x, place), units, recorder, key, silent)

    def add_to_groups(self, x, gradient, units, recorder):
        """Adds to the gradients of the groups of units (sequences); only a matrix has them."""

    def matrix(self, values):
        """Values of the parameter's shape as the (out, in) matrix of this layer."""
        raise NotImplementedError

    def pieces(self):
        """(name behind the layer's, rows of (out, in) or None for all, which of `seen`, name of the Gram matrix)."""
        if self.parts is None:
            return [("", None, 0, self.name)]
        apart = len(self.seen) > 1  # other rows got a gradient of one part than of another
        return [("." + part, place, i if apart else 0, self.name + "." + (part if apart else self.parts[0][0])) for i, (part, place) in enumerate(self.parts)]

    def names(self):
        return [self.name + suffix for suffix, *_ in self.pieces()]

    def entries(self, tensors, scale, recorder, momenta):
        weight, gradient = self.weight.tensor, self.weight.gradient()
        dtype = None if gradient is None else str(gradient.dtype).replace("torch.", "")
        gradient = None if gradient is None else self.matrix(_real(gradient)) / scale
        momentum = momenta.get(id(weight))
        momentum = None if momentum is None or tuple(momentum.shape) != tuple(weight.shape) else self.matrix(_real(_whole(momentum)))
        values = self.matrix(_local(weight.detach())) if tuple(_local(weight).shape) == tuple(weight.shape) else None
        own = self.name[: len(self.name) - len(self.suffix)] if self.suffix else self.name
        tied = [alias for alias in map(lambda a: _layer_name(a, self.weight.model), self.weight.aliases[1:] + self.weight.aliases[:1]) if alias != own]
        tied = tied if len(self.weight.aliases) > 1 else []
        whole = self.as_one(gradient)
        for suffix, place, which, gram in self.pieces():
            pick = lambda m: m if place is None else m[place.to(m.device)]  # noqa: E731, B023
            shape = self.part_shape() if place is None else [len(place), self.part_shape()[1]]
            entry = {
                "name": self.name + suffix, "kind": self.kind, "shape": self.shown_shape(shape), "parameter": self.weight.name,
                "stored_shape": list(self.weight.full_shape()), "layout": self.layout, "calls": self.calls, "tied_with": tied,
                "frozen": not weight.requires_grad, "gradient_before": self.had_gradient, "gradient_dtype": dtype,
                "weight_frobenius_norm": None if values is None else float(pick(values).float().norm()), "unseen": False,
                "place": "head" if self.place == "head" else "input" if self.from_input else None,
                "reason": None if self.has_rows() else self.weight.why_unmeasured(recorder), "rows_without_gradient": self.seen[which].without_gradient, "slice_of": self.weight.name if self.suffix else None,
            }
            if suffix:
                entry["part_of"] = self.name
                entry.update(whole)
                if place is not None and len(place) == int(place[-1]) - int(place[0]) + 1:
                    entry["part_begin"] = int(place[0])
            elif self.chunks:
                entry["chunks"] = self.chunks
            if gradient is not None:
                self._store_gradient(tensors, entry, pick(gradient), recorder)
            if gradient is not None and getattr(self, "unit_groups", None) is not None:
                interval = _nuclear_rank_interval(pick(gradient) * scale, [pick(part) for part in self.unit_groups.sums.values()])
                if interval is not None:
                    entry["nuclear_rank_low"], entry["nuclear_rank_high"] = interval
            if momentum is not None:
                _store_spectrum(tensors, entry, "momentum_spectrum", pick(momentum), diagonal=self.kind == "norm")
                if self.kind in ("linear", "conv"):
                    entry["newton_schulz_distance"] = _newton_schulz_distance(pick(momentum))
            self._store_rows(tensors, entry, self.seen[which], gram, recorder)
            yield {key: value for key, value in entry.items() if value is not None}

    def as_one(self, gradient):
        """Of a fused projection what it is undivided, and what dividing gains: the sum of ||G_i||_*^2 over its parts, over ||G||_*^2."""
        if self.parts is None or gradient is None or self.kind != "linear":
            return {}
        places = [place for _, place in self.parts]
        if isinstance(self.weight.module, nn.MultiheadAttention) and len(self.places) * len(self.across) < self.weight.count():
            gradient = _real(self.weight.gradient())  # cross attention multiplies by query, key and value apart; they are one matrix to an optimizer
            places = list(torch.arange(len(gradient)).chunk(3))
        values = torch.linalg.svdvals(gradient.double())
        norm, squares = float(values.sum()), float((values**2).sum())
        if not squares > 0:
            return {}
        parts = sum(float(torch.linalg.svdvals(gradient[place.to(gradient.device)].double()).sum()) ** 2 for place in places)
        return {"whole_nuclear_rank": norm**2 / squares, "splitting_gain": parts / norm**2}

    def shown_shape(self, shape):
        return shape

    def _store_gradient(self, tensors, entry, gradient, recorder):
        if recorder.light:
            _store_spectrum(tensors, entry, "gradient_spectrum", gradient, diagonal=self.kind == "norm")
            return
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

    def _store_rows(self, tensors, entry, seen, gram, recorder):
        entry["samples"], entry["rows"], entry["units"] = seen.samples, seen.rows, seen.numbers.count
        if recorder.light and seen.samples:
            summary = seen.summary()
            if summary is not None:
                entry["gram_trace"], entry["gram_largest"] = summary
            if seen.kept is not None and len(seen.kept):
                kept = seen.kept.double()
                entry["row_kernel"], entry["row_units"] = gram + "/row_kernel", gram + "/row_units"
                tensors[entry["row_kernel"]], tensors[entry["row_units"]] = (kept @ kept.T).float(), seen.units
            return
        if seen.gram is None:
            return
        entry["gram"] = gram + "/gram"
        tensors[entry["gram"]] = seen.gram
        if seen.kept is not None:
            entry["row_sample"], entry["row_units"] = gram + "/row_sample", gram + "/row_units"
            tensors[entry["row_sample"]], tensors[entry["row_units"]] = seen.kept, seen.units


def _store_spectrum(tensors, entry, key, matrix, diagonal=False):
    values = matrix.abs().flatten().sort(descending=True).values if diagonal else torch.linalg.svdvals(matrix)
    entry[key] = "%s/%s" % (entry["name"], key)
    tensors[entry[key]] = values.to("cpu", torch.float64)


def _stable_rank(entry, tensors):
    if "token_counts" in entry:
        counts = tensors[entry["token_counts"]]
        return float(counts.sum()) / float(counts.max())
    if "gram_trace" in entry:
        return entry["gram_trace"] / entry["gram_largest"] if entry["gram_largest"] > 0 else None
    if "gram" not in entry:
        return None
    values = torch.linalg.eigvalsh(tensors[entry["gram"]])
    return float(values.sum() / values[-1]) if float(values[-1]) > 0 else None


def _nuclear_rank(entry, tensors):
    if "gradient_spectrum" in entry:
        values = tensors[entry["gradient_spectrum"]]
    elif "gradient" in entry:
        matrix = tensors[entry["gradient"]].double()
        values = matrix.abs().flatten() if entry["kind"] == "norm" else torch.linalg.svdvals(matrix)
    else:
        return None
    squares = float((values**2).sum())
    return float(values.sum()) ** 2 / squares if squares > 0 else None


#: Largest relative difference of the sum over the groups from the gradient; more where the parameter is not itself what multiplies (weight_norm).
_SAME_SUM = 1e-2

#: Least cosine of the groups of one process with the gradient that all processes share: they are a part of it.
_SAME_DIRECTION = 0.2

#: 97.5 % quantiles of Student's t with 1, 2, ... degrees of freedom.
_STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131)


class _UnitGroups:
    """The gradient of a matrix as the sum of those of a few groups of units (sequences, images), which are independent of each other."""

    def __init__(self, count):
        self.count, self.sums, self.numbers = count, {}, _UnitNumbers()

    def add(self, x, gradient, units, passes):
        units, count = (torch.arange(len(x)), len(x)) if units is None else _numbered(units)
        units = units + self.numbers.first(count, passes)
        rounds = torch.div(units, self.count, rounding_mode="floor")  # each begins at another group, so that none has every 8th position of a sequence
        groups = (units + (rounds * 2654435761 % 2**32 >> 16)) % self.count
        for group in groups.unique().tolist():
            some = (groups == group).nonzero().flatten().to(x.device)
            part = gradient[some].float().T @ x[some].float()
            self.sums[group] = self.sums[group].add_(part) if group in self.sums else part


def _nuclear_rank_interval(gradient, groups):
    """The 95 % interval of nr of the gradient without noise, from those of independent groups; None where they do not add up to the gradient.

    G_k are the groups' gradients, G their sum, M the mean of G. <polar(G - G_k), G_k>, summed over k, is at most ||M||_* in the mean, since that polar factor
    knows nothing of G_k; ||G||_* is at least that (the norm is convex); to second order in the noise both are equally far. The interval reaches from the first to
    their middle, and further by how much the groups' shares differ (Student's t). K/(K - 1) times the sum of <G - G_k, G_k> is ||M||_F^2 in the mean.
    """
    gradient, groups = gradient.double(), [group.double() for group in groups]
    total = sum(groups)
    if len(groups) < 2 or not float(total.norm()) > 0 or not _is_the_sum(total, gradient):
        return None
    most, alone, common = float(min(gradient.shape)), [], []
    for group in groups:
        rest = total - group
        u, s, v = torch.linalg.svd(rest, full_matrices=False)
        kept = s > s[0] * torch.finfo(torch.float32).eps * max(rest.shape)
        alone.append(float(((u[:, kept] @ v[kept]) * group).sum()))
        common.append(float((rest * group).sum()))
    values = torch.linalg.svdvals(total)
    measured = float(values.sum()) ** 2 / float((values**2).sum())  # noise is spread over all directions, so that it is too large rather than too small
    low, squares = sum(alone), sum(common) * len(groups) / (len(groups) - 1)
    if low <= 0 or squares <= 0:
        return 1.0, most  # the groups hardly agree on anything
    shares = [a / low - c / sum(common) for a, c in zip(alone, common)]
    mean = sum(shares) / len(shares)
    spread = 2 * math.sqrt(len(groups) / (len(groups) - 1) * sum((share - mean) ** 2 for share in shares))
    reach = math.exp(min(_STUDENT[len(groups) - 2] * spread, 100.0))
    low, high = low**2 / squares / reach, (float(values.sum()) + low) ** 2 / 4 / squares * reach
    return min(max(1.0, low), measured), min(max(measured, high), most)


def _is_the_sum(total, gradient):
    if float((total - gradient).norm()) <= _SAME_SUM * float(gradient.norm()):
        return True
    shared = torch.distributed.is_available() and torch.distributed.is_initialized() and torch.distributed.get_world_size() > 1
    return shared and float((total * gradient).sum()) > _SAME_DIRECTION * float(total.norm()) * float(gradient.norm())


#: Coefficients of Muon's Newton-Schulz iteration, as its author gives them.
_QUINTIC = (3.4445, -4.7750, 2.0315)


def _newton_schulz_distance(matrix):
    """How far five steps in bfloat16, as Muon takes them, are from the polar factor U V^T: ||X - U V^T||_F / ||U V^T||_F; None for zero."""
    m = matrix.float().T if matrix.shape[0] > matrix.shape[1] else matrix.float()
    norm = float(m.norm())
    if not norm > 0:
        return None
    x, (a, b, c) = (m / norm).bfloat16(), _QUINTIC
    for _ in range(5):
        y = x @ x.T
        x = a * x + (b * y + c * (y @ y)) @ x
    u, s, v = torch.linalg.svd(m.double(), full_matrices=False)
    kept = s > s[0] * torch.finfo(torch.float32).eps * max(m.shape)
    polar = u[:, kept] @ v[kept]
    return float((x.double() - polar).norm() / polar.norm())


class _Matrix(_Layer):
    """A matrix within a parameter: row i begins at element places[i], and column j is across[j] further."""

    def __init__(self, weight, name, places, across, splits):
        super().__init__(weight, name)
        self.places, self.across, self.unit_groups = places, across, None
        steps_in = int(across[1] - across[0]) if len(across) > 1 else 1
        steps_out = int(places[1] - places[0]) if len(places) > 1 else weight.count()
        self.layout = "in_out" if abs(steps_in) > abs(steps_out) and len(across) > 1 and len(places) > 1 else "out_in"
        if len(across) > 1 and len(places) == 1 and steps_in > 1:
            self.layout = "in_out"
        self.suffix = self._slice()
        base = name
        self.name = base + self.suffix
        self.parts = splits.of(self, base)

    def part_shape(self):
        return [len(self.places), len(self.across)]

    def matrix(self, values):
        values = self.weight.in_memory_order(values)
        whole = len(self.places) * len(self.across) == values.numel()
        rows, columns = _even(self.places), _even(self.across)
        if rows is not None and columns is not None:
            return values.as_strided((len(self.places), len(self.across)), (rows or 1, columns or 1), values.storage_offset() + int(self.places[0]))
        flat = values.as_strided((values.numel(),), (1,), values.storage_offset())
        index = self.places[:, None] + self.across[None, :]
        return flat[index.to(flat.device)] if not whole or index.numel() else flat.reshape(0, 0)

    def add_to_groups(self, x, gradient, units, recorder):
        if gradient.shape[1] != len(self.places):
            return
        self.unit_groups = self.unit_groups or _UnitGroups(recorder.noise)
        self.unit_groups.add(x, gradient, units, recorder.passes)

    def _slice(self):
        """[i] for a matrix of a stack, [a:b] for rows and [:, a:b] for columns of a matrix; nothing for all of the parameter."""
        if len(self.places) * len(self.across) == self.weight.count():
            return ""
        each = _matrix_size(self.weight)
        lead, inside, shape = "", self.places, list(self.weight.full_shape())
        if each is not None:
            index = int(self.places[0]) // each
            if int(self.places[-1]) // each == index and int(self.places[0] + self.across[-1]) // each == index:
                lead, inside, shape = _place_in_stack(index, shape[:-2]), self.places % each, shape[-2:]
                if len(self.places) * len(self.across) == each:
                    return lead
        if len(shape) != 2:
            return lead + "[%d...]" % int(self.places[0])
        every = inside[:, None] + self.across[None, :] if len(inside) * len(self.across) < 1 << 22 else inside[:, None] + self.across[None, [0, -1]]
        rows, columns = torch.div(every, shape[1], rounding_mode="floor"), every % shape[1]
        across = "" if len(columns.unique()) == shape[1] or columns.max() - columns.min() + 1 == shape[1] else ", %d:%d" % (columns.min(), columns.max() + 1)
        down = ":" if rows.max() - rows.min() + 1 == shape[0] else "%d:%d" % (rows.min(), rows.max() + 1)
        return lead + "[%s%s]" % (down, across)


def _place_in_stack(number, sizes):
    """Of the matrix with this number in a stack of these sizes: "[2]", "[0, 2]"."""
    places = []
    for size in reversed(sizes):
        places.insert(0, number % size)
        number //= size
    return "[%s]" % ", ".join(map(str, places))


def _even(numbers):
    """The step of an arithmetic progression (0 for one number), or None."""
    if len(numbers) == 1:
        return 0
    step = int(numbers[1] - numbers[0])
    return step if step > 0 and bool((numbers[1:] - numbers[:-1] == step).all()) else None


class _Filters(_Layer):
    """A convolution multiplies patches: for each output position the (in_channels / groups) * kernel values beneath the kernel."""

    kind, layout = "conv", "conv"

    def __init__(self, weight, name, geometry):
        super().__init__(weight, name)
        self.groups = geometry.groups
        self.together = self.groups > MOST_GROUPS or weight.full_shape()[1] == 1
        self.seen = [_Rows() for _ in range(1 if self.together else self.groups)]

    def part_shape(self):
        shape = self.weight.full_shape()
        return [shape[0], self.weight.count() // shape[0]]

    def matrix(self, values):
        return values.reshape(values.shape[0], -1)

    def pieces(self):
        if self.together or self.groups == 1:
            return [("", None, 0, self.name)]
        each = self.part_shape()[0] // self.groups
        return [(".group%d" % g, torch.arange(g * each, (g + 1) * each), g, "%s.group%d" % (self.name, g)) for g in range(self.groups)]

    def see(self, rows, gradient, recorder):
        images, positions, pick = rows
        if self in recorder._reached:
            self.seen[0].without_gradient += images * positions
            return
        keep = None
        if gradient is not None and gradient.shape[0] == images:
            keep = (gradient != 0).flatten(1).any(-1).nonzero().flatten().cpu()
            keep = None if len(keep) in (0, images) else keep
        silent = 0 if keep is None else (images - len(keep)) * positions
        chosen = torch.arange(images) if keep is None else keep
        groups = self.groups if self.together else 1
        total = len(chosen) * positions * groups
        units = chosen.repeat_interleave(positions).repeat(groups)
        for group, seen in enumerate(self.seen):

            def take(place, group=group):
                inner = place % (len(chosen) * positions)
                image, at = chosen[torch.div(inner, positions, rounding_mode="floor")], inner % positions
                which = torch.div(place, len(chosen) * positions, rounding_mode="floor") if self.together else None
                if which is None or self.groups == 1:
                    return pick(image, at, group)
                parts = [pick(image[which == g], at[which == g], int(g)) for g in which.unique()]
                return torch.cat(parts)

            seen.add(total, take, units, recorder, silent=silent)


class _TransposedFilters(_Filters):
    """A transposed convolution: each place of the input meets the matrix that gives out * kernel values; stored (in, out, kernel)."""

    layout = "conv_transposed"

    def __init__(self, weight, name, groups):
        _Layer.__init__(self, weight, name)
        self.groups, self.together = groups, False
        if groups > MOST_GROUPS:
            self.together = True
        self.seen = [_Rows() for _ in range(1 if self.together else groups)]

    def part_shape(self):
        shape = self.weight.full_shape()
        return [self.groups * self.weight.count() // shape[0], shape[0] // self.groups]

    def matrix(self, values):
        flat = values.reshape(self.groups, values.shape[0] // self.groups, -1)
        return flat.transpose(1, 2).reshape(-1, values.shape[0] // self.groups)


class _Geometry:
    """Where the patches of a convolution lie."""

    def __init__(self, w, space, stride, padding, dilation, groups):
        wide = lambda v: (v,) * space if isinstance(v, int) else tuple(v) * (space if len(v) == 1 else 1)  # noqa: E731
        self.kernel, self.space, self.groups = tuple(w.shape[2:]), space, groups
        self.stride, self.dilation = wide(stride), wide(dilation)
        if padding == "same":
            ends = [d * (k - 1) for d, k in zip(self.dilation, self.kernel)]
            self.padding = [(e // 2, e - e // 2) for e in ends]
        else:
            self.padding = [(p, p) for p in ((0,) * space if padding == "valid" else wide(padding))]

    def rows(self, x):
        """(images, positions, pick(image, position, group) -> patches)."""
        x = x.unsqueeze(0) if x.dim() == self.space + 1 else x
        x = nn.functional.pad(x, [p for pair in reversed(self.padding) for p in pair])
        out = [(x.shape[2 + i] - self.dilation[i] * (self.kernel[i] - 1) - 1) // self.stride[i] + 1 for i in range(self.space)]
        positions = 1
        for size in out:
            positions *= size
        channels = x.shape[1] // self.groups
        flat = x.flatten(2).transpose(1, 2)  # (images, places, channels)

        def pick(image, at, group):
            corner = []
            for size, stride in zip(reversed(out), reversed(self.stride)):
                corner.insert(0, (at % size) * stride)
                at = torch.div(at, size, rounding_mode="floor")
            columns = []
            for offset in _indices(self.kernel):
                index = torch.zeros_like(image)
                for i in range(self.space):
                    index = index * x.shape[2 + i] + corner[i] + offset[i] * self.dilation[i]
                values = flat[image.to(x.device), index.to(x.device)]
                columns.append(values[:, group * channels : (group + 1) * channels])
            return torch.stack(columns, dim=2).flatten(1)  # channel by channel, as the weight is stored

        return x.shape[0], positions, pick


class _Table(_Layer):
    """An embedding multiplies one-hot vectors: their Gram matrix is the diagonal of the token counts."""

    kind, layout = "embedding", "in_out"

    def __init__(self, weight, name, places, across):
        super().__init__(weight, name)
        self.places, self.across = places, across
        self.counts, self.without = torch.zeros(len(across), dtype=torch.int64), 0

    def part_shape(self):
        return [len(self.places), len(self.across)]

    def matrix(self, values):
        return _Matrix.matrix(self, values)

    def has_rows(self):
        return bool(self.counts.any())

    def forget(self):
        self.calls, self.counts, self.without = 0, torch.zeros_like(self.counts), 0

    def count(self, tokens, gradient, padding, recorder, uses=1):
        """Looked-up tokens, each used `uses` times: one row of positions is added to every sequence."""
        if self in recorder._reached:
            self.without += uses * len(tokens)
            return
        keep = (gradient != 0).any(-1) if gradient is not None and len(gradient) == len(tokens) else None
        if recorder.mask is not None and len(recorder.mask) == len(tokens):
            recorder.mask_was_used = True
            keep = recorder.mask.to(tokens.device) if keep is None else keep & recorder.mask.to(tokens.device)
        if keep is not None and bool(keep.any()):
            self.without += uses * (len(tokens) - int(keep.sum()))
            tokens = tokens[keep]
        counts = uses * torch.bincount(tokens.to("cpu", torch.int64), minlength=len(self.counts))
        if padding is not None:
            counts[padding] = 0  # its row gets no gradient
        self.counts += counts

    def _store_rows(self, tensors, entry, seen, gram, recorder):
        total = int(self.counts.sum())
        entry["samples"] = entry["rows"] = entry["units"] = total
        entry["rows_without_gradient"] = self.without
        if total:
            entry["token_counts"] = self.name + "/token_counts"
            tensors[entry["token_counts"]] = self.counts


class _Bags(_Table):
    """An EmbeddingBag multiplies sums of one-hot vectors."""

    def has_rows(self):
        return _Layer.has_rows(self) or bool(self.trace)

    trace, sparse = 0.0, ()

    def forget(self):
        _Layer.forget(self)
        self.trace, self.sparse = 0.0, ()

    def bags(self, bag, tokens, values, count, gradient, recorder):
        if self in recorder._reached:
            self.seen[0].without_gradient += count
            return
        if gradient is not None and len(gradient) == count:
            keep = (gradient != 0).any(-1).cpu()
            if bool(keep.any()):
                self.seen[0].without_gradient += count - int(keep.sum())
                place = keep.cumsum(0) - 1
                chosen = keep[bag]
                bag, tokens, values, count = place[bag[chosen]], tokens[chosen], values[chosen], int(keep.sum())
        width = len(self.counts)
        rows = torch.sparse_coo_tensor(torch.stack([bag, tokens]), values, (count, width)).coalesce()
        if width <= DENSE_BAGS:
            dense = rows.to_dense()
            self.seen[0].add(count, lambda place: dense[place], None, recorder)
            return
        self.trace += float((rows.values() ** 2).sum())
        self.sparse = tuple(self.sparse) + (rows,)
        seen = self.seen[0]
        seen.samples, seen.rows, seen.numbers.count = seen.samples + count, seen.rows + count, seen.numbers.count + count

    def _store_rows(self, tensors, entry, seen, gram, recorder):
        _Layer._store_rows(self, tensors, entry, seen, gram, recorder)
        if self.sparse:
            v = torch.ones(len(self.counts), 1, dtype=torch.float64)
            for _ in range(200):  # power iteration; the largest eigenvalue stands out, since common tokens share the bags
                v = sum(torch.sparse.mm(rows.t(), torch.sparse.mm(rows, v)) for rows in self.sparse)
                largest = float(v.norm())
                v = v / largest
            entry["gram_trace"], entry["gram_largest"] = self.trace, largest


class _Gain(_Layer):
    """The gain of a normalisation multiplies the normalised activations elementwise."""

    kind, layout = "norm", "vector"

    def part_shape(self):
        return [1, self.weight.count()]

    def shown_shape(self, shape):
        return [shape[1], shape[1]]

    def matrix(self, values):
        return values.reshape(1, -1)


class _Idle(_Layer):
    """A layer that nothing was seen of."""

    def __init__(self, weight, kind):
        super().__init__(weight, _layer_name(weight.name, weight.model))
        self.kind = kind
        self.layout = {"embedding": "in_out", "conv": "conv", "norm": "vector"}.get(kind, "in_out" if type(weight.module).__name__ == "Conv1D" else "out_in")

    def part_shape(self):
        shape = self.weight.full_shape()
        if self.kind == "norm":
            return [1, self.weight.count()]
        matrix = [shape[0], self.weight.count() // max(1, shape[0])]
        return matrix[::-1] if self.layout == "in_out" else matrix

    def shown_shape(self, shape):
        return [shape[1], shape[1]] if self.kind == "norm" else shape

    def matrix(self, values):
        if self.kind == "norm":
            return values.reshape(1, -1)
        flat = values.reshape(values.shape[0], -1)
        return flat.T if self.layout == "in_out" else flat


def _is_norm(module):
    return (isinstance(module, nn.LayerNorm) or "RMSNorm" in type(module).__name__) and isinstance(getattr(module, "weight", None), nn.Parameter)


def _is_parametrization(module):
    return type(module).__name__ in ("ParametrizationList", "ParametrizedParametrizationList")


def _is_convolution(module):
    return isinstance(module, nn.modules.conv._ConvNd)


def _normalised(module, x, gain):
    x = x.to(torch.float64 if x.device.type == "cpu" else torch.float32)
    size = gain.dim()
    if isinstance(module, nn.LayerNorm):
        return nn.functional.layer_norm(x, gain.shape, eps=module.eps).flatten(-size)
    epsilon = getattr(module, "eps", getattr(module, "variance_epsilon", None))
    epsilon = torch.finfo(gain.dtype).eps if epsilon is None else epsilon
    return (x * torch.rsqrt(x.pow(2).mean(dim=tuple(range(-size, 0)), keepdim=True) + epsilon)).flatten(-size)


class _Splits:
    """The fused projections that are divided, as the user says, and those that every reader knows."""

    #: Names of the matrix that takes what the values of attention become: its inputs are as many as the queries.
    _OUTPUTS = ("o_proj", "out_proj", "c_proj", "proj", "wo", "dense", "to_out", "o")

    def __init__(self, given, weights):
        self.given, self.weights = dict(given), weights
        for pattern, parts in self.given.items():
            matched = [w for w in weights if any(fnmatch.fnmatch(n, pattern) for n in self._names(w))]
            if not matched:
                raise ValueError("split: no layer of the model is called %r; there are %s" % (pattern, weights.some_names()))
            for weight in matched:
                self._check(weight, parts)

    def of(self, layer, base):
        """The parts of a layer as (name, rows), or None."""
        if isinstance(layer.weight.module, nn.MultiheadAttention) and layer.weight.name.endswith("in_proj_weight"):
            return self._of_attention(layer, base)
        for pattern, parts in self.given.items():
            if any(fnmatch.fnmatch(n, pattern) for n in [base, layer.name] + self._names(layer.weight)):
                try:
                    return _parts(parts, len(layer.places), layer.name)
                except ValueError:
                    if not layer.suffix:  # else the program itself cuts it, and each piece is a layer
                        raise
        return None

    def _of_attention(self, layer, base):
        """nn.MultiheadAttention keeps query, key and value as one matrix; its products may take one, two or all three."""
        shape = layer.weight.full_shape()
        each = shape[0] // 3
        begin = int(layer.places[0]) // shape[1] // each
        count = len(layer.places) // each
        layer.name, layer.suffix = base[: -len(".in_proj_weight")] if base.endswith(".in_proj_weight") else base, ""
        return [("qkv"[begin + i], torch.arange(i * each, (i + 1) * each)) for i in range(count)]

    def _names(self, weight):
        return [n for alias in weight.aliases for n in (alias, _layer_name(alias, self.weights.model))]

    def _check(self, weight, parts):
        name, shape, module = _layer_name(weight.name, self.weights.model), weight.full_shape(), weight.module
        what = "a convolution" if _is_convolution(module) else "an embedding" if isinstance(module, (nn.Embedding, nn.EmbeddingBag)) \
            else "a normalisation" if _is_norm(module) else None
        if what:
            raise ValueError("split: %r is %s; fused projections are linear layers" % (name, what))
        if isinstance(module, nn.MultiheadAttention) and weight.name.endswith("in_proj_weight"):
            raise ValueError("split: nn.MultiheadAttention %r is split into q, k and v already" % name)
        if len(shape) < 2:
            raise ValueError("split: %r is no matrix" % name)
        sizes = [shape[-2]] if isinstance(module, nn.Linear) else [shape[-1]] if type(module).__name__ == "Conv1D" else list(shape[-2:])
        failed = None
        for out in sizes:
            try:
                _parts(parts, out, name)
                failed = None
                break
            except ValueError as error:
                failed = failed or error
        if failed:
            raise failed
        self._check_equal(weight, name, parts, out, shape[-1] if out == shape[-2] else shape[-2])

    def _check_equal(self, weight, name, parts, out, into):
        """Three equal parts are right only where queries, keys and values are as many; with grouped queries they are not."""
        if isinstance(parts, (dict, str)) and not isinstance(parts, str) or len(parts) != 3 or any(isinstance(p, int) for p in parts):
            return
        if [str(p)[:1].lower() for p in parts] != ["q", "k", "v"]:
            return
        owner = weight.name.rpartition(".")[0].rpartition(".")[0]
        takes = [w.full_shape()[1] for w in self.weights if w.name.rpartition(".")[0].rpartition(".")[0] == owner
                 and w.name.rpartition(".")[0].rpartition(".")[2] in self._OUTPUTS and w.is_matrix() and isinstance(w.module, nn.Linear)]
        queries = takes[0] if takes else into
        if queries * 3 != out and queries < out:
            rest = (out - queries) // 2
            raise ValueError(
                "split: the %d outputs of %r would be cut into three times %d, but %s, so that the queries are %d: say the sizes, as in "
                "split={%r: {\"q\": %d, \"k\": %d, \"v\": %d}}" % (
                    out, name, out // 3, "the output projection takes %d" % queries if takes else "its input has %d features" % queries, queries,
                    name, queries, rest, rest))


def _parts(parts, out, name):
    """The rows of each part of a fused projection with `out` outputs."""
    if isinstance(parts, dict) and "interleaved" in parts:
        sizes, heads = parts["interleaved"], parts["heads"]
        each = sum(sizes.values())
        if out % (heads * each):
            raise ValueError("split: the %d outputs of %r are no %d heads of %d parts" % (out, name, heads, each))
        place, begin, rows = torch.arange(out).reshape(heads, each, -1), 0, []
        for part, size in sizes.items():
            rows.append((part, place[:, begin : begin + size].flatten()))
            begin += size
        return rows
    if isinstance(parts, dict) and "per_head" in parts:
        names, heads = parts["per_head"], parts["heads"]
        if out % (heads * len(names)):
            raise ValueError("split: the %d outputs of %r are no %d parts of %d heads" % (out, name, len(names), heads))
        place = torch.arange(out).reshape(len(names), heads, -1)
        return [("%s.%d" % (n, h), place[i, h]) for i, n in enumerate(names) for h in range(heads)]
    if isinstance(parts, dict):
        sizes = list(parts.items())
    elif all(isinstance(p, int) for p in parts):
        names = ("q", "k", "v") if len(parts) == 3 else ("gate", "up") if len(parts) == 2 else tuple("part%d" % i for i in range(len(parts)))
        sizes = list(zip(names, parts))
    else:
        if out % len(parts):
            raise ValueError("split: the %d outputs of %r are no %d equal parts" % (out, name, len(parts)))
        sizes = [(n, out // len(parts)) for n in parts]
    if sum(size for _, size in sizes) != out:
        raise ValueError("split: the parts of %r have %d outputs together, it has %d" % (name, sum(s for _, s in sizes), out))
    begin, rows = 0, []
    for part, size in sizes:
        rows.append((str(part), torch.arange(begin, begin + size)))
        begin += size
    return rows


def _follow_rows(recorder, name, args, kwargs, out):
    """Notes which rows a function chooses (an expert's tokens), and into which parts it cuts the output of a product."""
    if name == "__getitem__" and len(args) == 2 and torch.is_tensor(args[0]) and args[0].dim() == 2:
        index = [i for i in args[1] if i is not None] if isinstance(args[1], tuple) else [args[1]]
        index = index[0] if len(index) == 1 else None
        if torch.is_tensor(index) and index.dim() == 1:
            recorder._units.follow(index, args[0].shape[0])
    elif name == "index_select" and len(args) == 3 and args[1] == 0 and args[0].dim() == 2:
        recorder._units.follow(args[2], args[0].shape[0])
    elif name in ("split", "chunk", "split_with_sizes", "tensor_split") and args and isinstance(out, (tuple, list)) and len(out) in (2, 3):
        layers = getattr(args[0], "_specgd_layers", None)
        if layers and all(o.shape[:-1] == args[0].shape[:-1] for o in out) and all(layer.part_shape()[0] == args[0].shape[-1] for layer in layers):
            for layer in layers:  # several where they are the matrices of a stack
                layer.chunks = [o.shape[-1] for o in out]


# -------------------------------------------------------------------------------------------------------------------- recurrent layers


def _see_recurrent(recorder, name, args, out):
    """LSTM, GRU and RNN: x_t meets weight_ih and h_(t-1) meets weight_hh, at every step, layer and direction.

    The hidden states between layers are computed again, one layer at a time, with the same dropout.
    """
    call = _RecurrentCall(name, args, out, recorder.random_before)
    matrices = []
    for layer in range(call.layers):
        for direction in range(call.directions):
            for which in ("ih", "hh", "hr") if call.projected else ("ih", "hh"):
                w = call.weight(layer, direction, which)
                source = recorder._weights.find(w)
                if source is None or isinstance(source.weight, _Composed):
                    return False
                first = source.numbers([w.shape[0]], [w.stride(0)], w.storage_offset())
                across = source.numbers([w.shape[1]], [w.stride(1)], w.storage_offset())
                found = _layer_of(recorder, first, across - across[0])
                matrices.append((layer, direction, which, found, found.counts_call(recorder)))
    if not any(counted for *_, counted in matrices):
        return False
    after = getattr(call.x, "_specgd_after", False)
    for layer, direction, which, found, counted in matrices:
        if counted:
            found.note(None, layer == 0 and which == "ih" and not after, recorder)
    rows = {}

    def act(gradient):
        steps = call.rows(rows)
        for layer, direction, which, found, counted in matrices:
            if counted:
                x, units = steps[layer, direction, which]
                found.add(_Activations(x, units), None, recorder)

    if call.dropout and call.train:
        steps = call.rows(rows)  # the random numbers of the dropout are at hand only now
    node = recorder.when_gradient_comes(call.output, act)
    if node is not None:
        recorder._nodes.append((node, [found for *_, found, counted in matrices if counted and found is not None], _in_backward(recorder)))
    return True


class _RecurrentCall:
    """One call of torch.lstm, gru or rnn: its arguments by name, and its hidden states."""

    def __init__(self, name, args, out, random):
        self.output, self.relu = out[0], name == "rnn_relu"
        packed = torch.is_tensor(args[1]) and isinstance(args[3], (list, tuple))
        if packed:
            self.x, self.sizes, state, self.flat, self.bias, self.layers, self.dropout, self.train, both = args[:9]
            self.batch_first = False
        else:
            self.x, state, self.flat, self.bias, self.layers, self.dropout, self.train, both, self.batch_first = args[:9]
            self.sizes = None
        self.directions = 2 if both else 1
        self.state = state[0] if isinstance(state, (list, tuple)) else state
        self.cell = state[1] if isinstance(state, (list, tuple)) else None
        self.random = random
        self.projected = len(self.flat) // (self.layers * self.directions) % 2 == 1

    def each(self):
        return len(self.flat) // (self.layers * self.directions)

    def weight(self, layer, direction, which):
        return self.flat[(layer * self.directions + direction) * self.each() + (self.each() - 1 if which == "hr" else ("ih", "hh").index(which))]

    def rows(self, known):
        """(layer, direction, "ih" or "hh") -> rows and the sequence of each."""
        if known:
            return known
        x = self.x.detach()
        if self.sizes is None and self.batch_first:
            x = x.transpose(0, 1)
        for layer in range(self.layers):
            states = []
            for direction in range(self.directions):
                h, wide = self.hidden(x, layer, direction)
                states.append(h)
                known[layer, direction, "hr"] = (wide.reshape(-1, wide.shape[-1]), self.units(x))
                known[layer, direction, "ih"] = (x.reshape(-1, x.shape[-1]), self.units(x))
                before = self.before(h, layer, direction)
                known[layer, direction, "hh"] = (before.reshape(-1, before.shape[-1]), self.units(x))
            x = torch.cat(states, -1)
            if self.dropout and self.train and layer + 1 < self.layers:
                x = _dropped(x, self)
        return known

    def units(self, x):
        if self.sizes is None:
            return torch.arange(x.shape[1]).repeat(x.shape[0])
        return torch.cat([torch.arange(n) for n in self.sizes.tolist()])

    def hidden(self, x, layer, direction):
        """h_1 ... h_T of one direction of one layer, in the order of time, and the same before their projection."""
        place = layer * self.directions + direction
        weights = self.flat[place * self.each() : (place + 1) * self.each()]
        h, c = self.state[place].detach(), None if self.cell is None else self.cell[place].detach()
        steps, sizes = self.steps(x)
        out, wide = [None] * len(steps), [None] * len(steps)
        times = range(len(steps)) if direction == 0 else range(len(steps) - 1, -1, -1)
        h, c = h.clone(), None if c is None else c.clone()
        for t in times:
            n = sizes[t]
            new_h, new_c, wide[t] = self.cell_step(steps[t], h[:n], None if c is None else c[:n], weights)
            h = torch.cat([new_h, h[n:]])
            c = None if c is None else torch.cat([new_c, c[n:]])
            out[t] = new_h
        return (torch.stack(out), torch.stack(wide)) if self.sizes is None else (torch.cat(out), torch.cat(wide))

    def before(self, h, layer, direction):
        """h_(t-1) for every row: the state that meets weight_hh."""
        first = self.state[layer * self.directions + direction].detach()
        steps, sizes = self.steps(h)
        out = []
        for t in range(len(steps)):
            n = sizes[t]
            earlier = t - 1 if direction == 0 else t + 1
            if 0 <= earlier < len(steps):
                previous = steps[earlier]
                out.append(torch.cat([previous[:n], first[len(previous):n]]) if len(previous) < n else previous[:n])
            else:
                out.append(first[:n])
        return torch.stack(out) if self.sizes is None else torch.cat(out)

    def steps(self, x):
        if self.sizes is None:
            return list(x), [x.shape[1]] * x.shape[0]
        sizes = self.sizes.tolist()
        return list(x.split(sizes)), sizes

    def cell_step(self, x, h, c, weights):
        weights = [w.detach() for w in weights]
        bias = (weights[2], weights[3]) if self.bias else (None, None)
        a, b = nn.functional.linear(x, weights[0], bias[0]), nn.functional.linear(h, weights[1], bias[1])
        if c is not None:
            i, f, g, o = (a + b).chunk(4, -1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            return (h @ weights[-1].t() if self.projected else h), c, h
        if weights[0].shape[0] == 3 * weights[1].shape[1]:
            (ar, az, an), (br, bz, bn) = a.chunk(3, -1), b.chunk(3, -1)
            r, z = (ar + br).sigmoid(), (az + bz).sigmoid()
            n = (an + r * bn).tanh()
            h = (1 - z) * n + z * h
            return h, None, h
        h = (a + b).relu() if self.relu else (a + b).tanh()
        return h, None, h


def _dropped(x, call):
    """The dropout between layers, with the random numbers that the call began with (those of the processor's generator)."""
    now = torch.get_rng_state()
    torch.set_rng_state(call.random)
    try:
        dropped = torch.dropout(x, call.dropout, True)
        call.random = torch.get_rng_state()
        return dropped
    finally:
        torch.set_rng_state(now)


# ------------------------------------------------------------------------------------------------------------------------------- tools


def _storage_of(tensor):
    """Where a tensor's memory begins: equal for all views of it. 0 where it has none."""
    try:
        return tensor.untyped_storage().data_ptr()
    except AttributeError:  # before PyTorch 2.0
        try:
            return tensor.storage().data_ptr()
        except (RuntimeError, NotImplementedError):
            return 0
    except (RuntimeError, NotImplementedError):  # sparse, sharded, meta
        return 0


def _local(tensor):
    """Of a sharded parameter the shard that is here."""
    local = getattr(tensor, "_local_tensor", None)
    return tensor if local is None else local


def _whole(tensor):
    """A dense tensor with all numbers: of sharded ones (DTensor) every process takes part."""
    tensor = tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor
    tensor = tensor.detach()
    return tensor.coalesce().to_dense() if tensor.is_sparse else tensor


def _real(tensor):
    return tensor if tensor.dtype == torch.float64 or tensor.is_complex() else tensor.float()


def _momenta(optimizer):
    """The first moment of each parameter, where the optimizers have one."""
    found = {}
    for one in optimizer if isinstance(optimizer, (list, tuple)) else [optimizer] if optimizer is not None else []:
        for group in one.param_groups:
            for p in group["params"]:
                state = one.state.get(p, {})
                for key in ("momentum_buffer", "exp_avg", "momentum"):
                    if torch.is_tensor(state.get(key)):
                        found[id(p)] = state[key]
                        break
    return found


def _eager(model):
    """The model that torch.compile was given."""
    return getattr(model, "_orig_mod", model)


@contextlib.contextmanager
def _compiled_code_runs_eagerly():
    """Within compiled code nothing can be watched: for this step the program runs as it is written."""
    stance = getattr(getattr(torch, "compiler", None), "set_stance", None)
    if stance is None:
        yield
        return
    with stance("force_eager"):
        yield


def _summary(document):
    """What the user should know at once, in lines."""
    unmeasured = document["unmeasured"]
    share = sum(u["share"] for u in unmeasured)
    if unmeasured:
        names = ", ".join("%s %s" % (u["name"], tuple(u["shape"])) for u in unmeasured[:4]) + (", ..." if len(unmeasured) > 4 else "")
        yield "%d %s, %.0f %% of the weights, not measured: %s (%s)" % (
            len(unmeasured), "matrix" if len(unmeasured) == 1 else "matrices", 100 * share, names, unmeasured[0]["reason"])


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


@contextlib.contextmanager
def _without_autocast():
    with torch.autocast("cpu", enabled=False):
        if torch.cuda.is_available():
            with torch.autocast("cuda", enabled=False):
                yield
        else:
            yield


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


def _check_path(path):
    ending = os.path.splitext(os.fspath(path))[1].lower()
    if ending in (".npz", ".npy", ".pt", ".pth", ".pkl", ".ckpt", ".bin", ".h5"):
        raise ValueError("%s: the capture is written as safetensors; give it a name that ends with .safetensors" % path)


def _path_of(path, rank, ranks):
    """Each process writes its own file: {rank} in the name is replaced, else the rank is put before the ending."""
    if "{rank}" in path:
        return path.replace("{rank}", str(rank))
    root, ending = os.path.splitext(path)
    return path if ranks == 1 else "%s-rank%d%s" % (root, rank, ending)


# ----------------------------------------------------------------------------------------------------------------------------- writing


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
