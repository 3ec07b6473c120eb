"""Atlas: a scene packed for the compiled engine: cropped layers, prefiltered levels, and bounds of blocks.

Every layer is cropped to where it is visible. Its colours are stored as a pyramid of 2x2 means (premultiplied, so that
means are right at edges). Every block of 16x16 texels, and ever larger blocks, know the range of their inverse depth
and alpha and the steepest step, so that a tile of the picture can bound what its rays may meet.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64

from relens.scene import Scene

BLOCK_PX = 16
LEVELS = 7
# Room around the crop for the alpha that prefiltering spreads.
_MARGIN_PX = 64
# The surface counts this far past what is visible.
_SEEN_PX = _MARGIN_PX


@dataclass(frozen=True)
class Atlas:
    """Flat arrays and the tables to find a layer's part in them.

    Attributes:
        texels: RGBA of all layers and levels, one after another.
        inverse_depth: of all layers, NaN where there is no surface.
        bounds: (n, 5) per block: least and greatest inverse depth of the visible surface, least and greatest alpha, and
            the steepest step of inverse depth between neighbouring texels.
        crop: (layers, 6): left, top, width, height in pixels of the photo's grid (negative in the border), offset into
            inverse_depth, unused.
        levels: (layers, LEVELS, 3): offset into texels, width, height.
        blocks: (layers, LEVELS, 3): offset into bounds, width, height; level 0 has blocks of BLOCK_PX texels.
        depth_range: (layers, 2): least and greatest inverse depth.
    """

    texels: Float32[np.ndarray, " t"]
    inverse_depth: Float32[np.ndarray, " d"]
    bounds: Float32[np.ndarray, "b 5"]
    crop: Int64[np.ndarray, "l 6"]
    levels: Int64[np.ndarray, "l m 3"]
    blocks: Int64[np.ndarray, "l m 3"]
    depth_range: Float32[np.ndarray, "l 2"]


def build_atlas(scene: Scene) -> Atlas:
    """Pack a scene; layers that are nowhere visible are left out."""
    texels, depths, bounds, crops, levels, blocks, ranges = [], [], [], [], [], [], []
    texel_offset = depth_offset = bound_offset = 0
    for layer in scene.layers:
        window = _visible_window(layer.rgba[..., 3])
        if window is None:
            continue
        rows, columns = window
        rgba, inverse_depth = layer.rgba[rows, columns], layer.inverse_depth[rows, columns]
        height, width = inverse_depth.shape
        crops.append((columns.start - scene.border_px, rows.start - scene.border_px, width, height, depth_offset, 0))
        ranges.append((np.nanmin(inverse_depth), np.nanmax(inverse_depth)))
        depths.append(inverse_depth.ravel())
        depth_offset += inverse_depth.size

        table, level = [], rgba
        for number in range(LEVELS):
            level = level if number == 0 else _halved(level)
            table.append((texel_offset, level.shape[1], level.shape[0]))
            texels.append(level.ravel())
            texel_offset += level.size
        levels.append(table)

        table, block = [], _block_bounds(inverse_depth, rgba[..., 3])
        for number in range(LEVELS):
            block = block if number == 0 else _merged(block)
            table.append((bound_offset, block.shape[1], block.shape[0]))
            bounds.append(block.reshape(-1, 5))
            bound_offset += len(bounds[-1])
        blocks.append(table)
    return Atlas(
        texels=np.concatenate(texels) if texels else np.zeros(0, np.float32),
        inverse_depth=np.concatenate(depths) if depths else np.zeros(0, np.float32),
        bounds=np.concatenate(bounds) if bounds else np.zeros((0, 5), np.float32),
        crop=np.array(crops, np.int64).reshape(-1, 6),
        levels=np.array(levels, np.int64).reshape(-1, LEVELS, 3),
        blocks=np.array(blocks, np.int64).reshape(-1, LEVELS, 3),
        depth_range=np.array(ranges, np.float32).reshape(-1, 2),
    )


def _visible_window(alpha: Float32[np.ndarray, "h w"]) -> tuple[slice, slice] | None:
    """The rows and columns that hold all visible texels, with a margin; None when there are none."""
    visible_rows, visible_columns = alpha.max(axis=1).nonzero()[0], alpha.max(axis=0).nonzero()[0]
    if not len(visible_rows):
        return None
    height, width = alpha.shape
    return (
        slice(max(0, int(visible_rows[0]) - _MARGIN_PX), min(height, int(visible_rows[-1]) + 1 + _MARGIN_PX)),
        slice(max(0, int(visible_columns[0]) - _MARGIN_PX), min(width, int(visible_columns[-1]) + 1 + _MARGIN_PX)),
    )


def _halved(image: Float32[np.ndarray, "h w c"]) -> Float32[np.ndarray, "_ _ c"]:
    """Means of 2x2 texels; an odd edge is repeated."""
    height, width = image.shape[:2]
    if height % 2 or width % 2:
        image = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    rows = image[0::2] + image[1::2]
    return (rows[:, 0::2] + rows[:, 1::2]) * np.float32(0.25)


def _block_bounds(
    inverse_depth: Float32[np.ndarray, "h w"], alpha: Float32[np.ndarray, "h w"]
) -> Float32[np.ndarray, "_ _ 5"]:
    """Bounds of blocks of BLOCK_PX; a block without visible surface has least +inf and greatest -inf."""
    import cv2

    height, width = inverse_depth.shape
    rows, columns = np.arange(0, height, BLOCK_PX), np.arange(0, width, BLOCK_PX)

    def reduced(operation: np.ufunc, values: np.ndarray) -> np.ndarray:
        return operation.reduceat(operation.reduceat(values, rows, axis=0), columns, axis=1)

    seen = cv2.dilate((alpha > 0).astype(np.uint8), np.ones((2 * _SEEN_PX + 1, 2 * _SEEN_PX + 1), np.uint8)) > 0
    seen &= ~np.isnan(inverse_depth)
    steps = np.zeros_like(inverse_depth)
    np.maximum(steps[:, :-1], np.abs(np.diff(inverse_depth, axis=1)), out=steps[:, :-1])
    np.maximum(steps[:-1], np.abs(np.diff(inverse_depth, axis=0)), out=steps[:-1])
    # A step next to a hole is as steep as can be.
    steps = np.where(np.isnan(steps), np.inf, steps)
    # A bilinear read in one block may use the first texels of the next.
    apron = np.ones((3, 3), np.uint8)
    return np.stack(
        [
            reduced(np.minimum, cv2.erode(np.where(seen, inverse_depth, np.float32(np.inf)), apron)),
            reduced(np.maximum, cv2.dilate(np.where(seen, inverse_depth, np.float32(-np.inf)), apron)),
            reduced(np.minimum, alpha),
            reduced(np.maximum, alpha),
            reduced(np.maximum, np.where(seen, steps, 0)),
        ],
        axis=-1,
    ).astype(np.float32)


def _merged(bounds: Float32[np.ndarray, "h w 5"]) -> Float32[np.ndarray, "_ _ 5"]:
    """Bounds of 2x2 blocks together."""
    height, width = bounds.shape[:2]
    bounds = np.pad(bounds, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    four = np.stack([bounds[0::2, 0::2], bounds[1::2, 0::2], bounds[0::2, 1::2], bounds[1::2, 1::2]])
    least, greatest = four.min(axis=0), four.max(axis=0)
    return np.stack([least[..., 0], greatest[..., 1], least[..., 2], greatest[..., 3], greatest[..., 4]], axis=-1)
