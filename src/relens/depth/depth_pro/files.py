"""Weight files: which ones a path means, and their tensors one at a time, so that no second copy is ever in memory."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from relens.depth.depth_pro.checkpoint import port_tensors
from relens.errors import FileError

_CONFIGURATION = "config.json"
_TENSORS = "model.safetensors"
_SHARDS = "model.safetensors.index.json"
_CHECKPOINT = "depth_pro.pt"
_AT_ONCE = 64


def apple_checkpoint(path: Path) -> Path | None:
    """The checkpoint of Apple's that a path names or a folder holds; None where there is none."""
    if path.is_dir():
        path = path / _CHECKPOINT
    return path if path.suffix == ".pt" and path.is_file() else None


def port_configuration(path: Path) -> Path | None:
    """The configuration in the port's folder; None where the path is no such folder."""
    return path / _CONFIGURATION if (path / _CONFIGURATION).is_file() else None


def weight_files(path: Path) -> tuple[Path, ...]:
    """The files with the tensors that a path means: a folder of the port's, or Apple's checkpoint, or its folder.

    Raises FileError when there are none, or not all.
    """
    if port_configuration(path) is None:
        checkpoint = apple_checkpoint(path)
        if checkpoint is None:
            found = "a folder" if path.is_dir() else "a file" if path.exists() else "nothing"
            expected = f"a folder with {_CONFIGURATION} and {_TENSORS}, or Apple's {_CHECKPOINT}"
            raise FileError(path, f"is {found} without the weights of Depth Pro; expected {expected}")
        return (checkpoint,)
    names = [_TENSORS]
    if (path / _SHARDS).is_file() and not (path / _TENSORS).is_file():
        names = _shards(path / _SHARDS)
    for name in names:
        if not (path / name).is_file():
            raise FileError(path / name, "is missing; fetch the weights again with: relens models fetch depth-pro")
    return tuple(path / name for name in names)


def read_tensors(file: Path) -> Iterator[tuple[str, Any]]:
    """Every tensor of a weight file under the port's name, on the CPU and as stored; NaN and infinity are refused.

    Raises FileError that names the file, and the tensor where it is one.
    """
    stored = port_tensors(read_checkpoint(file)) if file.suffix == ".pt" else _read_safetensors(file)
    yield from finite(stored, file)


def read_checkpoint(file: Path) -> Iterator[tuple[str, Any]]:
    """Every tensor of Apple's checkpoint under Apple's name; valid until the next is asked for.

    Raises FileError for a file that is no such checkpoint; nothing but tensors is unpickled.
    """
    names = list(_mapped(file))
    for start in range(0, len(names), _AT_ONCE):
        # Mapped anew for each few, since what was read counts as memory for as long as the file is mapped.
        state = _mapped(file)
        for name in names[start : start + _AT_ONCE]:
            yield name, state[name]


def _mapped(file: Path) -> dict[str, Any]:
    import pickle

    import torch

    try:
        state = torch.load(file, map_location="cpu", weights_only=True, mmap=True)
    except (RuntimeError, OSError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as error:
        if "memory" in str(error):
            raise
        raise _corrupt(file, error) from error
    if not isinstance(state, dict) or not all(isinstance(tensor, torch.Tensor) for tensor in state.values()):
        raise FileError(file, "holds something else than named tensors; expected the checkpoint of apple/DepthPro")
    return state


def _read_safetensors(file: Path) -> Iterator[tuple[str, Any]]:
    import safetensors

    try:
        with safetensors.safe_open(file, "pt") as opened:
            names = sorted(opened.keys())
        for name in names:
            # Opened anew for each, since what was read stays in memory for as long as the file is open.
            with safetensors.safe_open(file, "pt") as opened:
                yield name, opened.get_tensor(name)
    except (safetensors.SafetensorError, OSError) as error:
        raise _corrupt(file, error) from error


def finite(tensors: Iterator[tuple[str, Any]], file: Path) -> Iterator[tuple[str, Any]]:
    """The tensors as they are. Raises FileError that names the file and the first one with NaN or infinity."""
    for name, tensor in tensors:
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise FileError(file, f"is corrupt: {name} holds NaN or infinity; delete it and fetch the weights again")
        yield name, tensor


def _shards(index: Path) -> list[str]:
    try:
        return sorted(set(json.loads(index.read_text("utf-8"))["weight_map"].values()))
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise _corrupt(index, error) from error


def _corrupt(file: Path, error: Exception) -> FileError:
    reason = " ".join(str(error).split())[:120] or type(error).__name__
    return FileError(file, f"is corrupt or truncated ({reason}); delete it and fetch the weights again")
