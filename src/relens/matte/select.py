"""Select: a coarse mask of the thing under a click or in a box, grown through depth and colour."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32

from relens.errors import ValueRangeError
from relens.matte.outline import cut_outline
from relens.matte.states import dilated
from relens.matte.steps import WALL_COST, Appearance, appearance, step_costs

_LONGEST_PX = 512
# A thing covers at least and at most these parts of the picture.
_LEAST, _MOST = 2e-4, 0.95
# Of two regions with equally strong outlines, one a thousand times as large counts as twice as strong.
_FOR_SIZE = 0.1
# The smallest region counts whose outline is so strong against the strongest, by colour alone and with depth.
_NEARLY, _NEARLY_BY_DEPTH = 0.8, 0.97
# A region with the whole border of the picture is background, and counts so much less.
_FOR_RIM = 0.7
# Regions up to so many times as large are nearly the same.
_ALIKE = 1.25
# Steps of more than this are no stronger.
_STRONGEST = 100.0
_LEVELS = 512
# How far a grown outline may be off, by colour alone and with depth: parts of the picture's longer side.
_OFF, _OFF_BY_DEPTH = 0.06, 0.015
# Islands in a box that are smaller than this part of the largest one are not the thing.
_ISLAND = 0.1


@dataclass(frozen=True)
class Click:
    """A point on the thing, in pixels of the photo; the first pixel's centre is at (0.5, 0.5)."""

    column_px: float
    row_px: float


@dataclass(frozen=True)
class Box:
    """A rectangle around the whole thing, in pixels of the photo, from its left top corner to its right bottom one."""

    left_px: float
    top_px: float
    right_px: float
    bottom_px: float


def select(
    linear: Float32[np.ndarray, "h w 3"] | None,
    where: Click | Box,
    *,
    inverse_depth: Float32[np.ndarray, "_ _"] | None = None,
    depth_uncertainty: Float32[np.ndarray, "_ _"] | None = None,
) -> Float32[np.ndarray, "_ _"]:
    """The thing under a click or in a box: 1 on it, 0 elsewhere, at most 512 pixels long; always the same.

    From a click, or from around the box, a region grows over the cheapest steps of colour and depth first, and is taken
    where its outline is strongest; a graph cut then draws the outline, near there or anywhere in the box.
    Sources: Criminisi et al., "GeoS", ECCV 2008; Rother et al., "GrabCut", SIGGRAPH 2004.

    linear: the picture, linear light; None selects by depth alone. inverse_depth: 1/m, NaN where unknown, any
    resolution of the picture's aspect; None selects by colour alone. depth_uncertainty: one standard deviation of
    log-depth; steps that are no larger do not count.
    Raises ValueRangeError for a click or a box off the picture, and where nothing stands out there.
    """
    first = inverse_depth if linear is None else linear
    if first is None:
        raise ValueRangeError("inverse_depth", None, "depth, where there is no colour")
    height, width = first.shape[:2]
    scale = min(1.0, _LONGEST_PX / max(height, width))
    shape = max(round(height * scale), 1), max(round(width * scale), 1)
    part = (shape[0] / height, shape[1] / width)
    if isinstance(where, Click):
        row, column = _pixel(where, (height, width), part)
        thing = np.zeros(shape, bool)
        thing[row, column] = True
        look = appearance(linear, inverse_depth, depth_uncertainty, shape, thing)
        mask = _grown(look, thing)
        if linear is not None:
            off_px = max(round((_OFF if look.depth is None else _OFF_BY_DEPTH) * max(shape)), 1)
            inside, outside = ~dilated(~mask, off_px) | thing, ~dilated(mask, off_px)
            mask = cut_outline(look, mask, inside, outside)
        mask = _island_of(mask, thing)
    else:
        rectangle = _rectangle(where, (height, width), part)
        look = appearance(linear, inverse_depth, depth_uncertainty, shape, _middle(rectangle))
        # What is around the box grows into it; the thing is what it leaves.
        likely = ~_grown(look, ~rectangle)
        likely = likely if likely.any() else rectangle
        if linear is not None:
            likely = cut_outline(look, likely, np.zeros(shape, bool), ~rectangle)
        mask = _large_islands(likely)
    if not mask.any():
        raise ValueRangeError("box", _text(where), "a thing that differs from what is around the box; try a click")
    return mask.astype(np.float32)


def _grown(look: Appearance, thing: Bool[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """Of all regions within some geodesic distance, the one with the strongest outline for its size."""
    from relens.matte.geodesic import geodesic

    across, down = step_costs(look)
    distance = geodesic(np.where(thing, np.float32(0), np.float32(np.inf)), across, down)
    within = distance < WALL_COST
    # The levels hold equally many pixels each; what lies behind walls is beyond them all.
    levels = np.unique(np.quantile(distance[within], np.linspace(0, 1, _LEVELS + 1)[1:], method="higher"))
    level = np.where(within, np.searchsorted(levels, distance), len(levels))
    # A step lies on the outline of every region that holds its nearer end and not its farther one.
    pairs = ((level[:, :-1], level[:, 1:], across), (level[:-1], level[1:], down))
    near = np.concatenate([np.minimum(one, other).ravel() for one, other, _ in pairs])
    far = np.concatenate([np.maximum(one, other).ravel() for one, other, _ in pairs])
    cost = np.sqrt(np.minimum(np.concatenate([cost.ravel() for _, _, cost in pairs]), np.float32(_STRONGEST)))
    count = len(levels) + 1
    length = np.cumsum(np.bincount(near, minlength=count) - np.bincount(far, minlength=count))[:-1]
    strength = np.cumsum(np.bincount(near, cost, count) - np.bincount(far, cost, count))[:-1]
    area = np.cumsum(np.bincount(level.ravel(), minlength=count))[:-1] / level.size
    rim = np.concatenate([level[0], level[-1], level[:, 0], level[:, -1]])
    on_rim = np.cumsum(np.bincount(rim, minlength=count))[:-1] / rim.size
    score = strength / np.maximum(length, 1) * area**_FOR_SIZE * (1 - _FOR_RIM * on_rim)
    score[(length <= 0) | (area < _LEAST) | (area > _MOST)] = 0
    if not score.any():
        return within
    smallest = area[score >= (_NEARLY if look.depth is None else _NEARLY_BY_DEPTH) * score.max()][0]
    alike = (area >= smallest) & (area <= _ALIKE * smallest)
    return level <= int(np.where(alike, score, 0).argmax())


def _pixel(click: Click, size: tuple[int, int], part: tuple[float, float]) -> tuple[int, int]:
    if not (0 <= click.column_px < size[1] and 0 <= click.row_px < size[0]):
        raise ValueRangeError("click", _text(click), f"a pixel inside the {size[1]}x{size[0]} photo")
    return int(click.row_px * part[0]), int(click.column_px * part[1])


def _rectangle(box: Box, size: tuple[int, int], part: tuple[float, float]) -> Bool[np.ndarray, "_ _"]:
    left, right = max(box.left_px, 0.0), min(box.right_px, float(size[1]))
    top, bottom = max(box.top_px, 0.0), min(box.bottom_px, float(size[0]))
    inside = np.zeros((round(size[0] * part[0]), round(size[1] * part[1])), bool)
    if left < right and top < bottom:
        rows = slice(math.floor(top * part[0]), math.ceil(bottom * part[0]))
        inside[rows, math.floor(left * part[1]) : math.ceil(right * part[1])] = True
    if not inside.any() or inside.all():
        expected = f"a left top and a right bottom corner around a part of the {size[1]}x{size[0]} photo"
        raise ValueRangeError("box", _text(box), expected)
    return inside


def _text(where: Click | Box) -> str:
    return ",".join(f"{value:g}" for value in vars(where).values())


def _middle(inside: Bool[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """The half of a rectangle, either way, that is nearest to its middle."""
    rows, columns = (np.flatnonzero(inside.any(axis=axis)) for axis in (1, 0))
    middle = np.zeros_like(inside)
    quarter = len(rows) // 4, len(columns) // 4
    middle[rows[quarter[0]] : rows[-1 - quarter[0]] + 1, columns[quarter[1]] : columns[-1 - quarter[1]] + 1] = True
    return middle


def _island_of(mask: Bool[np.ndarray, "h w"], thing: Bool[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    import cv2

    _, islands = cv2.connectedComponents((mask | thing).astype(np.uint8), connectivity=8)
    return np.asarray(islands) == np.asarray(islands)[thing][0]


def _large_islands(mask: Bool[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    import cv2

    _, islands, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    area = stats[:, cv2.CC_STAT_AREA].copy()
    area[0] = 0
    return (area >= max(_ISLAND * area.max(), 1))[np.asarray(islands, np.intp)]
