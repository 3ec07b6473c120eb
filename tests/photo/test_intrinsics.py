import math

import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from relens.camera import Intrinsics
from relens.photo.intrinsics import find_intrinsics

_NS = "{http://ns.apple.com/depthData/1.0/}"


def _exif(**tags: object) -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif).update({getattr(Base, name): value for name, value in tags.items()})
    return exif


def _phone(fx="3000", cx="2000", cy="1500", width="4000", height="3000") -> dict:
    return {
        f"{_NS}IntrinsicMatrix": (fx, "0", "0", "0", fx, "0", cx, cy, "1"),
        f"{_NS}IntrinsicMatrixReferenceWidth": width,
        f"{_NS}IntrinsicMatrixReferenceHeight": height,
    }


_F35 = _exif(FocalLengthIn35mmFilm=26, FocalLength=5.0, FocalPlaneXResolution=600.0, FocalPlaneResolutionUnit=4)


def _best(width_px: int, height_px: int, exif: Image.Exif, packets: list) -> Intrinsics:
    return find_intrinsics(width_px, height_px, exif, packets)[0]


def test_the_phone_matrix_is_scaled_from_its_reference_size() -> None:
    k = _best(2000, 1500, _F35, [_phone(cx="2010")])
    assert (k.fx_px, k.fy_px, k.cx_px, k.cy_px) == (1500, 1500, 1005, 750)
    assert k.source == "phone matrix"


def test_every_source_that_speaks_is_kept_best_first() -> None:
    sources = [k.source for k in find_intrinsics(2000, 1500, _F35, [_phone()])]
    assert sources == ["phone matrix", "exif 35 mm equivalent", "exif focal plane resolution"]


@pytest.mark.parametrize(
    "phone",
    [
        _phone(fx="nan"),
        _phone(fx="-1"),
        _phone(cx="inf"),
        _phone(width="0"),
        _phone(height="3333"),
        {**_phone(), f"{_NS}IntrinsicMatrix": ("1", "2")},
        {},
    ],
)
def test_a_matrix_of_nonsense_or_of_another_crop_is_not_used(phone: dict) -> None:
    assert _best(2000, 1500, _F35, [phone]).source == "exif 35 mm equivalent"


def test_35_mm_equivalent_is_by_diagonals() -> None:
    # A whole 35 mm frame of 3600 x 2400: 100 pixels a millimetre.
    k = _best(3600, 2400, _exif(FocalLengthIn35mmFilm=50), [])
    assert (k.fx_px, k.cx_px, k.cy_px) == (pytest.approx(5000), 1800, 1200)


@pytest.mark.parametrize(("unit", "per_unit"), [(2, 25400.0), (3, 10000.0), (4, 1000.0), (5, 1.0)])
def test_focal_plane_resolution_in_every_unit(unit: int, per_unit: float) -> None:
    exif = _exif(FocalLength=5.0, FocalPlaneXResolution=per_unit, FocalPlaneResolutionUnit=unit)
    k = _best(4000, 3000, exif, [])
    assert (k.fx_px, k.fy_px) == (pytest.approx(5000), pytest.approx(5000))
    assert k.source == "exif focal plane resolution"


def test_focal_plane_resolution_follows_resizing() -> None:
    exif = _exif(FocalLength=5.0, FocalPlaneXResolution=1000.0, FocalPlaneResolutionUnit=4, ExifImageWidth=4000)
    exif.get_ifd(IFD.Exif)[Base.ExifImageHeight] = 3000
    assert _best(1000, 750, exif, []).fx_px == pytest.approx(1250)


@pytest.mark.parametrize("exif", [Image.Exif(), _exif(FocalLengthIn35mmFilm=0), _exif(FocalLength=5.0)])
def test_the_default_says_so(exif: Image.Exif) -> None:
    k = _best(300, 400, exif, [])
    assert k.source == "default (60 degrees diagonal)"
    assert 2 * math.atan(k.diagonal_px / 2 / k.fx_px) == pytest.approx(math.radians(60))
