import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from PIL.ExifTags import IFD, Base

from relens.camera import Camera, Intrinsics
from relens.errors import FileError
from relens.lens import Lens
from relens.photo import read_photo
from relens.photo.exif import load_exif
from relens.render.picture import Picture
from relens.render.write_picture import write_picture


def _picture(lens: Lens | None = None, alpha: float = 1.0) -> Picture:
    light = np.full((6, 8, 3), 0.25 * alpha, np.float32)
    flat = np.full((6, 8), 2.0, np.float32)
    return Picture(
        linear=light,
        alpha=np.full((6, 8), alpha, np.float32),
        depth_m=flat,
        sample_count=np.full((6, 8), 64, np.int32),
        standard_error=np.full((6, 8), 0.001, np.float32),
        camera=Camera(Intrinsics.centred(2720.718, 8, 6)),
        lens=lens or Lens(focal_length_mm=85, f_number=1.4, focus_distance_m=0.34),
    )


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.webp"])
def test_the_lens_rides_along(name: str, tmp_path: Path) -> None:
    write_picture(_picture(), tmp_path / name)
    photo = read_photo(tmp_path / name)
    assert (photo.capture.focal_length_mm, photo.capture.f_number) == (85, 1.4)
    exif = load_exif(photo.exif)
    assert exif.get_ifd(IFD.Exif)[Base.SubjectDistance] == pytest.approx(0.34)
    assert exif[Base.Software] == "relens"
    # The camera comes back from the virtual sensor's resolution.
    assert photo.intrinsics.fx_px == pytest.approx(2720.718, rel=1e-5)
    assert photo.intrinsics.source == "exif focal plane resolution"


def test_focus_at_infinity(tmp_path: Path) -> None:
    write_picture(_picture(Lens(50, 2, math.inf)), tmp_path / "a.png")
    distance = load_exif(read_photo(tmp_path / "a.png").exif).get_ifd(IFD.Exif)[Base.SubjectDistance]
    # EXIF 2.32: numerator FFFFFFFF means infinity.
    assert distance.numerator == 0xFFFFFFFF


@pytest.mark.parametrize("focal_length_mm", [1, 2.69, 333.333, 2000])
def test_any_focal_length_fits_into_exif(focal_length_mm: float, tmp_path: Path) -> None:
    write_picture(_picture(Lens(focal_length_mm, 8, 12345.678)), tmp_path / "a.png")
    photo = read_photo(tmp_path / "a.png")
    assert photo.capture.focal_length_mm == pytest.approx(focal_length_mm, rel=1e-5)
    assert photo.intrinsics.fx_px == pytest.approx(2720.718, rel=2e-5)


def test_exr_gets_the_depth(tmp_path: Path) -> None:
    write_picture(_picture(), tmp_path / "a.EXR")
    np.testing.assert_array_equal(OpenEXR.File(str(tmp_path / "a.EXR")).channels()["Z"].pixels, 2)


def test_bit_depth_is_passed_on(tmp_path: Path) -> None:
    write_picture(_picture(), tmp_path / "a.png", bit_depth=16)
    assert read_photo(tmp_path / "a.png").encoding == "PNG 16-bit sRGB"


def test_transparency(tmp_path: Path) -> None:
    picture = _picture(alpha=0.5)
    write_picture(picture, tmp_path / "a.png", bit_depth=16)
    photo = read_photo(tmp_path / "a.png")
    assert photo.alpha is not None
    np.testing.assert_allclose(photo.alpha, 0.5, atol=1e-4)
    np.testing.assert_allclose(photo.linear, 0.25, atol=1e-4)
    with pytest.raises(FileError, match="transparency"):
        write_picture(picture, tmp_path / "a.jpg")
    write_picture(replace(picture, alpha=np.ones_like(picture.alpha)), tmp_path / "a.jpg")
