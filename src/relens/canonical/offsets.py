"""Offsets: how far texels lie from where the canonical camera sees their points, where it cannot see them all."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

from relens.errors import ValueRangeError

# How much offsets may change from a texel to the next, so that no page folds and the way back is found quickly.
MOST_SLOPE = 0.9
_EXACT_PX = 1e-4

# Column px, row px, inverse depth 1/m.
Corner = tuple[float, float, float]


@dataclass(frozen=True)
class Offsets:
    """Offsets on the page as a cubic B-spline over (column, row, inverse depth).

    Points on one ray of the canonical camera share a pixel but differ in inverse depth, so they can be moved apart. At
    any one inverse depth, neighbours move nearly alike: where the offset's slope (a bound of its derivative's norm) is
    below 1 the map is one-to-one, keeps its orientation, and is undone by fixed-point iteration. The derivative of a
    B-spline is a mean of its control points' differences, so these bound it.

    Convention: `low` and `high` are (column px, row px, inverse depth 1/m) as the canonical camera sees points, pixels
    counted as the photo's; beyond them offsets stay what they are there.

    Attributes:
        control_px: (depths, rows, columns, 2) control points, the offset's column and row; on each axis three more
            than there are cells between `low` and `high`.
        low, high: the box that the cells fill.

    Raises ValueRangeError for fewer than 4 control points on an axis, an empty box, values that are not finite, or a
    slope above MOST_SLOPE.
    """

    control_px: Float64[np.ndarray, "d h w 2"]
    low: Corner
    high: Corner

    def __post_init__(self) -> None:
        control = np.array(self.control_px, np.float64)
        if control.ndim != 4 or control.shape[3] != 2 or min(control.shape[:3]) < 4:
            raise ValueRangeError(
                "control_px", control.shape, "an array of shape (depths, rows, columns, 2), 4 or more"
            )
        if not np.isfinite(control).all():
            raise ValueRangeError("control_px", "not finite", "finite values only")
        if not (np.isfinite([*self.low, *self.high]).all() and np.less(self.low, self.high).all()):
            raise ValueRangeError("low, high", (self.low, self.high), "finite, the lower of each axis first")
        control.setflags(write=False)
        object.__setattr__(self, "control_px", control)
        if self.slope > MOST_SLOPE:
            expected = f"a slope of at most {MOST_SLOPE}, so that pages do not fold; smooth the offsets"
            raise ValueRangeError("offsets", f"a slope of {self.slope:g}", expected)

    @property
    def slope(self) -> float:
        """See `slope_of`."""
        return slope_of(self.control_px, self.low, self.high)

    def at(self, places: Float[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 2"]:
        """Offsets in pixels, column and row, at (column px, row px, inverse depth); NaN at NaN."""
        from relens.canonical.lattice_kernels import read_lattice

        values = np.empty((len(places), 2))
        read_lattice(self.control_px, self.in_cells(places), values)
        return values

    def undone(self, texels: Float[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 3"]:
        """The places that offsets move to (column px, row px, inverse depth), to 1e-4 px; NaN at NaN."""
        wanted = np.array(texels, np.float64)
        places, slope = wanted.copy(), self.slope
        while True:
            nearer = wanted[:, :2] - self.at(places)
            step = np.fmax.reduce(np.abs(nearer - places[:, :2]), axis=None, initial=0.0)
            places[:, :2] = nearer
            # How far a contraction still is from its fixed point, from its last step.
            if step * slope <= _EXACT_PX * (1 - slope) / np.sqrt(2):
                return places

    def in_cells(self, places: Float[np.ndarray, "n 3"]) -> Float64[np.ndarray, "n 3"]:
        """Places counted in cells of the lattice from `low`."""
        return (np.asarray(places, np.float64) - self.low) / _cell(self.control_px, self.low, self.high)


def slope_of(control_px: Float64[np.ndarray, "d h w 2"], low: Corner, high: Corner) -> float:
    """A bound of how much offsets change per pixel, at any one inverse depth."""
    width_px, height_px, _ = _cell(control_px, low, high)
    across, down = (np.sqrt((np.diff(control_px, axis=axis) ** 2).sum(axis=-1).max()) for axis in (2, 1))
    return float(np.hypot(across / width_px, down / height_px))


def _cell(control_px: np.ndarray, low: Corner, high: Corner) -> np.ndarray:
    """Columns, rows and inverse depth of one cell."""
    depths, rows, columns, _ = control_px.shape
    return np.subtract(high, low) / (np.array([columns, rows, depths]) - 3)
