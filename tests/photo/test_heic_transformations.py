"""HEIC with every rotation and mirroring and with a clean aperture: the real portrait, its boxes edited."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from heic_edit import DEPTH, MATTE, PICTURE, clap, imir, irot, transformed
from hypothesis import given
from hypothesis import strategies as st

from relens.photo import Photo, read_photo
from relens.photo.heif_boxes import Transformation
from relens.photo.orientation import orient_intrinsics, orient_raster
from relens.photo.read_heic import as_primary
from relens.photo.window import WHOLE, Window, cut_raster

# How some orientations are written, in MIAF's order: first the rotation, then the mirroring.
_BOXES = {1: [], 2: [imir(1)], 5: [irot(1), imir(0)], 6: [irot(3)], 7: [irot(1), imir(1)]}
_WHOLE = (2316, 3088)


@pytest.fixture(scope="module")
def portrait(heic_portrait: Path) -> Photo:
    return read_photo(heic_portrait)


@pytest.fixture
def edited(heic_portrait: Path, tmp_path: Path) -> Callable[..., Photo]:
    def read(transformations: dict[int, list[bytes]], others: list[bytes] | None = None) -> Photo:
        path = tmp_path / "edited.heic"
        path.write_bytes(transformed(heic_portrait.read_bytes(), transformations, others))
        return read_photo(path)

    return read


def _depth(photo: Photo) -> np.ndarray:
    assert photo.embedded_depth is not None, photo.notes
    return photo.embedded_depth.inverse_depth


_codes = st.sampled_from(range(1, 9))
_windows = st.sampled_from([WHOLE, Window(0.25, 0.5, 0.5, 0.25), Window(0, 0.125, 1, 0.75)])


@given(_codes, _codes, _windows)
def test_an_auxiliary_picture_of_any_orientation_comes_into_the_picture_s(own: int, code: int, window: Window) -> None:
    stored = np.arange(16 * 24).reshape(16, 24)
    expected = orient_raster(cut_raster(stored, window), code)
    decoded = orient_raster(stored, own)
    found = as_primary(decoded, Transformation(WHOLE, own), Transformation(window, code))
    np.testing.assert_array_equal(found, expected)
    cut = orient_raster(cut_raster(stored, window), own)
    np.testing.assert_array_equal(as_primary(cut, Transformation(window, own), Transformation(window, code)), expected)


@pytest.mark.parametrize(("code", "auxiliaries"), [(5, "turned too"), (2, "as stored"), (7, "as stored")])
def test_everything_turns_alike(code: int, auxiliaries: str, edited: Callable[..., Photo], portrait: Photo) -> None:
    # Auxiliary pictures without a rotation of their own show the stored frame, so they take the picture's.
    photo = edited({PICTURE: _BOXES[code]}, _BOXES[code] if auxiliaries == "turned too" else None)
    np.testing.assert_array_equal(_depth(photo), orient_raster(_depth(portrait), code))
    for name, matte in portrait.mattes.items():
        np.testing.assert_array_equal(photo.mattes[name], orient_raster(matte, code))
    expected = orient_intrinsics(portrait.intrinsics, code)
    assert photo.intrinsics.source == "phone matrix"
    assert (photo.intrinsics.cx_px, photo.intrinsics.cy_px) == pytest.approx((expected.cx_px, expected.cy_px))
    np.testing.assert_array_equal(photo.linear, orient_raster(portrait.linear, code))
    assert photo.notes == ()


@pytest.mark.parametrize("code", [1, 6])
def test_a_clean_aperture_cuts_depth_mattes_and_intrinsics_too(
    code: int, edited: Callable[..., Photo], portrait: Photo
) -> None:
    # 16:9 out of 3:4, off the middle. The decoder cuts the picture only.
    left, top, width, height = 0, 772, 2316, 1304
    boxes = [clap(width, height, left, top, _WHOLE), *_BOXES[code]]
    photo = edited({PICTURE: boxes}, _BOXES[code])
    rows = slice(top, top + height)
    np.testing.assert_array_equal(photo.linear, orient_raster(portrait.linear[rows], code))
    depth = orient_raster(_depth(portrait)[160 : 160 + 270], code)
    np.testing.assert_array_equal(_depth(photo), depth)
    np.testing.assert_array_equal(
        photo.mattes["portrait"], orient_raster(portrait.mattes["portrait"][386 : 386 + 652], code)
    )
    k = portrait.intrinsics
    upright = (k.cx_px, k.cy_px - top) if code == 1 else (height - (k.cy_px - top), k.cx_px)
    assert (photo.intrinsics.cx_px, photo.intrinsics.cy_px) == pytest.approx(upright, abs=1e-6)
    assert photo.intrinsics.fx_px == pytest.approx(k.fx_px) and photo.intrinsics.source == "phone matrix"


def test_auxiliaries_that_cannot_be_decoded_are_left_out_and_said(edited: Callable[..., Photo]) -> None:
    # libheif (1.23) refuses a clean aperture on a single coded picture.
    photo = edited({DEPTH: [clap(480, 270, 0, 185, (480, 640))], MATTE: [clap(1158, 652, 0, 446, (1158, 1544))]})
    assert photo.linear.shape == (3088, 2316, 3)
    if photo.embedded_depth is None:
        assert any(note.startswith("the depth map inside is left out: ") for note in photo.notes)
        assert any(note.startswith("the portrait matte inside is left out: ") for note in photo.notes)
    else:
        # A decoder that can do it gives maps of another frame, which are left out too.
        pytest.fail("the decoder has learnt to cut auxiliary pictures: state here what should come of it")
