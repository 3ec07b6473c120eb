"""Side colour: what foreground, or background, looks like around every part of the picture."""

import numpy as np
from jaxtyping import Bool, Float32, UInt8

from relens.matte.states import UNKNOWN, dilated

# Both sides' colours are gathered in cells of so many pixels, as so many kinds of so many numbers.
CELL_PX, KINDS, MOMENTS = 8, 3, 10
# Colours are gathered over these spreads (in cells), the wider one counting so much less than the nearer.
_SPREADS, _FADE = (2.0, 8.0), 0.3
# Cells farther from all unknown ones are not looked at.
_NEAR_CELLS = 10
# The order of a symmetric 3x3 matrix's entries.
_PAIRS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))


def side_colour(
    encoded: Float32[np.ndarray, "h w 3"], states: UInt8[np.ndarray, "h w"], side: int
) -> Float32[np.ndarray, "rows columns kinds 10"]:
    """A side's known colours at cells of 8 pixels, the nearest counting most: each kind's share, mean and covariance.

    Kinds are found by splitting the side's colours where they vary most. Where nothing is known, all shares are 0 but
    the first, which is grey of any shade. A kind's ten numbers are its share, the three of its mean, and the
    covariance's xx, xy, xz, yy, yz, zz.
    Source: Orchard and Bouman, "Color Quantization of Images", IEEE Trans. Signal Processing 1991 (the splits).

    encoded: colours in which differences look alike. states: as states.py has them. side: FOREGROUND or BACKGROUND.
    """
    import cv2

    rows, columns = -(-states.shape[0] // CELL_PX), -(-states.shape[1] // CELL_PX)
    mine = (states == side) & _near(states == UNKNOWN, (rows, columns))
    down, along = np.nonzero(mine)
    colours = encoded[mine]
    place = (down // CELL_PX * columns + along // CELL_PX) * KINDS + _kinds(colours)
    planes = [None, *(colours[:, k] for k in range(3)), *(colours[:, i] * colours[:, j] for i, j in _PAIRS)]
    found = np.empty((rows, columns, KINDS, MOMENTS), np.float32)
    for k, plane in enumerate(planes):
        sums = np.bincount(place, plane, rows * columns * KINDS).reshape(rows, columns, KINDS).astype(np.float32)
        total = np.float32(1e-9) * sums.mean(axis=(0, 1)) * np.ones_like(sums)
        for step, spread in enumerate(_SPREADS):
            near = cv2.GaussianBlur(sums, (0, 0), spread, borderType=cv2.BORDER_REPLICATE)
            total += np.float32(_FADE**step) * near
        found[..., k] = total
    # Where nothing is known at all.
    grey = np.array([1, 0.5, 0.5, 0.5, 1 / 3, 0.25, 0.25, 1 / 3, 0.25, 1 / 3], np.float32)
    found[..., 0, :] += np.float32(1e-20) * grey
    share = np.maximum(found[..., :1], np.float32(1e-20))
    found[..., 1:] /= share
    for k, (i, j) in enumerate(_PAIRS):
        found[..., 4 + k] -= found[..., 1 + i] * found[..., 1 + j]
    found[..., 0] /= found[..., 0].sum(axis=-1, keepdims=True)
    return found


def _near(asked: Bool[np.ndarray, "h w"], cells: tuple[int, int]) -> Bool[np.ndarray, "h w"]:
    """The pixels in and around the cells that hold what is asked."""
    strips = np.logical_or.reduceat(asked, np.arange(0, asked.shape[0], CELL_PX), axis=0)
    held = np.logical_or.reduceat(strips, np.arange(0, asked.shape[1], CELL_PX), axis=1)
    near = dilated(held.reshape(cells), _NEAR_CELLS)
    return near.repeat(CELL_PX, axis=0).repeat(CELL_PX, axis=1)[: asked.shape[0], : asked.shape[1]]


def _kinds(colours: Float32[np.ndarray, "n 3"]) -> np.ndarray:
    """Which kind each colour is of: what varies most is split at its mean, again and again."""
    kind = np.zeros(len(colours), np.int64)
    if not len(colours):
        return kind
    spread = {0: _principal(colours)}
    for new in range(1, KINDS):
        widest = max(spread, key=lambda number: spread[number][0])
        size, mean, axis = spread[widest]
        if size <= 0:
            break
        members = np.flatnonzero(kind == widest)
        kind[members[(colours[members] - mean) @ axis > 0]] = new
        spread |= {number: _principal(colours[kind == number]) for number in (widest, new)}
    return kind


def _principal(colours: Float32[np.ndarray, "n 3"]) -> tuple[float, np.ndarray, np.ndarray]:
    """How much colours vary in all along the direction in which they vary most; their mean; that direction."""
    if len(colours) < 2:
        return 0.0, np.zeros(3, np.float32), np.zeros(3, np.float32)
    mean = colours.mean(axis=0, dtype=np.float64)
    off = colours - mean.astype(np.float32)
    sizes, axes = np.linalg.eigh((off.T @ off).astype(np.float64))
    return float(sizes[-1]), mean.astype(np.float32), axes[:, -1].astype(np.float32)
