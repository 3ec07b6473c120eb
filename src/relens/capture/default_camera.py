"""Where splats are seen from when nobody says."""

import numpy as np
from jaxtyping import Bool, Float, Float64

from relens.camera import Camera, Intrinsics
from relens.mesh import Mesh, MeshPart
from relens.ranges import whole
from relens.render.viewpoint import viewpoint
from relens.splats import Splats

# A 50 mm lens on full frame, upright 4:5, as for meshes.
_FX_OVER_WIDTH, _ASPECT = 50 / 36, 1.25
# The origin is a camera where this share of the splats stands before it, in its frame; else the middle share is framed.
_MOST, _MIDDLE = 0.9, 0.9


def default_camera(splats: Splats, width_px: int = 1200) -> tuple[Camera, tuple[str, ...]]:
    """The file's own camera; else the origin, looking along +z, if that sees most splats; else one that frames them.

    Only the first is sure: worlds of trained splats lie and scale as they like. The notes say which it is.

    Args:
        splats: what to look at.
        width_px: of the picture, but for the file's own camera.

    Raises ValueRangeError for a width under 1 pixel.
    """
    if splats.camera is not None:
        return splats.camera, ()
    width_px = whole("width_px", width_px, "a width of at least 1 pixel", 1)
    height_px = max(1, round(width_px * _ASPECT))
    origin = Camera(Intrinsics.centred(_FX_OVER_WIDTH * width_px, width_px, height_px, "50 mm equivalent"))
    weight = splats.opacity.astype(np.float64)
    if np.average(_in_frame(splats, origin), weights=weight + 1e-9) >= _MOST:
        return origin, ("no camera in the file: seen from the origin along +z, the file's unit taken as a metre",)
    middle = np.array([_quantiles(axis, weight) for axis in splats.means_m.T])
    note = "no camera in the file: seen along +z from before the middle 90 % of the splats, the file's unit taken as a "
    return viewpoint(_box(middle), width_px), (note + "metre; give a camera that the splats were trained with",)


def _in_frame(splats: Splats, camera: Camera) -> Bool[np.ndarray, " n"]:
    k = camera.intrinsics
    before = splats.means_m[:, 2] > 0
    depth_m = np.where(before, splats.means_m[:, 2], 1)
    column = k.cx_px + k.fx_px * splats.means_m[:, 0] / depth_m
    row = k.cy_px + k.fy_px * splats.means_m[:, 1] / depth_m
    return before & (column >= 0) & (column <= k.width_px) & (row >= 0) & (row <= k.height_px)


def _quantiles(values: Float[np.ndarray, " n"], weight: Float64[np.ndarray, " n"]) -> tuple[float, float]:
    """Between which values the middle share of the weight lies."""
    order = np.argsort(values)
    total = np.cumsum(weight[order])
    at = np.searchsorted(total, np.array([1 - _MIDDLE, 1 + _MIDDLE]) / 2 * total[-1])
    low, high = values[order[np.minimum(at, len(values) - 1)]]
    return float(low), float(high)


def _box(middle: Float64[np.ndarray, "3 2"]) -> Mesh:
    """The diagonal of a box as a mesh: all that its viewpoint needs."""
    least, greatest = middle.T
    # A millionth wide at least, that there is an area.
    size = max(float(np.ptp(middle, axis=1).max()), 1e-6)
    third = np.where(np.arange(3) == 0, greatest + 1e-6 * size, least)
    return Mesh((MeshPart(np.array([least, greatest, third], np.float32), np.array([[0, 1, 2]], np.int32)),))
