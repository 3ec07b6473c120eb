"""The compiled parts of inpaint: pyramids of what may be copied, the search for alike patches, copying detail."""

import numba
import numpy as np

# Patches reach so far from their middle.
_PATCH_PX = 3
# A patch that counts for less tells too little.
_LEAST_TRUST = np.float32(0.5)
_FAR = np.float32(3e38)
# Random places looked at for one that is near enough.
_TRIES = 64


@numba.njit(cache=True, nogil=True)
def halve(colour, sources, wanted):
    """Two by two pixels as one: the mean of those that count, and the surface they show or shall show.

    colour: (h, w, 3). sources, wanted: (h, w) int32 surface numbers, 0 for none. A coarse pixel is a source where all
    of its pixels are sources of one surface; it is wanted where any is.
    """
    height, width = sources.shape
    tall, wide = (height + 1) // 2, (width + 1) // 2
    mean = np.zeros((tall, wide, 3), np.float32)
    source = np.zeros((tall, wide), np.int32)
    want = np.zeros((tall, wide), np.int32)
    for y in range(tall):
        for x in range(wide):
            count = 0
            red, green, blue = np.float32(0), np.float32(0), np.float32(0)
            first, pure, label = sources[2 * y, 2 * x], True, np.int32(0)
            for dy in range(2):
                for dx in range(2):
                    row, column = min(2 * y + dy, height - 1), min(2 * x + dx, width - 1)
                    pure = pure and sources[row, column] == first
                    label = max(label, wanted[row, column])
                    if sources[row, column] > 0 or wanted[row, column] > 0:
                        count += 1
                        red += colour[row, column, 0]
                        green += colour[row, column, 1]
                        blue += colour[row, column, 2]
            if count > 0:
                part = np.float32(1) / np.float32(count)
                mean[y, x, 0] = red * part
                mean[y, x, 1] = green * part
                mean[y, x, 2] = blue * part
            if label > 0:
                want[y, x] = label
            elif pure:
                source[y, x] = first
    return mean, source, want


@numba.njit(cache=True, nogil=True)
def _doubled(coarse, y, x, channel):
    """A coarse image read between its pixels, at the middle of a fine pixel."""
    height, width = coarse.shape[0], coarse.shape[1]
    top, left = (y - 1) // 2, (x - 1) // 2
    low = np.float32(0.75) if y % 2 == 1 else np.float32(0.25)
    side = np.float32(0.75) if x % 2 == 1 else np.float32(0.25)
    low, side = np.float32(1) - low, np.float32(1) - side
    bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
    top, left = max(top, 0), max(left, 0)
    above = coarse[top, left, channel] * (1 - side) + coarse[top, right, channel] * side
    below = coarse[bottom, left, channel] * (1 - side) + coarse[bottom, right, channel] * side
    return above * (1 - low) + below * low


@numba.njit(cache=True, nogil=True)
def _inside(coarse_sources, y, x):
    """Whether all that `_doubled` reads at a fine pixel are sources."""
    height, width = coarse_sources.shape
    top, left = (y - 1) // 2, (x - 1) // 2
    bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
    top, left = max(top, 0), max(left, 0)
    above = coarse_sources[top, left] > 0 and coarse_sources[top, right] > 0
    return above and coarse_sources[bottom, left] > 0 and coarse_sources[bottom, right] > 0


@numba.njit(cache=True, nogil=True)
def copy_detail(colour, coarse_colour, coarse_sources, coarse_filled, places, partner, filled):
    """Every listed pixel becomes the coarser filled image there, plus the detail of its partner.

    colour, coarse_colour: the picture at two levels; coarse_sources, coarse_filled: of the coarser one. places: (m,)
    in raveled pixels; partner: (h, w) raveled, -1 for none; filled: (h, w, 3), written.
    """
    width = colour.shape[1]
    for place in places:
        y, x = place // width, place % width
        row, column = partner[y, x] // width, partner[y, x] % width
        # Beside a hole the coarser picture holds what was continued: the difference to that is no detail.
        pure = partner[y, x] >= 0 and _inside(coarse_sources, row, column)
        for channel in range(3):
            value = _doubled(coarse_filled, y, x, channel)
            if pure:
                value += colour[row, column, channel] - _doubled(coarse_colour, row, column, channel)
            filled[y, x, channel] = max(value, np.float32(0))


@numba.njit(cache=True, nogil=True)
def refine_partners(coarse, sources, wanted, places, partner):
    """Partners of the finer level: the coarser ones' children, where these are sources of the wanted surface."""
    width, coarse_width = sources.shape[1], coarse.shape[1]
    height = sources.shape[0]
    for place in places:
        y, x = place // width, place % width
        other = coarse[y // 2, x // 2]
        partner[y, x] = -1
        if other < 0:
            continue
        row = min(2 * (other // coarse_width) + y % 2, height - 1)
        column = min(2 * (other % coarse_width) + x % 2, width - 1)
        if sources[row, column] == wanted[y, x]:
            partner[y, x] = row * width + column


@numba.njit(cache=True, nogil=True)
def _distance(filled, trust, colour, sources, y, x, row, column):
    """How unlike the patches around two pixels are: the mean squared difference of what counts in both, by trust."""
    height, width = sources.shape
    total, weight = np.float32(0), np.float32(0)
    for dy in range(-_PATCH_PX, _PATCH_PX + 1):
        for dx in range(-_PATCH_PX, _PATCH_PX + 1):
            v, u, b, a = y + dy, x + dx, row + dy, column + dx
            if v < 0 or u < 0 or b < 0 or a < 0 or v >= height or b >= height or u >= width or a >= width:
                continue
            w = trust[v, u]
            if sources[b, a] == 0 or w == 0:
                continue
            red = filled[v, u, 0] - colour[b, a, 0]
            green = filled[v, u, 1] - colour[b, a, 1]
            blue = filled[v, u, 2] - colour[b, a, 2]
            total += w * (red * red + green * green + blue * blue)
            weight += w
    if weight < _LEAST_TRUST:
        return _FAR
    return total / weight


@numba.njit(cache=True, nogil=True)
def search(
    filled, trust, colour, sources, wanted, places, partner, bests, own, starts, most_px, radius_px, rounds, seed
):
    """Better partners for the listed pixels, in place: neighbours' partners, and random ones ever nearer.

    trust: (h, w) how much a pixel of filled counts, 1 for sources. bests: (h, w) how unlike the partners are, written.
    own: raveled source pixels in order of their surface; starts: (surfaces + 2,) where in it a surface's begin.
    most_px: along rows and columns, a partner is at most so far from its pixel, but where none is found so near.
    radius_px: of the widest random step. Source: Barnes et al., "PatchMatch", SIGGRAPH 2009, section 3.
    """
    height, width = sources.shape
    state = np.uint64(seed) * np.uint64(2862933555777941757) + np.uint64(3037000493)
    for place in places:
        y, x = place // width, place % width
        other = partner[y, x]
        if other < 0:
            label = wanted[y, x]
            count = starts[label + 1] - starts[label]
            for _ in range(_TRIES if count > 0 else 0):
                state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
                other = own[starts[label] + np.int64((state >> np.uint64(33)) % np.uint64(count))]
                partner[y, x] = other
                if abs(other // width - y) <= most_px and abs(other % width - x) <= most_px:
                    break
        bests[y, x] = _FAR
        if other >= 0:
            bests[y, x] = _distance(filled, trust, colour, sources, y, x, other // width, other % width)
    count = places.shape[0]
    for turn in range(rounds):
        step = 1 if turn % 2 == 0 else -1
        for index in range(count):
            place = places[index] if step > 0 else places[count - 1 - index]
            y, x = place // width, place % width
            label = wanted[y, x]
            if partner[y, x] < 0:
                continue
            for side in range(2):
                v, u = (y - step, x) if side == 0 else (y, x - step)
                if v < 0 or u < 0 or v >= height or u >= width or wanted[v, u] != label or partner[v, u] < 0:
                    continue
                row, column = partner[v, u] // width + y - v, partner[v, u] % width + x - u
                if row < 0 or column < 0 or row >= height or column >= width or sources[row, column] != label:
                    continue
                if abs(row - y) > most_px or abs(column - x) > most_px:
                    continue
                found = _distance(filled, trust, colour, sources, y, x, row, column)
                if found < bests[y, x]:
                    bests[y, x] = found
                    partner[y, x] = row * width + column
            reach = radius_px
            while reach >= 1:
                state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
                span = np.uint64(2 * reach + 1)
                row = partner[y, x] // width + np.int64((state >> np.uint64(33)) % span) - reach
                state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
                column = partner[y, x] % width + np.int64((state >> np.uint64(33)) % span) - reach
                reach //= 2
                if row < 0 or column < 0 or row >= height or column >= width or sources[row, column] != label:
                    continue
                if abs(row - y) > most_px or abs(column - x) > most_px:
                    continue
                found = _distance(filled, trust, colour, sources, y, x, row, column)
                if found < bests[y, x]:
                    bests[y, x] = found
                    partner[y, x] = row * width + column


@numba.njit(cache=True, nogil=True)
def vote(colour, sources, wanted, places, partner, filled):
    """Every listed pixel becomes the mean of what the patches that hold it would copy there."""
    height, width = sources.shape
    for place in places:
        y, x = place // width, place % width
        red, green, blue, count = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
        for dy in range(-_PATCH_PX, _PATCH_PX + 1):
            for dx in range(-_PATCH_PX, _PATCH_PX + 1):
                v, u = y + dy, x + dx
                if v < 0 or u < 0 or v >= height or u >= width or wanted[v, u] != wanted[y, x] or partner[v, u] < 0:
                    continue
                row, column = partner[v, u] // width - dy, partner[v, u] % width - dx
                if row < 0 or column < 0 or row >= height or column >= width or sources[row, column] != wanted[y, x]:
                    continue
                red += colour[row, column, 0]
                green += colour[row, column, 1]
                blue += colour[row, column, 2]
                count += np.float32(1)
        if count > 0:
            filled[y, x, 0] = red / count
            filled[y, x, 1] = green / count
            filled[y, x, 2] = blue / count
