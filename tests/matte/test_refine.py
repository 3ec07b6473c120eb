"""A furry disc of known alpha before a textured background, from a coarse mask."""

import cv2
import numpy as np
import pytest

from relens.errors import ValueRangeError
from relens.matte.refine import refine
from relens.matte.states import BACKGROUND, FOREGROUND, UNKNOWN

SIDE = 320


def _scene(seed=0):
    rng = np.random.default_rng(seed)
    fine = np.zeros((SIDE * 4, SIDE * 4), np.uint8)
    cv2.circle(fine, (SIDE * 2, SIDE * 2), SIDE, 1, -1)
    for turn in np.linspace(0, 2 * np.pi, 90, endpoint=False):
        way = np.array([np.cos(turn), np.sin(turn)])
        ends = [
            np.round(SIDE * 2 + way * SIDE * reach).astype(int).tolist() for reach in (0.97, 1.0 + 0.2 * rng.random())
        ]
        cv2.line(fine, ends[0], ends[1], 1, 5)
    alpha = cv2.resize(fine.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    noise = cv2.GaussianBlur(rng.standard_normal((SIDE, SIDE)), (0, 0), 6)
    wall = (np.array([0.3, 0.5, 0.6]) * np.exp(0.4 * noise / noise.std())[..., None]).astype(np.float32)
    front = np.broadcast_to(np.array([0.25, 0.06, 0.02], np.float32), wall.shape)
    linear = np.clip(alpha[..., None] * front + (1 - alpha[..., None]) * wall, 0, 1).astype(np.float32)
    solid = cv2.morphologyEx(cv2.resize(alpha, (80, 80), interpolation=cv2.INTER_AREA), cv2.MORPH_OPEN, np.ones((5, 5)))
    return linear, alpha, front, np.clip(cv2.GaussianBlur(solid, (0, 0), 1), 0, 1).astype(np.float32)


@pytest.fixture(scope="module")
def scene():
    return _scene()


@pytest.fixture(scope="module")
def found(scene):
    return refine(scene[0], scene[3])


def test_hair_comes_back(scene, found):
    _, alpha, _, mask = scene
    given = cv2.resize(mask, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    assert np.abs(found.alpha - alpha).mean() < 0.3 * np.abs(given - alpha).mean()
    hair = (np.hypot(*(np.mgrid[:SIDE, :SIDE] + 0.5 - SIDE / 2)) > SIDE / 4 + 4) & (alpha > 0.6)
    assert hair.sum() > 300 and (found.alpha[hair] > 0.5).mean() > 0.9


def test_colours_are_free_of_the_background(scene, found):
    linear, alpha, front, _ = scene
    between = (alpha > 0.3) & (alpha < 0.95) & (found.alpha > 0.2)
    clean = np.abs(found.foreground[between] - front[between]).mean()
    assert clean < 0.3 * np.abs(linear[between] - front[between]).mean()


def test_known_pixels_say_so(found):
    assert set(np.unique(found.states)) <= {BACKGROUND, FOREGROUND, UNKNOWN}
    assert (found.alpha[found.states == BACKGROUND] < 0.03).all()
    assert (found.alpha[found.states == FOREGROUND] > 0.97).all()
    assert (found.states == UNKNOWN).mean() < 0.25


def test_another_instance_is_background(scene):
    linear, alpha, _, mask = scene
    two, both = np.concatenate([linear, linear], axis=1), np.concatenate([mask, mask], axis=1)
    first, second = both.copy(), both.copy()
    first[:, 80:], second[:, :80] = 0, 0
    found = refine(two, first, others=[second])
    assert found.alpha[:, SIDE:].max() < 0.1
    assert np.abs(found.alpha[:, :SIDE] - alpha).mean() < 0.02


@pytest.mark.parametrize(
    "mask", [np.zeros((80, 80)), np.ones((80, 80)), np.full((80, 40), 0.5), np.linspace(-1, 2, 6400).reshape(80, 80)]
)
def test_masks_that_are_none(scene, mask):
    with pytest.raises(ValueRangeError, match="mask"):
        refine(scene[0], mask.astype(np.float32))
