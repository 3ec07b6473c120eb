"""Splitting triangles at edges, so that neighbours still meet."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64

# Corners of the new triangles, by which of a triangle's edges (0: corners 0-1, 1: 1-2, 2: 2-0) are split. Corners 3, 4
# and 5 are the middles of these edges.
_SPLITS = {
    0b000: ((0, 1, 2),),
    0b001: ((0, 3, 2), (3, 1, 2)),
    0b010: ((0, 1, 4), (0, 4, 2)),
    0b100: ((0, 1, 5), (5, 1, 2)),
    0b011: ((3, 1, 4), (0, 3, 4), (0, 4, 2)),
    0b110: ((4, 2, 5), (0, 1, 4), (0, 4, 5)),
    0b101: ((0, 3, 5), (3, 1, 2), (3, 2, 5)),
    0b111: ((0, 3, 5), (3, 1, 4), (5, 4, 2), (3, 4, 5)),
}

Asks = Callable[[Float32[np.ndarray, "e 3"], Float32[np.ndarray, "e 3"]], Bool[np.ndarray, " e"]]


def subdivided(
    vertices_m: Float32[np.ndarray, "n 3"],
    triangles: Int32[np.ndarray, "m 3"],
    asks: Asks,
    *,
    rounds: int,
    most_triangles: int,
) -> tuple[Float32[np.ndarray, "_ 3"], Int32[np.ndarray, "_ 3"]]:
    """Triangles whose edges are halved as long as `asks` wants it, in so many rounds at most.

    Both triangles at an edge get the same new vertex, so a closed surface stays closed.

    asks: which edges, from their ends, are to be halved. most_triangles: no round begins above.
    """
    for _ in range(rounds):
        if len(triangles) > most_triangles:
            break
        sides = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2).astype(np.int64), axis=1)
        edges, edge_of = np.unique(sides[:, 0] * len(vertices_m) + sides[:, 1], return_inverse=True)
        first, second = np.divmod(edges, len(vertices_m))
        split = asks(vertices_m[first], vertices_m[second])
        if not split.any():
            break
        number = np.full(len(edges), -1, np.int64)
        number[split] = len(vertices_m) + np.arange(int(split.sum()))
        middles = 0.5 * (vertices_m[first[split]].astype(np.float64) + vertices_m[second[split]])
        vertices_m = np.concatenate([vertices_m, middles.astype(np.float32)])
        triangles = _split(triangles, number[edge_of.reshape(-1, 3)])
    return vertices_m, triangles


def _split(triangles: Int32[np.ndarray, "m 3"], middles: Int64[np.ndarray, "m 3"]) -> Int32[np.ndarray, "_ 3"]:
    corners = np.concatenate([triangles.astype(np.int64), middles], axis=1)
    case = (middles >= 0) @ np.array([1, 2, 4])
    parts = [
        corners[case == bits][:, list(pattern)].reshape(-1, 3)
        for bits, patterns in _SPLITS.items()
        for pattern in patterns
        if (case == bits).any()
    ]
    return np.concatenate(parts).astype(np.int32)
