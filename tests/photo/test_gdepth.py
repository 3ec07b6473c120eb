"""Google's first depth format, from files built here after its public description."""

import base64
import math
from pathlib import Path

import numpy as np
import pytest
from google_depth_files import gdepth_jpeg, grey, levels_of, metres_of, picture, read_written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relens.photo.orientation import inverse, orient_raster

METRES = {"Units": "m"}
RELIEF = np.linspace(0.4, 3.9, 24 * 16).reshape(16, 24)


@pytest.mark.parametrize("extended", [0, 100, 60_000])
@pytest.mark.parametrize("inverse", [True, False])
def test_depth_comes_back_in_metres(inverse: bool, extended: int, tmp_path: Path) -> None:
    depth = grey(levels_of(RELIEF, 0.25, 4, inverse))
    photo = read_written(tmp_path, gdepth_jpeg(picture(), depth, 0.25, 4, inverse, extended, more=METRES))
    np.testing.assert_allclose(metres_of(photo), RELIEF, rtol=1e-3)
    assert photo.embedded_depth is not None and photo.embedded_depth.accuracy == "absolute"
    assert photo.notes == () and photo.linear.shape == (32, 48, 3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    near=st.floats(0.05, 2),
    span=st.floats(0.5, 50),
    bits=st.sampled_from([8, 16]),
    inverse=st.booleans(),
    seed=st.integers(0, 99),
)
def test_every_encoding_is_within_its_quantisation(
    near: float, span: float, bits: int, inverse: bool, seed: int, tmp_path: Path
) -> None:
    far = near + span
    metres = np.random.default_rng(seed).uniform(near, far, (16, 24))
    depth = grey(levels_of(metres, near, far, inverse, bits))
    found = metres_of(read_written(tmp_path, gdepth_jpeg(picture(), depth, near, far, inverse, more=METRES)))
    half_step = 0.5 / (2**bits - 1) + 1e-6
    error = np.abs(1 / found - 1 / metres) / (1 / near - 1 / far) if inverse else np.abs(found - metres) / (far - near)
    assert error.max() <= half_step * 1.01


def test_millimetres(tmp_path: Path) -> None:
    depth = grey(levels_of(RELIEF * 1000, 250, 4000, False))
    found = metres_of(read_written(tmp_path, gdepth_jpeg(picture(), depth, 250, 4000, False, more={"Units": "mm"})))
    np.testing.assert_allclose(found, RELIEF, rtol=1e-3)


def test_without_a_unit_it_is_relative_and_says_so(tmp_path: Path) -> None:
    photo = read_written(tmp_path, gdepth_jpeg(picture(), grey(levels_of(RELIEF, 0.25, 4, True)), 29.3, 878.7))
    assert photo.embedded_depth is not None and photo.embedded_depth.accuracy == "relative"
    assert "states no unit" in photo.notes[0]


def test_far_at_infinity(tmp_path: Path) -> None:
    levels = np.full((16, 24), 128, np.uint8)
    levels[0] = 255
    photo = read_written(tmp_path, gdepth_jpeg(picture(), grey(levels), 0.5, math.inf, more=METRES))
    assert photo.embedded_depth is not None
    assert (photo.embedded_depth.inverse_depth[0] == 0).all()
    np.testing.assert_allclose(photo.embedded_depth.inverse_depth[1:], 2 * (127 / 255), rtol=1e-5)


def test_a_flat_wall_measured_along_rays_is_flat(tmp_path: Path) -> None:
    # 60 degrees of diagonal, the default of a photo that says nothing.
    focal = math.hypot(24, 16) / 2 / math.tan(math.radians(30))
    x, y = np.arange(24) + 0.5 - 12, np.arange(16) + 0.5 - 8
    rays = 2 * np.sqrt(1 + (x / focal) ** 2 + (y[:, None] / focal) ** 2)
    depth = grey(levels_of(rays, 1, 4, True))
    photo = read_written(tmp_path, gdepth_jpeg(picture(), depth, 1, 4, more={"Units": "m", "MeasureType": "OpticRay"}))
    np.testing.assert_allclose(metres_of(photo), 2, rtol=1e-3)
    assert "guessed focal length" in photo.notes[0]


def test_no_confidence_is_unknown(tmp_path: Path) -> None:
    confidence = np.full((8, 12), 255, np.uint8)
    confidence[:4] = 0
    more = {"Units": "m", "Confidence": base64.b64encode(grey(confidence)).decode()}
    photo = read_written(
        tmp_path, gdepth_jpeg(picture(), grey(levels_of(RELIEF, 0.25, 4, True)), 0.25, 4, extended=99, more=more)
    )
    assert photo.embedded_depth is not None
    unknown = np.isnan(photo.embedded_depth.inverse_depth)
    assert unknown[:8].all() and not unknown[8:].any()


def test_a_map_in_jpeg(tmp_path: Path) -> None:
    flat = grey(np.full((16, 24), 200, np.uint8), "JPEG")
    found = metres_of(read_written(tmp_path, gdepth_jpeg(picture(), flat, 1, 2, False, more=METRES)))
    np.testing.assert_allclose(found, 1 + 200 / 255, rtol=0.01)


def test_a_map_of_another_aspect_is_stretched_over_the_photo(tmp_path: Path) -> None:
    levels = np.repeat(np.arange(8, dtype=np.uint8)[:, None], 24, axis=1) * 30
    photo = read_written(tmp_path, gdepth_jpeg(picture(), grey(levels), 1, 2, False, more=METRES))
    found = metres_of(photo)
    assert found.shape == (16, 24)
    np.testing.assert_allclose(found[:, 0], 1 + np.repeat(np.arange(8), 2) * 30 / 255, rtol=1e-5)


@pytest.mark.parametrize("code", range(1, 9))
def test_depth_follows_every_orientation(code: int, tmp_path: Path) -> None:
    stored = orient_raster(RELIEF, inverse(code))
    size = (48, 32) if code < 5 else (32, 48)
    data = gdepth_jpeg(picture(*size, code), grey(levels_of(stored, 0.25, 4, True)), 0.25, 4, more=METRES)
    np.testing.assert_allclose(metres_of(read_written(tmp_path, data)), RELIEF, rtol=1e-3)


def test_a_photo_cropped_since_does_not_take_the_depth_of_the_whole(tmp_path: Path) -> None:
    # The depth of 4000 x 3000 pixels; this photo has another aspect.
    more = {"Units": "m", "ImageWidth": "4000", "ImageHeight": "3000"}
    levels = levels_of(np.linspace(0.4, 3.9, 24 * 18).reshape(18, 24), 0.25, 4, True)
    photo = read_written(tmp_path, gdepth_jpeg(picture(48, 20), grey(levels), 0.25, 4, more=more))
    assert photo.embedded_depth is None
    assert any("crop nobody noted" in note for note in photo.notes)
    assert any("depth map inside" in note and "left out" in note for note in photo.notes)


# ------------------------------------------------------------------------------------------------------------ damage

_GOOD = gdepth_jpeg(picture(), grey(levels_of(RELIEF, 0.25, 4, True)), 0.25, 4, extended=150, more=METRES)
_SHORT = gdepth_jpeg(picture(), grey(levels_of(RELIEF, 0.25, 4, True)), 0.25, 4, more=METRES)


def _damaged(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new, 1)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (_damaged(_SHORT, b"GDepth:Data", b"GDepth:Date"), "GDepth:Data is missing"),
        (_damaged(_SHORT, b'GDepth:Data="iVBORw', b'GDepth:Data="!VBORw'), "no base64"),
        (_damaged(_SHORT, b'GDepth:Data="iVBORw', b'GDepth:Data="aVBORw'), "neither JPEG nor PNG"),
        (_damaged(_SHORT, b'GDepth:Data="iVBORw0KGgoAAAAN', b'GDepth:Data="iVBORw0KGgoAAAAA'), "damaged or truncated"),
        (_damaged(_SHORT, b'Near="0.25"', b'Near="-0.2"'), "above 0"),
        (_damaged(_SHORT, b'Near="0.25"', b'Near="near"'), "two numbers"),
        (_damaged(_SHORT, b"RangeInverse", b"RangeFancier"), "expected RangeInverse or RangeLinear"),
        (_damaged(_SHORT, b'Far="4"', b'Far="x"'), "two numbers"),
        (_damaged(_GOOD, b"http://ns.adobe.com/xmp/extension/\0", b"http://ns.adobe.com/xmp/elsewhere/\0"), "cut off"),
    ],
)
def test_damaged_depth_is_left_out_and_said(data: bytes, says: str, tmp_path: Path) -> None:
    photo = read_written(tmp_path, data)
    assert photo.linear.shape == (32, 48, 3) and photo.embedded_depth is None
    [note] = photo.notes
    assert note.startswith("the depth map inside is left out: ") and says in note and "\n" not in note
