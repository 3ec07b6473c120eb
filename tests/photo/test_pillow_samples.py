import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from relens.photo import read_photo
from relens.photo.colour_space import DISPLAY_P3
from relens.photo.icc import build_icc


def _cmyk_profile() -> bytes:
    """The smallest CMYK profile: an 8-bit table with two points an ink, neutral, whose lightness falls with the ink."""
    nodes = bytearray()
    for node in range(16):
        inks = [(node >> shift) & 1 for shift in (3, 2, 1, 0)]
        lightness = (1 - inks[3]) * (1 - sum(inks[:3]) / 3)
        nodes += bytes([round(255 * lightness), 128, 128])
    ramp = bytes(range(256))
    identity = struct.pack(">9i", *(65536 * (index % 4 == 0) for index in range(9)))
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + identity + ramp * 4 + bytes(nodes) + ramp * 3
    base = build_icc("inks")
    header = bytearray(base[:128])
    offset = 132 + 12
    header[0:4] = struct.pack(">I", offset + len(table))
    header[8:12] = struct.pack(">I", 0x02400000)
    header[12:24] = b"prtrCMYKLab "
    return bytes(header) + struct.pack(">I4sII", 1, b"A2B0", offset, len(table)) + table


@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
def test_cmyk_goes_through_its_own_profile(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / ("a" + suffix)
    image = Image.new("CMYK", (16, 8), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (8, 0, 16, 8))
    image.save(path, icc_profile=_cmyk_profile())
    photo = read_photo(path)
    np.testing.assert_allclose(photo.linear[:, :7], 1, atol=0.02)
    np.testing.assert_allclose(photo.linear[:, 9:], 0, atol=0.02)
    assert "via sRGB" in photo.encoding


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".tif", ".png"])
def test_display_p3_in_every_format(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / ("a" + suffix)
    lossless = {".webp": {"lossless": True}, ".jpg": {"quality": 98, "subsampling": 0}}.get(suffix, {})
    Image.new("RGB", (16, 16), (255, 0, 0)).save(path, icc_profile=build_icc("Display P3", DISPLAY_P3), **lossless)
    photo = read_photo(path)
    np.testing.assert_allclose(photo.linear[8, 8], [1.2249, -0.0420, -0.0196], atol=0.02 if suffix == ".jpg" else 3e-4)
    assert photo.encoding.endswith("8-bit Display P3")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])
def test_grey_with_an_rgb_profile_uses_its_curve(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / ("a" + suffix)
    Image.new("L", (8, 8), 128).save(path, icc_profile=build_icc("gamma 2", DISPLAY_P3, 2.0))
    np.testing.assert_allclose(read_photo(path).linear, (128 / 255) ** 2, rtol=1e-4)


def test_webp_alpha(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (255, 255, 255, 51)).save(tmp_path / "a.webp", lossless=True)
    alpha = read_photo(tmp_path / "a.webp").alpha
    assert alpha is not None
    np.testing.assert_allclose(alpha, 0.2, atol=1e-6)


def test_associated_alpha_in_8_bit_tiff(tmp_path: Path) -> None:
    import tifffile

    array = np.full((2, 2, 4), [100, 50, 0, 128], np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", array, photometric="rgb", extrasamples=["assocalpha"])
    photo = read_photo(tmp_path / "a.tif")
    assert photo.alpha is not None
    np.testing.assert_allclose(photo.alpha, 128 / 255, atol=1e-6)
    # 100 / (128 / 255) = 199, which is 0.571 in linear light.
    np.testing.assert_allclose(photo.linear[..., 0], 0.571, atol=0.005)
