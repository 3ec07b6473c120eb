"""The layers for the page's 3D view: small pages, inverse depth as a grid, and a poster where there is no WebGL."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32

from relens.explain.report.embed import jpeg, webp, words
from relens.explain.report.taken import Taken
from relens.scene import Layer

_PAGE_PX, _GRID, _POSTER_PX = 560, 112, 900
# The poster: sheets from an angle, each this share of the width to the right of and above the one before it.
_SHIFT, _RISE, _TURNED = 0.17, 0.05, 0.62
_PAPER = np.float32(0.0060)


@dataclass(frozen=True)
class Relief:
    """Layers front to back.

    Attributes:
        names: of the layers.
        pages: data URIs, with alpha.
        grids: for the page's script: {"columns", "rows", "words"} each, inverse depth from `low` to `high`.
        low, high: inverse depth, 1/m.
        focus: inverse depth of the plane of focus.
        aspect: width over height.
        poster: a data URI: the layers pulled apart.
    """

    names: tuple[str, ...]
    pages: tuple[str, ...]
    grids: tuple[dict[str, Any], ...]
    low: float
    high: float
    focus: float
    aspect: float
    poster: str


def relief_of(taken: Taken) -> Relief:
    """The layers in the space (column, row, inverse depth), in which lens rays are straight lines."""
    layers = [layer for layer in taken.small.layers if (layer.rgba[..., 3] > 0).any()]
    seen = [layer.inverse_depth[layer.rgba[..., 3] > 0] for layer in layers]
    low, high = min(float(each.min()) for each in seen), max(float(each.max()) for each in seen)
    height, width = layers[0].inverse_depth.shape
    pages = [_resized(layer.rgba, _PAGE_PX / max(height, width)) for layer in layers]
    return Relief(
        tuple(layer.name for layer in layers),
        tuple(webp(page) for page in pages),
        tuple(_grid(layer, low, high) for layer in layers),
        low,
        high,
        taken.lens.focus_inverse_m,
        width / height,
        _poster(pages),
    )


def _grid(layer: Layer, low: float, high: float) -> dict[str, Any]:
    inverse = layer.inverse_depth
    inverse = np.nan_to_num(inverse, nan=float(np.nanmedian(inverse)))
    small = _resized(inverse, _GRID / max(inverse.shape))
    return {"columns": small.shape[1], "rows": small.shape[0], "words": words(small, low, high)}


def _resized(image: np.ndarray, scale: float) -> np.ndarray:
    import cv2

    height, width = image.shape[:2]
    size = max(2, round(width * scale)), max(2, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(np.ascontiguousarray(image), size, interpolation=method), np.float32)


def _poster(pages: list[Float32[np.ndarray, "h w 4"]]) -> str:
    """The sheets in parallel projection, back to front, each in front of the last."""
    import cv2

    height, width = pages[0].shape[:2]
    count = len(pages)
    step_x, step_y = _SHIFT * width, _RISE * height
    lean = 0.16 * height
    wide, tall = _TURNED * width + step_x * (count - 1), height + lean + step_y * (count - 1)
    scale = _POSTER_PX / max(wide, tall)
    size = round(wide * scale) + 40, round(tall * scale) + 40
    canvas = np.full((size[1], size[0], 3), _PAPER, np.float32)
    for order, page in enumerate(reversed(pages)):
        # Far sheets to the right and above; each is turned about its upright axis.
        away = count - 1 - order
        matrix = np.array(
            [
                [_TURNED * scale, 0, 20 + step_x * away * scale],
                [-lean / width * scale, scale, 20 + (lean + step_y * order) * scale],
            ]
        )
        flat = np.asarray(cv2.warpAffine(page, matrix, size, flags=cv2.INTER_AREA))
        canvas = flat[..., :3] + canvas * (1 - flat[..., 3:])
    return jpeg(canvas.astype(np.float32), 84)
