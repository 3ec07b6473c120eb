"""Small files that would unfold to more than memory holds are refused by their headers; long photographs are not."""

import io
import struct
import zlib

import numpy as np
import OpenEXR
import pytest
import tifffile
from PIL import Image
from PIL.ExifTags import IFD

from relens.errors import FileError
from relens.photo import read_photo
from relens.photo.exif import exif_to_write, load_exif
from relens.photo.exr_size import exr_header
from relens.photo.jpeg_segments import check_scans
from relens.photo.png_chunks import SIGNATURE, png_chunk
from relens.photo.stored import check_size


@pytest.mark.parametrize(
    ("width_px", "height_px", "file_bytes", "channels"),
    [(20000, 20000, 8_000_000, 3), (5773, 5773, 1, 3), (10000, 10000, 1, 1), (8192, 5464, 900_000, 3)],
)
def test_what_a_file_of_this_length_may_hold(width_px, height_px, file_bytes, channels):
    check_size("a", width_px, height_px, file_bytes, channels)


@pytest.mark.parametrize(
    ("width_px", "height_px", "file_bytes", "channels", "message"),
    [
        (20000, 20000, 7_000_000, 3, "in 7000000 bytes; expected at most 1050 million samples"),
        (5775, 5775, 600_000, 3, "expected at most 100 million samples"),
        (60000, 60000, 1 << 40, 3, "at most 400 megapixels"),
        (100, 100, 1000, 40_000, "says 100x100 pixels of 40000 channels"),
    ],
)
def test_what_it_may_not(width_px, height_px, file_bytes, channels, message):
    with pytest.raises(FileError, match=message):
        check_size("a", width_px, height_px, file_bytes, channels)


def _png() -> bytes:
    header = struct.pack(">IIBBBBB", 12000, 12000, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")
    return SIGNATURE + b"".join(png_chunk(kind, body) for kind, body in chunks)


def _jpeg() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG")
    data = bytearray(file.getvalue())
    struct.pack_into(">HH", data, data.index(b"\xff\xc0") + 5, 12000, 12000)
    return bytes(data)


def _tiff(**options) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, np.zeros((8, 8, 3), np.uint16), **options)
    return file.getvalue()


@pytest.mark.parametrize("data", [_png(), _jpeg()], ids=["png", "jpeg"])
def test_a_header_alone_is_no_photo(tmp_path, data):
    file = tmp_path / "bomb"
    file.write_bytes(data)
    with pytest.raises(
        FileError, match=r"says 12000x12000 pixels of 3 channels .* bytes; expected at most 100 million"
    ):
        read_photo(file)


def test_lzma_is_refused(tmp_path):
    file = tmp_path / "a.tif"
    file.write_bytes(_tiff(compression="lzma"))
    with pytest.raises(FileError, match="compressed by LZMA; save it with LZW or deflate"):
        read_photo(file)


def test_every_part_of_an_exr_counts(tmp_path):
    def part(name: str, width_px: int) -> OpenEXR.Part:
        return OpenEXR.Part({"type": OpenEXR.scanlineimage}, {"Y": np.zeros((4, width_px), np.float32)}, name)

    file = tmp_path / "a.exr"
    OpenEXR.File([part("a", 4), part("b", 4)]).write(str(file))
    assert exr_header(file)["name"] == "a"
    # The second part's data window grows to 16000 x 16000.
    data = bytearray(file.read_bytes())
    at = data.rindex(b"dataWindow\0box2i\0") + len(b"dataWindow\0box2i\0") + 4
    struct.pack_into("<4i", data, at, 0, 0, 15999, 15999)
    file.write_bytes(data)
    with pytest.raises(FileError, match="16000x16000 pixels of 2 channels"):
        exr_header(file)


def test_a_jpeg_of_endless_scans():
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.uint8)).save(
        file, "JPEG", progressive=True
    )
    data = file.getvalue()
    check_scans(data)
    first, second = data.index(b"\xff\xda"), data.index(b"\xff\xda", data.index(b"\xff\xda") + 2)
    with pytest.raises(ValueError, match="scans; expected at most 100"):
        check_scans(data[:second] + 100 * data[first:second] + data[second:])


def test_a_damaged_place_takes_nothing_else_with_it():
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(IFD.GPSInfo)[1] = "N"
    block = exif.tobytes()
    place = struct.pack(">HHI", IFD.GPSInfo, 4, 1)
    at = block.index(place)
    # A signed number, and before the file.
    nowhere = struct.pack(">HHIi", IFD.GPSInfo, 9, 1, -1)
    damaged = load_exif(block[:at] + nowhere + block[at + len(nowhere) :])
    assert damaged[0x010F] == "Maker" and load_exif(exif_to_write(damaged, 4, 4))[0x010F] == "Maker"
