"""Atlas: a scene packed for the compiled engine: cropped layers, prefiltered levels, and bounds of blocks.

Every layer is cropped to where it is visible. Its colours are stored as a pyramid of 2x2 means (premultiplied, so that
means are right at edges). Every block of 16x16 texels, and ever larger blocks, know the range of their inverse depth,
of its slope along both axes, and of alpha, so that a tile of the picture can bound what its rays may meet.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64

from relens.render.threads import thread_count
from relens.scene import Layer, Scene

BLOCK_PX = 16
LEVELS = 8
# Room around the crop for the alpha that prefiltering spreads; the surface counts as far past what is visible.
_MARGIN_PX = 64


@dataclass(frozen=True)
class Atlas:
    """Flat arrays and the tables to find a layer's part in them.

    Attributes:
        texels: RGBA of all layers and levels, one after another.
        inverse_depth: of all layers, NaN where there is no surface.
        bounds: (n, 8) per block: least and greatest inverse depth of the visible surface, least and greatest alpha,
        least
            and greatest step of inverse depth from a texel to the next, along rows and along columns.
        crop: (layers, 5): left, top, width, height in pixels of the photo's grid (negative in the border), offset into
            inverse_depth.
        levels: (layers, LEVELS, 3): offset into texels, width, height.
        blocks: (layers, LEVELS, 3): offset into bounds, width, height; level 0 has blocks of BLOCK_PX texels.
        depth_range: (layers, 2): least and greatest inverse depth.
    """

    texels: Float32[np.ndarray, " t"]
    inverse_depth: Float32[np.ndarray, " d"]
    bounds: Float32[np.ndarray, "b 8"]
    crop: Int64[np.ndarray, "l 5"]
    levels: Int64[np.ndarray, "l m 3"]
    blocks: Int64[np.ndarray, "l m 3"]
    depth_range: Float32[np.ndarray, "l 2"]

    def page(self, number: int, level: int) -> Float32[np.ndarray, "h w 4"]:
        """A layer's texels at a level, to read and write."""
        offset, width, height = (int(value) for value in self.levels[number, level])
        return self.texels[offset : offset + 4 * width * height].reshape(height, width, 4)


def build_atlas(scene: Scene, photo_rows: tuple[int, int] | None = None) -> Atlas:
    """Pack a scene, or what of it lies within some rows of the photo's grid; layers nowhere visible are left out."""
    from relens.render.cpu_kernels import block_bounds

    height = scene.layers[0].inverse_depth.shape[0]
    first, end = (0, height) if photo_rows is None else (row + scene.border_px for row in photo_rows)
    band = slice(max(0, first), max(0, end))
    windows = [(layer, window) for layer in scene.layers if (window := _visible_window(layer.rgba[..., 3], band))]
    sizes = [(rows.stop - rows.start, columns.stop - columns.start) for _, (rows, columns) in windows]
    levels, texel_count = _tables(sizes, 4)
    blocks, block_count = _tables([(-(-h // BLOCK_PX), -(-w // BLOCK_PX)) for h, w in sizes], 1)
    atlas = Atlas(
        texels=np.empty(texel_count, np.float32),
        inverse_depth=np.empty(sum(h * w for h, w in sizes), np.float32),
        bounds=np.empty((block_count, 8), np.float32),
        crop=np.empty((len(sizes), 5), np.int64),
        levels=levels,
        blocks=blocks,
        depth_range=np.empty((len(sizes), 2), np.float32),
    )
    offsets = np.cumsum([0, *(height * width for height, width in sizes)])

    def pack(number: int) -> None:
        (layer, (rows, columns)), (height, width), offset = windows[number], sizes[number], int(offsets[number])
        left, top = columns.start - scene.border_px, rows.start - scene.border_px
        atlas.crop[number] = left, top, width, height, offset
        depth = atlas.inverse_depth[offset : offset + height * width].reshape(height, width)
        depth[:] = layer.inverse_depth[rows, columns]
        atlas.depth_range[number] = np.fmin.reduce(depth, None), np.fmax.reduce(depth, None)
        _pack_colours(atlas, number, layer, rows, columns)
        bounds = block_bounds(depth, layer.rgba[rows, columns, 3], BLOCK_PX, _MARGIN_PX)
        for start, across, down in blocks[number]:
            atlas.bounds[start : start + across * down] = bounds.reshape(-1, 8)
            bounds = _merged(bounds)

    with ThreadPoolExecutor(thread_count()) as threads:
        # The largest first, so that none is left alone with it at the end.
        list(threads.map(pack, sorted(range(len(sizes)), key=lambda number: -sizes[number][0] * sizes[number][1])))
    return atlas


def packed_texels(scene: Scene) -> int:
    """How many texels an atlas of the whole scene holds at the finest level."""
    every = slice(0, scene.layers[0].inverse_depth.shape[0])
    windows = [_visible_window(layer.rgba[..., 3], every) for layer in scene.layers]
    return sum((rows.stop - rows.start) * (columns.stop - columns.start) for rows, columns in filter(None, windows))


def _visible_window(alpha: Float32[np.ndarray, "h w"], band: slice) -> tuple[slice, slice] | None:
    """The rows and columns that hold all texels visible in a band of rows, with a margin; None when there are none."""
    seen = alpha[band]
    visible_rows, visible_columns = seen.max(axis=1).nonzero()[0] + band.start, seen.max(axis=0).nonzero()[0]
    if not len(visible_rows):
        return None
    height, width = alpha.shape
    return (
        slice(max(0, int(visible_rows[0]) - _MARGIN_PX), min(height, int(visible_rows[-1]) + 1 + _MARGIN_PX)),
        slice(max(0, int(visible_columns[0]) - _MARGIN_PX), min(width, int(visible_columns[-1]) + 1 + _MARGIN_PX)),
    )


def _tables(sizes: list[tuple[int, int]], channels: int) -> tuple[Int64[np.ndarray, "l m 3"], int]:
    """Offset, width and height of every level of arrays (height, width), each half of the last; and the sum of all."""
    table, offset = np.empty((len(sizes), LEVELS, 3), np.int64), 0
    for number, (height, width) in enumerate(sizes):
        for level in range(LEVELS):
            table[number, level] = offset, width, height
            offset += height * width * channels
            height, width = -(-height // 2), -(-width // 2)
    return table, offset


def _pack_colours(atlas: Atlas, number: int, layer: Layer, rows: slice, columns: slice) -> None:
    atlas.page(number, 0)[:] = layer.rgba[rows, columns]
    for level in range(1, LEVELS):
        halve_into(atlas.page(number, level - 1), atlas.page(number, level))


def halve_into(above: Float32[np.ndarray, "_ _ 4"], page: Float32[np.ndarray, "h w 4"]) -> None:
    """Write the means of 2x2 texels of the level above, an odd edge repeated."""
    import cv2

    odd_rows, odd_columns = above.shape[0] % 2, above.shape[1] % 2
    if odd_rows or odd_columns:
        above = cv2.copyMakeBorder(above, 0, odd_rows, 0, odd_columns, cv2.BORDER_REPLICATE)
    page[:] = cv2.resize(above, page.shape[1::-1], interpolation=cv2.INTER_AREA).reshape(page.shape)


def _merged(bounds: Float32[np.ndarray, "h w 8"]) -> Float32[np.ndarray, "_ _ 8"]:
    """Bounds of 2x2 blocks together: the even columns are least, the odd ones greatest values."""
    height, width = bounds.shape[:2]
    bounds = np.pad(bounds, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    four = np.stack([bounds[0::2, 0::2], bounds[1::2, 0::2], bounds[0::2, 1::2], bounds[1::2, 1::2]])
    merged = four.min(axis=0)
    merged[..., 1::2] = four[..., 1::2].max(axis=0)
    return merged
