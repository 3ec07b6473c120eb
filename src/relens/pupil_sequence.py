"""The pupil's sample sequence: low in discrepancy, scrambled by a seed, taken up wherever it was left."""

import numpy as np
from jaxtyping import Float64, UInt32

# Direction numbers of the second Sobol dimension: Pascal's triangle modulo 2, as 32-bit columns.
_SECOND = np.zeros(32, np.uint32)
_column = 1 << 31
for _bit in range(32):
    _SECOND[_bit] = _column
    _column ^= _column >> 1


def unit_square(first: int, count: int, seed: int) -> Float64[np.ndarray, "n 2"]:
    """Points first, first + 1, ... of the seed's sequence in [0, 1) squared.

    The first two dimensions of Sobol's sequence with Owen's scrambling: every aligned block of 2^k points, and so every
    prefix of 2^k, has one point in each of the elementary intervals of area 2^-k (a (0,2)-sequence in base 2), and each
    point alone is uniform over the square. Source: Owen, 1995; hash-based scrambling after Burley, Practical Hash-based
    Owen Scrambling, JCGT 9 (2020).
    """
    index = np.arange(first, first + count, dtype=np.uint32)
    second = np.zeros(count, np.uint32)
    for bit in range(max(1, (first + count).bit_length())):
        second ^= np.where(index >> np.uint32(bit) & np.uint32(1), _SECOND[bit], np.uint32(0))
    keys = np.random.default_rng(seed).integers(0, 2**32, 2, dtype=np.uint32)
    # The radical inverse of the index is its reversed bits.
    scrambled = [_scrambled(_reversed(index), keys[0]), _scrambled(second, keys[1])]
    return np.stack(scrambled, axis=1) / 2.0**32


def _scrambled(x: UInt32[np.ndarray, " n"], key: np.uint32) -> UInt32[np.ndarray, " n"]:
    """Owen's scrambling: every bit is flipped, or not, by a hash of the bits above it."""
    x = _reversed(x)
    # Laine and Karras, 2011, with the constants of Vegdahl, 2021: each bit depends on lower ones only.
    x = x ^ x * np.uint32(0x3D20ADEA)
    x = x + key
    x = x * (key >> np.uint32(16) | np.uint32(1))
    x = x ^ x * np.uint32(0x05526C56)
    x = x ^ x * np.uint32(0x53A22864)
    return _reversed(x)


def _reversed(x: UInt32[np.ndarray, " n"]) -> UInt32[np.ndarray, " n"]:
    for shift, mask in ((16, 0x0000FFFF), (8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        x = (x >> np.uint32(shift)) & np.uint32(mask) | (x & np.uint32(mask)) << np.uint32(shift)
    return x
