"""Square cut-outs of a picture, turned and scaled as the networks want them."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float32

_SMALLEST_LEVEL_PX = 64


@dataclass(frozen=True)
class Square:
    """Where a cut-out lies.

    Attributes:
        centre_px: (column, row) of its middle in the picture.
        side_px: length of its sides in the picture.
        angle_rad: clockwise turn of its rows against the picture's.
        mirrored: its columns run the other way.
    """

    centre_px: Float[np.ndarray, "2"]
    side_px: float
    angle_rad: float = 0.0
    mirrored: bool = False

    def to_picture(self, points: Float[np.ndarray, "*n 2"], out_px: int) -> Float[np.ndarray, "*n 2"]:
        """Points (column, row) of the cut-out, `out_px` wide, in the picture."""
        return (points - out_px / 2) @ self.axes(out_px).T + self.centre_px

    def axes(self, out_px: int) -> Float[np.ndarray, "2 2"]:
        """Columns: one step along the cut-out's columns and rows, in the picture."""
        scale = self.side_px / out_px
        c, s = math.cos(self.angle_rad) * scale, math.sin(self.angle_rad) * scale
        flip = -1 if self.mirrored else 1
        return np.array([[flip * c, -s], [flip * s, c]])


@dataclass(frozen=True)
class Pyramid:
    """A picture and its halvings, so that a cut-out of any size is sampled near its own resolution.

    Attributes:
        levels: (h, w, 3) sRGB-encoded, 0 to 1; each half the size of the one before.
    """

    levels: tuple[Float32[np.ndarray, "_ _ 3"], ...]

    @staticmethod
    def of(encoded: Float32[np.ndarray, "h w 3"]) -> "Pyramid":
        """The pyramid over a picture, down to a few pixels."""
        import cv2

        levels = [encoded]
        while min(levels[-1].shape[:2]) >= _SMALLEST_LEVEL_PX:
            height, width = levels[-1].shape[:2]
            levels.append(cv2.resize(levels[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA))
        return Pyramid(tuple(levels))

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) of the picture."""
        height, width = self.levels[0].shape[:2]
        return width, height


def cut(pyramid: Pyramid, square: Square, out_px: int) -> Float32[np.ndarray, "{out_px} {out_px} 3"]:
    """The cut-out at `out_px` by `out_px`; black beyond the picture."""
    import cv2

    scale = square.side_px / out_px
    level = min(max(round(math.log2(max(scale, 1.0))), 0), len(pyramid.levels) - 1)
    picture = pyramid.levels[level]
    # Odd sizes lose a row or column on the way down.
    shrink = np.array(picture.shape[1::-1]) / np.array(pyramid.size_px)
    # OpenCV counts pixel centres from 0, the house from 0.5.
    axes = square.axes(out_px) * shrink[:, None]
    offset = square.to_picture(np.full(2, 0.5), out_px) * shrink - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    matrix = np.column_stack([axes, offset])
    return cv2.warpAffine(picture, matrix, (out_px, out_px), flags=flags, borderMode=cv2.BORDER_CONSTANT)
