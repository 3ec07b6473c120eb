"""Fewer triangles over a grid, without cracks, with every vertex still at a texel's centre.

Right-triangulated irregular networks (Evans, Kirkpatrick & Townsend, "Right-triangulated irregular networks",
Algorithmica 30, 2001): a right triangle is cut in two at the middle of its hypotenuse while that leaves it too far from
the surface. Since both triangles on a hypotenuse are cut at the same point, no cracks open; since all corners are texel
centres, texture coordinates and depths stay exact there, which no general decimation of the mesh would keep.

A plane of the world is linear in inverse depth over the picture, so flat surfaces need few triangles however they lie.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int32

from relens.export.grid import Grid, any_corner

# Squares of the coarsest lattice are so many texels wide, at most.
_ROOT_PX = 256


@dataclass(frozen=True)
class Lattice:
    """A grid that right triangles can be cut on, and how badly each cut is wanted.

    Flat arrays hold an element for every lattice point, which is the middle of one hypotenuse, shared by two triangles.

    Attributes:
        shape: rows and columns of points: multiples of root_px, and one more.
        root_px: the coarsest squares.
        grid_shape: rows and columns of the grid's points, the first of the lattice's.
        error: (n,) how far the surface is from the uncut triangles there, as a share of the distance, times their size
            in squares; no less than for any cut within them; inf where an outline or a tear must be followed.
        clear, whole: (n,) whether nothing, or everything within the grid, is visible in the two triangles.
        shown: the grid's squares that are visible and not torn, widened to the lattice.
        outline_cuts: how many points the outlines alone have at inf.
    """

    shape: tuple[int, int]
    root_px: int
    grid_shape: tuple[int, int]
    error: Float32[np.ndarray, " n"]
    clear: Bool[np.ndarray, " n"]
    whole: Bool[np.ndarray, " n"]
    shown: Bool[np.ndarray, "h w"]
    outline_cuts: int


def lattice_of(grid: Grid, outline_px: int) -> Lattice:
    """The lattice of a grid. Triangles on the outline of what is visible get squares of at most `outline_px`."""
    longest = max(grid.inverse_depth.shape) - 1
    root = min(_ROOT_PX, max(2, 1 << (longest - 1).bit_length()))
    rows, columns = (-(-(side - 1) // root) * root for side in grid.inverse_depth.shape)
    over = [(0, rows + 1 - grid.inverse_depth.shape[0]), (0, columns + 1 - grid.inverse_depth.shape[1])]
    w = np.pad(grid.inverse_depth, over, mode="edge")
    # Outside the grid nothing is, and nothing is in the way.
    any_cells, all_cells = np.pad(grid.visible, over), np.pad(grid.visible, over, constant_values=True)
    error = np.zeros(w.shape, np.float32)
    clear, whole = np.ones(w.shape, bool), np.zeros(w.shape, bool)
    size = 2
    while size <= root:
        places = _centres(size), _across(size), _upright(size)
        any_sides, all_sides = _beside(any_cells, np.logical_or, False), _beside(all_cells, np.logical_and, True)
        any_cells, all_cells = _blocks(any_cells, np.logical_or), _blocks(all_cells, np.logical_and)
        stages = zip(places, (any_cells, *any_sides), (all_cells, *all_sides), _uncut(w, size), strict=True)
        for place, any_visible, all_visible, uncut in stages:
            clear[place], whole[place] = ~any_visible, any_visible & all_visible
            # Wide cuts matter more: what they mend is as wide as they are.
            error[place] = np.abs(w[place] - uncut) / w[place] * np.float32(size / 2)
            if size > outline_px:
                error[place][any_visible & ~all_visible] = np.inf
        size *= 2
    error[clear] = 0
    outline_cuts = int(np.count_nonzero(np.isinf(error)))
    # Squares at torn ones are cut to the last: a triangle across would stretch over the step.
    error[any_corner(np.pad(grid.torn, [(1, after + 1) for _, after in over]))] = np.inf
    _make_monotone(error, root)
    shown = np.pad(grid.visible & ~grid.torn, over)
    return Lattice(
        w.shape, root, grid.inverse_depth.shape, error.ravel(), clear.ravel(), whole.ravel(), shown, outline_cuts
    )


def _uncut(w: Float32[np.ndarray, "h w"], size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What uncut hypotenuses have in the middle: the squares' diagonals, upper and lower sides, left and right sides.

    The diagonals run towards the middle of the next larger square.
    """
    main = w[:-1:size, :-1:size] + w[size::size, size::size]
    anti = w[:-1:size, size::size] + w[size::size, :-1:size]
    row, column = np.ogrid[: main.shape[0], : main.shape[1]]
    across = w[::size, :-1:size] + w[::size, size::size]
    upright = w[:-1:size, ::size] + w[size::size, ::size]
    return np.where((row + column) % 2 == 0, main, anti) / 2, across / 2, upright / 2


def triangles_of(lattice: Lattice, tolerance: float) -> Int32[np.ndarray, "m 3"]:
    """The visible triangles, corners as flat lattice points, cut wherever the error is above `tolerance`.

    They end at the grid's edge, and hold no torn square.
    """
    cut = lattice.error > tolerance
    kept, doubtful = [], []
    front = _roots(lattice)
    for level in range(2 * (lattice.root_px.bit_length() - 1)):
        middle = _middle(front)
        front, done = front[cut[middle]], front[~cut[middle]]
        middle = _middle(done)
        kept.append(done[lattice.whole[middle]])
        doubt = ~lattice.whole[middle] & ~lattice.clear[middle]
        doubtful.append((level, done[doubt]))
        front = _halves(front)
    front = front[lattice.shown.ravel()[_square(front, lattice)]]
    kept += [each[_has_visible(each, level, lattice)] for level, each in doubtful]
    return _within_grid(np.concatenate([*kept, front]), lattice)


def _has_visible(triangles: Int32[np.ndarray, "m 3"], level: int, lattice: Lattice) -> Bool[np.ndarray, " m"]:
    """Which triangles cover a part of a visible square."""
    found = np.zeros(len(triangles), bool)
    owner = np.arange(len(triangles))
    for _ in range(level, 2 * (lattice.root_px.bit_length() - 1)):
        middle = _middle(triangles)
        found[owner[lattice.whole[middle]]] = True
        going = ~lattice.clear[middle] & ~found[owner]
        triangles, owner = _halves(triangles[going]), np.tile(owner[going], 2)
    found[owner[lattice.shown.ravel()[_square(triangles, lattice)]]] = True
    return found


def _within_grid(triangles: Int32[np.ndarray, "m 3"], lattice: Lattice) -> Int32[np.ndarray, "_ 3"]:
    """Triangles without what the lattice has beyond the grid."""
    last = [side - 1 for side in lattice.grid_shape]
    row, column = np.divmod(triangles, np.int32(lattice.shape[1]))
    over = (row.max(axis=1) > last[0]) | (column.max(axis=1) > last[1])
    polygons = np.stack([row[over], column[over]], axis=-1)
    for axis in (0, 1):
        polygons = _cut_off(polygons, axis, last[axis])
    fan = np.concatenate([polygons[:, [0, corner, corner + 1]] for corner in (1, 2, 3)])
    one, two = fan[:, 1] - fan[:, 0], fan[:, 2] - fan[:, 0]
    fan = fan[one[:, 0] * two[:, 1] != one[:, 1] * two[:, 0]]
    return np.concatenate([triangles[~over], fan[..., 0] * np.int32(lattice.shape[1]) + fan[..., 1]])


def _cut_off(polygons: Int32[np.ndarray, "m k 2"], axis: int, last: int) -> Int32[np.ndarray, "m k+1 2"]:
    """Convex polygons as far as `last` (Sutherland & Hodgman, "Reentrant polygon clipping", 1974).

    Their sides are level, upright or diagonal, so that they meet the last row or column at a texel's centre. Corners
    are repeated where there are fewer; where nothing is left, they are all the same.
    """
    count, sides, _ = polygons.shape
    after = np.roll(polygons, -1, axis=1)
    is_in, is_next_in = polygons[..., axis] <= last, after[..., axis] <= last
    crossing = polygons + np.sign(after - polygons) * np.abs(last - polygons[..., axis, None])
    corners = np.stack([polygons, crossing], axis=2).reshape(count, 2 * sides, 2)
    has = np.stack([is_in, is_in != is_next_in], axis=2).reshape(count, 2 * sides)
    first = np.argsort(~has, axis=1, kind="stable")
    which = np.minimum(np.arange(sides + 1), has.sum(axis=1, keepdims=True) - 1)
    return np.take_along_axis(corners, np.take_along_axis(first, which, axis=1)[..., None], axis=1)


def _roots(lattice: Lattice) -> Int32[np.ndarray, "m 3"]:
    """The coarsest triangles: hypotenuse first, then the right angle, wound to face the camera."""
    size, width = lattice.root_px, lattice.shape[1]
    row, column = np.meshgrid(*(np.arange(0, side - 1, size) for side in lattice.shape), indexing="ij")
    upper = (row * width + column).ravel()
    left, right = upper, upper + size
    lower_left, lower_right = left + size * width, right + size * width
    main = ((row + column).ravel() // size % 2 == 0)[:, None]
    one = np.where(main, np.stack([lower_right, left, lower_left], -1), np.stack([lower_left, right, left], -1))
    two = np.where(main, np.stack([left, lower_right, right], -1), np.stack([right, lower_left, lower_right], -1))
    return np.concatenate([one, two]).astype(np.int32)


def _middle(triangles: Int32[np.ndarray, "m 3"]) -> Int32[np.ndarray, " m"]:
    return (triangles[:, 0] + triangles[:, 1]) >> 1


def _halves(triangles: Int32[np.ndarray, "m 3"]) -> Int32[np.ndarray, "_ 3"]:
    (a, b, c), middle = triangles.T, _middle(triangles)
    return np.concatenate([np.stack([c, a, middle], -1), np.stack([b, c, middle], -1)])


def _square(triangles: Int32[np.ndarray, "m 3"], lattice: Lattice) -> Int32[np.ndarray, " m"]:
    """The flat number of the square that each smallest triangle is half of."""
    row, column = np.divmod(triangles, np.int32(lattice.shape[1]))
    return row.min(axis=1) * np.int32(lattice.shape[1] - 1) + column.min(axis=1)


def _make_monotone(error: Float32[np.ndarray, "h w"], root: int) -> None:
    """Raise every error to that of the cuts within its triangles, so that a cut never comes without its parents."""
    size = 2
    while size <= root:
        across, upright, centres = error[_across(size)], error[_upright(size)], error[_centres(size)]
        if size > 2:
            beside = _beside(error[_centres(size // 2)], np.maximum, 0)
            np.maximum(across, beside[0], out=across)
            np.maximum(upright, beside[1], out=upright)
        for edges in (across[:-1], across[1:], upright[:, :-1], upright[:, 1:]):
            np.maximum(centres, edges, out=centres)
        size *= 2


def _centres(size: int) -> tuple[slice, slice]:
    return slice(size // 2, None, size), slice(size // 2, None, size)


def _across(size: int) -> tuple[slice, slice]:
    """Middles of the squares' upper and lower sides."""
    return slice(None, None, size), slice(size // 2, None, size)


def _upright(size: int) -> tuple[slice, slice]:
    """Middles of the squares' left and right sides."""
    return slice(size // 2, None, size), slice(None, None, size)


def _beside(cells: np.ndarray, combine: np.ufunc, nothing: float) -> tuple[np.ndarray, np.ndarray]:
    """For the middles of the sides of squares of 2 x 2 cells: their four nearest cells combined, across and upright."""

    def across(cells: np.ndarray) -> np.ndarray:
        pairs = combine(cells[:, 0::2], cells[:, 1::2])
        sides = np.full((len(cells) // 2 + 1, pairs.shape[1]), nothing, cells.dtype)
        sides[:-1] = pairs[0::2]
        sides[1:] = combine(sides[1:], pairs[1::2])
        return sides

    return across(cells), across(cells.T).T


def _blocks(cells: np.ndarray, combine: np.ufunc) -> np.ndarray:
    """Squares of 2 x 2 cells combined."""
    pairs = combine(cells[0::2], cells[1::2])
    return combine(pairs[:, 0::2], pairs[:, 1::2])
