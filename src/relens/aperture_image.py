"""Custom apertures: the pupil's transmission as an image, in colour if wanted."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from relens.errors import ValueRangeError

_LARGEST_PX = 2048
# A mean that counts as no light, over the brightest value.
_BLACK = 1e-12


@dataclass(frozen=True, eq=False)
class ApertureImage:
    """Transmission over the pupil, grey (h, w) or red, green, blue (h, w, 3), as the photographer sees it from behind.

    Convention: the longer side spans the pupil's diameter, the image's middle lies on the axis; right is +x, down is
    +y. Outside the image nothing passes. Only proportions count, the brightest value is kept as 1: each colour is
    normalised to its own mean, as a white balance would, so that what is in focus keeps its colour and the blur takes
    the image's.

    Raises ValueRangeError for an image that is empty, larger than 2048 px a side, negative, not finite, or lets
    nothing of some colour through.
    """

    transmission: Float64[np.ndarray, "h w c"]

    def __init__(self, transmission: np.ndarray) -> None:
        values = np.array(transmission, np.float64)
        values = values[..., None] if values.ndim == 2 else values
        if values.ndim != 3 or values.shape[2] not in (1, 3) or not values.size:
            raise ValueRangeError("aperture image", values.shape, "(h, w) or (h, w, 3) with at least one pixel")
        if max(values.shape[:2]) > _LARGEST_PX:
            raise ValueRangeError("aperture image", f"{values.shape[1]}x{values.shape[0]}", f"at most {_LARGEST_PX} px")
        if not np.isfinite(values).all() or values.min() < 0:
            raise ValueRangeError("aperture image", "values", "transmissions, finite and at least 0")
        values /= max(values.max(), 5e-324)
        if (values.mean(axis=(0, 1)) < _BLACK).any():
            raise ValueRangeError("aperture image", "black", "some light through in every colour")
        values.setflags(write=False)
        object.__setattr__(self, "transmission", values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ApertureImage) and np.array_equal(self.transmission, other.transmission)

    def __hash__(self) -> int:
        return hash((self.transmission.shape, self.transmission.tobytes()))

    def finer(self, side_px: int) -> "ApertureImage":
        """The same image with its pixels cut up until the longer side has `side_px` of them or more."""
        times = -(-side_px // max(self.transmission.shape[:2]))
        return ApertureImage(self.transmission.repeat(times, axis=0).repeat(times, axis=1))


@dataclass(frozen=True, eq=False)
class ImageLight:
    """The light that an aperture image and a mask over its pixels let through together, ready to be sampled.

    Attributes:
        colours: (c,) factors that bring each colour's mean under the mask to 1.
        mean_density: over all pixels; a pixel's density is the light of its brightest colour.
        rows: (1, h + 1) cumulative density over the rows, from 0 to 1.
        columns: (h, w + 1) cumulative density within each row, from the row's number to the next.
    """

    image: ApertureImage
    colours: Float64[np.ndarray, " c"]
    mean_density: float
    rows: Float64[np.ndarray, "1 m"]
    columns: Float64[np.ndarray, "h n"]

    @staticmethod
    def of(image: ApertureImage, mask: Float64[np.ndarray, "h w"]) -> "ImageLight":
        """Raises ValueRangeError when the mask leaves nothing of some colour."""
        means = np.einsum("hwc,hw->c", image.transmission, mask) / mask.size
        if (means < _BLACK).any():
            raise ValueRangeError("aperture image", "black within the blades", "some light through in every colour")
        density = (image.transmission / means).max(axis=2) * mask
        rows, columns = _cumulative(density.sum(axis=1)[None]), _cumulative(density)
        return ImageLight(image, 1 / means, float(density.mean()), rows, columns)

    def spread(self, unit: Float64[np.ndarray, "n 2"]) -> tuple[Float64[np.ndarray, "n 2"], Float64[np.ndarray, "n 3"]]:
        """Points of the unit square carried onto the pupil, as densely as the light is there, and their weights.

        Rows are chosen by the light of the row, then columns by that within it (inverse of the cumulative sums; Pharr,
        Jakob and Humphreys, Physically Based Rendering, "Piecewise-Constant 2D Distributions").
        """
        height, width = self.image.transmission.shape[:2]
        row, v = _inverted(self.rows, np.zeros(len(unit), int), unit[:, 1])
        column, u = _inverted(self.columns, row, unit[:, 0])
        half = max(height, width) / 2
        points = np.stack([(column + u - width / 2) / half, (row + v - height / 2) / half], axis=1)
        colours = self.image.transmission[row, column] * self.colours
        weights = colours / colours.max(axis=1, keepdims=True) * self.mean_density
        return points, np.broadcast_to(weights, (len(unit), 3)).copy()


def _cumulative(density: Float64[np.ndarray, "r m"]) -> Float64[np.ndarray, "r n"]:
    """Each row's cumulative part of its own total, plus the row's number: one increasing sequence for one search."""
    cumulative = np.concatenate([np.zeros((len(density), 1)), np.cumsum(density, axis=1)], axis=1)
    totals = cumulative[:, -1:]
    return cumulative / np.where(totals > 0, totals, 1) + np.arange(len(density))[:, None]


def _inverted(
    cumulative: Float64[np.ndarray, "r m"], row: np.ndarray, share: Float64[np.ndarray, " n"]
) -> tuple[np.ndarray, Float64[np.ndarray, " n"]]:
    """Where `share` of a row's total is reached: the cell, and how far into it."""
    cells = cumulative.shape[1] - 1
    found = np.searchsorted(cumulative.ravel(), share + row, side="right") - 1
    cell = np.clip(found - row * (cells + 1), 0, cells - 1)
    low, high = cumulative[row, cell], cumulative[row, cell + 1]
    return cell, np.clip((share + row - low) / np.maximum(high - low, 1e-300), 0, 1 - 1e-12)
