"""Fitting offsets to points whose texels are wanted: as smooth and small as that allows."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

from relens.canonical.homogeneous import into_photo
from relens.canonical.offsets import MOST_SLOPE, Corner, Offsets, slope_of
from relens.errors import ValueRangeError
from relens.ranges import positive, whole
from relens.scene import Scene

# Relative to the right-hand side.
_SOLVED = 1e-8
_SMOOTHER = 4.0
# Offsets beyond are mistakes.
_FARTHEST_PX = 1e6


def fit_offsets(
    scene: Scene,
    points_m: Float[np.ndarray, "n _"],
    texels_px: Float[np.ndarray, "n 2"],
    weights: Float[np.ndarray, " n"] | None = None,
    *,
    cells: tuple[int, int, int] = (12, 12, 6),
    smoothness: float = 1e-2,
    magnitude: float = 1e-4,
) -> Offsets:
    """The offsets that bring points to the texels wanted for them.

    Least squares over the control points p, solved by conjugate gradients: the weighted mean of
    |texel - wanted texel|^2, plus `smoothness` times the mean of |Laplacian of p|^2 (in steps of the lattice), plus
    `magnitude` times the mean of |p|^2; all in square pixels. Where that would fold the page, it is solved again with
    four times the smoothness until it does not. Without points, or with weights of 0, all offsets are 0.

    Args:
        scene: whose camera is the canonical one, and whose pages and depths the lattice spans.
        points_m: (n, 3), or (n, 4) homogeneous, as of `ProjectionField.texels`.
        texels_px: (n, 2) column and row in the photo's pixels.
        weights: (n,) how much each point counts; alike when left out.
        cells: of the lattice, along columns, rows and inverse depth.
        smoothness: weight of the regularisation by the Laplacian.
        magnitude: weight of the regularisation by size.

    Raises ValueRangeError for points behind the camera and numbers out of range.
    """
    smoothness = positive("smoothness", smoothness, "more than 0")
    magnitude = positive("magnitude", magnitude, "more than 0")
    columns, rows, depths = (whole("cells", count, "three whole numbers, 1 to 1000", 1, 1000) for count in cells)
    places = into_photo(points_m, scene.camera.intrinsics)
    texels = np.asarray(texels_px, np.float64)
    counts = np.ones(len(places)) if weights is None else np.asarray(weights, np.float64)
    if np.isnan(places).any():
        raise ValueRangeError("points_m", f"{int(np.isnan(places).any(axis=1).sum())} not in front", "points in front")
    if texels.shape != (len(places), 2):
        raise ValueRangeError("texels_px", texels.shape, f"{(len(places), 2)}, a column and row for each point")
    wanted = texels - places[:, :2]
    if not (np.abs(wanted) <= _FARTHEST_PX).all():
        raise ValueRangeError("texels_px", "far from where the camera sees the points", f"within {_FARTHEST_PX:g} px")
    if counts.shape != (len(places),) or not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueRangeError("weights", counts.shape, f"{(len(places),)} finite numbers, 0 or more")

    k, border_px = scene.camera.intrinsics, scene.border_px
    nearest = max(float(np.fmax.reduce(layer.inverse_depth, axis=None)) for layer in scene.layers)
    low: Corner = (-border_px, -border_px, 0.0)
    high: Corner = (k.width_px + border_px, k.height_px + border_px, nearest if nearest > 0 else 1.0)
    none = Offsets(np.zeros((depths + 3, rows + 3, columns + 3, 2)), low, high)
    if not counts.any():
        return none
    while True:
        normal = _Normal(none.in_cells(places), counts / counts.sum(), smoothness, magnitude)
        control = _solved(normal, wanted, none.control_px.shape)
        if slope_of(control, low, high) <= MOST_SLOPE:
            return Offsets(control, low, high)
        smoothness *= _SMOOTHER


@dataclass(frozen=True)
class _Normal:
    """The normal equations, applied and not built: places in cells, (n,) weights of sum 1, and the regularisation."""

    places: Float64[np.ndarray, "n 3"]
    weights: Float64[np.ndarray, " n"]
    smoothness: float
    magnitude: float

    def gathered(self, values: Float64[np.ndarray, "n 2"], shape: tuple[int, ...]) -> Float64[np.ndarray, "d h w 2"]:
        """Weighted values at the places, brought to the control points."""
        from relens.canonical.lattice_kernels import add_to_lattice

        lattice = np.zeros(shape)
        add_to_lattice(lattice, self.places, self.weights[:, None] * values)
        return lattice

    def __call__(self, control: Float64[np.ndarray, "d h w 2"]) -> Float64[np.ndarray, "d h w 2"]:
        """The matrix times control points."""
        from relens.canonical.lattice_kernels import read_lattice

        values = np.empty((len(self.places), 2))
        read_lattice(control, self.places, values)
        regular = self.smoothness * _laplacian(_laplacian(control)) + self.magnitude * control
        return self.gathered(values, control.shape) + regular / control[..., 0].size


def _laplacian(control: Float64[np.ndarray, "d h w 2"]) -> Float64[np.ndarray, "d h w 2"]:
    """Of the lattice as a graph: what every control point has more than its neighbours, summed over them."""
    total = np.zeros_like(control)
    for axis in range(3):
        more = np.moveaxis(np.diff(control, axis=axis), axis, 0)
        along = np.moveaxis(total, axis, 0)
        along[1:] += more
        along[:-1] -= more
    return total


def _solved(normal: _Normal, offsets_px: Float64[np.ndarray, "n 2"], shape: tuple[int, ...]) -> np.ndarray:
    """The control points, by conjugate gradients from 0."""
    control, left = np.zeros(shape), normal.gathered(offsets_px, shape)
    direction, power = left, float((left**2).sum())
    enough = _SOLVED**2 * power
    while power > enough:
        image = normal(direction)
        step = power / float((direction * image).sum())
        control = control + step * direction
        left = left - step * image
        power, before = float((left**2).sum()), power
        direction = left + power / before * direction
    return control
