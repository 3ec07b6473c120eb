"""Mask files: what is written is read; what cannot be read is refused in one line."""

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from relens.errors import FileError, ValueRangeError
from relens.matte.mask_file import read_mask, write_mask


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("bits", [8, 16])
def test_round_trip(tmp_path, suffix, bits):
    path = tmp_path / f"m{suffix}"

    @given(
        hnp.arrays(np.float32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.floats(0, 1, width=32))
    )
    @settings(max_examples=20)
    def check(alpha):
        write_mask(path, alpha, bits)
        np.testing.assert_allclose(read_mask(path), alpha, atol=0.51 / (2**bits - 1))

    check()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_alpha_goes_before_grey(tmp_path):
    grey, alpha = np.full((4, 5), 200, np.uint8), np.arange(20, dtype=np.uint8).reshape(4, 5)
    Image.fromarray(np.dstack([grey, grey * 0, grey, alpha])).save(tmp_path / "rgba.png")
    np.testing.assert_allclose(read_mask(tmp_path / "rgba.png"), alpha / 255, atol=1e-6)
    Image.fromarray(np.dstack([grey, grey, grey, np.full_like(grey, 255)])).save(tmp_path / "opaque.png")
    np.testing.assert_allclose(read_mask(tmp_path / "opaque.png"), 200 / 255, atol=1e-6)
    Image.fromarray(np.dstack([grey, alpha])).save(tmp_path / "la.png")
    np.testing.assert_allclose(read_mask(tmp_path / "la.png"), alpha / 255, atol=1e-6)


def test_other_ways_to_store_grey(tmp_path):
    plane = np.arange(0, 240, 12, dtype=np.uint8).reshape(4, 5)
    Image.fromarray(np.dstack([plane] * 3)).save(tmp_path / "rgb.webp", lossless=True)
    np.testing.assert_allclose(read_mask(tmp_path / "rgb.webp"), plane / 255, atol=1e-6)
    Image.fromarray(plane > 100).save(tmp_path / "bits.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "bits.png"), plane > 100)
    tifffile.imwrite(tmp_path / "floats.tiff", plane.astype(np.float32) / 255)
    np.testing.assert_allclose(read_mask(tmp_path / "floats.tiff"), plane / 255, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "make", "problem"),
    [
        ("none.png", lambda path: None, "no such mask file"),
        ("folder.png", lambda path: path.mkdir(), "is a folder"),
        ("m.gif", lambda path: path.touch(), "unknown kind of mask file '.gif'"),
        ("m", lambda path: path.touch(), "(no suffix)"),
        ("empty.png", lambda path: path.touch(), "cannot be read as a mask"),
        ("text.png", lambda path: path.write_text("no picture"), "cannot be read as a mask"),
        ("cut.png", lambda path: _cut(path), "cannot be read as a mask"),
        ("colour.png", lambda path: Image.new("RGB", (3, 3), (255, 0, 0)).save(path), "in colour"),
        ("deep.tif", lambda path: tifffile.imwrite(path, np.zeros((3, 3), np.uint32)), "expected 8 or 16 bits"),
        ("over.tif", lambda path: tifffile.imwrite(path, np.full((3, 3), np.float32(2))), "beyond 0 to 1"),
    ],
)
def test_what_is_no_mask_is_refused_in_one_line(tmp_path, name, make, problem):
    make(tmp_path / name)
    with pytest.raises(FileError) as caught:
        read_mask(tmp_path / name)
    assert problem in str(caught.value) and name in str(caught.value) and "\n" not in str(caught.value)


def _cut(path):
    noise = np.random.default_rng(1).integers(0, 255, (50, 50), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:300])


def test_what_cannot_be_written_is_refused(tmp_path):
    alpha = np.zeros((2, 2), np.float32)
    with pytest.raises(FileError, match=r"as \.jpg"):
        write_mask(tmp_path / "m.jpg", alpha)
    with pytest.raises(ValueRangeError, match="bit_depth=12"):
        write_mask(tmp_path / "m.png", alpha, 12)
    with pytest.raises(ValueRangeError, match="alpha="):
        write_mask(tmp_path / "m.png", alpha + 1.5)
    with pytest.raises(FileError, match="no"):
        write_mask(tmp_path / "no" / "m.png", alpha)
    assert not list(tmp_path.iterdir())
