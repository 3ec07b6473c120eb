"""Tensors put into a network that was built without memory, one at a time, each checked."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from relens.depth.depth_pro.heap import give_back_freed
from relens.errors import FileError

_SHOWN = 3
_BETWEEN_CLEANINGS = 32


def place_tensors(
    model: Any,
    tensors: Iterable[tuple[str, Any]],
    file: Path,
    cast: Callable[[str, Any, Any], Any],
    optional: Callable[[str], bool],
) -> None:
    """Fill a network of the "meta" device with the tensors of a weight file.

    cast: (name, module, tensor) to the tensor as it is to be kept. optional: names that may be missing from the network
    or from the file.
    Raises FileError that names the file and the tensors that are missing, surplus or of another shape.
    """
    import torch

    expected = dict(model.named_parameters())
    surplus = []
    for count, (name, tensor) in enumerate(tensors, 1):
        if count % _BETWEEN_CLEANINGS == 0:
            give_back_freed()
        if name not in expected:
            surplus += [] if optional(name) else [name]
            continue
        if tensor.shape != expected[name].shape:
            shapes = f"{tuple(tensor.shape)}; expected {tuple(expected[name].shape)}"
            raise FileError(file, f"{name} has the shape {shapes}: are config.json and the weights of one network?")
        parent, _, attribute = name.rpartition(".")
        module = model.get_submodule(parent)
        setattr(module, attribute, torch.nn.Parameter(cast(name, module, tensor), requires_grad=False))
        del expected[name]
    missing = [name for name in expected if not optional(name)]
    for problem, names in (("lacks", missing), ("holds what Depth Pro does not have:", surplus)):
        if names:
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            shown = ", ".join(names[:_SHOWN])
            raise FileError(file, f"{problem} {shown}{more}; are these the weights of Depth Pro?")
    for name in expected:
        parent, _, attribute = name.rpartition(".")
        setattr(model.get_submodule(parent), attribute, None)
