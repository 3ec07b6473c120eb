"""Inpaint: texture for hidden surfaces, over their smooth continuation, from what is seen of the same surface.

Every hidden pixel looks for the place of its own surface whose surroundings are most like its own, from the rim
inwards, so that edges run on. A pyramid keeps wide holes as bright as they were continued; at levels too fine to
search, the detail of the places found is copied, so that texture is as sharp as the photo's.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int32, Int64

# At the coarsest level holes are about so wide: what is smooth there is told well by the smooth continuation.
_COARSE_HOLE_PX = 40
# Finer than so many wanted pixels, the places found are kept and their detail is copied.
_SEARCHED_PX = 80_000
# Searches of a level, a vote after each, and the rounds of one.
_TURNS, _ROUNDS = 3, 3
# Beside what the photo shows, which counts 1, what was filled counts so much.
_TRUST_IN_FILLED = 0.2
# No pixel is copied from farther away than so many depths of the deepest hole, or pixels: what is far is another thing.
_MOST_FAR, _LEAST_FAR_PX = 2.0, 128
# What is clipped, and so many times as bright as its surface, is a light: it stands where it stands and is no texture.
_CLIPPED, _BRIGHT, _GLOW_PX = 0.98, 4.0, 2
# Broad is what is this part of the deepest hole, or so many pixels; it goes back to the smooth continuation so far.
_BROAD, _LEAST_BROAD_PX, _BACK = 0.12, 4.0, 0.4
# The farthest random step of a level that has places to start from.
_FINE_RADIUS_PX = 4


@dataclass(frozen=True)
class _Level:
    colour: Float32[np.ndarray, "h w 3"]
    sources: Int32[np.ndarray, "h w"]
    wanted: Int32[np.ndarray, "h w"]
    places: Int64[np.ndarray, " n"]


def inpaint(
    smooth: Float32[np.ndarray, "h w 3"],
    sources: Int32[np.ndarray, "h w"],
    wanted: Int32[np.ndarray, "h w"],
    *,
    seed: int = 0,
) -> Float32[np.ndarray, "h w 3"]:
    """The picture with texture in its wanted pixels; all others are as they were.

    Args:
        smooth: linear light, in which the wanted pixels already hold a smooth continuation.
        sources: the number, from 1, of the surface that a pixel shows purely; 0 where it may not be copied from.
        wanted: the number of the surface that is to be continued at a pixel, 0 elsewhere. A surface without sources
            stays smooth.
        seed: of the random search; the same seed gives the same picture.

    Source: Wexler et al., "Space-Time Completion of Video", PAMI 2007, section 3; Barnes et al., "PatchMatch", SIGGRAPH
    2009; from the rim inwards as in Newson et al., "Video Inpainting of Complex Scenes", SIAM J. Imaging 2014.
    """
    from relens.lift.inpaint_kernels import copy_detail, refine_partners

    sources = _without_lights(smooth, np.where(wanted > 0, 0, sources).astype(np.int32))
    if not (wanted > 0).any() or not (sources > 0).any():
        return smooth.copy()
    # Differences of square roots are about as visible in shadows as in light.
    finest = _Level(np.sqrt(np.maximum(smooth, 0)), sources, wanted, np.flatnonzero(wanted))
    levels = _pyramid(finest)
    filled, partner = levels[-1].colour.copy(), np.full(levels[-1].sources.shape, -1, np.int32)
    most_px = math.ceil(max(_MOST_FAR * _depth_px(wanted), _LEAST_FAR_PX))
    _improve(levels[-1], filled, partner, max(partner.shape), most_px >> (len(levels) - 1), seed)
    for number in range(len(levels) - 2, -1, -1):
        level, coarser, below, above = levels[number], levels[number + 1], filled, partner
        searched = len(level.places) <= _SEARCHED_PX
        # Finer levels and searches read beside what is wanted, too; after the finest, nobody does.
        filled = level.colour.copy() if number > 0 or searched else np.empty_like(level.colour)
        partner = np.empty(level.sources.shape, np.int32)
        refine_partners(above, level.sources, level.wanted, level.places, partner)
        copy_detail(level.colour, coarser.colour, coarser.sources, below, level.places, partner, filled)
        if searched:
            partner.ravel()[level.wanted.ravel() == 0] = -1
            _improve(level, filled, partner, _FINE_RADIUS_PX, most_px >> number, seed)
    result = smooth.copy()
    result.reshape(-1, 3)[finest.places] = filled.reshape(-1, 3)[finest.places] ** 2
    return _as_bright(result, smooth, wanted)


def _as_bright(
    filled: Float32[np.ndarray, "h w 3"], smooth: Float32[np.ndarray, "h w 3"], wanted: Int32[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w 3"]:
    """The filled picture, in what is broad there a part of the way back to the smooth continuation.

    What is broad in a copy is a guess that a wide blur shows; the smooth continuation, which is nobody's, errs less.
    """
    import cv2

    from relens.lift.inpaint_light import add_between, sum_differences

    broad_px = max(_LEAST_BROAD_PX, _BROAD * _depth_px(wanted))
    # Means of so wide a reach are told by as coarse a grid.
    cell_px = int(broad_px / 2)
    shape = [-(-side // cell_px) for side in wanted.shape]
    total, share = np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32)
    places = np.flatnonzero(wanted)
    sum_differences(smooth, filled, places, cell_px, total, share)
    total, share = (cv2.GaussianBlur(plane, (0, 0), broad_px / cell_px) for plane in (total, share))
    result = filled.copy()
    add_between(total / np.maximum(share, 1e-6)[..., None], places, cell_px, np.float32(_BACK), result)
    return result


def _without_lights(
    colour: Float32[np.ndarray, "h w 3"], sources: Int32[np.ndarray, "h w"]
) -> Int32[np.ndarray, "h w"]:
    """The sources without light sources and their glow."""
    from relens.lift.inpaint_light import brightness_of_surfaces, darken_sources

    mean = brightness_of_surfaces(colour, sources, int(sources.max()) + 1)
    found = np.empty_like(sources)
    darken_sources(colour, sources, np.maximum(_CLIPPED, _BRIGHT * mean), _GLOW_PX, found)
    return found


def _improve(
    level: _Level,
    filled: Float32[np.ndarray, "h w 3"],
    partner: Int32[np.ndarray, "h w"],
    radius_px: int,
    most_px: int,
    seed: int,
) -> None:
    """Better partners for a level's wanted pixels, and what these then show, in place."""
    from relens.lift.inpaint_kernels import search, vote

    own = np.flatnonzero(level.sources)
    surface = level.sources.ravel()[own]
    own = own[np.argsort(surface, kind="stable")]
    most = int(max(level.sources.max(), level.wanted.max()))
    starts = np.concatenate([[0], np.cumsum(np.bincount(surface, minlength=most + 1))])
    bests = np.empty(level.sources.shape, np.float32)
    scene = level.colour, level.sources, level.wanted
    trust = (level.sources > 0).astype(np.float32)
    if (partner < 0).all():
        # Edges are to run on from the rim inwards: what lies deeper has nothing to say before its turn.
        trust.ravel()[level.places] = 0
        for ring in _rings(level):
            search(filled, trust, *scene, ring, partner, bests, own, starts, most_px, radius_px, _ROUNDS, seed)
            vote(*scene, ring, partner, filled)
            trust.ravel()[ring] = _TRUST_IN_FILLED
    trust.ravel()[level.places] = _TRUST_IN_FILLED
    for turn in range(_TURNS):
        number = seed * _TURNS + turn
        search(filled, trust, *scene, level.places, partner, bests, own, starts, most_px, radius_px, _ROUNDS, number)
        vote(*scene, level.places, partner, filled)


def _rings(level: _Level) -> list[Int64[np.ndarray, " n"]]:
    """The wanted pixels in rings, from those beside sources inwards."""
    import cv2

    away = cv2.distanceTransform((level.sources == 0).astype(np.uint8), cv2.DIST_C, 3).ravel()[level.places].astype(int)
    order = np.argsort(away, kind="stable")
    return np.split(level.places[order], np.flatnonzero(np.diff(away[order])) + 1)


def _pyramid(finest: _Level) -> list[_Level]:
    """The picture and its halves, until the wanted holes are narrow or nothing pure is left to copy."""
    from relens.lift.inpaint_kernels import halve

    depth_px = _depth_px(finest.wanted)
    levels = [finest]
    for _ in range(max(0, math.ceil(math.log2(max(2 * depth_px / _COARSE_HOLE_PX, 1))))):
        colour, sources, wanted = halve(levels[-1].colour, levels[-1].sources, levels[-1].wanted)
        if not (sources > 0).any() or min(sources.shape) < 4:
            break
        levels.append(_Level(colour, sources, wanted, np.flatnonzero(wanted)))
    return levels


def _depth_px(wanted: Int32[np.ndarray, "h w"]) -> float:
    """How far from its rim the deepest wanted pixel is."""
    import cv2

    return float(cv2.distanceTransform((wanted > 0).astype(np.uint8), cv2.DIST_L2, 3).max())
