"""The file of a step's patches: a ZIP archive of NumPy arrays, as `numpy.load` reads it."""

import io
import zipfile
import zlib

import numpy as np

from relens.edit.page_patch import PagePatch
from relens.errors import ValueRangeError
from relens.scene import Scene

# Deflate's fastest: the others take several times as long for a tenth less.
_LEVEL = 1
# Fixed, so that the same patches give the same file.
_DATE = (1980, 1, 1, 0, 0, 0)


def encode_patches(patches: tuple[PagePatch, ...]) -> bytes:
    """For each patch the arrays `<layer>.corner` (row, column), `<layer>.rgba` and `<layer>.inverse_depth`."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for patch in patches:
            arrays = {
                "corner": np.array([patch.top, patch.left], np.int64),
                "rgba": patch.rgba,
                "inverse_depth": patch.inverse_depth,
            }
            for name, array in arrays.items():
                member = zipfile.ZipInfo(f"{patch.layer}.{name}.npy", _DATE)
                member.compress_type = zipfile.ZIP_DEFLATED
                with archive.open(member, "w", force_zip64=True) as file:
                    np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
    return data.getvalue()


def read_patches(data: bytes, scene: Scene) -> tuple[PagePatch, ...]:
    """The patches of a file. Raises ValueRangeError for a damaged one, and for patches that do not fit the scene."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            names = [name.removesuffix(".corner") for name in arrays.files if name.endswith(".corner")]
            patches = tuple(_patch(arrays, name) for name in names)
    except (ValueError, TypeError, KeyError, EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueRangeError("edit's pages", "damaged", f"arrays as they were saved ({error})") from error
    size = scene.layers[0].inverse_depth.shape
    layers = {layer.name for layer in scene.layers}
    for patch in patches:
        bottom, right = patch.window[0].stop, patch.window[1].stop
        inside = patch.top >= 0 and patch.left >= 0 and bottom <= size[0] and right <= size[1]
        if patch.layer not in layers or not inside:
            raise ValueRangeError("edit's pages", f"a window of {patch.layer}", "a window of one of the scene's pages")
    return patches


def _patch(arrays: np.lib.npyio.NpzFile, name: str) -> PagePatch:
    top, left = (int(place) for place in arrays[f"{name}.corner"])
    rgba, inverse_depth = arrays[f"{name}.rgba"], arrays[f"{name}.inverse_depth"]
    if inverse_depth.ndim != 2 or rgba.shape != (*inverse_depth.shape, 4):
        raise ValueError(f"arrays of {rgba.shape} and {inverse_depth.shape}")
    if rgba.dtype != np.float32 or inverse_depth.dtype != np.float32:
        raise ValueError(f"arrays of {rgba.dtype} and {inverse_depth.dtype}")
    return PagePatch(name, top, left, rgba, inverse_depth)
