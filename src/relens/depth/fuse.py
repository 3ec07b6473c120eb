"""Fusion: the metres of a coarse metric map under the detail and silhouettes of a sharp one without scale."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float32

from relens.depth.align import align, weight_of
from relens.depth.depth import Depth
from relens.depth.edge_width import measure_edge_width_px
from relens.depth.fit import fit_depth
from relens.photo import Photo

# The fit is local: its Gaussian window's standard deviation, in parts of the metric map's diagonal.
_WINDOW = 1 / 60
# How firmly a window keeps to the whole frame's fit: in parts of the variance that depth has over the frame, and of
# the weight that a window has on average.
_SLOPE_TIE = 0.05
_SHIFT_TIE = 0.001
# Rounds in which pixels that miss by more than the others lose weight.
_ROUNDS = 3
# The maps contradict each other where they differ by this ratio and this much (1/m), more than an edge misplaced by
# the reach explains.
_CONTRADICTION = 0.25
_CONTRADICTION_PER_M = 0.1
_REACH_PX = 2
# Phones measure to some 4 m; what they put beyond may be sky.
_BEYOND_PER_M = 0.25
# A point of a scene is never at infinity.
_FARTHEST_PER_M = 1e-4


@dataclass(frozen=True)
class _Correction:
    """What takes the aligned map onto the metric one, per pixel: inverse + slope·inverse + shift, and what is left."""

    slope: Float32[np.ndarray, "h w"]
    shift_per_m: Float32[np.ndarray, "h w"]
    deviation: Float32[np.ndarray, "h w"]

    def applied(self, inverse: Float32[np.ndarray, "hs ws"]) -> Float32[np.ndarray, "hs ws"]:
        """The corrected map on its own grid; the sky stays."""
        slope, shift = (_enlarged(plane, inverse.shape) for plane in (self.slope, self.shift_per_m))
        moved = np.maximum(inverse + slope * inverse + shift, _FARTHEST_PER_M)
        return np.where(inverse == 0, 0, moved).astype(np.float32)


def fuse(metric: Depth, sharp: Depth, photo: Photo) -> Depth:
    """One depth on the sharp map's grid: metres as the metric map has them, detail and silhouettes as the sharp one.

    The sharp map is aligned in inverse depth as a whole, by robust least squares, and then by a scale and shift that
    vary smoothly over the frame: least squares in a Gaussian window around each pixel of the metric map, weighted by
    the uncertainties, tied to the whole frame's fit. So the sharp map may be scaled or shifted by anything. This is the
    guided filter (He, Sun and Tang, "Guided image filtering", 2013, section 3) in inverse depth, with the sharp map as
    its guide. Where the maps contradict each other by more than edges explain, and where only the metric one knows, the
    metric map is taken, fitted to the photo.

    metric: in metres, any resolution. sharp: any scale, and any shift of inverse depth but of its sky, which is 0.
    photo: what both show. The uncertainty is the metric map's own together with what is left between the two.
    Raises RelensError where the maps have too little in common.
    """
    shape = metric.inverse_depth.shape
    low = _reduced(sharp.inverse_depth, shape)
    weight = _weight(metric.inverse_depth, metric.uncertainty)
    if sharp.uncertainty is not None:
        unsure = np.where(np.isnan(sharp.inverse_depth), np.nan, sharp.uncertainty).astype(np.float32)
        weight = weight * _weight(low, _reduced(unsure, shape))
    whole = align(low, metric.inverse_depth, weight)
    aligned = whole.applied(low)
    correction = _correction(aligned, metric.inverse_depth, weight)
    fused_low = correction.applied(aligned)
    fused = correction.applied(whole.applied(sharp.inverse_depth))

    against = _contradictions(fused_low, metric.inverse_depth)
    share = _enlarged(_feathered(against), fused.shape)
    share = np.where(np.isnan(fused), 1, share)
    if share.any():
        fallback = fit_depth(metric, _resized(photo, fused.shape))
        known = _enlarged((~np.isnan(metric.inverse_depth)).astype(np.float32), fused.shape) > 0.5
        fused = np.where(share > 0, (1 - share) * np.nan_to_num(fused) + share * fallback, fused)
        fused = np.where((share == 1) & ~known, np.nan, fused).astype(np.float32)
    uncertainty = _uncertainty(metric, fused_low, correction, against)
    alone = float((share > 0.5).mean())
    notes = (
        f"{sharp.source} times {whole.scale:.3g} plus {whole.shift_per_m:.3g}/m joins {metric.source}, then locally",
        f"{alone:.1%} is {metric.source} alone, where {sharp.source} is unknown or contradicts it",
    )
    return replace(
        sharp,
        inverse_depth=fused,
        source=f"{metric.source} with {sharp.source}",
        uncertainty=np.where(np.isnan(fused), np.nan, _enlarged(uncertainty, fused.shape)).astype(np.float32),
        intrinsics=metric.intrinsics,
        edge_width_px=measure_edge_width_px(sharp.inverse_depth)
        if sharp.edge_width_px is None
        else sharp.edge_width_px,
        licence="; ".join(dict.fromkeys(filter(None, (metric.licence, sharp.licence)))),
        notes=(*metric.notes, *sharp.notes, *notes),
    )


def _correction(
    aligned: Float32[np.ndarray, "h w"], metric: Float32[np.ndarray, "h w"], weight: Float32[np.ndarray, "h w"]
) -> _Correction:
    """Least squares of what the aligned map lacks, in a window around each pixel, outliers weighted down."""
    use = (weight > 0) & (aligned > 0) & (metric > 0)
    s, m = np.where(use, aligned, 0), np.where(use, metric, 0)
    weight = np.where(use, weight / weight[use].mean(), 0).astype(np.float32)
    relief = float(np.average((s[use] - s[use].mean()) ** 2, weights=weight[use]))
    lacks, pull, miss = m - s, weight, np.abs(m - s)
    slope = shift = deviation = np.zeros_like(s)
    for _ in range(_ROUNDS):
        typical = 3 * 1.4826 * float(np.median(miss[use])) + 1e-9
        pull = weight / (1 + (miss / typical) ** 2)
        total = _around(pull)
        inside = np.maximum(total, 1e-9)
        mean_s, mean_lack = _around(pull * s) / inside, _around(pull * lacks) / inside
        variance = np.maximum(_around(pull * s * s) / inside - mean_s**2, 0)
        covariance = _around(pull * s * lacks) / inside - mean_s * mean_lack
        firm = total / (total + _SHIFT_TIE)
        slope = firm * covariance / (variance + _SLOPE_TIE * relief)
        shift = firm * mean_lack - slope * mean_s
        miss = np.abs(lacks - slope * s - shift)
        deviation = np.sqrt(_around(pull * (miss / np.maximum(m, 1e-6)) ** 2) / inside)
    return _Correction(*(plane.astype(np.float32) for plane in (slope, shift, deviation)))


def _contradictions(fused: Float32[np.ndarray, "h w"], metric: Float32[np.ndarray, "h w"]) -> Bool[np.ndarray, "h w"]:
    """Where the metric map lies outside of everything that the fused one holds nearby."""
    import cv2

    box = np.ones((2 * _REACH_PX + 1, 2 * _REACH_PX + 1), np.uint8)
    known = ~np.isnan(fused)
    nearest = cv2.dilate(np.where(known, fused, 0), box)
    farthest = cv2.erode(np.where(known, fused, np.float32(np.inf)), box)
    nearer = (metric > nearest * (1 + _CONTRADICTION)) & (metric > nearest + _CONTRADICTION_PER_M)
    farther = (metric < farthest / (1 + _CONTRADICTION)) & (metric < farthest - _CONTRADICTION_PER_M)
    sky = (fused == 0) & (metric < _BEYOND_PER_M)
    against = ((nearer & ~sky) | farther) & known
    # Single pixels are the metric map's noise.
    return cv2.morphologyEx(against.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0


def _feathered(against: Bool[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """1 on the region and around it as far as it was judged, falling to 0."""
    import cv2

    size = 2 * _REACH_PX + 1
    wide = cv2.dilate(against.astype(np.float32), np.ones((size, size), np.uint8))
    return np.where(against, 1, cv2.blur(wide, (size, size))).astype(np.float32)


def _uncertainty(
    metric: Depth, fused: Float32[np.ndarray, "h w"], correction: _Correction, against: Bool[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w"]:
    own = np.zeros_like(fused) if metric.uncertainty is None else np.nan_to_num(metric.uncertainty)
    differ = np.abs(np.log(np.maximum(metric.inverse_depth, 1e-4) / np.maximum(fused, 1e-4)))
    return np.sqrt(own**2 + correction.deviation**2 + np.where(against, differ / 2, 0) ** 2).astype(np.float32)


def _weight(
    inverse: Float32[np.ndarray, "h w"], uncertainty: Float32[np.ndarray, "h w"] | None
) -> Float32[np.ndarray, "h w"]:
    if uncertainty is None:
        return (inverse > 0).astype(np.float32)
    weight = weight_of(inverse, uncertainty)
    return weight / max(float(weight.mean()), 1e-12)


def _around(plane: np.ndarray) -> np.ndarray:
    import cv2

    reach_px = max(_WINDOW * float(np.hypot(*plane.shape)), 1.0)
    return cv2.GaussianBlur(plane, (0, 0), reach_px, borderType=cv2.BORDER_REPLICATE)


def _reduced(plane: Float32[np.ndarray, "hs ws"], shape: tuple[int, ...]) -> Float32[np.ndarray, "_ _"]:
    """Means of what is known and no sky over every pixel of a coarser grid; 0 or NaN where most of it is."""
    import cv2

    if plane.shape == shape:
        return plane

    def mean(values: np.ndarray) -> np.ndarray:
        return cv2.resize(values.astype(np.float32), shape[::-1], interpolation=cv2.INTER_AREA)

    known, sky = ~np.isnan(plane), plane == 0
    share, sky_share = mean(known & ~sky), mean(sky)
    values = mean(np.where(known, plane, 0)) / np.maximum(share, 1e-6)
    values = np.where(sky_share > 0.5, 0, np.where(share >= 0.5, values, np.nan))
    return values.astype(np.float32)


def _enlarged(plane: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    import cv2

    if plane.shape == shape:
        return plane
    return cv2.resize(plane, shape[::-1], interpolation=cv2.INTER_LINEAR)


def _resized(photo: Photo, shape: tuple[int, ...]) -> Photo:
    import cv2

    if photo.linear.shape[:2] == shape:
        return photo
    linear = cv2.resize(photo.linear, shape[::-1], interpolation=cv2.INTER_AREA)
    return Photo(linear, photo.intrinsics.resized(shape[1], shape[0]))
