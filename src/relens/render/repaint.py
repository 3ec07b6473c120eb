"""Repaint: what an edit of colours changed, where its light comes to in a picture, and the atlas without a rebuild.

Which samples a tile takes, and what its rays meet, depends on depth and alpha alone. So an edit of colours changes only
the tiles whose rays read a changed texel, and a picture in which those are shot again is the new picture, bit by bit.
"""

import math

import numpy as np
from jaxtyping import Bool

from relens.camera import Camera, Intrinsics
from relens.lens import Lens
from relens.render.atlas import BLOCK_PX, Atlas, halve_into
from relens.render.engine import SampleBlock
from relens.render.tiled import bounded_views, focus_plane, lateral_spread_px
from relens.scene import Layer, Scene

Blocks = Bool[np.ndarray, "down across"]
# What a prefiltered read may take in: a texel of its level to either side, dithered, and the tolerance of a hit.
_FOOTPRINTS, _SPARE_PX = 6.0, 4.0
# Pixels past a tile that it reads its own between.
_TILE_SPARE_PX = 2.0


def recoloured(before: Scene, after: Scene) -> dict[str, Blocks] | None:
    """The blocks of BLOCK_PX texels whose colours differ, by layer; None where depth, alpha or layers do.

    Layers without any are left out.
    """
    from relens.render.difference import different_blocks

    same = before.camera == after.camera and before.border_px == after.border_px
    if not same or [layer.name for layer in before.layers] != [layer.name for layer in after.layers]:
        return None
    found = {}
    for one, other in zip(before.layers, after.layers, strict=True):
        if one.inverse_depth is not other.inverse_depth and not np.array_equal(
            one.inverse_depth, other.inverse_depth, equal_nan=True
        ):
            return None
        if one.rgba is other.rgba:
            continue
        blocks, alpha_differs = different_blocks(one.rgba, other.rgba, BLOCK_PX)
        if alpha_differs:
            return None
        if blocks.any():
            found[one.name] = blocks
    return found


def reached(
    scene: Scene, blocks: dict[str, Blocks], camera: Camera, lens: Lens, block: SampleBlock
) -> Bool[np.ndarray, "h w"]:
    """The pixels of a picture that light of changed texels may come to; some more, never fewer.

    Every block with anything changed within reach of a prefiltered read is a box of texels and inverse depths. From the
    four corners of the pupil, whose rays bound all others, its corners bound where it is seen.
    """
    k = camera.intrinsics
    wanted = np.zeros((k.height_px, k.width_px), bool)
    views = bounded_views(camera, lens, block)
    to_pixel, origin_m = np.linalg.inv(views.direction[-4:]), views.origin_m[-4:]
    spread_px = lateral_spread_px(camera, lens) + _TILE_SPARE_PX
    layers = {layer.name: layer for layer in scene.layers}
    for name, changed in blocks.items():
        layer = layers[name]
        share = math.sqrt(math.pi / 4 / (block.first + block.count))
        reach_px = _FOOTPRINTS * max(0.5, 0.5 * share * _most_blur_px(layer, camera, lens)) + _SPARE_PX
        for box in _boxes(layer, changed, reach_px, scene.border_px):
            bounds = _seen(box, scene.camera.intrinsics, to_pixel, origin_m)
            if bounds is None:
                wanted[:] = True
                return wanted
            left, top = (max(0, math.floor(low - spread_px)) for low in bounds[0])
            right, bottom = (max(0, math.ceil(high + spread_px)) for high in bounds[1])
            wanted[top:bottom, left:right] = True
    return wanted


def repaint(atlas: Atlas, scene: Scene, blocks: dict[str, Blocks]) -> None:
    """Bring an atlas, packed of a scene with other colours, up to date, in place."""
    number = 0
    for layer in scene.layers:
        if not layer.rgba[..., 3].any():
            continue
        if layer.name in blocks:
            _repaint_layer(atlas, number, layer, blocks[layer.name], scene.border_px)
        number += 1


def _repaint_layer(atlas: Atlas, number: int, layer: Layer, blocks: Blocks, border_px: int) -> None:
    rows, columns = np.flatnonzero(blocks.any(axis=1)), np.flatnonzero(blocks.any(axis=0))
    left, top, width, height, _ = (int(value) for value in atlas.crop[number])
    # From the page to the crop, on even texels, so that all levels have whole pixels.
    row, column = top + border_px, left + border_px
    up = max(0, int(rows[0]) * BLOCK_PX - row) // BLOCK_PX * BLOCK_PX
    down = min(height, (int(rows[-1]) + 1) * BLOCK_PX - row)
    start = max(0, int(columns[0]) * BLOCK_PX - column) // BLOCK_PX * BLOCK_PX
    end = min(width, (int(columns[-1]) + 1) * BLOCK_PX - column)
    if up >= down or start >= end:
        return
    page = atlas.page(number, 0)
    page[up:down, start:end] = layer.rgba[row + up : row + down, column + start : column + end]
    for level in range(1, len(atlas.levels[number])):
        up, start, down, end = up // 2, start // 2, -(-down // 2), -(-end // 2)
        above, page = page, atlas.page(number, level)
        halve_into(above[2 * up : 2 * down, 2 * start : 2 * end], page[up:down, start:end])


def _most_blur_px(layer: Layer, camera: Camera, lens: Lens) -> float:
    """The greatest circle of confusion of a layer, wherever in the picture it is."""
    k = camera.intrinsics
    gx, gy, middle, off = focus_plane(camera, lens)
    focus = [gx * x + gy * y + middle for x in (0, k.width_px) for y in (0, k.height_px)]
    depths = np.array([np.fmin.reduce(layer.inverse_depth, None), np.fmax.reduce(layer.inverse_depth, None)])
    depths = depths / np.maximum(1 - depths * camera.eye_m[2], 1e-3)
    most = max(float(depths.max()) - min(focus), max(focus) - float(depths.min())) + off
    return max(k.fx_px, k.fy_px) * lens.pupil_diameter_m * max(most, 0.0)


def _boxes(layer: Layer, blocks: Blocks, reach_px: float, border_px: int) -> list[np.ndarray]:
    """(2, 3) boxes: least and greatest column and row in the photo's pixels, and inverse depth."""
    import cv2

    size = 2 * math.ceil(reach_px / BLOCK_PX) + 1
    near = cv2.dilate(blocks.astype(np.uint8), np.ones((size, size), np.uint8))
    boxes = []
    height, width = layer.inverse_depth.shape
    for row, column in np.argwhere(near):
        top, left = int(row) * BLOCK_PX, int(column) * BLOCK_PX
        bottom, right = min(top + BLOCK_PX, height), min(left + BLOCK_PX, width)
        depths = layer.inverse_depth[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1]
        depths = depths[~np.isnan(depths)]
        if depths.size:
            low, high = (left - border_px, top - border_px), (right - border_px, bottom - border_px)
            boxes.append(np.array([(*low, depths.min()), (*high, depths.max())], np.float64))
    return boxes


def _seen(
    box: np.ndarray, photo: Intrinsics, to_pixel: np.ndarray, origin_m: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """Least and greatest (column, row) at which the pupil's corners see a box; None where it is not before them all."""
    column, row, inverse_depth = (corner.ravel() for corner in np.meshgrid(*box.T))
    # Homogeneous, so that infinity is a direction: the point is X / w.
    points = np.stack([(column - photo.cx_px) / photo.fx_px, (row - photo.cy_px) / photo.fy_px, np.ones(8)])
    seen = to_pixel @ (points[None] - origin_m[:, :, None] * inverse_depth)
    if (seen[:, 2] <= 1e-9).any():
        return None
    pixels = seen[:, :2] / seen[:, 2:]
    return pixels.min(axis=(0, 2)), pixels.max(axis=(0, 2))
