"""Reading the page between texels, and spreading colours onto it."""

import numpy as np
from jaxtyping import Float, Float32, Float64

# torch's own, so that fitting and reading agree.
_A = -0.75


def read_bicubic(
    page: Float32[np.ndarray, "h w c"], texels: Float[np.ndarray, "n 2"], goes_round: bool
) -> Float32[np.ndarray, "n c"]:
    """The page at texels (column, row) by cubic convolution; the border repeats, or goes round along columns.

    Source: Keys, 1981, with a = -0.75.
    """
    height, width = page.shape[:2]
    at = np.asarray(texels, np.float64) - 0.5
    first = np.floor(at)
    across, down = (_weights(at[:, axis] - first[:, axis]).astype(np.float32) for axis in (0, 1))
    columns = first[:, 0].astype(np.int64)[:, None] + np.arange(-1, 3)
    rows = np.clip(first[:, 1].astype(np.int64)[:, None] + np.arange(-1, 3), 0, height - 1)
    columns = columns % width if goes_round else np.clip(columns, 0, width - 1)
    total = np.zeros((len(at), page.shape[2]), np.float32)
    for j in range(4):
        for i in range(4):
            total += (down[:, j] * across[:, i])[:, None] * page[rows[:, j], columns[:, i]]
    return total


def spread_bilinear(
    texels: Float[np.ndarray, "n 2"],
    values: Float32[np.ndarray, "n c"],
    weights: Float32[np.ndarray, " n"],
    size: tuple[int, int],
    goes_round: bool,
) -> tuple[Float32[np.ndarray, "h w c"], Float32[np.ndarray, "h w"]]:
    """Weighted means of values at texels on a page (h, w), each shared by its four nearest, and their weights."""
    height, width = size
    at = np.asarray(texels, np.float64) - 0.5
    first = np.floor(at).astype(np.int64)
    share = at - first
    sums, total = np.zeros((height * width, values.shape[1])), np.zeros(height * width)
    for j in range(2):
        for i in range(2):
            row = np.clip(first[:, 1] + j, 0, height - 1)
            column = first[:, 0] + i
            column = column % width if goes_round else np.clip(column, 0, width - 1)
            weight = weights * np.where(i, share[:, 0], 1 - share[:, 0]) * np.where(j, share[:, 1], 1 - share[:, 1])
            cell = row * width + column
            total += np.bincount(cell, weight, height * width)
            for channel in range(values.shape[1]):
                sums[:, channel] += np.bincount(cell, weight * values[:, channel], height * width)
    mean = sums / np.maximum(total, 1e-9)[:, None]
    return mean.reshape(height, width, -1).astype(np.float32), total.reshape(height, width).astype(np.float32)


def _weights(share: Float64[np.ndarray, " n"]) -> Float64[np.ndarray, "n 4"]:
    t = share[:, None] + np.array([1.0, 0, -1, -2])
    t = np.abs(t)
    near = ((_A + 2) * t - (_A + 3)) * t * t + 1
    far = ((_A * t - 5 * _A) * t + 8 * _A) * t - 4 * _A
    return np.where(t <= 1, near, far)
