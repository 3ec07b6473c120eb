"""Planes: the plane through a surface's pixels, as far as it explains them."""

import numpy as np
from jaxtyping import Float32, Int32

# A large picture is read at so many pixels of a regular grid.
_ENOUGH_PX = 1_000_000


def planes(
    inverse_depth: Float32[np.ndarray, "h w"],
    sources: Int32[np.ndarray, "h w"],
    shares: Int32[np.ndarray, "h w"],
) -> Float32[np.ndarray, "h w"]:
    """The plane through every surface's pixels, over its share; as little of its slope as it explains of them.

    A plane of the world is a plane in inverse depth over the picture. 0 where there is no share.
    """
    step = max(1, round((sources.size / _ENOUGH_PX) ** 0.5))
    row, column = (step * line for line in sources[::step, ::step].nonzero())
    number = sources[row, column]
    count = int(max(sources.max(), shares.max()))
    values = inverse_depth[row, column].astype(np.float64)

    def mean(terms: np.ndarray) -> np.ndarray:
        return np.bincount(number, terms, count + 1) / size

    size = np.maximum(np.bincount(number, minlength=count + 1), 1)
    middle = [mean(terms.astype(np.float64)) for terms in (row, column, values)]
    y, x, v = row - middle[0][number], column - middle[1][number], values - middle[2][number]
    yy, yx, xx, yv, xv, vv = (mean(a * b) for a, b in ((y, y), (y, x), (x, x), (y, v), (x, v), (v, v)))
    # A little of the pixels' own size keeps lines and single pixels level across.
    yy, xx = yy + 0.5, xx + 0.5
    determinant = yy * xx - yx * yx
    down, right = (xx * yv - yx * xv) / determinant, (yy * xv - yx * yv) / determinant
    explained = np.divide(down * yv + right * xv, vv, out=np.zeros_like(vv), where=vv > 0)
    down, right = down * explained, right * explained
    plane = np.zeros(inverse_depth.shape, np.float32)
    row, column = shares.nonzero()
    number = shares[row, column]
    tilt = down[number] * (row - middle[0][number]) + right[number] * (column - middle[1][number])
    plane[row, column] = middle[2][number] + tilt
    return plane
