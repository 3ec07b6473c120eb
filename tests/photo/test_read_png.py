import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from relens.errors import FileError
from relens.photo import read_photo, srgb_decode
from relens.photo.colour_space import DISPLAY_P3, SRGB
from relens.photo.icc import build_icc

_GREY = np.full((2, 3, 3), 128, np.uint8)


def _read(tmp_path: Path, data: bytes):
    path = tmp_path / "a.png"
    path.write_bytes(data)
    return read_photo(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    dtype=st.sampled_from([np.uint8, np.uint16]),
    shape=st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4)),
    data=st.data(),
)
def test_any_samples(dtype, shape, data, build_png, tmp_path: Path) -> None:
    samples = data.draw(hnp.arrays(dtype, shape))
    photo = _read(tmp_path, build_png(samples))
    values = samples / np.float64(np.iinfo(dtype).max)
    colour = values[..., :1] if shape[2] < 3 else values[..., :3]
    np.testing.assert_allclose(photo.linear, np.broadcast_to(srgb_decode(colour), photo.linear.shape), atol=1e-6)
    if shape[2] in (2, 4) and values[..., -1].min() < 1:
        assert photo.alpha is not None
        np.testing.assert_allclose(photo.alpha, values[..., -1], atol=1e-6)
    else:
        assert photo.alpha is None


def _icc_chunk(profile: bytes) -> tuple[bytes, bytes]:
    return b"iCCP", b"name\0\0" + zlib.compress(profile)


_P3_CHRM = struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
# CSS Color 4: color(display-p3 1 0 0) in linear sRGB.
_P3_RED = [1.2249, -0.0420, -0.0196]
_COLOUR = {
    "nothing": ([], [1, 0, 0], "sRGB"),
    "sRGB": ([(b"sRGB", b"\0"), (b"gAMA", struct.pack(">I", 100000))], [1, 0, 0], "sRGB"),
    "gamma of sRGB": ([(b"gAMA", struct.pack(">I", 45455))], [1, 0, 0], "sRGB"),
    "primaries": ([(b"gAMA", struct.pack(">I", 45455)), (b"cHRM", _P3_CHRM)], _P3_RED, "sRGB curve, own primaries"),
    "iccp": ([_icc_chunk(build_icc("Display P3", DISPLAY_P3))], _P3_RED, "Display P3"),
    "cicp": ([(b"cICP", bytes([12, 13, 0, 1]))], _P3_RED, "Display P3"),
    "cicp before iccp": ([(b"cICP", bytes([1, 13, 0, 1])), _icc_chunk(build_icc("P3", DISPLAY_P3))], [1, 0, 0], "sRGB"),
}


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(("chunks", "red", "name"), _COLOUR.values(), ids=_COLOUR)
def test_colour_chunks(chunks, red, name: str, dtype, build_png, tmp_path: Path) -> None:
    samples = np.zeros((2, 2, 3), dtype)
    samples[..., 0] = np.iinfo(dtype).max
    photo = _read(tmp_path, build_png(samples, chunks))
    np.testing.assert_allclose(photo.linear[1, 1], red, atol=3e-4)
    assert photo.encoding == f"PNG {'8' if dtype == np.uint8 else '16'}-bit {name}"


def test_gamma_chunk(build_png, tmp_path: Path) -> None:
    photo = _read(tmp_path, build_png(_GREY, [(b"gAMA", struct.pack(">I", 50000))]))
    np.testing.assert_allclose(photo.linear, (128 / 255) ** 2, rtol=1e-6)


def test_hdr_is_refused(build_png, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"HDR \(PQ curve\)"):
        _read(tmp_path, build_png(_GREY, [(b"cICP", bytes([9, 16, 0, 1]))]))


def test_profile_of_another_kind(build_png, tmp_path: Path) -> None:
    cmyk = bytearray(build_icc("x"))
    cmyk[16:20] = b"CMYK"
    with pytest.raises(FileError, match="does not fit its pixels"):
        _read(tmp_path, build_png(_GREY, [_icc_chunk(bytes(cmyk))]))
    with pytest.raises(FileError, match="LUT"):
        _read(tmp_path, build_png(_GREY.astype(np.uint16), [_icc_chunk(bytes(cmyk))]))


def test_profile_bomb(build_png, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"ICC profile|too large"):
        _read(tmp_path, build_png(_GREY, [(b"iCCP", b"n\0\0" + zlib.compress(bytes(1 << 26)))]))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_pillow_modes(mode: str, tmp_path: Path) -> None:
    image = Image.new("RGBA", (3, 2), (255, 255, 255, 255)).convert(mode)
    image.save(tmp_path / "a.png")
    photo = read_photo(tmp_path / "a.png")
    np.testing.assert_allclose(photo.linear, 1, atol=1e-6)
    assert photo.alpha is None


def test_transparent_palette_and_transparent_colour(tmp_path: Path) -> None:
    for mode in ("P", "L", "RGB"):
        image = Image.new("L", (2, 1), 0).convert(mode)
        image.putpixel((1, 0), 5 if mode != "RGB" else (5, 5, 5))
        image.save(tmp_path / "a.png", transparency=0 if mode != "RGB" else (0, 0, 0))
        np.testing.assert_array_equal(read_photo(tmp_path / "a.png").alpha, [[0, 1]], err_msg=mode)


def test_colours_under_full_transparency_are_kept(build_png, tmp_path: Path) -> None:
    photo = _read(tmp_path, build_png(np.full((1, 1, 4), [255, 0, 0, 0], np.uint8)))
    np.testing.assert_allclose(photo.linear[0, 0], [1, 0, 0])
    assert SRGB.name in photo.encoding and photo.encoding.endswith("with alpha")
