"""Band: alpha of what is unknown, coarse to fine; the confident pixels of a level never come up again."""

import numpy as np
from jaxtyping import Float32, UInt8

from relens.matte.closed_form import closed_form
from relens.matte.held import held_by_colour
from relens.matte.pyramid import doubled_plane, halved_plane, levels_to
from relens.matte.states import FOREGROUND, UNKNOWN, doubled, halved, promote, settled
from relens.progress import Progress, silent

# Nothing is solved coarser than this; where fewer pixels are unknown, coarser levels spare nothing.
_COARSEST_PX, _WORTH_PX = 512, 4_000


def solve_band(
    linear: Float32[np.ndarray, "h w 3"],
    states: UInt8[np.ndarray, "h w"],
    prior: Float32[np.ndarray, "h w"] | None = None,
    progress: Progress = silent,
) -> tuple[Float32[np.ndarray, "h w"], UInt8[np.ndarray, "h w"]]:
    """Alpha, 0 to 1, and the states it leaves: at every level pixels whose surroundings are settled are promoted.

    On the unknown pixels of a pyramid, from at most 512 pixels up to the picture's own size: closed-form matting, held
    by what the colours of both sides around a pixel tell (held.py). The wide band costs its fraction at a
    coarse level; detail is sought only in what that leaves open, with side colours that have come nearer.
    Source: Mask2Alpha (arXiv 2502.17093), the self-guided sparse refinement, with solvers for its networks; the sum of
    both terms as in Wang and Cohen, "Optimized Color Sampling for Robust Matting", CVPR 2007, section 4.

    linear: linear light. states: as states.py has them; known pixels are kept. prior: alpha as a coarse mask has it.
    Raises as closed_form does.
    """
    levels = [(linear, states, prior)]
    for _ in range(levels_to(states.shape, _COARSEST_PX)):
        colour, given, coarse = levels[-1]
        if (given == UNKNOWN).sum() < _WORTH_PX:
            break
        levels.append((halved_plane(colour), halved(given), None if coarse is None else halved_plane(coarse)))
    left, alpha = levels[-1][1], None
    for done, (colour, given, coarse) in enumerate(reversed(levels)):
        progress("matte", 0.25 ** (len(levels) - 1 - done) / 2)
        if left.shape != given.shape:
            left = _inherited(given, left)
            alpha = None if alpha is None else doubled_plane(alpha, left.shape)
        if (left == UNKNOWN).all() and len(levels) - 1 - done:
            continue
        held = held_by_colour(colour, left, coarse)
        alpha = closed_form(colour, left, held, alpha)
        left = promote(left, alpha, settled(alpha))
    progress("matte", 1.0)
    assert alpha is not None
    return alpha, left


def _inherited(given: UInt8[np.ndarray, "h w"], coarse: UInt8[np.ndarray, "h2 w2"]) -> UInt8[np.ndarray, "h w"]:
    """The states of a level, with what the coarser level settled."""
    above = doubled(coarse, given.shape)
    return promote(given, (above == FOREGROUND).astype(np.float32), above != UNKNOWN)
