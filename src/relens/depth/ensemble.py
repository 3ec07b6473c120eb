"""Uncertainty by asking again: the spread of predictions of the same photo, mirrored and at another scale.

After DebSDF (Xiao et al., arXiv 2308.15536): where predictions of one view contradict each other the prior is wrong,
and is excluded rather than averaged.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from jaxtyping import Float32

from relens.camera import Intrinsics
from relens.depth.align import align
from relens.depth.depth import Depth
from relens.depth.edge_width import measure_edge_width_px
from relens.errors import RelensError
from relens.photo import Photo
from relens.progress import Progress, silent

Estimate = Callable[[Photo, Progress], Depth]

# Over this standard deviation of log-depth a prior is excluded.
THRESHOLD = 0.15
# Errors that all predictions share do not show in their spread. Measured with semi-global matching on the Middlebury
# motorcycle, so that 68 % of its pixels lie within one deviation; benchmarks/depth.py repeats it.
SPREAD_FACTOR = 1.3
# The wider photo's margin on each side, in parts of its length: things appear at 3/4 of their size.
_MARGIN = 1 / 6
# Three predictions say little about one pixel: their variances are averaged over this part of the map's diagonal.
_POOL = 1 / 100


def with_uncertainty(
    estimate: Estimate,
    photo: Photo,
    progress: Progress = silent,
    threshold: float = THRESHOLD,
    spread_factor: float = SPREAD_FACTOR,
) -> Depth:
    """The estimate of a photo with its uncertainty, unknown (NaN) where it is unsure.

    The photo is asked about as it is, mirrored, and with a margin of its own reflection, so that a network of a fixed
    input size sees everything at 3/4 of its size. The other predictions are brought to the first one's grid and aligned
    to it in inverse depth by robust least squares. Their standard deviation of log-depth is the uncertainty of the
    first, which is kept as it is: the mean and the median of the three are no truer where that was measured
    (benchmarks/depth.py). Where some say sky and others do not, it is unsure.

    estimate: a back-end's, called three times. threshold: the uncertainty over which a pixel is unknown.
    spread_factor: what makes the spread a standard deviation, where it was measured for the source.
    Raises RelensError when the predictions agree nowhere, and what `estimate` raises.
    """
    first, stack, scales = predictions(estimate, photo, progress)
    base = first.inverse_depth
    uncertainty = (spread_factor * _pooled(_spread(stack))).astype(np.float32)
    sure = ~np.isnan(base) & (uncertainty <= threshold)
    if not sure.any():
        problem = f"its predictions of the photo, mirrored and smaller, agree nowhere within {threshold:.0%}"
        raise RelensError(f"{first.source}: {problem}; use another source of depth")
    left_out = 1 - sure.sum() / max(np.count_nonzero(~np.isnan(base)), 1)
    notes = (
        f"uncertainty of depth {float(np.median(uncertainty[sure])):.1%} (median), by three predictions; "
        f"{left_out:.1%} of the map, over {threshold:.0%}, is left out",
        f"their metric scales: 1 as it is, {scales[0]:.3f} mirrored, {scales[1]:.3f} smaller",
    )
    return replace(
        first,
        inverse_depth=np.where(sure, base, np.float32(np.nan)),
        uncertainty=np.where(sure, uncertainty, np.float32(np.nan)),
        # What is left out hides silhouettes.
        edge_width_px=measure_edge_width_px(base) if first.edge_width_px is None else first.edge_width_px,
        notes=(*first.notes, *notes),
    )


def predictions(
    estimate: Estimate, photo: Photo, progress: Progress = silent
) -> tuple[Depth, Float32[np.ndarray, "3 h w"], tuple[float, float]]:
    """The estimate; it and those of the mirrored and the smaller view, on its grid and aligned; these two's scales."""
    first = estimate(photo, _part(progress, 0))
    base = first.inverse_depth
    mirrored = estimate(_mirrored(photo), _part(progress, 1)).inverse_depth[:, ::-1]
    wider, margins = _widened(photo)
    widened = estimate(wider, _part(progress, 2)).inverse_depth
    others = _on_grid(mirrored, base.shape, (0, 0)), _on_grid(widened, base.shape, margins)
    fits = [align(other, base) for other in others]
    stack = np.stack([base, *(fit.applied(other) for fit, other in zip(fits, others, strict=True))])
    return first, stack, (1 / fits[0].scale, 1 / fits[1].scale)


def _spread(stack: Float32[np.ndarray, "n h w"]) -> Float32[np.ndarray, "h w"]:
    """Standard deviation of log-depth: 0 where all say sky, infinite where some do or fewer than two know."""
    known, sky = ~np.isnan(stack), stack == 0
    finite = known & ~sky
    count = finite.sum(axis=0)
    logs = np.log(np.where(finite, stack, 1))
    mean = logs.sum(axis=0) / np.maximum(count, 1)
    variance = np.where(finite, (logs - mean) ** 2, 0).sum(axis=0) / np.maximum(count - 1, 1)
    spread = np.where((count >= 2) & ~sky.any(axis=0), np.sqrt(variance), np.inf)
    return np.where((sky == known).all(axis=0) & (sky.sum(axis=0) >= 2), 0, spread).astype(np.float32)


def _on_grid(
    inverse: Float32[np.ndarray, "h w"], shape: tuple[int, ...], margins: tuple[float, float]
) -> Float32[np.ndarray, "_ _"]:
    """What lies within the margins (parts of the height and the width, each side), on a grid of another shape."""
    import cv2

    if inverse.shape == shape and margins == (0, 0):
        return np.ascontiguousarray(inverse)
    row, column = (
        ((margin + (1 - 2 * margin) * (np.arange(wanted) + 0.5) / wanted) * have - 0.5).astype(np.float32)
        for wanted, have, margin in zip(shape, inverse.shape, margins, strict=True)
    )
    columns, rows = np.meshgrid(column, row)
    return cv2.remap(np.ascontiguousarray(inverse), columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _part(progress: Progress, number: int) -> Progress:
    """The progress of one of three predictions, as a part of the whole."""
    return lambda stage, fraction: progress(stage, (number + fraction) / 3)


def _pooled(spread: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """Root of the mean variance around each pixel; infinite ones stay, and do not spread."""
    import cv2

    reach_px = max(_POOL * float(np.hypot(*spread.shape)), 0.5)
    known = np.isfinite(spread).astype(np.float32)

    def around(plane: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(plane, (0, 0), reach_px, borderType=cv2.BORDER_REPLICATE)

    variance = around(np.where(known > 0, spread**2, 0)) / np.maximum(around(known), 1e-6)
    return np.where(known > 0, np.sqrt(variance), np.inf).astype(np.float32)


def _mirrored(photo: Photo) -> Photo:
    """The photo as in a mirror, left and right exchanged."""

    def mirrored(intrinsics: Intrinsics) -> Intrinsics:
        return replace(intrinsics, cx_px=intrinsics.width_px - intrinsics.cx_px)

    return _changed(photo, lambda plane: np.ascontiguousarray(plane[:, ::-1]), mirrored)


def _widened(photo: Photo) -> tuple[Photo, tuple[float, float]]:
    """The photo with a margin of its own reflection, and how much of the new height and width each margin takes."""
    import cv2

    rows, columns = (max(round(_MARGIN * length), 1) for length in (photo.height_px, photo.width_px))
    height_px, width_px = photo.height_px + 2 * rows, photo.width_px + 2 * columns

    def widened(intrinsics: Intrinsics) -> Intrinsics:
        return replace(
            intrinsics,
            cx_px=intrinsics.cx_px + columns,
            cy_px=intrinsics.cy_px + rows,
            width_px=width_px,
            height_px=height_px,
        )

    def margined(plane: np.ndarray) -> np.ndarray:
        down, across = (
            max(round(plane.shape[axis] * margin / length), 0)
            for axis, (margin, length) in enumerate(((rows, photo.height_px), (columns, photo.width_px)))
        )
        return cv2.copyMakeBorder(plane, down, down, across, across, cv2.BORDER_REFLECT)

    return _changed(photo, margined, widened), (rows / height_px, columns / width_px)


def _changed(
    photo: Photo, plane: Callable[[np.ndarray], np.ndarray], intrinsics: Callable[[Intrinsics], Intrinsics]
) -> Photo:
    """The photo with its picture, mattes and geometry changed alike; without the file and the depth inside."""
    return replace(
        photo,
        linear=plane(photo.linear),
        intrinsics=intrinsics(photo.intrinsics),
        other_intrinsics=tuple(map(intrinsics, photo.other_intrinsics)),
        alpha=None if photo.alpha is None else plane(photo.alpha),
        mattes={name: plane(matte) for name, matte in photo.mattes.items()},
        embedded_depth=None,
        file=None,
    )
