"""Refine: from a coarse mask of one instance to its alpha and its own colours."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Float32

from relens.errors import ValueRangeError
from relens.matte.alpha_matte import Matte
from relens.matte.band import solve_band
from relens.matte.foreground import side_colours
from relens.matte.pyramid import doubled_plane, halved_plane, levels_to
from relens.matte.refiner import Refiner, refine_band
from relens.matte.semantic import resized, semantic_pass
from relens.matte.states import doubled
from relens.progress import Progress, silent

# The semantic pass works on so many pixels, and takes a mask to be off by so many of its or the mask's own pixels.
_SEMANTIC_PX, _REACH_PX = 512, 2.0
_ASPECT_TOLERANCE = 0.02


def refine(
    linear: Float32[np.ndarray, "h w 3"],
    mask: Float[np.ndarray, "_ _"],
    *,
    inverse_depth: Float32[np.ndarray, "_ _"] | None = None,
    depth_uncertainty: Float32[np.ndarray, "_ _"] | None = None,
    others: Sequence[Float[np.ndarray, "_ _"]] = (),
    features: Float32[np.ndarray, "_ _ c"] | None = None,
    refiner: Refiner | None = None,
    band_px: float | None = None,
    progress: Progress = silent,
) -> Matte:
    """The alpha and the own colours of one instance, from a coarse mask of it.

    A semantic pass at low resolution settles what is sure, and leaves a band that is wide at hair and narrow at sharp
    outlines; alpha is then found from coarse to fine on the band alone, which shrinks as pixels settle. Settled pixels
    are never reopened. A learned refiner, if given, takes the solver's place on the band at full resolution.
    Source: Mask2Alpha (arXiv 2502.17093).

    linear: the picture, linear light. mask: 0 to 1, any resolution of the picture's aspect. inverse_depth: 1/m, NaN
    where unknown, any resolution. depth_uncertainty: one standard deviation of log-depth, as inverse_depth. others:
    masks of other instances, which are background here. features: e.g. `dino_features`. refiner: see refiner.py.
    band_px: how far off the mask's outline may be, pixels of the picture; by default two of the mask's pixels, and at
    least two at 512.
    Raises ValueRangeError for a mask that is empty, full, of another aspect or not 0 to 1; MissingPackageError without
    pymatting.
    """
    shape = linear.shape[0], linear.shape[1]
    mask = _checked("mask", mask, shape)
    others = tuple(_checked("others", other, shape) for other in others)
    if not ((mask >= 0.5).any() and (mask < 0.5).any()):
        raise ValueRangeError("mask", f"{mask.min():g} to {mask.max():g}", "an inside (over 0.5) and an outside")
    progress("matte", 0.0)
    small, shapes = linear, [shape]
    for _ in range(levels_to(shape, _SEMANTIC_PX)):
        small = halved_plane(small)
        shapes.append((small.shape[0], small.shape[1]))
    scale = max(shapes[-1]) / max(shape)
    cell_px = max(shapes[-1]) / max(mask.shape)
    reach_px = _REACH_PX * max(cell_px, 1) if band_px is None else max(band_px * scale, 0.5)
    found = semantic_pass(
        small,
        mask,
        reach_px,
        inverse_depth=_depth_at(inverse_depth, shapes[-1]),
        depth_uncertainty=_depth_at(depth_uncertainty, shapes[-1]),
        others=others,
        features=features,
    )
    states, prior = found.states, found.probability
    for finer in reversed(shapes[:-1]):
        states, prior = doubled(states, finer), doubled_plane(prior, finer)
    if refiner is None:
        alpha, states = solve_band(linear, states, prior, progress)
    else:
        alpha, states = refine_band(refiner, linear, states, progress)
    return Matte(alpha, side_colours(linear, alpha)[0], states)


def _checked(name: str, mask: np.ndarray, shape: tuple[int, int]) -> Float32[np.ndarray, "h w"]:
    mask = np.asarray(mask, np.float32)
    if abs(mask.shape[0] * shape[1] / (mask.shape[1] * shape[0]) - 1) > _ASPECT_TOLERANCE:
        raise ValueRangeError(name, mask.shape, f"the aspect of the picture {shape}")
    if not (mask.min() >= 0 and mask.max() <= 1):
        raise ValueRangeError(name, f"{mask.min():g} to {mask.max():g}", "coverage from 0 to 1")
    return mask


def _depth_at(plane: Float32[np.ndarray, "_ _"] | None, shape: tuple[int, int]) -> Float32[np.ndarray, "h w"] | None:
    """Depth at another resolution: the mean of what is known of it, NaN where that is less than half."""
    if plane is None:
        return None
    known = np.isfinite(plane).astype(np.float32)
    share = resized(known, shape)
    total = resized(np.where(known > 0, plane, 0).astype(np.float32), shape)
    return np.divide(total, share, out=np.full(shape, np.float32(np.nan)), where=share > 0.5)
