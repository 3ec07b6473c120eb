import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base
from PIL.TiffImagePlugin import IFDRational

from relens.photo.exif import capture_of, exif_to_write, load_exif, number_of, orientation_of
from relens.photo.photo import Capture


def _full() -> Image.Exif:
    exif = Image.Exif()
    exif.update({Base.Make: "Maker\0", Base.Model: "Model 3", Base.Orientation: 6, Base.XResolution: 72.0})
    exif.get_ifd(IFD.Exif).update(
        {
            Base.FocalLength: 2.69,
            Base.FocalLengthIn35mmFilm: 30,
            Base.FNumber: 1.9,
            Base.DateTimeOriginal: "2022:11:30 19:37:39",
            Base.OffsetTimeOriginal: "+01:00",
            Base.MakerNote: b"secret" * 100,
            Base.SubjectLocation: (5, 6),
            Base.ColorSpace: 65535,
        }
    )
    exif.get_ifd(IFD.GPSInfo).update({1: "N", 2: (1.0, 2.0, 3.0)})
    return exif


def test_capture() -> None:
    capture = capture_of(_full())
    assert capture == Capture("Maker", "Model 3", 2.69, 30.0, 1.9, "2022-11-30T19:37:39+01:00")
    assert capture_of(Image.Exif()) == Capture()


def test_what_is_written_on() -> None:
    block = exif_to_write(_full(), 40, 30)
    exif = load_exif(block)
    shot = exif.get_ifd(IFD.Exif)
    assert block.startswith(b"Exif\0\0")
    assert exif[Base.Orientation] == 1
    assert exif[Base.Model] == "Model 3"
    assert Base.XResolution not in exif
    assert (shot[Base.ExifImageWidth], shot[Base.ExifImageHeight], shot[Base.ColorSpace]) == (40, 30, 1)
    assert Base.MakerNote not in shot and Base.SubjectLocation not in shot
    assert exif.get_ifd(IFD.GPSInfo)[1] == "N"


def test_writing_on_twice_changes_nothing() -> None:
    once = exif_to_write(_full(), 40, 30)
    assert exif_to_write(load_exif(once), 40, 30) == once


def test_nothing_stays_nothing() -> None:
    assert exif_to_write(Image.Exif(), 40, 30) == b""


@pytest.mark.parametrize("block", [b"", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"nonsense" * 9])
def test_damaged_exif_is_empty(block: bytes) -> None:
    exif = load_exif(block)
    assert capture_of(exif) == Capture()
    assert orientation_of(exif) == 1


@pytest.mark.parametrize("value", [None, 0, -1, IFDRational(1, 0), float("nan"), "x", (1, 2)])
def test_unknown_numbers(value: object) -> None:
    assert number_of(value) is None
