"""Focus: distances to set a lens to, read from the scene."""

import numpy as np
from jaxtyping import Float32

from relens.errors import RelensError, ValueRangeError
from relens.scene import Scene

# Half the width of the patch whose median a focus point reads, so that one odd pixel does not decide.
_PATCH_PX = 4


def visible_inverse_depth(
    scene: Scene, rows: slice = slice(None), columns: slice = slice(None)
) -> Float32[np.ndarray, "h w"]:
    """Inverse depth (1/m) of the nearest surface at least half opaque at pixels of the photo; NaN where none.

    rows, columns: which pixels; all when left out.
    """
    k, border = scene.camera.intrinsics, scene.border_px
    frame = (slice(border, border + k.height_px), slice(border, border + k.width_px))
    nearest = np.float32(np.nan)
    for layer in scene.layers:
        alpha, inverse_depth = (page[frame][rows, columns] for page in (layer.rgba[..., 3], layer.inverse_depth))
        nearest = np.fmax(nearest, np.where(alpha >= 0.5, inverse_depth, np.float32(np.nan)))
    return np.asarray(nearest)


def depth_at(scene: Scene, column_px: float, row_px: float) -> float:
    """z-depth in metres at a pixel of the photo: the median of a small patch; inf at infinity.

    Raises ValueRangeError outside the photo, RelensError where the scene is empty.
    """
    k = scene.camera.intrinsics
    if not (0 <= column_px < k.width_px and 0 <= row_px < k.height_px):
        raise ValueRangeError(
            "focus", f"{column_px:g},{row_px:g}", f"a pixel inside the {k.width_px}x{k.height_px} photo"
        )
    rows = slice(max(0, int(row_px) - _PATCH_PX), int(row_px) + _PATCH_PX + 1)
    columns = slice(max(0, int(column_px) - _PATCH_PX), int(column_px) + _PATCH_PX + 1)
    patch = visible_inverse_depth(scene, rows, columns)
    if np.isnan(patch).all():
        raise RelensError(f"focus={column_px:g},{row_px:g}: nothing is there in the scene; choose another pixel")
    return _metres(float(np.nanmedian(patch)))


def subject_depth_m(scene: Scene) -> float:
    """z-depth in metres of the subject: what stands near, in the middle of the frame."""
    return subject_pixel(scene)[2]


def subject_pixel(scene: Scene) -> tuple[float, float, float]:
    """Column and row (of the photo) and z-depth in metres of the subject.

    The medians, weighted towards a little above the middle, of surfaces nearer than the midpoint of the scene's range:
    on a portrait, the face.
    """
    height, width = scene.camera.intrinsics.height_px, scene.camera.intrinsics.width_px
    row, column = np.mgrid[0:height:8, 0:width:8]
    sparse = visible_inverse_depth(scene, slice(None, None, 8), slice(None, None, 8))
    x, y = (column + 0.5) / width - 0.5, (row + 0.5) / height - 0.45
    weight = np.exp(-((x / 0.18) ** 2) - (y / 0.18) ** 2)
    near, far = np.nanpercentile(sparse, 98), np.nanpercentile(sparse, 2)
    chosen = sparse > 0.5 * (near + far)
    if not chosen.any():
        chosen = ~np.isnan(sparse)
    column_px, row_px, inverse_m = (
        _median(values[chosen], weight[chosen]) for values in (column + 0.5, row + 0.5, sparse)
    )
    return column_px, row_px, _metres(inverse_m)


def background_depth_m(scene: Scene) -> float:
    """z-depth in metres of the background: the median of the farther half of the scene's range; inf at infinity."""
    inverse = visible_inverse_depth(scene)
    near, far = np.nanpercentile(inverse, 98), np.nanpercentile(inverse, 2)
    return _metres(float(np.nanmedian(inverse[inverse <= 0.5 * (near + far)])))


def _median(values: np.ndarray, weight: np.ndarray) -> float:
    order = np.argsort(values)
    share = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(share, 0.5 * share[-1])])


def _metres(inverse_depth: float) -> float:
    return 1 / inverse_depth if inverse_depth > 0 else float("inf")
