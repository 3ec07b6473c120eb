"""Semantic pass: where the instance is, at low resolution, from a coarse mask, colour, depth and features."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8

from relens.matte.closed_form import closed_form
from relens.matte.evidence import depth_evidence, feature_evidence
from relens.matte.held import held_by_colour
from relens.matte.states import BACKGROUND, FOREGROUND, UNKNOWN, dilated, promote, settled

# A mask is trusted so many times its reach inside its outline, and so many outside: hair sticks out so far at most.
_INWARD, _OUTWARD = 1.5, 5.0
# Surer than this, the mask's own values are sides.
_LOW, _HIGH = 0.05, 0.95
# Where alpha at the zone's rim is over this the zone goes on, so many times at most.
_CROSSING, _ROUNDS = 0.1, 4
# Beyond that, what is thicker than this and likelier is something else.
_HAIR_PX, _SOLID = 4, 0.3


@dataclass(frozen=True)
class Semantic:
    """Where the instance is.

    Attributes:
        probability: (h, w) that a pixel is the instance's, or the share of it that is.
        states: (h, w) what of it is sure.
    """

    probability: Float32[np.ndarray, "h w"]
    states: UInt8[np.ndarray, "h w"]


def semantic_pass(
    linear: Float32[np.ndarray, "h w 3"],
    mask: Float32[np.ndarray, "_ _"],
    reach_px: float,
    *,
    inverse_depth: Float32[np.ndarray, "h w"] | None = None,
    depth_uncertainty: Float32[np.ndarray, "h w"] | None = None,
    others: Sequence[Float[np.ndarray, "_ _"]] = (),
    features: Float32[np.ndarray, "_ _ c"] | None = None,
) -> Semantic:
    """One instance in a small picture.

    The mask's sure insides and outsides give the side colours; around its outline, wide enough for hair, alpha is what
    these, the mask and the windows' colour lines (closed_form.py) agree on. Depth and features shift the mask's say
    where they tell the sides apart. A pixel that depth puts clearly on the background's side, with all around it, is
    background; so is every pixel of the other instances, whatever its colour.
    Source: Mask2Alpha (arXiv 2502.17093), the instance-guided coarse stage, with statistics for its networks.

    linear: linear light, at most some 512 pixels. mask: 0 to 1, any resolution of the picture's aspect. reach_px: how
    far off the mask's outline may be, pixels of `linear`. inverse_depth: 1/m, NaN where unknown. depth_uncertainty: one
    standard deviation of log-depth. others: masks of other instances. features: of any resolution.
    """
    shape = linear.shape[0], linear.shape[1]
    other = np.zeros(shape, np.float32)
    for one in others:
        other = np.maximum(other, resized(np.asarray(one, np.float32), shape))
    inside = np.minimum(resized(mask, shape), 1 - other)
    beyond_px = _outside_distance(inside >= 0.5)
    zone = (-_INWARD * reach_px < beyond_px) & (beyond_px < _OUTWARD * reach_px) | ((inside > _LOW) & (inside < _HIGH))
    # The other instance is out of the question, but for the line where both masks meet.
    zone &= (other < 0.5) | (np.abs(beyond_px) <= reach_px)
    likely = np.clip(_blurred(inside, reach_px), _LOW, _HIGH)
    odds = np.log(likely / (1 - likely))
    if features is not None:
        odds += feature_evidence(resized(features, shape), _known(inside, zone))
    for _ in range(_ROUNDS):
        states = _known(inside, zone)
        evidence, behind = np.float32(0), np.zeros(shape, bool)
        if inverse_depth is not None:
            evidence, behind = depth_evidence(inverse_depth, depth_uncertainty, states, reach_px)
            states[behind & zone] = BACKGROUND
        prior = (1 / (1 + np.exp(-odds - evidence))).astype(np.float32)
        probability = closed_form(linear, states, held_by_colour(linear, states, prior))
        # Hair is thin: what is not, so far out, only looks like the instance.
        solid = dilated(_opened(probability > _SOLID, _HAIR_PX), _HAIR_PX)
        zone &= ~(solid & (beyond_px > _OUTWARD * reach_px))
        # It goes on where it crosses the zone's outer rim.
        rim = dilated(~zone & (inside < 0.5), max(round(reach_px), 1))
        crossing = zone & rim & (probability > _CROSSING) & ~solid
        if not crossing.any():
            break
        zone |= dilated(crossing, round(_OUTWARD * reach_px)) & (inside < 0.5) & (other < 0.5)
    probability[~zone & (inside < 0.5)] = 0
    states[~zone & (inside < 0.5)] = BACKGROUND
    return Semantic(probability, promote(states, probability, settled(probability)))


def resized(plane: Float32[np.ndarray, "_ _ *c"], shape: tuple[int, int]) -> Float32[np.ndarray, "h w *c"]:
    """At another resolution: the mean of what a pixel covers, or linear between pixels."""
    import cv2

    shrinks = plane.shape[0] >= shape[0] and plane.shape[1] >= shape[1]
    mode = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    bare = cv2.resize(np.ascontiguousarray(plane, np.float32), (shape[1], shape[0]), interpolation=mode)
    return bare.reshape(*shape, *plane.shape[2:])


def _known(inside: Float32[np.ndarray, "h w"], zone: Bool[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h w"]:
    """States outside the zone; what a thin mask's zone leaves empty keeps its surest pixels."""
    states = np.where(zone, UNKNOWN, (inside >= 0.5).astype(np.uint8)).astype(np.uint8)
    for side, most in ((FOREGROUND, inside), (BACKGROUND, 1 - inside)):
        if not (states == side).any() and most.max() > 0.5:
            states[most >= min(_HIGH, float(most.max()))] = side
    return states


def _outside_distance(inside: Bool[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """How far each pixel is outside the mask's outline, negative inside."""
    import cv2

    if inside.all() or not inside.any():
        return np.full(inside.shape, np.float32(-1e6 if inside.all() else 1e6))
    within = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    without = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(np.where(inside, 0.5 - within, without - 0.5), np.float32)


def _blurred(plane: Float32[np.ndarray, "h w"], spread_px: float) -> Float32[np.ndarray, "h w"]:
    import cv2

    return cv2.GaussianBlur(plane, (0, 0), spread_px, borderType=cv2.BORDER_REPLICATE)


def _opened(mask: Bool[np.ndarray, "h w"], radius_px: int) -> Bool[np.ndarray, "h w"]:
    """What of the mask is thicker than a disc of this radius."""
    return dilated(~dilated(~mask, radius_px), radius_px)
