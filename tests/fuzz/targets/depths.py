"""Depth files of every kind, and masks."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
from fuzz.mutate.containers import change_npy, change_png, change_zip
from fuzz.mutate.numbers import change_number, change_tiff
from fuzz.mutate.text import change_text
from fuzz.target import ChangeBytes, Mutator, Target
from fuzz.targets.photos import exr_bytes, pngs, tiffs
from google_depth_files import grey

from relens.depth.files import DepthKind, read_depth
from relens.matte.mask_file import read_mask

_METRES = (np.linspace(0.4, 9, 24 * 16).reshape(16, 24)).astype(np.float32)
_METRES[0, :3] = 0, np.nan, np.inf
# By an input's first byte; the rest is the file.
_WAYS: tuple[tuple[DepthKind | None, float | None, float | None], ...] = (
    (None, None, None), ("metres", 0.5, 20.0), ("inverse", None, None), ("inverse", 0.5, float("inf")),
    ("disparity", 0.5, 20.0), ("disparity", None, None))  # fmt: skip


def _depth(
    suffix: str, files: Callable[[], list[bytes]], change_file: Mutator, packages: tuple[str, ...] = ()
) -> Target:
    def read(data: bytes, folder: Path) -> None:
        file = folder / f"depth{suffix}"
        file.write_bytes(data[1:])
        read_depth(file, *_WAYS[data[0] % len(_WAYS) if data else 0])

    def mutate(data: bytes, random: Random, change: ChangeBytes) -> bytes:
        first = bytes([random.randrange(len(_WAYS))]) if random.random() < 0.1 else data[:1]
        return first + change_file(data[1:], random, change)

    def seeds() -> list[bytes]:
        return [bytes([way]) + file for file in files() for way in (0, 1, 4)]

    return Target(f"depth{suffix.replace('.', '-')}", read, seeds, mutate, packages=packages)


def _npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def _npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), _npy(array))
    return file.getvalue()


def _change_pfm(data: bytes, random: Random, change: ChangeBytes) -> bytes:
    head, rest = data[:20], data[20:]
    if random.random() < 0.7:
        return change_text(head, random, change) + rest
    return head + change_number(rest, random, change)


def _read_mask(data: bytes, folder: Path) -> None:
    file = folder / ("mask.png" if data.startswith(b"\x89P") else "mask.tif")
    file.write_bytes(data)
    read_mask(file)


def _change_mask(data: bytes, random: Random, change: ChangeBytes) -> bytes:
    return (change_png if data.startswith(b"\x89P") else change_tiff)(data, random, change)


_NPYS = [_npy(_METRES), _npy(np.asfortranarray(_METRES.astype(np.float64))), _npy(_METRES.astype(np.float16))]
_MILLIMETRES = np.nan_to_num(_METRES * 1000, posinf=0).astype(np.uint16)
TARGETS = (
    _depth(".npy", lambda: _NPYS, change_npy),
    _depth(".npz", lambda: [_npz(depth=_METRES), _npz(metres=_METRES.astype(np.float64), other=_METRES)], change_zip),
    _depth(".pfm", lambda: [b"Pf\n24 16\n-1.0\n" + _METRES.tobytes()], _change_pfm),
    _depth(
        ".exr", lambda: [exr_bytes({"Z": _METRES}), exr_bytes({"depth.V": _METRES.astype(np.float16)})], change_number
    ),
    _depth(".png", lambda: [grey(_MILLIMETRES), grey((_MILLIMETRES >> 8).astype(np.uint8))], change_png),
    _depth(".tif", tiffs, change_tiff, ("tifffile",)),
    Target("mask", _read_mask, lambda: [*pngs(), *tiffs()], _change_mask),
)
