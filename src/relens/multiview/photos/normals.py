"""Normals from inverse depth, and from files."""

from pathlib import Path

import numpy as np
from jaxtyping import Float32

from relens.camera import Camera
from relens.errors import FileError

# A bend of inverse depth over one pixel, in parts of it, from which it is a step between two surfaces.
_STEP = 0.05


def normals_of(inverse: Float32[np.ndarray, "h w"], camera: Camera) -> Float32[np.ndarray, "h w 3"]:
    """Unit normals in the world, towards the camera, of the surface that an inverse depth map shows.

    On the plane n·X = d inverse depth is linear in the pixel: 1/z = n·(x, y, 1)/d with x = (column - cx)/fx. So
    n ~ (fx dw/dcolumn, fy dw/drow, w - (column - cx) dw/dcolumn - (row - cy) dw/drow), w = 1/z: exact on planes.
    NaN where depth is unknown or infinite, and at steps between surfaces.
    """
    k = camera.intrinsics
    w = np.where(inverse > 0, inverse, np.nan).astype(np.float64)
    if min(w.shape) < 3:
        return np.full((*w.shape, 3), np.nan, np.float32)
    along_row, along_column = np.gradient(w)
    rows, columns = np.mgrid[: w.shape[0], : w.shape[1]] + 0.5
    ahead = w - (columns - k.cx_px) * along_column - (rows - k.cy_px) * along_row
    normal = -np.stack([k.fx_px * along_column, k.fy_px * along_row, ahead], axis=-1)
    normal[_bend(w) > _STEP * w] = np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return (normal @ camera.rotation.T).astype(np.float32)


def read_normals(path: Path, camera: Camera) -> Float32[np.ndarray, "h w 3"]:
    """Normals from a file, on the camera's grid, in the world, towards the camera.

    Convention: PNG with (n + 1) / 2 as red, green and blue; NPY with n itself, (h, w, 3). The axes are the
    camera's, OpenCV's or OpenGL's: which, shows, since what is seen faces the camera.

    Raises FileError for a file that is not of this kind, or of another aspect than the camera's.
    """
    stored = _stored(path)
    k = camera.intrinsics
    height, width = stored.shape[:2]
    if abs(width / height - k.width_px / k.height_px) > 0.02 * k.width_px / k.height_px:
        raise FileError(
            path, f"holds {width}x{height} normals; expected the photo's aspect, {k.width_px}x{k.height_px}"
        )
    rows = ((np.arange(k.height_px) + 0.5) * height / k.height_px).astype(int)
    columns = ((np.arange(k.width_px) + 0.5) * width / k.width_px).astype(int)
    normal = stored[np.ix_(rows, columns)].astype(np.float64)
    length = np.linalg.norm(normal, axis=-1, keepdims=True)
    normal = np.divide(normal, length, out=np.full_like(normal, np.nan), where=np.abs(length - 1) < 0.5)
    if np.isnan(normal).all():
        raise FileError(path, "holds no unit vectors; expected normals, (n + 1) / 2 as colours")
    if np.nanmean(normal[..., 2]) > 0:
        normal = normal * [1, -1, -1]
    return (normal @ camera.rotation.T).astype(np.float32)


def _stored(path: Path) -> np.ndarray:
    try:
        if path.suffix == ".npy":
            values = np.load(path, allow_pickle=False)
        else:
            from PIL import Image

            with Image.open(path, formats=["PNG"]) as image:
                values = np.asarray(image.convert("RGB")) / 127.5 - 1
    except (OSError, ValueError) as error:
        raise FileError(path, f"cannot be read as normals ({str(error)[:120]}); expected a PNG or NPY") from error
    if values.ndim != 3 or values.shape[2] != 3 or values.dtype.kind != "f":
        raise FileError(path, f"holds an array of {values.dtype} {values.shape}; expected normals, (h, w, 3) floats")
    return values


def _bend(w: np.ndarray) -> np.ndarray:
    """How far inverse depth departs from the line through its neighbours, in either direction; NaN counts as none."""
    bend = np.zeros(w.shape)
    bend[1:-1] = np.nan_to_num(np.abs(w[2:] - 2 * w[1:-1] + w[:-2]))
    across = np.nan_to_num(np.abs(w[:, 2:] - 2 * w[:, 1:-1] + w[:, :-2]))
    bend[:, 1:-1] = np.maximum(bend[:, 1:-1], across)
    bend[0], bend[-1] = np.maximum(bend[0], bend[1]), np.maximum(bend[-1], bend[-2])
    bend[:, 0], bend[:, -1] = np.maximum(bend[:, 0], bend[:, 1]), np.maximum(bend[:, -1], bend[:, -2])
    return bend
