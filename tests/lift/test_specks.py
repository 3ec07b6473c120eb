"""Small things and flying pixels join the neighbour that looks like them."""

import numpy as np

from relens.lift.reach import Reach
from relens.lift.specks import without_specks
from relens.lift.surface import Surface, find_cuts

REACH = Reach(0.07, 400.0)
NEAR, FAR = 2.0, 0.5
ROW, COLUMN = np.mgrid[:100, :140]
CARD = (np.abs(ROW - 50) < 25) & (np.abs(COLUMN - 70) < 30)


def _surface(inverse_depth, colour=None):
    if colour is None:
        colour = np.where(CARD[..., None], [0.8, 0.2, 0.1], [0.1, 0.3, 0.7])
    everywhere = np.ones(ROW.shape, bool)
    return Surface(colour.astype(np.float32), inverse_depth.astype(np.float32), everywhere, everywhere, ROW.size)


def test_a_clean_step_is_kept():
    depth = np.where(CARD, NEAR, FAR)
    mended, cuts = without_specks(_surface(depth), REACH)
    np.testing.assert_array_equal(mended.inverse_depth, depth)
    assert cuts.any() and cuts.count == 2


def test_flying_pixels_take_the_side_they_look_like():
    depth = np.where(CARD, NEAR, FAR)
    ring = CARD & ~((np.abs(ROW - 50) < 24) & (np.abs(COLUMN - 70) < 29))
    flying = np.where(ring, 1.1, depth)
    mended, cuts = without_specks(_surface(flying), REACH)
    np.testing.assert_array_equal(mended.inverse_depth, depth)
    assert cuts.count == 2
    # The same pixels in the wall's colour belong to the wall.
    wall = np.where((CARD & ~ring)[..., None], [0.8, 0.2, 0.1], [0.1, 0.3, 0.7])
    mended, _ = without_specks(_surface(flying, wall), REACH)
    np.testing.assert_array_equal(mended.inverse_depth, np.where(CARD & ~ring, NEAR, FAR))


def test_specks_vanish_and_things_stay():
    depth = np.where(CARD, NEAR, FAR)
    spotted = depth.copy()
    spotted[10:12, 10:13] = NEAR
    spotted[50:52, 70:73] = FAR
    mended, _ = without_specks(_surface(spotted), REACH)
    np.testing.assert_array_equal(mended.inverse_depth, depth)


def test_a_sloping_floor_is_not_cut_and_a_step_is():
    floor = np.broadcast_to(0.4 + 0.02 * ROW, ROW.shape)
    assert not find_cuts(_surface(floor), REACH).any()
    cuts = find_cuts(_surface(np.where(CARD, NEAR, FAR)), REACH)
    right = np.zeros(ROW.shape, bool)
    right[:, :-1] = CARD[:, 1:] != CARD[:, :-1]
    np.testing.assert_array_equal(cuts.right, right)
