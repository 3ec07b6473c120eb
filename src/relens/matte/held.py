"""Held: what the colours around a pixel say of its alpha, and how firmly that holds the solution."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from jaxtyping import Float32, UInt8

from relens.matte.closed_form import Held
from relens.matte.side_colour import side_colour
from relens.matte.states import BACKGROUND, FOREGROUND, UNKNOWN

# Alpha is held with this weight over (its variance + the least variance), in the Laplacian's units.
_WEIGHT, LEAST_VARIANCE = 5e-3, 1e-3
# Where both sides are equally probable, a pixel is as likely as this to be some of both.
_MIXED = 0.1
_THREADS = 4


def held_by_colour(
    linear: Float32[np.ndarray, "h w 3"],
    states: UInt8[np.ndarray, "h w"],
    prior: Float32[np.ndarray, "h w"] | None = None,
) -> Held:
    """Alpha of the unknown pixels as the side colours around them tell it (colour_alpha.py), firm where they are sure.

    Source: Wang and Cohen, "Optimized Color Sampling for Robust Matting", CVPR 2007, section 4 (the data term).

    linear: linear light. states: as states.py has them. prior: how probable the foreground is beforehand.
    """
    from relens.matte.colour_alpha import colour_alpha

    unknown = states == UNKNOWN
    encoded = np.sqrt(np.maximum(linear, 0))
    front, rear = (side_colour(encoded, states, int(side)) for side in (FOREGROUND, BACKGROUND))
    place = np.flatnonzero(unknown)
    before = np.full(len(place), np.float32(0.5)) if prior is None else np.clip(prior[unknown], 0.02, 0.98)
    mean, variance = np.empty(len(place), np.float32), np.empty(len(place), np.float32)
    cuts = np.linspace(0, len(place), _THREADS + 1).astype(int)
    colours = encoded[unknown]
    del encoded
    with ThreadPoolExecutor(_THREADS) as threads:
        list(
            threads.map(
                lambda first, last: colour_alpha(
                    colours, place, states.shape[1], front, rear, before, _MIXED, first, last, mean, variance
                ),
                cuts[:-1],
                cuts[1:],
            )
        )
    value, weight = (states == FOREGROUND).astype(np.float32), np.zeros(states.shape, np.float32)
    value[unknown] = mean
    weight[unknown] = _WEIGHT / (variance + np.float32(LEAST_VARIANCE))
    return Held(value, weight)


def variance_of(held: Held) -> Float32[np.ndarray, "h w"]:
    """How unsure the colours were of alpha; 0 where nothing is held."""
    there = held.weight > 0
    least = np.float32(LEAST_VARIANCE) * there
    return np.divide(_WEIGHT, held.weight, out=np.zeros_like(held.weight), where=there) - least
