"""RangeMap: a depth map as Google's two formats store it, and its decoding."""

import io
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image, JpegImagePlugin, PngImagePlugin

from relens.camera import Intrinsics
from relens.errors import FileError
from relens.photo.jpeg_segments import check_scans
from relens.photo.photo import EmbeddedDepth
from relens.photo.stored import MAX_PIXELS, check_size, decoding
from relens.photo.window import same_aspect

# Confidence maps are JPEGs at times, whose zeros come back as ones and twos of 255.
_NO_CONFIDENCE = 0.01

Unit = Literal["m", "mm", "diopters", "none"]


@dataclass(frozen=True)
class RangeMap:
    """An encoded depth map.

    Attributes:
        image: the map as JPEG or PNG, 8 or 16 bits; the smallest value stands for near, the largest for far.
        confidence: of the same kind, or None; the smallest value is none at all.
        inverse: values are spread evenly in inverse depth ("RangeInverse"), else in depth ("RangeLinear").
        near, far: in units; far may be infinite.
        unit: "none" is a map without a scale.
        along_ray: distances are measured along each pixel's ray, not along the optical axis.
        frame_px: width and height of the picture that it belongs to, where the file says.
    """

    image: bytes
    near: float
    far: float
    inverse: bool
    unit: Unit
    along_ray: bool = False
    confidence: bytes | None = None
    frame_px: tuple[float, float] | None = None


def decode_range_map(path: object, stored: RangeMap, frame: Intrinsics) -> EmbeddedDepth:
    """The map as inverse z-depth over the frame that the camera took, both in the stored orientation.

    With d_n = value / largest value: RangeLinear, d = near + d_n (far - near); RangeInverse,
    1/d = 1/near + d_n (1/far - 1/near). Source: developers.google.com/depthmap-metadata/encoding. A map of another
    aspect is stretched over its picture, as that page has it, by repeating rows or columns.

    Raises FileError for damage and for ranges that mean nothing.
    """
    level = _levels(path, stored.image)
    value = _inverse_range(path, level, stored) if stored.inverse else _linear_range(path, level, stored)
    # A diopter is 1/m itself, so there the roles are swapped.
    inverse = value if stored.inverse != (stored.unit == "diopters") else _reciprocal(value)
    if stored.unit == "mm":
        inverse = inverse * 1000
    inverse = _stretched(inverse, *(stored.frame_px or (frame.width_px, frame.height_px)))
    if stored.along_ray:
        inverse = inverse * _ray_length(inverse.shape, frame)
    if stored.confidence is not None:
        confidence = _levels(path, stored.confidence)
        inverse[_resized(confidence, inverse.shape) <= _NO_CONFIDENCE] = np.nan
    with np.errstate(over="ignore"):
        inverse = inverse.astype(np.float32)
    inverse[~(np.isfinite(inverse) & (inverse >= 0))] = np.nan
    if np.isnan(inverse).all():
        raise FileError(path, "holds a depth map in which nothing is known")
    return EmbeddedDepth(inverse, "relative" if stored.unit == "none" else "absolute")


def _levels(path: object, data: bytes) -> np.ndarray:
    """A grey JPEG or PNG as 0..1."""
    kinds = {b"\xff\xd8": JpegImagePlugin.JpegImageFile, b"\x89P": PngImagePlugin.PngImageFile}
    reader = kinds.get(data[:2])
    if reader is None:
        raise FileError(path, "holds a depth map that is neither JPEG nor PNG")
    with decoding(path, "depth map"):
        if reader is JpegImagePlugin.JpegImageFile:
            check_scans(data)
        image: Image.Image = reader(io.BytesIO(data))
        check_size(path, image.width, image.height, len(data))
        deep = image.mode.startswith("I")
        values = np.asarray(image if deep else image.convert("L"))
    return values / (65535.0 if deep else 255.0)


def _linear_range(path: object, level: np.ndarray, stored: RangeMap) -> np.ndarray:
    near, far = stored.near, stored.far
    if not (math.isfinite(near + far) and min(near, far) >= 0 and near != far):
        raise FileError(path, f"holds a depth map from {near:g} to {far:g}; expected two distances")
    return near + level * (far - near)


def _inverse_range(path: object, level: np.ndarray, stored: RangeMap) -> np.ndarray:
    near, far = stored.near, stored.far
    if not (min(near, far) > 0 and math.isfinite(near) and near != far):
        raise FileError(path, f"holds a depth map from {near:g} to {far:g}; expected two distances above 0")
    return 1 / near + level * (1 / far - 1 / near)


def _reciprocal(value: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.where(value > 0, 1 / value, np.nan)


def _stretched(inverse: np.ndarray, frame_width: float, frame_height: float) -> np.ndarray:
    height, width = inverse.shape
    if same_aspect(width, height, frame_width, frame_height):
        return inverse
    # The side that is too short grows, so that nothing is left out.
    fitting = width * frame_height / frame_width
    shape = (round(fitting), width) if fitting > height else (height, round(height * frame_width / frame_height))
    if shape[0] * shape[1] > MAX_PIXELS:
        return inverse
    return _resized(inverse, shape)


def _resized(plane: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The nearest pixel's value; nothing is averaged."""
    rows, columns = (((np.arange(n) + 0.5) * m / n).astype(np.intp) for n, m in zip(shape, plane.shape, strict=True))
    return plane[rows[:, None], columns]


def _ray_length(shape: tuple[int, ...], frame: Intrinsics) -> np.ndarray:
    """Ray distance over z-depth, at every pixel of a map over the frame."""
    k = frame.resized(shape[1], shape[0])
    x = (np.arange(shape[1]) + 0.5 - k.cx_px) / k.fx_px
    y = (np.arange(shape[0]) + 0.5 - k.cy_px) / k.fy_px
    return np.sqrt(1 + x**2 + y[:, None] ** 2)
