"""The compiled membrane: values continued smoothly over listed pixels, each linked to some of its neighbours only."""

import numba
import numpy as np

# Over-relaxation that suits holes some tens of pixels wide.
_OMEGA = 1.85


@numba.njit(cache=True, nogil=True)
def relax(values, places, links, sweeps):
    """Move every listed value towards the mean of its linked neighbours, in place, back and forth.

    values: (n, c) float32, all pixels. places: (m,) pixels to move. links: (m, 4) their neighbours, or -1. Successive
    over-relaxation (Young 1954); what is not listed stays.
    """
    channels = values.shape[1]
    count = places.shape[0]
    omega = np.float32(_OMEGA)
    for sweep in range(sweeps):
        for step in range(count):
            i = step if sweep % 2 == 0 else count - 1 - step
            place = places[i]
            linked = 0
            for side in range(4):
                if links[i, side] >= 0:
                    linked += 1
            if linked == 0:
                continue
            part = np.float32(1) / np.float32(linked)
            for channel in range(channels):
                total = np.float32(0)
                for side in range(4):
                    if links[i, side] >= 0:
                        total += values[links[i, side], channel]
                values[place, channel] += omega * (total * part - values[place, channel])
