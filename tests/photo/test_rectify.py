import cv2
import numpy as np
import pytest

from relens.camera import Intrinsics
from relens.photo import EmbeddedDepth, Photo, read_photo, srgb_encode
from relens.photo.lens_distortion import LensDistortion
from relens.photo.rectify import rectified

_WIDTH, _HEIGHT = 120, 90
_BARREL = LensDistortion.from_table(58.0, 47.0, 80.0, -0.08 * np.linspace(0, 1, 20) ** 2)


def _positions(width: int, height: int) -> np.ndarray:
    columns, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    return np.stack([columns, rows], axis=-1) * (_WIDTH / width, _HEIGHT / height)


def _waves(points: np.ndarray) -> np.ndarray:
    return (0.5 + 0.25 * np.sin(points[..., 0] / 9) + 0.25 * np.cos(points[..., 1] / 7)).astype(np.float32)


def _photo(lens: LensDistortion | None = _BARREL, embedded: EmbeddedDepth | None = None) -> Photo:
    """What this lens makes of waves: at each pixel of the photo, the waves at its rectilinear place."""
    seen = _positions(_WIDTH, _HEIGHT) if lens is None else lens.straighten(_positions(_WIDTH, _HEIGHT))
    waves = _waves(seen)
    half = _positions(_WIDTH // 2, _HEIGHT // 2)
    matte = _waves(half if lens is None else lens.straighten(half))
    return Photo(
        np.repeat(waves[..., None], 3, axis=2),
        Intrinsics.centred(100.0, _WIDTH, _HEIGHT),
        alpha=waves,
        embedded_depth=embedded,
        mattes={"portrait": matte},
        distortion=lens,
    )


def test_picture_alpha_and_mattes_come_out_rectilinear() -> None:
    straight = rectified(_photo())
    expected = _photo(None)
    inside = np.zeros((_HEIGHT, _WIDTH), bool)
    inside[6:-6, 6:-6] = True
    np.testing.assert_allclose(straight.linear[inside], expected.linear[inside], atol=5e-3)
    assert straight.alpha is not None and expected.alpha is not None
    np.testing.assert_allclose(straight.alpha[inside], expected.alpha[inside], atol=5e-3)
    matte = straight.mattes["portrait"]
    np.testing.assert_allclose(matte[4:-4, 4:-4], expected.mattes["portrait"][4:-4, 4:-4], atol=0.02)
    assert straight.distortion is None and straight.intrinsics == expected.intrinsics


def test_depth_is_taken_never_averaged() -> None:
    # A step: between its two values there is none.
    inverse = np.where(_BARREL.straighten(_positions(60, 45))[..., 0] < 40, 2.0, 0.25).astype(np.float32)
    depth = rectified(_photo(embedded=EmbeddedDepth(inverse, "relative"))).embedded_depth
    assert depth is not None and depth.accuracy == "relative"
    known = ~np.isnan(depth.inverse_depth)
    assert set(np.unique(depth.inverse_depth[known])) == {np.float32(2.0), np.float32(0.25)}
    # The step is straight now, to the pixel of the map.
    steps = np.argmax(depth.inverse_depth[4:-4] == 0.25, axis=1)
    assert np.ptp(steps) <= 1 and abs(int(steps[0]) - 20) <= 1


def test_what_the_photo_does_not_show_is_unknown_depth() -> None:
    pincushion = LensDistortion.from_table(60.0, 45.0, 75.0, 0.08 * np.linspace(0, 1, 20) ** 2)
    flat = EmbeddedDepth(np.ones((45, 60), np.float32), "absolute")
    depth = rectified(_photo(pincushion, flat)).embedded_depth
    assert depth is not None
    assert np.isnan(depth.inverse_depth[0, 0]) and np.isnan(depth.inverse_depth[-1, -1])
    assert (depth.inverse_depth[5:-5, 5:-5] == 1).all()


def test_a_photo_without_distortion_is_returned_itself() -> None:
    photo = _photo(None)
    assert rectified(photo) is photo


@pytest.mark.parametrize(("straight", "most_px"), [(True, 0.8), (False, 5.0)])
def test_a_straight_wall_bows_in_the_phone_s_photo_and_not_in_the_rectified_one(
    straight: bool, most_px: float, jpeg_portrait
) -> None:
    # The dark joint of two walls behind the head, which runs down the picture near column 500.
    photo = read_photo(jpeg_portrait)
    photo = rectified(photo) if straight else photo
    joint = cv2.GaussianBlur(srgb_encode(photo.linear[:1600, 420:580]).mean(axis=2), (0, 0), 4, sigmaY=12)
    rows = np.arange(40, 1560, 20)
    columns = 20 + joint[rows, 20:-20].argmin(axis=1)
    bow = abs(np.polyfit((rows - 800) / 800, columns, 2)[0])
    assert bow < most_px and (bow > 2) != straight
