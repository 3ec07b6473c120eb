import resource
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from PIL.ExifTags import IFD, Base

from relens.errors import FileError, RelensError, ValueRangeError
from relens.photo import read_photo, srgb_decode, write_image
from relens.photo.exif import load_exif

_LIGHT = np.random.default_rng(1).random((24, 40, 3)).astype(np.float32)
_SMOOTH = np.full((24, 40, 3), [0.2, 0.5, 0.9], np.float32)
_ALPHA = np.linspace(0.1, 1, 24 * 40, dtype=np.float32).reshape(24, 40)
# Suffix, bit depth, largest relative or absolute error of linear light that the format's steps allow.
_EXACTNESS = [
    (".png", 8, 0.01),
    (".png", 16, 4e-5),
    (".tif", 8, 0.01),
    (".tiff", 16, 4e-5),
    (".tif", 32, 0.0),
    (".exr", 16, 5e-4),
    (".exr", 32, 0.0),
]
_ALL = ["a.png", "a.jpg", "a.jpeg", "a.tif", "a.tiff", "a.webp", "a.exr"]


@pytest.mark.parametrize(("suffix", "bits", "error"), _EXACTNESS)
def test_what_is_written_is_read(suffix: str, bits: int, error: float, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    write_image(path, _LIGHT, bit_depth=bits)
    photo = read_photo(path)
    np.testing.assert_allclose(photo.linear, _LIGHT, atol=error)
    assert photo.alpha is None


@pytest.mark.parametrize(("suffix", "bits", "error"), _EXACTNESS)
def test_transparency_survives(suffix: str, bits: int, error: float, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    write_image(path, _LIGHT * _ALPHA[..., None], _ALPHA, bit_depth=bits)
    photo = read_photo(path)
    assert photo.alpha is not None
    # Straight colour: the same for every alpha, but for the steps of the alpha itself.
    np.testing.assert_allclose(photo.linear, _LIGHT, atol=max(error, 1e-6) * 3)
    np.testing.assert_allclose(photo.alpha, _ALPHA, atol=max(error, 1e-6))


@pytest.mark.parametrize("name", ["a.jpg", "a.webp"])
def test_lossy_formats_come_close(name: str, tmp_path: Path) -> None:
    write_image(tmp_path / name, _SMOOTH)
    np.testing.assert_allclose(read_photo(tmp_path / name).linear, _SMOOTH, atol=0.03)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    codes=hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))),
    suffix=st.sampled_from([".png", ".tif"]),
)
def test_8_bit_pictures_come_back_byte_for_byte(codes: np.ndarray, suffix: str, tmp_path: Path) -> None:
    Image.fromarray(codes).save(tmp_path / "in.png")
    write_image(tmp_path / f"out{suffix}", read_photo(tmp_path / "in.png").linear)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / f"out{suffix}")), codes)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(light=hnp.arrays(np.float32, (2, 3, 3), elements=st.floats(-1000, 1000, width=32)))
def test_float_formats_keep_any_light(light: np.ndarray, tmp_path: Path) -> None:
    for name in ("a.tif", "a.exr"):
        write_image(tmp_path / name, light, bit_depth=32)
        np.testing.assert_array_equal(read_photo(tmp_path / name).linear, light)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.webp"])
def test_display_formats_are_tagged_srgb(name: str, tmp_path: Path) -> None:
    write_image(tmp_path / name, _LIGHT)
    info = Image.open(tmp_path / name).info
    assert "icc_profile" in info if name != "a.png" else info["srgb"] == 0
    assert read_photo(tmp_path / name).encoding.endswith("8-bit sRGB")


@pytest.mark.parametrize("name", _ALL[:-1])
def test_exif_is_written_on(name: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.update({Base.Make: "Maker", Base.Orientation: 6})
    exif.get_ifd(IFD.Exif).update({Base.FNumber: 1.4, Base.FocalLength: 85.0})
    exif.get_ifd(IFD.GPSInfo).update({1: "S", 2: (10.0, 20.0, 30.0)})
    write_image(tmp_path / name, _LIGHT, exif=exif.tobytes())
    photo = read_photo(tmp_path / name)
    assert photo.linear.shape == _LIGHT.shape
    assert (photo.capture.make, photo.capture.f_number, photo.capture.focal_length_mm) == ("Maker", 1.4, 85)
    block = load_exif(photo.exif)
    assert block.get_ifd(IFD.GPSInfo)[1] == "S"
    assert (block.get_ifd(IFD.Exif)[Base.ExifImageWidth], block[Base.Orientation]) == (40, 1)


def test_exr_holds_depth_lens_and_premultiplied_colour(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif).update({Base.FNumber: 1.4, Base.SubjectDistance: 0.34})
    depth_m = np.full((24, 40), np.inf, np.float32)
    depth_m[0, :2] = 0.34, np.nan
    write_image(tmp_path / "a.exr", _LIGHT, _ALPHA, exif=exif.tobytes(), depth_m=depth_m)
    file = OpenEXR.File(str(tmp_path / "a.exr"))
    channels = file.channels()
    np.testing.assert_array_equal(channels["Z"].pixels, depth_m)
    np.testing.assert_allclose(channels["RGBA"].pixels[..., :3], _LIGHT, atol=5e-4)
    assert channels["RGBA"].pixels.dtype == np.float16 and channels["Z"].pixels.dtype == np.float32
    assert file.header()["aperture"] == pytest.approx(1.4) and file.header()["focus"] == pytest.approx(0.34)


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in _ALL:
        write_image(tmp_path / name, _LIGHT)
        once = (tmp_path / name).read_bytes()
        write_image(tmp_path / name, _LIGHT)
        assert (tmp_path / name).read_bytes() == once


def test_opaque_alpha_writes_no_alpha(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.png"):
        write_image(tmp_path / name, _LIGHT, np.ones((24, 40), np.float32) - 1e-4)
        assert Image.open(tmp_path / name).mode == "RGB"


_REFUSED = {
    "unknown suffix": ("a.bmp", {}, "unknown suffix .bmp; expected one of .png .jpg"),
    "no suffix": ("a", {}, r"unknown suffix \(none\)"),
    "bit depth": ("a.png", {"bit_depth": 12}, "bit_depth=12: expected 8 or 16 for .png"),
    "jpeg bit depth": ("a.jpg", {"bit_depth": 16}, "expected 8 for .jpg"),
    "jpeg alpha": ("a.jpg", {"alpha": _ALPHA}, "cannot hold transparency; write .png"),
    "png depth": ("a.png", {"depth_m": _ALPHA}, "cannot hold depth; write .exr"),
    "alpha size": ("a.png", {"alpha": _ALPHA[:5]}, "alpha="),
    "alpha nan": ("a.png", {"alpha": _ALPHA * np.float32(np.nan)}, "alpha=NaN or infinity"),
    "missing folder": ("missing/a.png", {}, "does not exist; create it first"),
}


@pytest.mark.parametrize(("name", "options", "says"), _REFUSED.values(), ids=_REFUSED)
def test_refused(name: str, options: dict, says: str, tmp_path: Path) -> None:
    # The shape checks of the tests would speak before the function does.
    call = getattr(write_image, "__wrapped__", write_image)
    with pytest.raises(RelensError, match=says):
        call(tmp_path / name, _LIGHT, **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_light_must_be_finite(bad: float, tmp_path: Path) -> None:
    light = _LIGHT.copy()
    light[3, 4, 1] = bad
    with pytest.raises(ValueRangeError, match="finite light"):
        write_image(tmp_path / "a.exr", light)


def test_too_wide_for_the_format(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"cannot be encoded as \.webp"):
        write_image(tmp_path / "a.webp", np.zeros((1, 20000, 3), np.float32))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", _ALL)
def test_a_full_disk_leaves_the_old_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Python ignores SIGXFSZ, so a write beyond the limit fails as one on a full disk does.
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, hard))
    try:
        with pytest.raises(FileError, match="cannot write") as caught:
            write_image(path, _LIGHT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_linear_light_is_encoded_as_srgb(tmp_path: Path) -> None:
    write_image(
        tmp_path / "a.png", np.full((1, 1, 3), srgb_decode(np.array([0.5], np.float32))[0], np.float32), bit_depth=16
    )
    np.testing.assert_allclose(read_photo(tmp_path / "a.png").linear, 0.21404114, rtol=1e-4)
