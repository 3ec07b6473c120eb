"""A layer's page for other programs: 8-bit sRGB with straight alpha."""

import numpy as np
from jaxtyping import Float32, UInt8

from relens.photo.png_chunks import with_chunks
from relens.photo.quantise import quantise

# How far colours run on under alpha 0, in halvings of the page: 2^6 texels, for mipmaps that small.
_LEVELS = 6
_SRGB_CHUNK = (b"sRGB", b"\0")


def page_of(rgba: Float32[np.ndarray, "h w 4"], texture_px: int | None = None) -> UInt8[np.ndarray, "_ _ 4"]:
    """Linear premultiplied light as 8-bit sRGB, straight alpha.

    Light above 1 is clipped. Where alpha is 0, the colours of what is near run on for 64 texels, so that linear
    filtering and mipmaps draw no dark rim; beyond them the page is 0. With `texture_px`, the longer side is reduced to
    so many texels, area by area; texture coordinates stay.
    """
    import cv2

    if texture_px is not None and texture_px < max(rgba.shape[:2]):
        scale = texture_px / max(rgba.shape[:2])
        height, width = (max(1, round(side * scale)) for side in rgba.shape[:2])
        rgba = cv2.resize(rgba, (width, height), interpolation=cv2.INTER_AREA)
    page = np.zeros(rgba.shape, np.uint8)
    window = _around(rgba[..., 3] > 0, 2**_LEVELS)
    if window is not None:
        page[window] = _run_on(quantise(rgba[window][..., :3], rgba[window][..., 3], 8))
    return page


def png_bytes(page: UInt8[np.ndarray, "h w 4"]) -> bytes:
    """The page as a PNG file, tagged as sRGB."""
    import cv2

    fast = [cv2.IMWRITE_PNG_COMPRESSION, 2]
    _, encoded = cv2.imencode(".png", cv2.cvtColor(page, cv2.COLOR_RGBA2BGRA), fast)
    return b"".join(with_chunks(encoded.tobytes(), [_SRGB_CHUNK]))


def _around(seen: np.ndarray, margin_px: int) -> tuple[slice, slice] | None:
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(rows):
        return None
    return (
        slice(max(0, rows[0] - margin_px), rows[-1] + 1 + margin_px),
        slice(max(0, columns[0] - margin_px), columns[-1] + 1 + margin_px),
    )


def _run_on(page: UInt8[np.ndarray, "h w 4"]) -> UInt8[np.ndarray, "h w 4"]:
    """The page with the mean colour of the smallest block on or beside it that has one, wherever alpha is 0."""
    import cv2

    known = page[..., 3] > 0
    if known.all():
        return page
    # Alpha here is the share of a block with a colour; 16 bits hold its halves and quarters.
    level = page.astype(np.uint16)
    level[..., 3] = 255
    level *= np.uint16(256) * known[..., None]
    levels = []
    for _ in range(_LEVELS):
        height, width = (max(1, (side + 1) // 2) for side in level.shape[:2])
        level = cv2.resize(level, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
        # Blocks beside those with a colour have it, too: a thing may begin where blocks of all sizes do.
        levels.append(np.where(level[..., 3:] > 0, level, cv2.blur(level, (3, 3))))
    filled = levels.pop()
    while levels:
        finer = levels.pop()
        coarse = cv2.resize(filled, (finer.shape[1], finer.shape[0]), interpolation=cv2.INTER_NEAREST)
        filled = np.where(finer[..., 3:] > 0, finer, coarse)
    colour = filled[..., :3] * (255 / np.maximum(filled[..., 3:], 1e-3))
    colour = np.clip(np.rint(colour), 0, 255).astype(np.uint8)
    colour = cv2.resize(colour, (page.shape[1], page.shape[0]), interpolation=cv2.INTER_NEAREST)
    page[..., :3][~known] = colour[~known]
    return page
