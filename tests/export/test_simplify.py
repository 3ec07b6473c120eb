"""Right-triangulated irregular networks: what is visible is covered once, without cracks, within the tolerance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from relens.export.grid import Grid
from relens.export.simplify import lattice_of, triangles_of

_seeds = st.integers(0, 9999)
_tolerances = st.sampled_from([0.0, 0.003, 0.02, 0.1, 1.0])
_outlines = st.sampled_from([1, 2, 4, 8])
# Four points in every square, odd, so that they lie on no edge of any triangle.
_WITHIN = np.array([(0.5, 0.25), (0.25, 0.5), (0.75, 0.5), (0.5, 0.75)]) + np.array([0.00137, 0.00371])


def _grid(inverse_depth, visible=True, torn=False):
    squares = tuple(side - 1 for side in np.shape(inverse_depth))
    visible = np.broadcast_to(visible, squares)
    return Grid(0, 0, np.asarray(inverse_depth, np.float32), visible.copy(), visible & torn)


def _bumpy(rng, shape, smooth_px=2.0):
    noise = gaussian_filter(rng.random(shape), smooth_px)
    return 0.5 + 0.3 * (noise - noise.mean()) / max(np.ptp(noise), 1e-9)


def _corners(lattice, tolerance):
    """(m, 3, 2) row and column of the corners."""
    return np.stack(np.divmod(triangles_of(lattice, tolerance), lattice.shape[1]), axis=-1).astype(np.float64)


def _shares(corners, points):
    """(p, m, 3) barycentric coordinates of points in triangles."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    matrix = np.linalg.inv(np.stack([b - a, c - a], axis=-1))
    two = np.einsum("mij,pmj->pmi", matrix, points[:, None] - a)
    return np.concatenate([1 - two.sum(axis=-1, keepdims=True), two], axis=-1)


def _covered(corners, squares):
    """(h, w, 4, m) whether each triangle holds each of the four points of each square."""
    places = np.indices(squares).reshape(2, -1).T[:, None] + _WITHIN
    inside = (_shares(corners, places.reshape(-1, 2)) > 0).all(axis=-1)
    return inside.reshape(*squares, 4, len(corners))


def _scene(seed, shape=None):
    """Any size, any mask, any tears."""
    rng = np.random.default_rng(seed)
    shape = shape or tuple(rng.integers(2, 20, 2))
    squares = tuple(side - 1 for side in shape)
    visible = gaussian_filter(rng.random(squares), rng.choice([0.0, 1.5])) > rng.uniform(0.2, 0.6)
    return _grid(_bumpy(rng, shape), visible, rng.random(squares) < rng.choice([0.0, 0.02, 0.1]))


@settings(max_examples=60)
@given(_seeds, _tolerances, _outlines)
def test_visible_squares_are_covered_once_and_torn_ones_not_at_all(seed, tolerance, outline_px):
    grid = _scene(seed)
    corners = _corners(lattice_of(grid, outline_px), tolerance)
    count = _covered(corners, grid.visible.shape).sum(axis=-1)
    assert (count[grid.visible & ~grid.torn] == 1).all()
    assert not count[grid.torn].any()
    assert count.max(initial=0) <= 1


@settings(max_examples=60)
@given(_seeds, _tolerances, _outlines, st.sampled_from([5, 9, 17]))
def test_no_triangle_is_all_clear_and_those_on_the_outline_are_small(seed, tolerance, outline_px, side):
    # Sizes that fill the lattice; where it is wider than the grid, pieces of triangles over the edge may be clear.
    grid = _scene(seed, (side, side))
    corners = _corners(lattice_of(grid, outline_px), tolerance)
    over = _covered(corners, grid.visible.shape).any(axis=2)
    assert over[grid.visible].any(axis=0).all()
    on_outline = over[~grid.visible].any(axis=0)
    extent = np.ptp(corners, axis=1).max(axis=1)
    assert (extent[on_outline] <= outline_px).all()


@settings(max_examples=60)
@given(_seeds, _tolerances, _outlines)
def test_no_corner_lies_within_an_edge_of_another_triangle(seed, tolerance, outline_px):
    corners = _corners(lattice_of(_scene(seed), outline_px), tolerance)
    vertex = np.unique(corners.reshape(-1, 2), axis=0)[:, None]
    start, end = corners.reshape(-1, 2), corners[:, [1, 2, 0]].reshape(-1, 2)
    along, off = end - start, vertex - start
    on_line = along[:, 0] * off[..., 1] == along[:, 1] * off[..., 0]
    share = np.sum(along * off, axis=-1) / np.sum(along**2, axis=-1)
    assert not (on_line & (share > 0) & (share < 1)).any()


@settings(max_examples=40)
@given(_seeds, st.floats(0.001, 0.2))
def test_the_surface_stays_within_the_tolerance_and_takes_fewer_triangles(seed, tolerance):
    rng = np.random.default_rng(seed)
    w = _bumpy(rng, (33, 33), rng.uniform(1, 5)).astype(np.float32)
    lattice = lattice_of(_grid(w), 1)
    corners = _corners(lattice, tolerance)
    texels = np.indices(w.shape).reshape(2, -1).T
    shares = _shares(corners, texels)
    owner = shares.min(axis=-1).argmax(axis=1)
    shares = shares[np.arange(len(texels)), owner]
    assert shares.min() > -1e-9
    row, column = corners[owner].astype(int).transpose(2, 0, 1)
    simple = np.sum(shares * w[row, column], axis=1)
    # Uncut triangles of size s are off by 2 / s of the tolerance in the middle, their halves again, and so on down:
    # 2 (1 + 1/2 + 1/4 ...) of it for each of two kinds of triangle.
    off = np.abs(simple - w.ravel())
    assert off.max() <= 4 * tolerance * w.max()
    assert len(corners) <= len(_corners(lattice, tolerance / 2)) <= len(_corners(lattice, 0.0)) <= 2 * 32 * 32


def test_the_tolerance_is_spent_and_not_hoarded():
    w = _bumpy(np.random.default_rng(4), (65, 65), 4.0)
    lattice = lattice_of(_grid(w), 1)
    counts = [len(triangles_of(lattice, tolerance)) for tolerance in (0.0, 0.01, 0.03, 0.1)]
    assert counts[0] > 8000 and counts[1] < counts[0] / 2 and counts[2] < counts[1] / 2 and counts[3] < counts[2]


@pytest.mark.parametrize("slope", [(0.0, 0.0), (0.004, 0.0), (-0.003, 0.005)])
def test_a_plane_takes_two_triangles(slope):
    row, column = np.indices((65, 65))
    lattice = lattice_of(_grid(0.5 + slope[0] * row + slope[1] * column), 1)
    # What is left is the rounding of 32-bit depths.
    assert len(triangles_of(lattice, 1e-4)) == 2


def test_triangles_go_where_there_is_form():
    w = np.full((65, 65), 0.5)
    w[8:24, 40:56] += 0.1 * np.random.default_rng(0).random((16, 16))
    corners = _corners(lattice_of(_grid(w), 1), 0.01)
    row, column = corners.mean(axis=1).T
    inside = (row > 6) & (row < 26) & (column > 38) & (column < 58)
    assert inside.mean() > 0.6 and len(corners) < 0.2 * 2 * 64 * 64


@given(_seeds, _tolerances)
def test_triangles_are_wound_alike(seed, tolerance):
    corners = _corners(lattice_of(_scene(seed), 2), tolerance)
    (ay, ax), (by, bx), (cy, cx) = corners.transpose(1, 2, 0)
    # Rows go down: towards the camera is the negative sense.
    assert ((bx - ax) * (cy - ay) - (by - ay) * (cx - ax) < 0).all()
