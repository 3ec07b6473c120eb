"""The sample sequence over pupil and time: low in discrepancy, scrambled by a seed, taken up wherever it was left."""

import numpy as np
from jaxtyping import Float64, UInt32

# Direction numbers of the second Sobol dimension: Pascal's triangle modulo 2, as 32-bit columns.
_SECOND = np.zeros(32, np.uint32)
_column = 1 << 31
for _bit in range(32):
    _SECOND[_bit] = _column
    _column ^= _column >> 1
# Of the third, from the primitive polynomial x^2 + x + 1 and m = 1, 3 (Joe and Kuo, 2008).
_m = [1, 3]
while len(_m) < 32:
    _m.append(2 * _m[-1] ^ 4 * _m[-2] ^ _m[-2])
_THIRD = np.array([m << (31 - bit) for bit, m in enumerate(_m)], np.uint32)


def unit_square(first: int, count: int, seed: int) -> Float64[np.ndarray, "n 2"]:
    """Points first, first + 1, ... of the seed's sequence in [0, 1) squared.

    The first two dimensions of Sobol's sequence with Owen's scrambling: every aligned block of 2^k points, and so every
    prefix of 2^k, has one point in each of the elementary intervals of area 2^-k (a (0,2)-sequence in base 2), and each
    point alone is uniform over the square. Source: Owen, 1995; hash-based scrambling after Burley, Practical Hash-based
    Owen Scrambling, JCGT 9 (2020).
    """
    index = np.arange(first, first + count, dtype=np.uint32)
    keys = np.random.default_rng(seed).integers(0, 2**32, 2, dtype=np.uint32)
    # The radical inverse of the index is its reversed bits.
    scrambled = [_scrambled(_reversed(index), keys[0]), _scrambled(_dimension(index, _SECOND), keys[1])]
    return np.stack(scrambled, axis=1) / 2.0**32


def unit_interval(first: int, count: int, seed: int) -> Float64[np.ndarray, " n"]:
    """The times, in [0, 1), of the points that `unit_square` gives: the third dimension of the same sequence.

    Every aligned block of 2^k points has one time in each of 2^k equal parts, whatever the pupil points.
    """
    index = np.arange(first, first + count, dtype=np.uint32)
    key = np.random.default_rng([seed, 3]).integers(0, 2**32, dtype=np.uint32)
    return _scrambled(_dimension(index, _THIRD), key) / 2.0**32


def _dimension(index: UInt32[np.ndarray, " n"], directions: UInt32[np.ndarray, "32"]) -> UInt32[np.ndarray, " n"]:
    """Points of one dimension of Sobol's sequence, as 32-bit fractions."""
    points = np.zeros(len(index), np.uint32)
    for bit in range(max(1, int(index[-1]).bit_length()) if len(index) else 0):
        points ^= np.where(index >> np.uint32(bit) & np.uint32(1), directions[bit], np.uint32(0))
    return points


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
