import math

import numpy as np
import pytest

from relens.camera import Camera, Intrinsics
from relens.explain.read_outs import metres, read_outs
from relens.lens import Lens
from relens.render.picture import Picture


def _picture(depth_m: list[float], focus_m: float = 1.0) -> Picture:
    depth = np.array([depth_m], np.float32)
    lens, camera = Lens(50, 2, focus_m), Camera(Intrinsics.centred(1000, depth.shape[1], 1))
    count, error = np.full(depth.shape, 64, np.int32), np.zeros_like(depth)
    return Picture(np.zeros((*depth.shape, 3), np.float32), np.ones_like(depth), depth, count, error, camera, lens)


def test_blur_at_both_ends_of_the_scene() -> None:
    read = read_outs(_picture([0.5, 1.0, np.nan, 5.0]))
    assert (read.nearest_m, read.farthest_m, read.width_px) == (0.5, 5.0, 4)
    assert read.near_coc_px == pytest.approx(1000 * 0.025 * 1.0)
    assert read.far_coc_px == pytest.approx(1000 * 0.025 * 0.8)
    assert read.sharp_near_m < 1 < read.sharp_far_m
    # fx D / c, c the diagonal / 1500.
    assert read.hyperfocal_m == pytest.approx(1000 * 0.025 * 1500 / math.hypot(4, 1))


def test_infinity_and_emptiness_have_read_outs_too() -> None:
    sky = read_outs(_picture([2.0, np.inf], math.inf))
    assert (sky.farthest_m, sky.far_coc_px) == (math.inf, 0)
    assert "focus inf" in str(sky)
    assert "nowhere" in str(read_outs(_picture([np.nan, np.nan])))


def test_one_plain_line() -> None:
    line = str(read_outs(_picture([0.5, 5.0])))
    assert line.isascii()
    assert "\n" not in line
    assert line.startswith("50 mm f/2, pupil 25.0 mm, focus 1.00 m, sharp ")
    assert ", hyperfocal 16771 m, blur " in line
    assert line.endswith("blur 25.0 px (1250.00% of the width) at 0.500 m to 20.0 px (1000.00% of the width) at 5.00 m")


@pytest.mark.parametrize(
    ("distance_m", "text"),
    [
        (0.3342, "0.334 m"),
        (1.5, "1.50 m"),
        (12.34, "12.3 m"),
        (1234.5, "1234 m"),
        (math.inf, "inf"),
        (math.nan, "nowhere"),
    ],
)
def test_three_digits_that_count(distance_m: float, text: str) -> None:
    assert metres(distance_m) == text
