"""Both engines against Mitsuba 3's thin lens on the same mesh: rays, intersections and textures of another hand.

The statistic is chi square. Mitsuba's error at each pixel is known from its own samples; to it comes what the models of
the world may differ by (triangles and perspective within a texel) and what the engine's few samples leave.
"""

import importlib
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2

from relens import Lens, shoot

mi = pytest.importorskip("mitsuba", reason="mitsuba, the independent renderer, is not installed")

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
PIXELS, MITSUBA_SAMPLES, MODEL_RMSE = 240, 384, 1e-3
LENS = Lens(200, 1.0, 0.9)  # a pupil of 200 mm: discs up to 5 px in a picture of 48
SIGNIFICANCE = 1e-6


@pytest.fixture(scope="module")
def proven():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        mi.set_variant("scalar_rgb")
        theirs = importlib.import_module("mitsuba_scene")
        mesh = importlib.import_module("layered_mesh").layered_mesh
        proven = importlib.import_module("scenes_to_prove").scenes_to_prove(48, 36)[1]
        camera = proven.scene.camera.moved(*proven.step_m).turned(yaw_rad=-0.02, roll_rad=0.03)
        index = np.random.default_rng(0).permutation(48 * 36)[:PIXELS]
        row, column = np.divmod(index, 48)
        world = theirs.mitsuba_scene(mi, mesh(proven.scene))
        eye = theirs.mitsuba_camera(mi, camera, LENS)
        truth, noise = theirs.picture_at(mi, world, eye, np.column_stack([column, row]) + 0.5, MITSUBA_SAMPLES)
        yield proven.scene, camera, row, column, truth, noise


def surprise(proven, lens, engine, samples):
    """The chi square of the green channel over what it may at most be by chance."""
    scene, camera, row, column, truth, noise = proven
    ours = shoot(scene, lens, camera=camera, samples=samples, engine=engine).linear[row, column]
    squares = (ours - truth) ** 2 / (noise**2 + MODEL_RMSE**2)
    return squares[:, 1].sum() / chi2.ppf(1 - SIGNIFICANCE, PIXELS)


@pytest.mark.parametrize(("engine", "samples"), [("cpu", 1024), ("reference", 256)])
def test_engines_see_what_mitsuba_sees(proven, engine, samples):
    assert surprise(proven, LENS, engine, samples) < 1


@pytest.mark.parametrize("wrong", [Lens(200, 1.2, 0.9), Lens(200, 1.0, 1.0), Lens(200, 64, 0.9)])
def test_another_lens_is_told_apart(proven, wrong):
    assert surprise(proven, wrong, "cpu", 1024) > 1
