"""The file of a step's patches: a ZIP archive of NumPy arrays, as `numpy.load` reads it."""

import io
import math
import zipfile
from pathlib import Path

import numpy as np

from relens.edit.page_patch import PagePatch
from relens.errors import FileError
from relens.scene import Layer, Scene
from relens.scene_folder.beside import ADVICE

# Deflate's fastest: the others take several times as long for a tenth less.
_LEVEL = 1
# Fixed, so that the same patches give the same file.
_DATE = (1980, 1, 1, 0, 0, 0)
_ARRAYS = ("corner", "rgba", "inverse_depth")
# Of a layer's arrays in the file, beside their numbers.
_HEADERS_BYTES = 1 << 10
_BYTES_A_TEXEL = 20


def encode_patches(patches: tuple[PagePatch, ...]) -> bytes:
    """For each patch the arrays `<layer>.corner` (row, column), `<layer>.rgba` and `<layer>.inverse_depth`."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for patch in patches:
            arrays = (np.array([patch.top, patch.left], np.int64), patch.rgba, patch.inverse_depth)
            for name, array in zip(_ARRAYS, arrays, strict=True):
                member = zipfile.ZipInfo(f"{patch.layer}.{name}.npy", _DATE)
                member.compress_type = zipfile.ZIP_DEFLATED
                with archive.open(member, "w", force_zip64=True) as file:
                    np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
    return data.getvalue()


def read_patches(data: bytes, path: Path, scene: Scene) -> tuple[PagePatch, ...]:
    """The patches of a file. Raises FileError, naming it, for what is damaged or does not fit the scene's pages."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _patches(archive, scene)
    except Exception as error:  # zipfile and NumPy raise errors of every kind for a damaged file.
        raise FileError(path, f"holds no pages of this scene ({error or type(error).__name__}); {ADVICE}") from error


def _patches(archive: zipfile.ZipFile, scene: Scene) -> tuple[PagePatch, ...]:
    pages = {layer.name: layer.inverse_depth.shape for layer in scene.layers}
    most = sum(height * width * _BYTES_A_TEXEL + _HEADERS_BYTES for height, width in pages.values())
    if sum(member.file_size for member in archive.infolist()) > most:
        raise ValueError("more than the pages themselves")
    patches = []
    for layer in dict.fromkeys(name.split(".")[0] for name in archive.namelist()):
        corner, rgba, inverse_depth = (_array(archive, f"{layer}.{name}.npy") for name in _ARRAYS)
        if (corner.shape, corner.dtype, rgba.dtype, inverse_depth.dtype) != ((2,), np.int64, np.float32, np.float32):
            raise ValueError(f"{layer} of {corner.dtype} {corner.shape}, {rgba.dtype} and {inverse_depth.dtype}")
        # As a layer, so that light, alpha and depth are such as a page may have.
        window = Layer(layer, rgba, inverse_depth)
        patch = PagePatch(layer, int(corner[0]), int(corner[1]), window.rgba, window.inverse_depth)
        if layer not in pages or not _inside(patch, *pages[layer]):
            raise ValueError(f"{rgba.shape} of {layer} at row {patch.top}, column {patch.left}")
        patches.append(patch)
    return tuple(patches)


def _array(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    member = archive.getinfo(name)
    with archive.open(member) as file:
        # NumPy asks for as much memory as the header says before it reads on.
        is_first = np.lib.format.read_magic(file) == (1, 0)
        read_header = np.lib.format.read_array_header_1_0 if is_first else np.lib.format.read_array_header_2_0
        shape, _, dtype = read_header(file)
        if math.prod(shape) * dtype.itemsize > member.file_size:
            raise ValueError(f"{name} of {shape} in {member.file_size} bytes")
    with archive.open(member) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _inside(patch: PagePatch, height: int, width: int) -> bool:
    rows, columns = patch.window
    return rows.start >= 0 and rows.stop <= height and columns.start >= 0 and columns.stop <= width
