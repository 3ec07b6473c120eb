"""Alignment: the scale and shift of inverse depth that take one map onto another of the same view."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64

from relens.errors import RelensError

# The robust start: how many pairs of pixels propose a line, and how many pixels judge it.
_PROPOSALS = 256
_JUDGES = 2048
_ROUNDS = 8
# The part of the pixels that a line has to explain. Not just half: often one wall fills more than that.
_EXPLAINED = 0.75
# Of a normal distribution, that part lies within so many standard deviations. Pixels beyond _TRIM do not pull.
_EXPLAINED_SIGMAS = 1.15
_TRIM = 2.5


@dataclass(frozen=True)
class Alignment:
    """What takes a map onto another: `scale`·inverse + `shift_per_m`.

    Attributes:
        scale: more than 0.
        shift_per_m: in inverse depth of the map that was aligned to.
        residual: one standard deviation of log-depth between the maps after it: 68 % of the pixels differ by less.
    """

    scale: float
    shift_per_m: float
    residual: float

    def applied(self, inverse: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
        """The aligned map; the sky stays 0, and nothing falls below it."""
        moved = np.maximum(self.scale * inverse + self.shift_per_m, 0)
        return np.where(inverse == 0, 0, moved).astype(np.float32)


def align(
    inverse: Float32[np.ndarray, "h w"],
    onto: Float32[np.ndarray, "h w"],
    weight: Float32[np.ndarray, "h w"] | None = None,
    shift: bool = True,
) -> Alignment:
    """The scale, and with `shift` the shift, that take `inverse` onto `onto` by weighted least squares.

    It is robust: of many lines through two pixels each, the one that leaves the least in three quarters of the pixels
    is the start; least squares then runs over what lies near the line, in rounds (least trimmed squares: Rousseeuw,
    "Least median of squares regression", 1984). So a fifth of the pixels may hold anything without pulling at the line.

    inverse, onto: of one grid; NaN is unknown, 0 is sky, and neither takes part. weight: how much a pixel counts, 0 or
    more; see `weight_of`. Raises RelensError where fewer than 16 pixels can be compared, or no positive scale fits.
    """
    use = (inverse > 0) & (onto > 0)
    if weight is not None:
        use &= weight > 0
    count = int(np.count_nonzero(use))
    if count < 16:
        raise RelensError(f"alignment of depth: only {count} pixels are known in both maps; expected at least 16")
    x, y = inverse[use].astype(np.float64), onto[use].astype(np.float64)
    w = np.ones(count) if weight is None else weight[use].astype(np.float64)
    w /= w.mean()
    # Centred and scaled, so that the sums stay exact in any unit.
    origin = float(np.median(x)) if shift else 0.0
    unit = float(np.median(np.abs(x - origin))) or float(np.abs(x - origin).max())
    if unit == 0:
        raise RelensError("alignment of depth: the map has the same depth everywhere; expected some relief")
    u = (x - origin) / unit
    slope, offset = _proposed(u, y, w, shift)
    for _ in range(_ROUNDS):
        miss = np.abs(y - slope * u - offset) * np.sqrt(w)
        deviation = float(np.quantile(miss, _EXPLAINED)) / _EXPLAINED_SIGMAS
        near = w * (miss <= max(_TRIM * deviation, 1e-9 * float(y.max())))
        previous, (slope, offset) = (slope, offset), _least_squares(u, y, near, shift)
        if (slope, offset) == previous:
            break
    if slope <= 0:
        raise RelensError("alignment of depth: what is nearer in one map is farther in the other; they do not match")
    scale = slope / unit
    moved = scale * x + (offset - scale * origin)
    behind = moved > 0
    residual = float(np.quantile(np.abs(np.log(moved[behind] / y[behind])), 0.683)) if behind.any() else np.inf
    return Alignment(scale, offset - scale * origin, residual)


def weight_of(
    inverse: Float32[np.ndarray, "h w"], uncertainty: Float32[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w"]:
    """One over the variance of inverse depth, from the uncertainty of log-depth; 0 where either is unknown."""
    # No map is surer than one in a thousand.
    deviation = inverse * np.maximum(uncertainty, 1e-3)
    weight = 1 / np.maximum(deviation, 1e-9) ** 2
    return np.where(np.isnan(weight), 0, weight).astype(np.float32)


def _proposed(
    x: Float64[np.ndarray, " n"], y: Float64[np.ndarray, " n"], w: Float64[np.ndarray, " n"], shift: bool
) -> tuple[float, float]:
    """The line through two pixels (or the origin and one) that leaves the least in most of the weighted pixels."""
    chance = np.random.default_rng(0)
    pairs = chance.integers(0, x.size, (2, _PROPOSALS))
    (x0, x1), (y0, y1) = x[pairs], y[pairs]
    if shift:
        slopes = np.divide(y1 - y0, x1 - x0, out=np.zeros_like(x0), where=x1 != x0)
        offsets = y0 - slopes * x0
    else:
        slopes, offsets = y0 / x0, np.zeros(x0.size)
    positive = slopes > 0
    if not positive.any():
        raise RelensError("alignment of depth: what is nearer in one map is farther in the other; they do not match")
    slopes, offsets = slopes[positive], offsets[positive]
    judges = chance.choice(x.size, _JUDGES, replace=False) if x.size > _JUDGES else np.arange(x.size)
    miss = np.abs(y[judges] - slopes[:, None] * x[judges] - offsets[:, None]) * np.sqrt(w[judges])
    explained = max(int(_EXPLAINED * judges.size), 1)
    best = int(np.argmin(np.partition(miss, explained - 1, axis=1)[:, :explained].sum(axis=1)))
    return float(slopes[best]), float(offsets[best])


def _least_squares(
    x: Float64[np.ndarray, " n"], y: Float64[np.ndarray, " n"], w: Float64[np.ndarray, " n"], shift: bool
) -> tuple[float, float]:
    if not shift:
        return float((w * x * y).sum() / (w * x * x).sum()), 0.0
    total = w.sum()
    mean_x, mean_y = (w * x).sum() / total, (w * y).sum() / total
    spread = (w * (x - mean_x) ** 2).sum()
    slope = (w * (x - mean_x) * (y - mean_y)).sum() / spread if spread > 0 else 0.0
    return float(slope), float(mean_y - slope * mean_x)
