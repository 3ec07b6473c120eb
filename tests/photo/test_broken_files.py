"""Every kind of file that is no photo, or no longer one, gets one clear line."""

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
import tifffile
from PIL import Image

from relens.errors import FileError
from relens.photo import read_photo


def _saved(image: Image.Image, format_name: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()


_NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8))
_SMALL = Image.new("RGB", (8, 8))
_TWO = {"save_all": True, "append_images": [Image.new("RGB", (8, 8), "red")]}


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _tiff(array: np.ndarray, **options) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, array, **options)
    return file.getvalue()


def _bomb_png(build_png) -> bytes:
    data = bytearray(build_png(np.zeros((4, 4, 3), np.uint8)))
    header = b"IHDR" + struct.pack(">II", 30000, 20000) + bytes(data[24:29])
    return bytes(data[:12]) + header + struct.pack(">I", zlib.crc32(header)) + bytes(data[33:])


def _bomb_jpeg() -> bytes:
    data = bytearray(_saved(_SMALL, "JPEG"))
    at = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, at + 5, 30000, 30000)
    return bytes(data)


_BROKEN = {
    "text": (b"hello, I am no picture", "is not an image that relens reads; expected a JPEG"),
    "empty": (b"", "is empty"),
    "one byte": (b"\x89", "is not an image"),
    "gif": (_saved(_SMALL, "GIF", **_TWO), "is a GIF"),
    "bmp": (_saved(_SMALL, "BMP"), "is not an image that relens reads"),
    "video": (b"\0\0\0\x18ftypisom" + bytes(40), "is a isom file"),
    "truncated jpeg": (_half(_saved(_NOISE, "JPEG")), "damaged or truncated JPEG"),
    "jpeg header only": (_saved(_NOISE, "JPEG")[:30], "damaged or truncated JPEG"),
    "truncated png": (_half(_saved(_NOISE, "PNG")), "damaged or truncated PNG .*ends early"),
    "png signature only": (b"\x89PNG\r\n\x1a\n", "damaged or truncated PNG"),
    "png checksum": (_saved(_NOISE, "PNG").replace(b"IDAT", b"IDAt", 1), "wrong checksum"),
    "truncated webp": (_half(_saved(_NOISE, "WEBP")), "damaged or truncated WebP"),
    "truncated tiff": (_half(_saved(_NOISE, "TIFF")), "damaged or truncated TIFF"),
    "tiff without data": (
        _tiff(np.zeros((64, 64, 3), np.uint16), photometric="rgb")[:1000],
        "damaged or truncated TIFF",
    ),
    "tiff header only": (b"II*\0\x08\0\0\0", "damaged or truncated TIFF"),
    "heic header only": (b"\0\0\0\x18ftypheic" + bytes(20), "damaged or truncated HEIC"),
    "animated png": (_saved(_SMALL, "PNG", **_TWO), r"animated \(2 frames\)"),
    "animated webp": (_saved(_SMALL, "WEBP", **_TWO), r"animated \(2 frames\)"),
    "tiff pages": (_saved(_SMALL, "TIFF", **_TWO), "several pages; expected one"),
    "cmyk jpeg": (_saved(_SMALL.convert("CMYK"), "JPEG"), "CMYK without an ICC profile"),
    "cmyk tiff": (_saved(_SMALL.convert("CMYK"), "TIFF"), "CMYK without an ICC profile"),
    "lab tiff": (_saved(Image.new("LAB", (8, 8)), "TIFF"), "LAB pixels"),
    "signed tiff": (_tiff(np.zeros((8, 8), np.int16)), "signed or complex"),
    "32-bit tiff": (_tiff(np.zeros((8, 8), np.uint32)), "uint32 pixels"),
    "nan tiff": (_tiff(np.full((8, 8), np.nan, np.float32)), "NaN"),
    "six channels": (_tiff(np.zeros((8, 8, 6), np.uint16), photometric="rgb"), "6 channels"),
    "bad profile": (_saved(_SMALL, "PNG", icc_profile=b"nonsense" * 40), "damaged ICC profile"),
    "bomb jpeg": (_bomb_jpeg(), "30000x30000 pixels; expected at most 400 megapixels"),
    "dng": (_tiff(np.zeros((8, 8), np.uint8), extratags=[(50706, 1, 4, b"\1\4\0\0", True)]), "camera raw"),
}


@pytest.mark.parametrize(("data", "says"), _BROKEN.values(), ids=_BROKEN)
def test_broken_files(data: bytes, says: str, tmp_path: Path) -> None:
    # The suffix lies: files are told apart by content.
    path = tmp_path / "broken.png"
    path.write_bytes(data)
    _refused(path, says)


def _refused(path: Path, says: str) -> None:
    with pytest.raises(FileError, match=says) as caught:
        read_photo(path)
    message = str(caught.value)
    assert message.startswith(str(path)) and "\n" not in message


def test_bomb_png(build_png, tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(_bomb_png(build_png))
    _refused(path, "30000x20000 pixels; expected at most 400 megapixels")


def test_truncated_16_bit_png(build_png, tmp_path: Path) -> None:
    path = tmp_path / "short.png"
    samples = np.random.default_rng(0).integers(0, 65536, (32, 32, 3)).astype(np.uint16)
    path.write_bytes(build_png(samples)[:-500])
    _refused(path, "damaged or truncated PNG")


@pytest.mark.parametrize("keep", [0.02, 0.5, 0.99])
def test_truncated_heic(heic_portrait: Path, tmp_path: Path, keep: float) -> None:
    path = tmp_path / "short.heic"
    data = heic_portrait.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    _refused(path, "damaged or truncated HEIC")


@pytest.mark.parametrize("text", [b"mime", b"application/rdf+xml"])
def test_heic_with_damaged_item_texts(heic_portrait: Path, tmp_path: Path, text: bytes) -> None:
    # The decoder itself would crash the process on these.
    data = bytearray(heic_portrait.read_bytes())
    data[data.index(text) + 1] = 0xFC
    path = tmp_path / "a.heic"
    path.write_bytes(data)
    _refused(path, "damaged or truncated HEIC")


def test_phone_jpeg_cut_off_in_its_picture(jpeg_portrait: Path, tmp_path: Path) -> None:
    path = tmp_path / "short.jpg"
    data = jpeg_portrait.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    _refused(path, "damaged or truncated JPEG")


def test_phone_jpeg_cut_off_behind_its_picture(jpeg_portrait: Path, tmp_path: Path) -> None:
    # At 90 % the picture is whole, and the depth map behind it is not.
    path = tmp_path / "short.jpg"
    data = jpeg_portrait.read_bytes()
    path.write_bytes(data[: int(len(data) * 0.9)])
    photo = read_photo(path)
    assert photo.linear.shape == (3088, 2316, 3) and photo.intrinsics.source == "phone matrix"
    assert photo.embedded_depth is None and not photo.mattes
    assert any(note.startswith("the depth map inside is left out: ") for note in photo.notes)
    assert all("\n" not in note and str(path) not in note for note in photo.notes)


def test_missing_folder_and_device(tmp_path: Path) -> None:
    _refused(tmp_path / "missing.jpg", "does not exist")
    _refused(tmp_path, "is a folder")
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    _refused(pipe, "not a regular file")


def test_broken_exr(tmp_path: Path) -> None:
    path = tmp_path / "light.exr"
    light = np.random.default_rng(0).random((32, 32, 3)).astype(np.float32)
    OpenEXR.File({"type": OpenEXR.scanlineimage}, {"RGB": light}).write(str(path))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    _refused(path, "damaged or truncated EXR|channels none")
    OpenEXR.File({"type": OpenEXR.scanlineimage}, {"Z": light[..., 0].copy()}).write(str(path))
    _refused(path, "has the channels Z; expected R G B")
    OpenEXR.File({"type": OpenEXR.scanlineimage}, {"RGB": light * np.float32(np.nan)}).write(str(path))
    _refused(path, "NaN")
