"""Repaint: what an edit of colours changed, where its light comes to in a picture, and the atlas without a rebuild.

Which samples a tile takes, and what its rays meet, depends on depth and alpha alone. So an edit of colours changes only
the tiles whose rays read a changed texel, and a picture in which those are shot again is the new picture, bit by bit.
"""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from jaxtyping import Bool, Float32, Float64

from relens.camera import Camera, Intrinsics
from relens.lens import Lens
from relens.render.atlas import BLOCK_PX, Atlas, halve_into
from relens.render.engine import SampleBlock
from relens.render.threads import thread_count
from relens.render.tiled import bounded_views, focus_plane, lateral_spread_px, level_of
from relens.scene import Layer, Scene

Blocks = Bool[np.ndarray, "down across"]
# Of blocks, in texels: finer ones would find fewer tiles, but cost more than these tiles.
GRAIN_PX = 8
# A prefiltered read takes in up to one and a half texels of its level to either side, and these are up to twice the
# footprint wide, which is half the spacing of samples. To that come the hit's tolerance and rounding.
_READ_SPACINGS, _READ_PX = 1.6, 3.0
# Pixels past a tile that it reads its own between.
_TILE_SPARE_PX = 2.0


def recoloured(before: Scene, after: Scene) -> dict[str, Blocks] | None:
    """The blocks of GRAIN_PX texels whose colours differ, by layer; None where depth, alpha or layers do.

    Layers without any are left out.
    """
    same = before.camera == after.camera and before.border_px == after.border_px
    if not same or [layer.name for layer in before.layers] != [layer.name for layer in after.layers]:
        return None
    pairs = [pair for pair in zip(before.layers, after.layers, strict=True) if pair[0] is not pair[1]]
    with ThreadPoolExecutor(thread_count()) as threads:
        found = list(threads.map(lambda pair: _recoloured_layer(*pair), pairs))
    if any(blocks is None for blocks in found):
        return None
    return {
        other.name: blocks
        for (_, other), blocks in zip(pairs, found, strict=True)
        if blocks is not None and blocks.any()
    }


def _recoloured_layer(one: Layer, other: Layer) -> Blocks | None:
    from relens.render.block_kernels import different_blocks

    if one.inverse_depth is not other.inverse_depth and not np.array_equal(
        one.inverse_depth, other.inverse_depth, equal_nan=True
    ):
        return None
    blocks, alpha_differs = different_blocks(one.rgba, other.rgba, GRAIN_PX)
    return None if alpha_differs else blocks


def reached(
    scene: Scene, blocks: dict[str, Blocks], camera: Camera, lens: Lens, block: SampleBlock
) -> Bool[np.ndarray, "h w"]:
    """The pixels of a picture, by whole tiles, that light of changed texels may come to; some more, never fewer.

    Every block that a prefiltered read of a changed one may be made from is a box of texels and inverse depths. The
    four corners of the pupil, whose rays bound all others, bound where it is seen.
    """
    from relens.render.cpu_kernels import TILE_PX

    k = camera.intrinsics
    down, across = -(-k.height_px // TILE_PX), -(-k.width_px // TILE_PX)
    views = bounded_views(camera, lens, block)
    to_pixel, origin_m = np.linalg.inv(views.direction[-views.bounding :]), views.origin_m[-views.bounding :]
    spread_px = lateral_spread_px(camera, lens) + _TILE_SPARE_PX
    layers = {layer.name: layer for layer in scene.layers}
    # How many more rectangles begin than end at a tile, along both axes: summed up, how many cover it.
    edges = np.zeros((down + 1, across + 1), np.int64)
    for name, changed in blocks.items():
        boxes = _boxes(scene, layers[name], changed, camera, lens, block)
        seen = _seen(boxes, scene.camera.intrinsics, to_pixel, origin_m)
        if seen is None:
            return np.ones((k.height_px, k.width_px), bool)
        left, top = np.clip(np.floor((seen[0] - spread_px) / TILE_PX), 0, [across, down]).astype(int).T
        right, bottom = np.clip(np.ceil((seen[1] + spread_px) / TILE_PX), 0, [across, down]).astype(int).T
        meets = (left < right) & (top < bottom)
        for row, column, sign in ((top, left, 1), (top, right, -1), (bottom, left, -1), (bottom, right, 1)):
            np.add.at(edges, (row[meets], column[meets]), sign)
    tiles = edges.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0
    return tiles.repeat(TILE_PX, axis=0).repeat(TILE_PX, axis=1)[: k.height_px, : k.width_px]


def repaint(atlas: Atlas, scene: Scene, blocks: dict[str, Blocks]) -> None:
    """Bring an atlas, packed of a scene with other colours, up to date, in place."""
    packed = enumerate(layer for layer in scene.layers if layer.rgba[..., 3].any())
    repainted = [(number, layer) for number, layer in packed if layer.name in blocks]

    def paint(job: tuple[int, Layer]) -> None:
        number, layer = job
        _repaint_layer(atlas, number, layer, blocks[layer.name], scene.border_px)

    with ThreadPoolExecutor(thread_count()) as threads:
        list(threads.map(paint, repainted))


def _repaint_layer(atlas: Atlas, number: int, layer: Layer, blocks: Blocks, border_px: int) -> None:
    rows, columns = np.flatnonzero(blocks.any(axis=1)), np.flatnonzero(blocks.any(axis=0))
    left, top, width, height, _ = (int(value) for value in atlas.crop[number])
    # From the page to the crop, on even texels, so that all levels have whole pixels.
    row, column = top + border_px, left + border_px
    up = max(0, int(rows[0]) * GRAIN_PX - row) // BLOCK_PX * BLOCK_PX
    down = min(height, (int(rows[-1]) + 1) * GRAIN_PX - row)
    start = max(0, int(columns[0]) * GRAIN_PX - column) // BLOCK_PX * BLOCK_PX
    end = min(width, (int(columns[-1]) + 1) * GRAIN_PX - column)
    if up >= down or start >= end:
        return
    page = atlas.page(number, 0)
    page[up:down, start:end] = layer.rgba[row + up : row + down, column + start : column + end]
    for level in range(1, len(atlas.levels[number])):
        up, start, down, end = up // 2, start // 2, -(-down // 2), -(-end // 2)
        above, page = page, atlas.page(number, level)
        halve_into(above[2 * up : 2 * down, 2 * start : 2 * end], page[up:down, start:end])


def _boxes(
    scene: Scene, layer: Layer, blocks: Blocks, camera: Camera, lens: Lens, block: SampleBlock
) -> Float64[np.ndarray, "n 2 3"]:
    """Blocks from which changed ones may be read: least and greatest column, row (of the photo) and inverse depth."""
    import cv2

    from relens.render.block_kernels import block_depths

    # Of a block and the next, diagonally too, 1: their texels are side by side.
    apart = cv2.distanceTransform((~blocks).astype(np.uint8), cv2.DIST_C, 3)
    # A small picture reads a reduced page, whose texels are so wide.
    texel_px = 1 << level_of(scene, camera)
    whole = np.array([[np.fmin.reduce(layer.inverse_depth, None), np.fmax.reduce(layer.inverse_depth, None)]])
    near = apart < _reach_px(whole, camera, lens, block) * texel_px / GRAIN_PX + 1
    depths = block_depths(layer.inverse_depth, near, GRAIN_PX, 2 * texel_px - 1)
    near &= apart < _reach_px(depths, camera, lens, block) * texel_px / GRAIN_PX + 1
    near &= depths[..., 0] <= depths[..., 1]
    row, column = np.nonzero(near)
    height, width = layer.inverse_depth.shape
    low = np.stack([column * GRAIN_PX, row * GRAIN_PX], axis=1)
    high = np.minimum(low + GRAIN_PX, [width, height])
    low, high = (
        np.column_stack([side - scene.border_px, depths[near][:, end]]) for end, side in enumerate((low, high))
    )
    return np.stack([low, high], axis=1).astype(np.float64)


def _reach_px(
    depths: Float32[np.ndarray, "*n 2"], camera: Camera, lens: Lens, block: SampleBlock
) -> Float64[np.ndarray, "*n"]:
    """How far reads of colour reach on a surface between two inverse depths (`cpu_view.level_of`, `cpu_hits.read`)."""
    k = camera.intrinsics
    gx, gy, middle, off = focus_plane(camera, lens)
    focus = [gx * x + gy * y + middle for x in (0, k.width_px) for y in (0, k.height_px)]
    # As the camera has them.
    depths = depths.astype(np.float64)
    moved = depths / np.maximum(1 - depths * camera.eye_m[2], 1e-3)
    off_focus = np.maximum(moved[..., 1] - min(focus), max(focus) - moved[..., 0]) + off
    blur_px = max(k.fx_px, k.fy_px) * lens.pupil_diameter_m * np.maximum(off_focus, 0)
    return _READ_SPACINGS * math.sqrt(math.pi / 4 / (block.first + block.count)) * blur_px + _READ_PX


def _seen(
    boxes: Float64[np.ndarray, "n 2 3"], photo: Intrinsics, to_pixel: np.ndarray, origin_m: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """Least and greatest (column, row) of boxes from the pupil's corners; None where one is not before them all."""
    corners = np.indices((2, 2, 2)).reshape(3, 8)
    column, row, inverse_depth = (boxes[:, corners[axis], axis] for axis in range(3))
    # Homogeneous, so that infinity is a direction: the point is X / w.
    points = np.stack([(column - photo.cx_px) / photo.fx_px, (row - photo.cy_px) / photo.fy_px, np.ones(column.shape)])
    seen = np.einsum("vij,vjnc->vinc", to_pixel, points[None] - origin_m[:, :, None, None] * inverse_depth)
    if (seen[:, 2] <= 1e-9).any():
        return None
    pixels = seen[:, :2] / seen[:, 2:]
    return pixels.min(axis=(0, 3)).T, pixels.max(axis=(0, 3)).T
