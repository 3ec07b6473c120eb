"""The compiled test for steps in parallax that are discontinuities."""

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def steps(inverse_depth, present, parallax_px, step_px, stands_out, steepest):
    """Discontinuities between every pixel and its right neighbour, and the one below: two (h, w) masks.

    A step has over step_px of parallax, and either stands out from the slopes beside it by a factor, or is steeper than
    `steepest`, in parallax per inverse depth. A neighbouring step the other way is the far side of something thin, not
    a slope.
    """
    height, width = inverse_depth.shape
    right, down = np.zeros((height, width), np.bool_), np.zeros((height, width), np.bool_)
    for y in range(height):
        for x in range(width):
            if not present[y, x]:
                continue
            here = inverse_depth[y, x]
            for side in range(2):
                dy, dx = side, 1 - side
                if y + dy >= height or x + dx >= width or not present[y + dy, x + dx]:
                    continue
                there = inverse_depth[y + dy, x + dx]
                step = (there - here) * parallax_px
                size = abs(step)
                if size <= step_px:
                    continue
                slope = np.float32(0)
                if y >= dy and x >= dx and present[y - dy, x - dx]:
                    beside = (here - inverse_depth[y - dy, x - dx]) * parallax_px
                    slope = max(slope, beside if step > 0 else -beside)
                if y + 2 * dy < height and x + 2 * dx < width and present[y + 2 * dy, x + 2 * dx]:
                    beyond = (inverse_depth[y + 2 * dy, x + 2 * dx] - there) * parallax_px
                    slope = max(slope, beyond if step > 0 else -beyond)
                if size > stands_out * slope or size > steepest * (here + there):
                    if side == 0:
                        right[y, x] = True
                    else:
                        down[y, x] = True
    return right, down
