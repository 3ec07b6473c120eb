"""The compiled engine against the reference and against plain shifting.

At 1024 samples prefiltering plays no part, and what remains is the search for hits: RMS within 0.004 of light from 0 to
1, and 99.9 % of the values within 0.05 (single rays that graze a fold may end on either side of it).
"""

import numpy as np
import pytest
from layer_scenes import BLUE, RED, grid, lens_with_blur, plane, rms, scene_of, texture, truth_of

from relens.lens import Lens
from relens.render import shoot

SAMPLES = 1024
WIDE = Lens(85, 1.4, 1.2)


def scenes():
    row, column = grid()
    disc = np.hypot(row - 24, column - 30) - 12
    hill = 0.6 + 0.25 * np.sin(row / 9) * np.cos(column / 11)
    return {
        "flat disc before a flat wall": scene_of(
            plane("disc", texture(1), 1.5, alpha=disc < 0), plane("wall", texture(2), 0.2)
        ),
        "soft disc before a hill": scene_of(
            plane("disc", texture(1), 1.5 + 0.002 * column, alpha=np.clip(0.5 - disc / 4, 0, 1)),
            plane("hill", texture(2), hill),
        ),
        "three layers that interleave": scene_of(
            plane("slope", texture(1), np.clip(0.9 + (column - 32) * 0.02, 0.1, 2), alpha=np.abs(row - 24) < 9),
            plane("disc", texture(2), 0.9, alpha=disc < 0),
            plane("wall", texture(3), 0.2),
        ),
        # One page whose bump hides parts of itself from the sides of the pupil.
        "a page that folds": scene_of(plane("page", texture(4), 0.3 + 1.2 / (1 + np.exp(disc / 1.5)))),
        # As a layer should be: its surface runs on a little beyond what is visible.
        "holes": scene_of(
            plane("front", RED, np.where(disc < -4, np.nan, 1.0), alpha=disc >= 0), plane("back", BLUE, 0.3)
        ),
    }


def assert_agree(scene, camera, lens):
    expected = shoot(scene, lens, camera=camera, samples=SAMPLES // 4, seed=0, engine="reference")
    picture = shoot(scene, lens, camera=camera, samples=SAMPLES, seed=0, engine="cpu")
    difference = picture.linear - expected.linear
    assert rms(difference) < 0.004
    assert np.quantile(np.abs(difference), 0.999) < 0.05
    np.testing.assert_allclose(picture.alpha, expected.alpha, atol=0.05)


@pytest.mark.parametrize("name", scenes())
def test_agrees_with_the_reference(name):
    scene = scenes()[name]
    assert_agree(scene, scene.camera, WIDE)


@pytest.mark.parametrize("name", ["soft disc before a hill", "a page that folds"])
@pytest.mark.parametrize(
    ("move", "turn"),
    [((0.05, -0.03, 0.02), (0, 0, 0)), ((-0.02, 0.01, -0.1), (0.04, 0.02, 0.2))],
    ids=["moved", "turned"],
)
def test_agrees_with_the_reference_from_another_camera(name, move, turn):
    scene = scenes()[name]
    assert_agree(scene, scene.camera.moved(*move).turned(*turn), WIDE)


@pytest.mark.parametrize("focus_inverse_m", [0.0, 0.8])
def test_agrees_with_plain_shifting(focus_inverse_m):
    scene = scenes()["flat disc before a flat wall"]
    lens = lens_with_blur(12, 3.0, focus_inverse_m)
    difference = shoot(scene, lens, samples=SAMPLES, engine="cpu").linear - truth_of(scene, lens, 2048)[..., :3]
    assert rms(difference) < 0.004
    assert np.abs(difference).max() < 0.05


@pytest.mark.parametrize("samples", [8, 16])
def test_few_samples_are_smooth(samples):
    # Prefiltering by a sample's share of the disc: what 8 samples of the reference show as 8 copies, this one blurs.
    scene = scene_of(plane("wall", texture(5, 0), 0.2))
    lens = lens_with_blur(20, 0.2, 1.5)
    truth = truth_of(scene, lens, 2048)[..., :3]
    errors = {
        engine: rms(shoot(scene, lens, samples=samples, engine=engine).linear - truth)
        for engine in ("cpu", "reference")
    }
    assert errors["cpu"] < 0.7 * errors["reference"]
