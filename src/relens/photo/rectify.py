"""A photo made rectilinear: straight lines straight, as a pinhole would have taken it."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from relens.photo.lens_distortion import LensDistortion
from relens.photo.photo import EmbeddedDepth, Photo


def rectified(photo: Photo) -> Photo:
    """The photo without its lens distortion: picture, depth and mattes alike, in the same frame, with one pinhole.

    Relens itself leaves the pixels as they are, since a closed-down lens has to give back the photo; this is for those
    who measure in it. The picture is resampled (cubic), mattes linearly; depth takes the nearest value, so that nothing
    is averaged across an edge. What the photo does not show, along its borders, repeats the border in picture and
    mattes and is unknown in depth. A photo without distortion is returned itself.
    """
    distortion = photo.distortion
    if distortion is None:
        return photo
    import cv2

    size = (photo.width_px, photo.height_px)

    def resampled(raster: np.ndarray, interpolation: int) -> np.ndarray:
        columns, rows = _sources(distortion, raster.shape, size)
        return cv2.remap(raster, columns, rows, interpolation, borderMode=cv2.BORDER_REPLICATE)

    depth = photo.embedded_depth
    return replace(
        photo,
        linear=resampled(photo.linear, cv2.INTER_CUBIC),
        alpha=None if photo.alpha is None else resampled(photo.alpha, cv2.INTER_LINEAR),
        embedded_depth=depth and EmbeddedDepth(_nearest(depth.inverse_depth, distortion, size), depth.accuracy),
        mattes=MappingProxyType({name: resampled(matte, cv2.INTER_LINEAR) for name, matte in photo.mattes.items()}),
        distortion=None,
    )


def _sources(
    distortion: LensDistortion, shape: tuple[int, ...], size_px: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """For every pixel of a rectilinear map (h, w) of the photo: column and row, in pixel centres, to take it from."""
    height, width = shape[:2]
    scale = np.array([size_px[0] / width, size_px[1] / height])
    columns, rows = np.empty((height, width), np.float32), np.empty((height, width), np.float32)
    for row in range(height):
        pixels = np.stack([np.arange(width) + 0.5, np.full(width, row + 0.5)], axis=-1)
        taken = distortion.distort(pixels * scale) / scale - 0.5
        columns[row], rows[row] = taken[:, 0], taken[:, 1]
    return columns, rows


def _nearest(plane: np.ndarray, distortion: LensDistortion, size_px: tuple[int, int]) -> np.ndarray:
    columns, rows = (np.rint(positions).astype(np.intp) for positions in _sources(distortion, plane.shape, size_px))
    height, width = plane.shape
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    taken = plane[np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)]
    return np.where(inside, taken, np.float32(np.nan))
