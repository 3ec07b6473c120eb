"""Surface map: metres along a layer's surface around a point, as if it were rolled out flat there."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Float64

from relens.canonical.photo_view import Window, shown
from relens.edit.selection import Where
from relens.errors import ValueRangeError
from relens.ranges import finite
from relens.scene import Layer, Scene

# A surface ends where it is seen under more than this from its normal, over a few texels.
_STEEPEST_DEG = 80.0
# Phones store depth in so many steps, from the scene's nearest to its farthest inverse depth. Fewer than so many at
# once are no jump, and what a single one would tilt the surface by more than this slope is smoothed.
_DEPTH_STEPS, _LEAST_JUMP_STEPS, _QUIET_SLOPE = 255, 2.5, 0.15
# So many texels of a page are enough to know how far it reaches.
_EVERY_PX = 8
# The smallest detail is so many cells of the smoothed surface wide.
_CELLS = 4


@dataclass(frozen=True)
class SurfaceMap:
    """A window of a layer's page, rolled out.

    Attributes:
        window: rows and columns of the page.
        place_m: (h, w, 2) of every texel's centre: along the camera's right at the point, and down from there.
        connected: (h, w) whether the surface goes on from the point to there without a jump in depth.
        texels_per_m: of a surface that faces the camera at the point.
    """

    window: Window
    place_m: Float32[np.ndarray, "h w 2"]
    connected: Bool[np.ndarray, "h w"]
    texels_per_m: float


def surface_at(scene: Scene, at_px: tuple[float, float], where: Where) -> Layer:
    """The layer that the photo shows at a pixel (column, row), or else the one that `where` names.

    Raises ValueRangeError off the photo, where there is nothing, and at infinity.
    """
    k = scene.camera.intrinsics
    if len(at_px) != 2:
        raise ValueRangeError("at_px", at_px, "column and row of the photo")
    column, row = (finite("at_px", number, "column and row of the photo") for number in at_px)
    if not (0 <= column < k.width_px and 0 <= row < k.height_px):
        raise ValueRangeError("at_px", at_px, f"column and row on the photo, {k.width_px} x {k.height_px}")
    y, x = _texel(scene, at_px)
    texel = slice(y, y + 1), slice(x, x + 1)
    share = {name: float(part[0, 0]) for name, part in shown(scene, texel).items()}
    if where.layer is not None:
        share = {layer.name: layer.rgba[y, x, 3] for layer in scene.layers if layer.name == where.layer}
        if not share:
            raise ValueRangeError("layer", repr(where.layer), f"one of {', '.join(it.name for it in scene.layers)}")
    name = max(share, key=lambda name: share[name], default=None)
    if name is None or share[name] == 0:
        raise ValueRangeError("at_px", at_px, "a pixel where there is a surface")
    layer = next(layer for layer in scene.layers if layer.name == name)
    if layer.inverse_depth[y, x] == 0:
        raise ValueRangeError("at_px", at_px, f"a surface at a distance; {name} is at infinity there")
    return layer


def texels_per_m(scene: Scene, layer: Layer, at_px: tuple[float, float]) -> float:
    """How many texels a metre of a layer takes at a pixel of the photo, if it faces the camera."""
    return scene.camera.intrinsics.fx_px * float(layer.inverse_depth[_texel(scene, at_px)])


def rolled_out(scene: Scene, layer: Layer, at_px: tuple[float, float], radius_m: float, detail_m: float) -> SurfaceMap:
    """The surface around a pixel of the photo.

    radius_m: how far along the surface. detail_m: folds smaller than this are smoothed away before lengths are taken.
    Raises ValueRangeError where the pixel lies on a jump in depth.
    """
    from relens.edit.unroll_kernel import read_places, unroll

    k, density = scene.camera.intrinsics, texels_per_m(scene, layer, at_px)
    noise = _depth_step(scene)
    # A step that a Gaussian smooths has the slope of its middle, step / (sqrt(2 pi) detail).
    quiet_px = noise / density * k.fx_px**2 / (math.sqrt(2 * math.pi) * _QUIET_SLOPE)
    detail_px = max(detail_m * density, quiet_px)
    rows, columns = window = _around(scene, at_px, k.fx_px / density, radius_m, math.ceil(detail_px))
    start = np.array(at_px, np.float64) + scene.border_px - (columns.start, rows.start)
    inverse_depth = layer.inverse_depth[window]
    connected = _connected(inverse_depth, layer.rgba[window][..., 3] > 0, start, detail_px, k.fx_px, noise)
    if connected is None:
        raise ValueRangeError("at_px", at_px, "a place on one surface; there is a jump in depth there")
    trend = _trend(inverse_depth, connected, start)
    cell_px = max(1, int(detail_px / _CELLS))
    relief = _relief(inverse_depth, connected, trend, start, detail_px, cell_px)
    size = inverse_depth.shape
    reach_px = math.hypot(max(start[0], size[1] - start[0]), max(start[1], size[0] - start[1]))
    lines = max(64, math.ceil(2 * math.pi * reach_px / cell_px))
    places = np.empty((lines, math.ceil(reach_px / cell_px) + 2, 2), np.float64)
    # Lines go on beyond the surface, where its trend may leave the world.
    near = inverse_depth[connected]
    principal = k.cx_px + scene.border_px - columns.start, k.cy_px + scene.border_px - rows.start
    camera = np.array([k.fx_px, k.fy_px, *principal])
    nearest = np.array([near.min() / 2, near.max() * 2], np.float64)
    unroll(relief, trend, nearest, start, float(cell_px), camera, places)
    place_m = np.empty((*size, 2), np.float32)
    read_places(places, start, float(cell_px), place_m)
    return SurfaceMap(window, place_m, connected, density)


def _texel(scene: Scene, at_px: tuple[float, float]) -> tuple[int, int]:
    """Row and column of the pages' arrays."""
    return int(at_px[1]) + scene.border_px, int(at_px[0]) + scene.border_px


def _depth_step(scene: Scene) -> float:
    """What a step of a phone's depth map is in this scene, 1/m."""
    least, most = np.inf, -np.inf
    for layer in scene.layers:
        there = layer.rgba[::_EVERY_PX, ::_EVERY_PX, 3] > 0
        depths = layer.inverse_depth[::_EVERY_PX, ::_EVERY_PX][there]
        if depths.size:
            least, most = min(least, float(depths.min())), max(most, float(depths.max()))
    return max(most - least, 0.0) / _DEPTH_STEPS


def _around(scene: Scene, at_px: tuple[float, float], depth_m: float, radius_m: float, room_px: int) -> Window:
    """The part of the pages where a ball around the point on the surface can be seen, with room around it."""
    k = scene.camera.intrinsics

    def side(at: float, focal_px: float, centre_px: float, size_px: int) -> slice:
        off = (at - centre_px) / focal_px
        distance_m = depth_m * math.hypot(1, off)
        half = math.asin(min(1.0, radius_m / distance_m))
        ends = (max(-1.5, min(1.5, math.atan(off) + sign * half)) for sign in (-1, 1))
        low, high = (math.tan(end) * focal_px + centre_px + scene.border_px for end in ends)
        return slice(max(0, math.floor(low) - room_px), min(size_px, math.ceil(high) + room_px))

    height, width = scene.layers[0].inverse_depth.shape
    return side(at_px[1], k.fy_px, k.cy_px, height), side(at_px[0], k.fx_px, k.cx_px, width)


def _connected(
    inverse_depth: Float32[np.ndarray, "h w"],
    present: Bool[np.ndarray, "h w"],
    start: Float64[np.ndarray, "2"],
    detail_px: float,
    focal_px: float,
    depth_step: float,
) -> Bool[np.ndarray, "h w"] | None:
    """The texels that the surface at the start reaches without a jump; None where it is on one."""
    import cv2

    reach_px = max(1, round(detail_px / 16))
    steepest = np.float32(math.tan(math.radians(_STEEPEST_DEG)) * 2 * reach_px / focal_px)
    least = np.float32(_LEAST_JUMP_STEPS * depth_step)
    depth = np.where(present, inverse_depth, np.float32(0))
    box = np.ones((2 * reach_px + 1, 2 * reach_px + 1), np.uint8)
    near = cv2.dilate(depth, box)
    far = cv2.erode(np.where(present, inverse_depth, np.float32(np.inf)), box)
    jump = np.maximum(least, steepest * near)
    calm = present & (near - far <= jump) & (near > 0)
    seed = _nearest_alike(depth, calm, start, float(jump[int(start[1]), int(start[0])]), 2 * reach_px + 1)
    if seed is None:
        return None
    _, labels = cv2.connectedComponents(calm.view(np.uint8), connectivity=4)
    reached = labels == labels[seed]
    # Up to the jump itself: what lies beside what was reached, and as far away.
    beside = np.ones((8 * reach_px + 1, 8 * reach_px + 1), np.uint8)
    nearest = cv2.dilate(np.where(reached, depth, np.float32(0)), beside)
    farthest = cv2.erode(np.where(reached, depth, np.float32(np.inf)), beside)
    return reached | (present & ~calm & (depth <= nearest + jump / 2) & (depth >= farthest - jump / 2))


def _nearest_alike(
    depth: Float32[np.ndarray, "h w"],
    calm: Bool[np.ndarray, "h w"],
    start: Float64[np.ndarray, "2"],
    jump: float,
    room_px: int,
) -> tuple[int, int] | None:
    """The calm texel nearest to the start that is as far away as it, row and column; None where there is none."""
    column, row = int(start[0]), int(start[1])
    top, left = max(0, row - room_px), max(0, column - room_px)
    part = slice(top, row + room_px + 1), slice(left, column + room_px + 1)
    here = depth[row, column]
    y, x = np.nonzero(calm[part] & (np.abs(depth[part] - here) <= jump))
    if not y.size:
        return None
    best = np.argmin((y + top - row) ** 2 + (x + left - column) ** 2)
    return int(y[best]) + top, int(x[best]) + left


def _trend(
    inverse_depth: Float32[np.ndarray, "h w"], connected: Bool[np.ndarray, "h w"], start: Float64[np.ndarray, "2"]
) -> Float64[np.ndarray, "3"]:
    """The plane through the surface by least squares: inverse depth at the start and its slopes a pixel."""
    y, x = np.nonzero(connected)
    grid = np.stack([np.ones(x.size), x + 0.5 - start[0], y + 0.5 - start[1]])
    # The least solution, so that what is one texel wide has no slope across it.
    return np.linalg.lstsq(grid @ grid.T, grid @ inverse_depth[connected].astype(np.float64), rcond=1e-12)[0]


def _relief(
    inverse_depth: Float32[np.ndarray, "h w"],
    connected: Bool[np.ndarray, "h w"],
    trend: Float64[np.ndarray, "3"],
    start: Float64[np.ndarray, "2"],
    detail_px: float,
    cell_px: int,
) -> Float64[np.ndarray, "r c 3"]:
    """What the surface has beside its trend, smoothed within it, in cells: inverse depth and its slopes a pixel.

    What is not connected is filled smoothly, so that lines cross gaps and nothing of what lies beyond a jump gets in.
    """
    import cv2

    from relens.depth.fill import push_pull

    height, width = inverse_depth.shape
    x, y = np.arange(width) + 0.5 - start[0], np.arange(height) + 0.5 - start[1]
    plane = trend[0] + trend[1] * x + trend[2] * y[:, None]
    rest = np.where(connected, inverse_depth - plane, 0).astype(np.float32)

    def cells(values: np.ndarray) -> np.ndarray:
        values = cv2.copyMakeBorder(values, 0, -height % cell_px, 0, -width % cell_px, cv2.BORDER_CONSTANT, value=0)
        size = values.shape[1] // cell_px, values.shape[0] // cell_px
        return cv2.resize(values, size, interpolation=cv2.INTER_AREA)

    part = cells(connected.astype(np.float32))
    mean = np.divide(cells(rest), part, out=np.zeros_like(part), where=part > 0)
    mean = push_pull(mean[..., None], part)[..., 0].astype(np.float64)
    mean = cv2.GaussianBlur(mean, (0, 0), detail_px / cell_px, borderType=cv2.BORDER_REPLICATE)
    slopes = [np.gradient(mean, cell_px, axis=axis) if mean.shape[axis] > 1 else 0 * mean for axis in (1, 0)]
    return np.stack([mean, *slopes], axis=-1)
