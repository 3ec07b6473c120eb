"""Lettering on linear pictures, in the typeface that comes with Pillow."""

from functools import cache
from typing import cast

import numpy as np
from jaxtyping import Float32
from PIL import Image, ImageDraw, ImageFont

_ELLIPSIS = "…"


def text_width_px(text: str, size_px: int) -> int:
    """Width that the text takes, whole pixels."""
    return round(_font(size_px).getlength(text))


def shortened(text: str, size_px: int, width_px: int) -> str:
    """The text, cut and ended with an ellipsis where it is wider than `width_px`."""
    if text_width_px(text, size_px) <= width_px:
        return text
    while text and text_width_px(text + _ELLIPSIS, size_px) > width_px:
        text = text[:-1].rstrip()
    return text + _ELLIPSIS if text else ""


def letter(
    canvas: Float32[np.ndarray, "h w 3"], text: str, left_px: int, baseline_px: int, size_px: int, light: float
) -> None:
    """Draw grey text of linear light `light` onto the canvas, in place; what lies outside is cut off.

    Edges mix in linear light, as every other coverage here does.
    """
    if not text:
        return
    font = _font(size_px)
    x0, y0, x1, y1 = (round(edge) for edge in font.getbbox(text, anchor="ls"))
    stencil = Image.new("L", (max(1, x1 - x0), max(1, y1 - y0)))
    ImageDraw.Draw(stencil).text((-x0, -y0), text, fill=255, font=font, anchor="ls")
    coverage = np.asarray(stencil, np.float32)[..., None] / 255
    left, top = left_px + x0, baseline_px + y0
    coverage = coverage[max(0, -top) : canvas.shape[0] - top, max(0, -left) : canvas.shape[1] - left]
    if coverage.size:
        top, left = max(0, top), max(0, left)
        patch = canvas[top : top + coverage.shape[0], left : left + coverage.shape[1]]
        patch += (np.float32(light) - patch) * coverage


@cache
def _font(size_px: int) -> ImageFont.FreeTypeFont:
    return cast(ImageFont.FreeTypeFont, ImageFont.load_default(size_px))
