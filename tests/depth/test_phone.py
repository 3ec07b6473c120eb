"""The depth of the sample portrait, as its phone measured it."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from relens.camera import Intrinsics
from relens.depth import find_depth, fit_depth
from relens.depth.phone import PhoneDepth
from relens.errors import RelensError
from relens.photo import Photo, read_photo

PORTRAIT = Path(__file__).parents[2] / "scenes/iphone14-portrait/portrait.heic"
# Beside the left eye, and the wall above the head.
FACE, WALL = (slice(1280, 1360), slice(800, 900)), (slice(200, 400), slice(400, 900))


@pytest.fixture(scope="module")
def portrait() -> Photo:
    return read_photo(PORTRAIT)


def test_the_phone_measured_face_and_wall(portrait):
    inverse = PhoneDepth().estimate(portrait).inverse_depth
    assert inverse.shape == (640, 480)
    scale = 640 / portrait.height_px
    face, wall = (inverse[tuple(slice(int(s.start * scale), int(s.stop * scale)) for s in box)] for box in (FACE, WALL))
    assert 0.33 < 1 / np.median(face) < 0.36
    assert 1.6 < 1 / np.median(wall) < 2.0


def test_the_fitted_portrait_steps_at_the_matte(portrait):
    matte = portrait.mattes["portrait"]
    fitted = fit_depth(find_depth(portrait), portrait, matte)
    assert fitted.shape == (portrait.height_px, portrait.width_px) and np.isfinite(fitted).all()
    assert 0.33 < 1 / np.median(fitted[FACE]) < 0.36 and 1.6 < 1 / np.median(fitted[WALL]) < 2.0
    # Rows through the head, above the chair and the shoulders: nothing lies between the head and the wall.
    head = fitted[700:1850]
    assert not ((head > 1.2) & (head < 1.9)).any()
    # A nose before a cheek is relief: neither the person nor the wall has steps of its own.
    size = (portrait.width_px, portrait.height_px)
    inside = cv2.erode((cv2.resize(matte, size) > 0.5).astype(np.uint8), np.ones((9, 9)))
    outside = cv2.erode((cv2.resize(matte, size) < 0.5).astype(np.uint8), np.ones((9, 9)))
    steps = np.abs(np.diff(fitted, axis=1))
    assert steps[(inside[:, 1:] & inside[:, :-1]) > 0].max() < 0.2
    assert steps[(outside[:, 1:] & outside[:, :-1]) > 0].max() < 0.1


def test_depth_that_was_left_out_is_named_with_its_reason():
    photo = Photo(np.zeros((6, 8, 3), np.float32), Intrinsics.centred(9, 8, 6), notes=("the depth map inside is gone",))
    with pytest.raises(RelensError, match=r"holds no depth \(the depth map inside is gone\); pass a depth file"):
        PhoneDepth().estimate(photo)
