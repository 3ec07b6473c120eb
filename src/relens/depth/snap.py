"""Upsampling by the photo alone: soft depth edges become steps where the photo's colours change."""

import numpy as np
from jaxtyping import Float32

# Half the width of a depth edge's soft ramp, with its misplacement, in depth pixels.
_REACH_PX = 3
# Below either of these a change of inverse depth within reach is relief, not an edge.
_EDGE_RATIO = 0.15
_EDGE_PER_M = 0.05
# Colours are square-root encoded, 0 to 1. Colour and blurred depth count equally where the sides differ by a squared
# distance of the noise plus their variances, weighted.
_COLOUR_NOISE = 0.003
_SPREAD_WEIGHT = 2.0


def snap_to_photo(
    inverse: Float32[np.ndarray, "h w"], linear: Float32[np.ndarray, "hp wp 3"]
) -> Float32[np.ndarray, "hp wp"]:
    """Inverse depth on the photo's grid; around an edge every pixel takes the near or the far side, nothing between.

    The sides are the greatest and least inverse depth within reach. A pixel belongs to the side whose mean colour
    nearby is more like its own; where the colours are alike, to the side that the blurred depth says.

    inverse: 1/m, without NaN, coarser than the photo. linear: the photo in linear light.
    """
    import cv2

    size = (linear.shape[1], linear.shape[0])
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _REACH_PX + 1, 2 * _REACH_PX + 1))
    near, far = cv2.dilate(inverse, disc), cv2.erode(inverse, disc)
    smooth = cv2.resize(inverse, size, interpolation=cv2.INTER_LINEAR)
    if not _is_edge(near, far).any():
        return smooth
    guide = np.sqrt(np.clip(linear, 0, 1))
    mean, mean_square = (cv2.resize(x, inverse.shape[::-1], interpolation=cv2.INTER_AREA) for x in (guide, guide**2))
    planes = _side_planes(inverse, near, far, mean, mean_square)
    planes = cv2.resize(planes, size, interpolation=cv2.INTER_LINEAR)
    nearness = planes[..., 3]
    for channel in range(3):
        nearness = nearness + planes[..., channel] * guide[..., channel]
    near, far = (cv2.resize(side, size, interpolation=cv2.INTER_LINEAR) for side in (near, far))
    # Far from the middle of the ramp colour has no say.
    position = (smooth - far) / np.maximum(near - far, 1e-6)
    is_near = np.where(position > 0.9, True, np.where(position < 0.1, False, nearness > 0.5))
    is_near = cv2.medianBlur(is_near.astype(np.uint8), 5).astype(bool)
    return np.where(_is_edge(near, far), np.where(is_near, near, far), smooth)


def _is_edge(near: np.ndarray, far: np.ndarray) -> np.ndarray:
    step = near - far
    return (step > _EDGE_PER_M) & (step > _EDGE_RATIO * far)


def _side_planes(
    inverse: np.ndarray, near: np.ndarray, far: np.ndarray, colour: np.ndarray, colour_square: np.ndarray
) -> np.ndarray:
    """(h, w, 4): weights of red, green, blue and a constant, whose sum is 1 on the near side and 0 on the far side.

    colour, colour_square: (h, w, 3) means over each depth pixel.
    """
    position = np.clip((inverse - far) / np.maximum(near - far, 1e-6), 0, 1)
    edge = _is_edge(near, far).astype(np.float32)
    # The ramp's own pixels mix both colours.
    is_near, is_far = edge * (position > 0.8), edge * (position < 0.2)
    near_colour, near_spread = _mean_and_spread(colour, colour_square, is_near)
    far_colour, far_spread = _mean_and_spread(colour, colour_square, is_far)
    noise = _COLOUR_NOISE + _SPREAD_WEIGHT * (near_spread + far_spread)
    difference = near_colour - far_colour
    scale = (difference**2).sum(-1) + noise
    constant = (noise * position - (difference * far_colour).sum(-1)) / scale
    return np.dstack([difference / scale[..., None], constant]).astype(np.float32)


def _mean_and_spread(colour: np.ndarray, colour_square: np.ndarray, side: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A side's mean colour (h, w, 3) within reach and the variance around it, summed over the channels (h, w)."""
    import cv2

    def around(plane: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(plane, (0, 0), 0.75 * _REACH_PX, borderType=cv2.BORDER_REPLICATE)

    share = around(side)[..., None] + 1e-6
    mean = around(colour * side[..., None]) / share
    variance = around(colour_square * side[..., None]) / share - mean**2
    return mean, np.maximum(variance, 0).sum(-1)
