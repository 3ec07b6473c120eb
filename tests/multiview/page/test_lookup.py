import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from relens.multiview.page.fill import filled
from relens.multiview.page.lookup import read_bicubic, spread_bilinear

PAGE = np.random.default_rng(1).random((7, 9, 3)).astype(np.float32)


def test_bicubic_reads_as_torch_does():
    texels = np.random.default_rng(2).uniform(-1, 10, (50, 2))
    grid = torch.from_numpy((2 * texels / [9, 7] - 1).astype(np.float32))[None, None]
    planes = torch.from_numpy(PAGE).permute(2, 0, 1)[None]
    theirs = torch.nn.functional.grid_sample(planes, grid, "bicubic", "border", False)[0, :, 0].T.numpy()
    assert read_bicubic(PAGE, texels, False) == pytest.approx(theirs, abs=1e-5)


def test_a_texels_centre_reads_as_the_texel():
    rows, columns = np.mgrid[:7, :9] + 0.5
    read = read_bicubic(PAGE, np.stack([columns.ravel(), rows.ravel()], -1), True)
    assert read == pytest.approx(PAGE.reshape(-1, 3), abs=1e-6)


@given(st.floats(0, 9))
def test_a_page_that_goes_round_has_no_seam(column):
    texels = np.array([[column, 3.2], [column + 9, 3.2], [column - 9, 3.2]])
    once, more, less = read_bicubic(PAGE, texels, True)
    assert more == pytest.approx(once, abs=1e-4) and less == pytest.approx(once, abs=1e-4)


def test_spreading_keeps_a_flat_colour_and_the_weight():
    chance = np.random.default_rng(3)
    weights = chance.random(200).astype(np.float32)
    flat = np.full((200, 3), 0.25, np.float32)
    mean, total = spread_bilinear(chance.uniform(0, 6, (200, 2)), flat, weights, (6, 6), False)
    assert total.sum() == pytest.approx(weights.sum(), rel=1e-5)
    assert mean[total > 0] == pytest.approx(0.25)


def test_filling_keeps_what_is_known_and_stays_between_it():
    known = np.zeros((20, 33), bool)
    known[3:6, 4:9] = known[15, 30] = True
    colour = np.where(known[..., None], np.random.default_rng(4).random((20, 33, 3)), 9).astype(np.float32)
    full = filled(colour, known)
    assert (full[known] == colour[known]).all()
    assert full.min() >= colour[known].min() - 1e-5 and full.max() <= colour[known].max() + 1e-5


def test_filling_from_nothing_is_black():
    assert not filled(np.ones((4, 5, 3), np.float32), np.zeros((4, 5), bool)).any()
