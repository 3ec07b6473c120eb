"""The compiled parts of the photo's page: what the pinhole sees of all layers, and whose a change of it is."""

import numba
import numpy as np

_ONE = np.float32(1)
_LEAST = np.float32(1e-12)


@numba.njit(cache=True, nogil=True)
def shares(alpha, inverse_depth, share):
    """How much of each texel the pinhole sees of every layer, into share (layers, h, w): 0 to 1, in sum at most 1.

    alpha, inverse_depth: (layers, h, w). The nearest is met first; of two at one depth the first.
    """
    layers, height, width = alpha.shape
    order = np.empty(layers, np.int64)
    for y in range(height):
        for x in range(width):
            count = 0
            for layer in range(layers):
                share[layer, y, x] = 0
                if not alpha[layer, y, x] > 0:
                    continue
                place = count
                while place > 0 and inverse_depth[order[place - 1], y, x] < inverse_depth[layer, y, x]:
                    order[place] = order[place - 1]
                    place -= 1
                order[place] = layer
                count += 1
            clear = _ONE
            for place in range(count):
                layer = order[place]
                # Alpha may be a rounding above 1.
                cover = min(alpha[layer, y, x], _ONE)
                share[layer, y, x] = clear * cover
                clear *= _ONE - cover


@numba.njit(cache=True, nogil=True)
def add_shown(page, rgba, share):
    """Add to the page (h, w, 4) what is shown of a layer: its colours and coverage by its share of each texel."""
    height, width = share.shape
    for y in range(height):
        for x in range(width):
            if share[y, x] > 0:
                # What shows wholly is its own colour, to the bit.
                alpha = rgba[y, x, 3]
                part = _ONE if share[y, x] == min(alpha, _ONE) else share[y, x] / max(alpha, _LEAST)
                for c in range(4):
                    page[y, x, c] += part * rgba[y, x, c]


@numba.njit(cache=True, nogil=True)
def spread(before, after, rgba, share):
    """Change colours so that the pinhole sees `after` instead of `before`, both (h, w, 4), where these differ.

    By the least change of all layers' straight colours together, each by its share of the texel; light stays 0 or more.
    rgba: (layers, h, w, 4) premultiplied, changed in place. share: (layers, h, w). Returns which layers changed.
    """
    layers, height, width = share.shape
    moved = np.zeros(layers, np.bool_)
    free = np.empty(layers, np.bool_)
    for y in range(height):
        for x in range(width):
            count = 0
            for layer in range(layers):
                count += share[layer, y, x] > 0
            for c in range(3):
                # Doubles, so that the square of a faint share is not lost.
                left = np.float64(after[y, x, c]) - np.float64(before[y, x, c])
                if left == 0:
                    continue
                free[:] = True
                # Each round but the last settles a layer whose light would fall below 0, for the others to make up.
                for _ in range(count):
                    power = 0.0
                    for layer in range(layers):
                        if free[layer]:
                            power += np.float64(share[layer, y, x]) ** 2
                    if power <= 0:
                        break
                    step, left = left / power, 0.0
                    for layer in range(layers):
                        part = np.float64(share[layer, y, x])
                        if not free[layer] or part <= 0:
                            continue
                        alpha = np.float64(rgba[layer, y, x, 3])
                        wanted = rgba[layer, y, x, c] / alpha + step * part
                        if wanted < 0:
                            left += part * wanted
                            free[layer] = False
                            wanted = 0.0
                        # What shows alone is what was painted, without a rounding between.
                        alone = part == 1 or (count == 1 and part == alpha)
                        rgba[layer, y, x, c] = after[y, x, c] if alone else np.float32(wanted * alpha)
                        moved[layer] = True
                    if left == 0:
                        break
    return moved


@numba.njit(cache=True, nogil=True)
def rows_that_differ(one, other):
    """Which rows of two (h, w, 4) pages differ in colour, the first and one past the last column.

    Returns (h,) bool, two ints, the greatest difference of alpha, and the least light of `other` where it differs.
    """
    height, width = one.shape[0], one.shape[1]
    rows = np.zeros(height, np.bool_)
    first, end, most, least = width, 0, np.float32(0), np.float32(np.inf)
    for y in range(height):
        for x in range(width):
            if one[y, x, 0] != other[y, x, 0] or one[y, x, 1] != other[y, x, 1] or one[y, x, 2] != other[y, x, 2]:
                rows[y] = True
                first, end = min(first, x), max(end, x + 1)
                for c in range(3):
                    if one[y, x, c] != other[y, x, c]:
                        least = min(least, other[y, x, c])
            most = max(most, abs(one[y, x, 3] - other[y, x, 3]))
    return rows, first, end, most, least
