"""Steps: how much colour and depth change from each pixel to the next, in units of what is noise."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float32

from relens.photo import srgb_encode

# Changes that are one unit: of a Lab colour, and of inverse depth as a share of the thing's own.
_COLOUR_UNIT, _DEPTH_UNIT = 8.0, 0.03
# More than so many units is no more different. Depth tells things apart more surely than colour.
_MOST_COLOUR, _MOST_DEPTH = 6.0, 12.0
# So many units of depth are a wall, which nothing grows across.
_WALL = 6.0
# Where depth is known, colour counts so much.
_BESIDE_DEPTH = 0.15
# What is usual is taken over so many pixels, and counts so much.
_TEXTURE_PX, _USUAL = 25, 2.0
WALL_COST = 1e6
# A step in flat parts still costs this, so that near is near.
_LEAST = 2e-3
# Grain within this distance and of this much colour is smoothed away; depth's edges are this soft at most.
_GRAIN_PX, _GRAIN, _RAMP_PX = 2, 12.0, 5
# Inverse depths under this part of the nearest one's are the far distance.
_FAR = 0.02


@dataclass(frozen=True)
class Appearance:
    """A picture as small as it is looked at.

    Attributes:
        lab: (h, w, 3) CIE L*a*b*; None without colour.
        depth: (h, w) inverse depth over that of the thing looked for, less 1: 0 is as far as it; NaN where unknown;
            None without depth.
        unsure: (h, w) one standard deviation of that; 0 where the source does not say.
    """

    lab: Float32[np.ndarray, "h w 3"] | None
    depth: Float32[np.ndarray, "h w"] | None
    unsure: Float32[np.ndarray, "h w"] | None


def appearance(
    linear: Float32[np.ndarray, "_ _ 3"] | None,
    inverse_depth: Float32[np.ndarray, "_ _"] | None,
    depth_uncertainty: Float32[np.ndarray, "_ _"] | None,
    shape: tuple[int, int],
    thing: Bool[np.ndarray, "h w"],
) -> Appearance:
    """A picture and its depth (1/m, NaN where unknown), each of any size, brought to (rows, columns) `shape`.

    depth_uncertainty: one standard deviation of log-depth. thing: where it is.
    """
    import cv2

    lab = None
    if linear is not None:
        encoded = srgb_encode(np.clip(_shrunk(linear, shape), 0, 1)).astype(np.float32)
        lab = np.asarray(cv2.cvtColor(encoded, cv2.COLOR_RGB2Lab), np.float32)
        lab = np.asarray(cv2.bilateralFilter(lab, 2 * _GRAIN_PX + 1, _GRAIN, _GRAIN_PX), np.float32)
    if inverse_depth is None:
        return Appearance(lab, None, None)
    known = np.isfinite(inverse_depth)
    share = _shrunk(known.astype(np.float32), shape)
    total = _shrunk(np.where(known, inverse_depth, 0).astype(np.float32), shape)
    inverse = _crisp(np.divide(total, share, out=np.full(shape, np.float32(np.nan)), where=share > 0.5))
    if np.isnan(inverse).all():
        return Appearance(lab, None, None)
    there = inverse[thing][np.isfinite(inverse[thing])]
    own = float(np.median(there)) if there.size else float(np.nanmedian(inverse))
    own = max(own, _FAR * float(np.nanmax(inverse)), 1e-6)
    unsure = np.zeros(shape, np.float32)
    if depth_uncertainty is not None:
        spread = np.where(np.isfinite(depth_uncertainty), depth_uncertainty, 0).astype(np.float32)
        unsure = np.nan_to_num(_shrunk(spread, shape) * inverse / np.float32(own)).astype(np.float32)
    return Appearance(lab, (inverse / np.float32(own) - 1).astype(np.float32), unsure)


def step_costs(look: Appearance) -> tuple[Float32[np.ndarray, "h w1"], Float32[np.ndarray, "h1 w"]]:
    """What each step to the right, (h, w - 1), and down, (h - 1, w), costs.

    Squares of differences, so that a slope, however long, is cheaper than a step. Steps in depth that are no larger
    than depth is unsure count little; where it is unknown, colour decides. Large ones are walls and cost WALL_COST
    more.
    """
    shape = (look.lab if look.lab is not None else _there(look.depth)).shape[:2]
    return _costs(look, shape, np.s_[:, :-1], np.s_[:, 1:]), _costs(look, shape, np.s_[:-1], np.s_[1:])


def _costs(look: Appearance, shape: tuple[int, int], one: Any, other: Any) -> Float32[np.ndarray, "_ _"]:
    """Between the pixels of two slices of the picture that are neighbours."""
    import cv2

    cost = np.full(np.empty(shape, bool)[one].shape, np.float32(_LEAST))
    if look.lab is not None:
        squares = ((look.lab[one] - look.lab[other]) ** 2).sum(axis=-1)
        # In a texture steps are nothing special.
        usual = cv2.boxFilter(squares, -1, (_TEXTURE_PX, _TEXTURE_PX))
        units = squares / (np.float32(_COLOUR_UNIT**2) + np.float32(_USUAL) * usual)
        units = np.minimum(units, np.float32(_MOST_COLOUR**2))
        if look.depth is not None:
            units *= np.where(np.isnan(look.depth[one] + look.depth[other]), 1, np.float32(_BESIDE_DEPTH))
        cost += units
    if look.depth is not None:
        unsure = _there(look.unsure)
        variance = np.float32(_DEPTH_UNIT**2) + (unsure[one] ** 2 + unsure[other] ** 2) / 2
        units = np.nan_to_num((look.depth[one] - look.depth[other]) ** 2 / variance)
        cost += np.minimum(units, np.float32(_MOST_DEPTH**2))
        cost[units > _WALL**2] += np.float32(WALL_COST)
    return cost


def _crisp(depth: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Ramps made steps: each pixel takes the least or the greatest value around it, whichever is nearer to its own.

    Source: Kramer and Bruckner, "Iterations of a non-linear transformation for enhancement of digital images", 1975.
    """
    import cv2

    window = np.ones((_RAMP_PX, _RAMP_PX), np.uint8)
    least = cv2.erode(np.where(np.isnan(depth), np.float32(np.inf), depth), window)
    most = cv2.dilate(np.where(np.isnan(depth), np.float32(-np.inf), depth), window)
    return np.where(np.isnan(depth), depth, np.where(depth - least <= most - depth, least, most)).astype(np.float32)


def _there(plane: np.ndarray | None) -> np.ndarray:
    assert plane is not None
    return plane


def _shrunk(plane: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The plane at (rows, columns) `shape`: averaged on the way down, by the nearest value on the way up."""
    import cv2

    if plane.shape[:2] == shape:
        return np.asarray(plane, np.float32)
    shrinks = plane.shape[0] >= shape[0] and plane.shape[1] >= shape[1]
    mode = cv2.INTER_AREA if shrinks else cv2.INTER_NEAREST
    return cv2.resize(np.ascontiguousarray(plane, np.float32), (shape[1], shape[0]), interpolation=mode)
