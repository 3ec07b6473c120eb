"""What is behind a peeled card goes on as it is beside it, each surface from its own pixels."""

import numpy as np
import pytest

from relens.lift.peel import peel
from relens.lift.reach import Reach
from relens.lift.surface import Surface, find_cuts

REACH = Reach(0.07, 300.0)
ROW, COLUMN = np.mgrid[:120, :160]
CARD = (np.abs(ROW - 60) < 18) & (np.abs(COLUMN - 80) < 22)


def _peeled(inverse_depth, colour):
    everywhere = np.ones(ROW.shape, bool)
    surface = Surface(colour.astype(np.float32), inverse_depth.astype(np.float32), everywhere, everywhere, ROW.size)
    found = peel(surface, find_cuts(surface, REACH), REACH)
    assert found is not None
    return found


@pytest.mark.parametrize("across", [ROW, COLUMN, ROW + COLUMN])
@pytest.mark.parametrize("period_px", [12, 19, 31])
def test_a_striped_wall_goes_on_behind(across, period_px):
    stripes = 0.4 + 0.3 * np.sin(2 * np.pi * across / period_px)
    wall = np.stack([0 * stripes + 0.1, stripes, stripes], -1)
    sheet, rest = _peeled(np.where(CARD, 2.0, 0.5), np.where(CARD[..., None], [0.9, 0.1, 0.1], wall))
    hidden = CARD & rest.present
    assert hidden.sum() > 800
    # A smear in the mean colour is off by 0.12.
    assert np.abs(rest.colour[hidden] - wall[hidden]).mean() < 0.07
    assert np.abs(rest.colour[hidden][:, 0] - 0.1).max() < 0.05
    np.testing.assert_allclose(rest.inverse_depth[hidden], 0.5, rtol=1e-3)
    np.testing.assert_array_equal(sheet.alpha > 0.5, CARD)


def test_a_floor_goes_on_as_a_plane():
    floor = 0.4 + 0.004 * ROW
    _, rest = _peeled(np.where(CARD, 2.0, floor), np.where(CARD[..., None], [0.9, 0.1, 0.1], [0.3, 0.5, 0.4]))
    hidden = CARD & rest.present
    np.testing.assert_allclose(rest.inverse_depth[hidden], floor[hidden], rtol=0.02)
    np.testing.assert_allclose(rest.colour[hidden], np.broadcast_to([0.3, 0.5, 0.4], (hidden.sum(), 3)), atol=0.02)


@pytest.mark.parametrize("depths", [(0.5, 0.5001), (0.3, 0.6)])
def test_two_surfaces_behind_keep_their_own_colours(depths):
    left = COLUMN < 80
    colour = np.where(CARD[..., None], [0.9, 0.1, 0.1], np.where(left[..., None], [0.1, 0.7, 0.1], [0.1, 0.1, 0.7]))
    _, rest = _peeled(np.where(CARD, 2.0, np.where(left, *depths)), colour)
    hidden = CARD & rest.present
    # Away from the seam each side is its own.
    for side, wanted in ((COLUMN < 70, [0.1, 0.7, 0.1]), (COLUMN > 90, [0.1, 0.1, 0.7])):
        here = hidden & side
        assert here.sum() > 200
        np.testing.assert_allclose(rest.colour[here], np.broadcast_to(wanted, (here.sum(), 3)), atol=0.06)


def test_what_is_hidden_stays_behind_what_hides_it():
    bowl = 1.2 + 0.6 * np.cos((COLUMN - 80) / 40.0)
    _, rest = _peeled(np.where(CARD, 2.0, bowl), np.where(CARD[..., None], [0.9, 0.1, 0.1], [0.3, 0.5, 0.4]))
    hidden = CARD & rest.present
    assert (rest.inverse_depth[hidden] < 2.0).all() and (rest.inverse_depth >= 0).all()
