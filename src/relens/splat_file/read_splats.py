"""Reading Gaussian splats from PLY, as the reference trainer, gsplat and nerfstudio, and SHARP write them."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Float32, Shaped

from relens.errors import FileError, ValueRangeError
from relens.photo.transfer import srgb_decode
from relens.splat_file.ply import Header, read_elements, read_header
from relens.splat_file.sharp import camera_of, colour_space_of
from relens.splats import SH_COUNTS, Splats

_MOST_BYTES = 8 << 30
_NEEDED = ("x", "y", "z", "f_dc_0", "f_dc_1", "f_dc_2", "opacity", "scale_0", "scale_1", "scale_2",
           "rot_0", "rot_1", "rot_2", "rot_3")  # fmt: skip
_RESTS = tuple(3 * (count - 1) for count in SH_COUNTS)
_SH_0 = 0.5 / np.sqrt(np.pi)


def is_splat_header(header: Header) -> bool:
    """Whether a PLY file says it holds splats, not a mesh or points."""
    vertex = header.element("vertex")
    packed = header.element("chunk") is not None
    return packed or (vertex is not None and {"f_dc_0", "scale_0", "rot_0", "opacity"} <= set(vertex.properties))


def read_splats(path: str | os.PathLike[str]) -> Splats:
    """Gaussian splats from a PLY file.

    | in the file (element vertex) | becomes |
    |---|---|
    | x y z | centres |
    | scale_0..2, natural logarithms | standard deviations |
    | rot_0..3, w x y z of any length | unit quaternions |
    | opacity, a logit | 0 to 1 |
    | f_dc_0..2 and f_rest_*, channel by channel | harmonics of degree 0 to 3 |

    What SHARP adds (intrinsic, extrinsic, image_size, color_space) becomes the camera and the colour space: SHARP
    blends linear light, so its colours are decoded from sRGB; other files say nothing and blend encoded colours.
    Splats with numbers that are not finite are left out, and the notes say so.

    Raises FileError for a file that is missing, cut short, packed, too large, or lacks a property or every splat.
    """
    source = Path(path)
    if not source.is_file():
        raise FileError(source, "is no file; expected Gaussian splats in PLY")
    if source.stat().st_size > _MOST_BYTES:
        raise FileError(source, f"is larger than {_MOST_BYTES >> 30} GB; leave out some of its splats")
    header = read_header(source)
    vertex = header.element("vertex")
    if header.element("chunk") is not None:
        raise FileError(source, "holds packed splats; export them as plain PLY")
    if vertex is None or vertex.row is None:
        raise FileError(source, "holds no plain vertices; expected Gaussian splats")
    if vertex.count == 0:
        raise FileError(source, "holds no splats; expected at least one")
    missing = [name for name in _NEEDED if name not in vertex.properties]
    if missing:
        raise FileError(source, f"lacks {' '.join(missing[:4])}; expected Gaussian splats with {' '.join(_NEEDED)}")
    extra = sum(name.startswith("f_rest_") for name in vertex.properties)
    if extra not in _RESTS or any(f"f_rest_{i}" not in vertex.properties for i in range(extra)):
        raise FileError(source, f"has {extra} properties f_rest_*; expected 0, 9, 24 or 45, numbered from 0")
    elements = read_elements(header)
    if "vertex" not in elements:
        raise FileError(source, "has lists before its vertices; expected the vertices first")
    camera, notes = camera_of(elements)
    try:
        splats = _decoded(elements["vertex"], extra // 3, colour_space_of(elements))
    except ValueRangeError as error:
        raise FileError(source, f"is no cloud of splats to photograph: {error}") from error
    return replace(splats, camera=camera, notes=(*notes, *splats.notes))


def _decoded(
    rows: Shaped[np.ndarray, " n"], extra: int, colour_space: Literal["srgb", "linear", "sharp srgb"]
) -> Splats:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        means = _columns(rows, "x", "y", "z")
        scales = np.exp(_columns(rows, "scale_0", "scale_1", "scale_2"))
        rotations = _columns(rows, "rot_0", "rot_1", "rot_2", "rot_3")
        rotations /= np.linalg.norm(rotations, axis=1, keepdims=True)
        opacity = 1 / (1 + np.exp(-_columns(rows, "opacity")[:, 0]))
    base = _columns(rows, "f_dc_0", "f_dc_1", "f_dc_2")[:, None]
    # Every coefficient of red, then of green, then of blue.
    rest = _columns(rows, *(f"f_rest_{i}" for i in range(3 * extra))).reshape(len(rows), 3, extra).swapaxes(1, 2)
    sh = np.concatenate([base, rest], axis=1)
    if colour_space == "sharp srgb":
        # Of view-dependent colours linear light has no harmonics of the same degree.
        colour_space = "linear" if extra == 0 else "srgb"
        if extra == 0:
            sh = (srgb_decode(np.maximum(sh * np.float32(_SH_0) + 0.5, 0)) - 0.5) / np.float32(_SH_0)
    whole = [means, scales, rotations, opacity[:, None], sh.reshape(len(rows), -1)]
    kept = np.all([np.isfinite(values).all(axis=1) for values in whole], axis=0)
    lost = len(rows) - int(kept.sum())
    notes = (f"{lost} of {len(rows)} splats left out: their numbers are not finite",) if lost else ()
    if lost:
        means, scales, rotations, opacity, sh = (values[kept] for values in (means, scales, rotations, opacity, sh))
    return Splats(means, scales, rotations, opacity, sh.astype(np.float32), None, colour_space, notes)


def _columns(rows: Shaped[np.ndarray, " n"], *names: str) -> Float32[np.ndarray, "n _"]:
    out = np.empty((len(rows), len(names)), np.float32)
    with np.errstate(over="ignore"):
        for column, name in enumerate(names):
            out[:, column] = rows[name]
    return out
