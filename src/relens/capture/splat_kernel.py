"""The compiled blending of splats, front to back, tile by tile."""

import numba
import numpy as np

TILE_PX = 16
# As the reference has them: a splat never stops more of a ray than this, and a ray is done with less than this left.
MOST_ALPHA, OPAQUE = 0.99, 1e-4


@numba.njit(cache=True, nogil=True)
def blend_strip(top, splat, box, least_alpha, beyond, colour, clear, inverse_depth):
    """Blend all splats into the rows from `top` on, one tile high; the arrays are `Footprints` and its picture's.

    beyond: (h, w) 1/m; only what is farther counts, and 0 leaves a pixel out. Adds to colour (h, w, 3), takes from
    clear (h, w), which starts at 1, and sets inverse_depth (h, w) where half of the ray is stopped.
    """
    height, width = clear.shape
    bottom = min(top + TILE_PX, height)
    across = (width + TILE_PX - 1) // TILE_PX
    first = np.zeros(across + 1, np.int64)
    for i in range(splat.shape[0]):
        if box[i, 2] < bottom and box[i, 3] >= top:
            for tile in range(box[i, 0] // TILE_PX, box[i, 1] // TILE_PX + 1):
                first[tile + 1] += 1
    for tile in range(across):
        first[tile + 1] += first[tile]
    members = np.empty(first[across], np.int32)
    place = first.copy()
    for i in range(splat.shape[0]):
        if box[i, 2] < bottom and box[i, 3] >= top:
            for tile in range(box[i, 0] // TILE_PX, box[i, 1] // TILE_PX + 1):
                members[place[tile]] = i
                place[tile] += 1
    for tile in range(across):
        left, right = tile * TILE_PX, min((tile + 1) * TILE_PX, width)
        going = 0
        for y in range(top, bottom):
            for x in range(left, right):
                if beyond[y, x] > 0:
                    going += 1
        for member in range(first[tile], first[tile + 1]):
            if going == 0:
                break
            i = np.uint64(members[member])
            column, row = splat[i, 0], splat[i, 1]
            a, b, c = splat[i, 2], splat[i, 3], splat[i, 4]
            opacity, middle, along, down = splat[i, 5], splat[i, 6], splat[i, 7], splat[i, 8]
            red, green, blue = splat[i, 9], splat[i, 10], splat[i, 11]
            lowest = np.log(np.float32(least_alpha) / opacity)
            for y in range(np.uint64(max(top, box[i, 2])), np.uint64(min(bottom - 1, box[i, 3]) + 1)):
                dy = np.float32(y) + np.float32(0.5) - row
                for x in range(np.uint64(max(left, box[i, 0])), np.uint64(min(right - 1, box[i, 1]) + 1)):
                    dx = np.float32(x) + np.float32(0.5) - column
                    power = np.float32(-0.5) * (a * dx * dx + c * dy * dy) - b * dx * dy
                    before = clear[y, x]
                    if power < lowest or power > 0 or before < OPAQUE:
                        continue
                    # The linearised depth holds near the middle only.
                    w = min(max(middle + along * dx + down * dy, np.float32(0.5) * middle), np.float32(2) * middle)
                    if w >= beyond[y, x]:
                        continue
                    alpha = min(np.float32(MOST_ALPHA), opacity * np.exp(power))
                    share = before * alpha
                    colour[y, x, 0] += share * red
                    colour[y, x, 1] += share * green
                    colour[y, x, 2] += share * blue
                    after = before - share
                    clear[y, x] = after
                    if before > np.float32(0.5) and after <= np.float32(0.5):
                        inverse_depth[y, x] = w
                    if after < OPAQUE:
                        going -= 1
