"""Planning the page: its size, and what of it the canonical camera cannot see."""

import math
from dataclasses import replace

import numpy as np
from jaxtyping import Float32, Float64

from relens.multiview.page.canonical_camera import CanonicalCamera
from relens.multiview.page.field import TexelField, cells_of, is_behind
from relens.multiview.page.layout import MARGIN_PX, PageLayout
from relens.multiview.page.seen_points import SeenPoints, nearest_to
from relens.multiview.page.settings import PageSettings

# Of all points, so many may lie outside the page on each side: strays of the surface.
_STRAYS = 3e-4
# A page goes round where no gap as wide as this is left unseen.
_GAP_RAD = math.radians(12)
# Texels are as fine as the pixels of the sharpest quarter of what the photos saw.
_SHARPEST = 0.25
_MOST_PX = 16384
# Cells of the map of what is nearest, in texels, and the share of what is seen in a cell that makes its front.
_CELL_PX = 2
_FRONT_SHARE = 0.2
# Nearer than this share behind the front is the front, seen at a slant.
_TOLERANCE = 0.06
# Less than this share of what is seen needs no hidden part.
_LEAST_HIDDEN = 1e-3


def plan_page(points: SeenPoints, camera: CanonicalCamera, settings: PageSettings) -> TexelField:
    """The field without offsets: page and parts as large as what the photos saw asks for."""
    front_m = nearest_to(points)
    seen = camera.seen(front_m)
    goes_round = False
    if camera.goes_round:
        gap, middle = _widest_gap(seen[:, 0])
        goes_round = gap < _GAP_RAD
        if not goes_round:
            camera = camera.turned_to(_wrapped(middle + math.pi))
            seen = camera.seen(front_m)
    density = settings.page_px or _texels_per_unit(points, front_m, camera)
    layout = _front(seen, density, goes_round, settings.page_px)
    low, high = _bounds(seen)
    shape = (math.ceil(layout.front_px / _CELL_PX), math.ceil(layout.width_px / _CELL_PX))
    place = layout.front(seen[:, 0], seen[:, 1])
    cells, left = cells_of(place, layout, shape), np.ones(len(seen), bool)
    maps: list[np.ndarray] = []
    for _ in range(settings.hidden_parts):
        nearest = _nearest((cells[0][left], cells[1][left]), seen[left, 2], shape)
        behind = left & is_behind(nearest, cells, seen[:, 2], _TOLERANCE)
        if behind.mean() <= _LEAST_HIDDEN:
            break
        first, last = np.quantile(place[behind, 1], [_STRAYS, 1 - _STRAYS])
        first_px = min(max(0, math.floor(first) - MARGIN_PX), layout.front_px - 1)
        rows_px = max(1, min(layout.front_px, math.ceil(last) + MARGIN_PX) - first_px)
        layout = replace(layout, hidden_px=(*layout.hidden_px, (first_px, rows_px)))
        maps.append(nearest)
        left = behind
    nearest = np.stack(maps) if maps else np.zeros((0, 1, 1), np.float32)
    none = np.zeros((2, 2, 2, 2), np.float32)
    return TexelField(camera, layout, none, low, high, nearest, _TOLERANCE)


def _front(seen: np.ndarray, density: float, goes_round: bool, page_px: int | None) -> PageLayout:
    (low_x, low_y), (high_x, high_y) = np.quantile(seen[:, :2], [_STRAYS, 1 - _STRAYS], axis=0)
    if goes_round:
        low_x, high_x = -math.pi, math.pi
    margins = 2 * MARGIN_PX
    if page_px is not None:
        density = (page_px - margins) / max(high_x - low_x, high_y - low_y, 1e-9)
    density = min(density, (_MOST_PX - margins) / max(high_x - low_x, high_y - low_y, 1e-9))
    if goes_round:
        width = max(8, round(density * (high_x - low_x)))
        density = width / (2 * math.pi)
    else:
        width = max(8, math.ceil(density * (high_x - low_x)) + margins)
        low_x -= MARGIN_PX / density
    height = max(8, math.ceil(density * (high_y - low_y)) + margins)
    return PageLayout(width, height, float(density), float(low_x), float(low_y - MARGIN_PX / density), goes_round)


def _texels_per_unit(points: SeenPoints, front_m: Float64[np.ndarray, "n 3"], camera: CanonicalCamera) -> float:
    """Texels that are as large as pixels: from how far the canonical camera's x, y go across a pixel."""
    chosen = slice(None, None, max(1, len(front_m) // 20000))
    at, direction = front_m[chosen], points.directions[chosen].astype(np.float64)
    size_m = np.linalg.norm(at - points.eyes_m[chosen], axis=1) * points.pixel_rad[chosen]
    other = np.where(np.abs(direction[:, 1:2]) < 0.9, [[0.0, 1, 0]], [[1.0, 0, 0]])
    right = np.cross(other, direction)
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    down = np.cross(direction, right)
    middle = camera.seen(at)[:, :2]
    # A tenth of a pixel, so that steps across the seam are rare; those that are wrap to huge areas and do not count.
    (ax, ay), (bx, by) = ((camera.seen(at + 0.1 * size_m[:, None] * way)[:, :2] - middle).T for way in (right, down))
    area = np.abs(ax * by - ay * bx) * 100
    return 1 / math.sqrt(max(float(np.quantile(area, _SHARPEST)), 1e-12))


def _bounds(seen: Float64[np.ndarray, "n 3"]) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.quantile(seen, [_STRAYS, 1 - _STRAYS], axis=0)
    return low, np.maximum(high, low + 1e-6)


def _nearest(
    cells: tuple[np.ndarray, np.ndarray], nearness: Float64[np.ndarray, " n"], shape: tuple[int, int]
) -> Float32[np.ndarray, "h w"]:
    """What is nearest in every cell, a few strays left out; NaN where nothing is."""
    cell = cells[0] * shape[1] + cells[1]
    order = np.lexsort((-nearness, cell))
    cell, nearness = cell[order], nearness[order]
    first = np.searchsorted(cell, np.arange(shape[0] * shape[1]))
    count = np.diff(np.append(first, len(cell)))
    at = first + np.minimum((count * _FRONT_SHARE).astype(np.int64), np.maximum(count - 1, 0))
    nearest = np.full(shape[0] * shape[1], np.nan, np.float32)
    nearest[count > 0] = nearness[at[count > 0]]
    return nearest.reshape(shape)


def _widest_gap(azimuth: Float64[np.ndarray, " n"]) -> tuple[float, float]:
    """The widest gap between azimuths, and its middle, rad."""
    counts, edges = np.histogram(azimuth, bins=720, range=(-math.pi, math.pi))
    edges = 0.5 * (edges[1:] + edges[:-1])[counts > _STRAYS / 10 * len(azimuth)]
    gaps = np.diff(np.append(edges, edges[0] + 2 * math.pi))
    widest = int(gaps.argmax())
    return float(gaps[widest]), _wrapped(float(edges[widest] + gaps[widest] / 2))


def _wrapped(angle_rad: float) -> float:
    return math.remainder(angle_rad, 2 * math.pi)
