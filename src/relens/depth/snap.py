"""Snapping by the photo alone: soft depth edges become steps where the photo's colours change."""

import numpy as np
from jaxtyping import Float32

from relens.depth.edge_width import is_edge

# Sides and colours are found on a grid where silhouettes are this wide, which is what phone depth measures.
_WIDTH_PX = 2.2
# Steps count as this wide, for they ramp when they are brought to a finer grid.
_NARROWEST_PX = 0.9
# Finer grids than this cost more than they show.
_MOST_ENLARGED_PX = 1_000_000
# Half of what such a ramp covers, with its misplacement.
_REACH_PX = 3
# A sloping side is lower at the edge than at the end of the reach, but by no more than this part of the step.
_MOST_SLOPE = 0.15
# Pixels this close to a side, in parts of the step, show its colour.
_OWN_COLOUR = 0.38
# Colours are square-root encoded, 0 to 1. Colour and blurred depth count equally where the sides differ by a squared
# distance of the noise plus their variances, weighted.
_COLOUR_NOISE = 0.003
_SPREAD_WEIGHT = 3.0
# Of the nine pixels around and with it, a line of one pixel holds three.
_FEWEST_ALIKE = 3


def snap_to_photo(
    inverse: Float32[np.ndarray, "h w"], linear: Float32[np.ndarray, "hp wp 3"], edge_width_px: float
) -> Float32[np.ndarray, "hp wp"]:
    """Inverse depth on the photo's grid; around an edge every pixel takes the near or the far side, nothing between.

    The sides are the greatest and least inverse depth within reach. A pixel belongs to the side whose mean colour
    nearby is more like its own; where the colours are alike, to the side that the blurred depth says. Away from edges
    the map is only brought to the grid.

    inverse: 1/m, without NaN, no finer than the photo. linear: the photo in linear light. edge_width_px: how soft the
    map is, in its own pixels, as `measure_edge_width_px` says.
    """
    import cv2

    size = (linear.shape[1], linear.shape[0])
    smooth = inverse if inverse.shape[::-1] == size else cv2.resize(inverse, size, interpolation=cv2.INTER_LINEAR)
    coarse = _regridded(inverse, edge_width_px, size)
    near, far = cv2.dilate(coarse, _disc(_REACH_PX)), cv2.erode(coarse, _disc(_REACH_PX))
    edge = is_edge(_step(coarse, near, far), far).astype(np.float32)
    if not edge.any():
        return smooth
    light = np.clip(linear, 0, 1)
    guide = cv2.sqrt(light)
    mean, mean_square = (cv2.resize(x, coarse.shape[::-1], interpolation=cv2.INTER_AREA) for x in (guide, light))
    planes = _side_planes((coarse - far) / np.maximum(near - far, 1e-6), edge, mean, mean_square)
    sides = np.dstack([*_straightened(coarse, near, far), edge])
    planes, sides = (cv2.resize(x, size, interpolation=cv2.INTER_LINEAR) for x in (planes, sides))
    nearness = _dot(planes[..., :3], guide) + planes[..., 3]
    is_near = _without_specks(nearness > 0.5)
    return np.where(sides[..., 2] > 0.5, np.where(is_near, sides[..., 0], sides[..., 1]), smooth)


def _regridded(inverse: np.ndarray, edge_width_px: float, size: tuple[int, int]) -> np.ndarray:
    """The map on a grid where its silhouettes are as wide as the reach is made for, or else on the photo's."""
    import cv2

    scale = _WIDTH_PX / max(edge_width_px, _NARROWEST_PX)
    if scale > 1:
        scale = max(min(scale, (_MOST_ENLARGED_PX / inverse.size) ** 0.5), 1.0)
    # A grid of nearly the same pitch would only blur.
    if abs(scale - 1) < 0.2:
        return inverse
    pairs = zip(inverse.shape[::-1], size, strict=True)
    grid = [min(max(round(scale * have), 1), most) for have, most in pairs]
    return cv2.resize(inverse, grid, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)


def _step(inverse: np.ndarray, near: np.ndarray, far: np.ndarray) -> np.ndarray:
    """How high an edge within reach is: it has a bend up on one side and a bend down on the other; slopes have none."""
    import cv2

    bend = near + far - 2 * inverse
    up, down = (cv2.dilate(np.maximum(way, 0), _disc(_REACH_PX)) for way in (bend, -bend))
    return np.minimum(2 * np.minimum(up, down), near - far)


def _straightened(inverse: np.ndarray, near: np.ndarray, far: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sides as they are at the edge: a slope's extreme lies at the end of the reach, so it is followed back."""
    import cv2

    beyond = _disc(_REACH_PX + 1)
    least, most = np.zeros_like(near), _MOST_SLOPE * (near - far)
    nearer = np.clip(_REACH_PX * (cv2.dilate(inverse, beyond) - near), least, most)
    farthest = cv2.erode(inverse, beyond)
    farther = np.clip(_REACH_PX * (far - farthest), least, most)
    # Beyond the tail of a ramp the sky is 0, and no slope.
    return near - nearer, np.where(farthest == 0, 0, far + farther)


def _side_planes(position: np.ndarray, edge: np.ndarray, colour: np.ndarray, colour_square: np.ndarray) -> np.ndarray:
    """(h, w, 4): weights of red, green, blue and a constant, whose sum is 1 on the near side and 0 on the far side.

    position: 0 far to 1 near. colour, colour_square: (h, w, 3) means over each depth pixel.
    """
    near_colour, near_spread = _mean_and_spread(colour, colour_square, edge * (position > 1 - _OWN_COLOUR))
    far_colour, far_spread = _mean_and_spread(colour, colour_square, edge * (position < _OWN_COLOUR))
    noise = _COLOUR_NOISE + _SPREAD_WEIGHT * (near_spread + far_spread)
    difference = near_colour - far_colour
    scale = _dot(difference, difference) + noise
    constant = (noise * position - _dot(difference, far_colour)) / scale
    return np.dstack([difference / scale[..., None], constant]).astype(np.float32)


def _mean_and_spread(colour: np.ndarray, colour_square: np.ndarray, side: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A side's mean colour (h, w, 3) nearby and the variance around it, summed over the channels (h, w)."""
    import cv2

    def around(plane: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(plane, (0, 0), 0.5 * _REACH_PX, borderType=cv2.BORDER_REPLICATE)

    share = around(side)[..., None] + 1e-6
    mean = around(colour * side[..., None]) / share
    variance = around(colour_square * side[..., None]) / share - mean**2
    return mean, np.einsum("ijk->ij", np.maximum(variance, 0))


def _dot(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.einsum("ijk,ijk->ij", one, other)


def _without_specks(mask: np.ndarray) -> np.ndarray:
    """The mask without pixels unlike their neighbours, on either side of it; lines of one pixel stay."""
    import cv2

    alike = cv2.boxFilter(mask.astype(np.uint8), -1, (3, 3), normalize=False, borderType=cv2.BORDER_REPLICATE)
    return np.where(mask, alike >= _FEWEST_ALIKE, alike > 9 - _FEWEST_ALIKE)


def _disc(radius_px: int) -> np.ndarray:
    import cv2

    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius_px + 1, 2 * radius_px + 1))
