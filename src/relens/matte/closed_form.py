"""Closed form: alpha of the unknown pixels alone, from the colours around them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, UInt8

from relens.errors import ValueRangeError
from relens.matte.states import FOREGROUND, UNKNOWN

# Colours that vary less than this in a window of 3x3 (a variance) tell nothing apart (Levin's default).
_EPSILON = 1e-7
# The search ends when a step would change alpha by so little (root mean square), or after so many.
_CLOSE, _MOST_STEPS = 1e-4, 300
_THREADS = 4


@dataclass(frozen=True)
class Held:
    """What holds alpha besides the Laplacian: weight·(alpha - value)², plane for plane.

    Attributes:
        value: (h, w).
        weight: (h, w), in units of the Laplacian, whose diagonal is 0 to 9.
    """

    value: Float32[np.ndarray, "h w"]
    weight: Float32[np.ndarray, "h w"]


def closed_form(
    colour: Float32[np.ndarray, "h w 3"],
    states: UInt8[np.ndarray, "h w"],
    held: Held,
    start: Float32[np.ndarray, "h w"] | None = None,
) -> Float32[np.ndarray, "h w"]:
    """Alpha, 0 to 1, that is a linear function of colour in every 3x3 window, as far as what holds it allows.

    Minimises a'La + Σ weight·(a - value)² over the unknown pixels, L the matting Laplacian, by conjugate gradients.
    Only their rows of L are made, so time and memory follow their number and not the picture's.
    Source: Levin et al., "A Closed-Form Solution to Natural Image Matting", TPAMI 2008, equations 12 and 15.

    colour: any light, about 0 to 1. states: as states.py has them. start: where the search for alpha begins.
    Raises ValueRangeError for a picture under 3 pixels.
    """
    from relens.matte.laplacian import ENTRIES, REACH_PX, apply_rows, fill_rows

    if min(states.shape) < 3:
        raise ValueRangeError("colour", colour.shape, "at least 3 by 3 pixels")
    unknown = states == UNKNOWN
    alpha = (states == FOREGROUND).astype(np.float32)
    count = int(unknown.sum())
    if not count:
        return alpha
    number = np.full(states.shape, -1, np.int32)
    number[unknown] = np.arange(count, dtype=np.int32)
    rows = np.zeros((count, ENTRIES), np.float32)
    plane = np.pad(alpha, REACH_PX)
    place = np.flatnonzero(np.pad(unknown, REACH_PX))
    flat, stride = plane.reshape(-1), plane.shape[1]
    weight = held.weight[unknown]
    with ThreadPoolExecutor(_THREADS) as threads:

        def shared(kernel, size: int) -> None:
            """The kernel on all parts of so many rows."""
            cuts = np.linspace(0, size, _THREADS + 1).astype(int)
            list(threads.map(kernel, cuts[:-1], cuts[1:]))

        def times(vector: np.ndarray) -> np.ndarray:
            """The system's matrix times a vector; known pixels count as they are in the plane."""
            flat[place] = vector
            result = np.empty(count, np.float32)
            shared(lambda first, last: apply_rows(rows, place, stride, flat, first, last, result), count)
            return result + weight * vector

        shared(lambda first, last: fill_rows(colour, number, first, last, _EPSILON * 9, rows), len(states))
        found = (held.value if start is None else start)[unknown]
        left = weight * held.value[unknown] - times(found)
        # From here on the planes hold directions, in which known pixels do not move.
        flat[:] = 0
        diagonal = rows[:, ENTRIES // 2] + weight + np.float32(1e-6)
        scaled = left / diagonal
        direction, energy = scaled.copy(), float(np.dot(left, scaled))
        for _ in range(_MOST_STEPS):
            if np.dot(scaled, scaled) <= _CLOSE**2 * count:
                break
            onward = times(direction)
            length = np.float32(energy / float(np.dot(direction, onward)))
            found += length * direction
            left -= length * onward
            scaled = left / diagonal
            before, energy = energy, float(np.dot(left, scaled))
            direction = scaled + np.float32(energy / before) * direction
    alpha[unknown] = np.clip(found, 0, 1)
    return alpha
