"""Every depth format in, written here by independent code, and every way for a file to be broken."""

import io
import struct
import tempfile
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
import tifffile
from PIL import Image

from relens.depth import read_depth
from relens.errors import FileError, RelensError, ValueRangeError

METRES = np.array([[0.5, 1.25, 2.0, 0.341], [3.0, 65.0, 10.0, 1.001], [0.1, 7.5, 8.25, 9.0]], np.float32)
HOLES = np.array([[0.5, np.nan, 0.0, -1.0], [np.inf, 1.0, 2.0, 4.0], [1.0, 1.0, 1.0, 1.0]], np.float32)


def write_pfm(path: Path, metres: np.ndarray, order: str = "<") -> None:
    scale = b"-1.0" if order == "<" else b"1.0"
    rows = b"".join(row.astype(f"{order}f4").tobytes() for row in metres[::-1])
    path.write_bytes(b"Pf\n%d %d\n%s\n" % (metres.shape[1], metres.shape[0], scale) + rows)


def write_exr(path: Path, **channels: np.ndarray) -> None:
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    with OpenEXR.File(header, channels) as file:
        file.write(str(path))


def write_png16(path: Path, metres: np.ndarray) -> None:
    Image.fromarray(np.rint(metres * 1000).astype(np.uint16)).save(path)


WRITERS = {
    "a.npz": lambda path, metres: np.savez(path, depth=metres),
    "b.npz": lambda path, metres: np.savez_compressed(path, metres=metres.astype(np.float64), other=np.zeros(3)),
    "c.npy": np.save,
    "d.npy": lambda path, metres: np.save(path, np.asfortranarray(metres)),
    "e.npy": lambda path, metres: np.save(path, metres.astype(">f8")),
    "f.pfm": write_pfm,
    "g.PFM": lambda path, metres: write_pfm(path, metres, ">"),
    "h.exr": lambda path, metres: write_exr(path, Z=metres),
    "i.exr": lambda path, metres: write_exr(path, Z=metres, R=metres * 0, G=metres * 0, B=metres * 0),
    "j.exr": lambda path, metres: write_exr(path, anything=metres),
    "k.exr": lambda path, metres: write_exr(path, Y=metres),
    "l.tif": tifffile.imwrite,
    "m.tiff": lambda path, metres: tifffile.imwrite(path, metres.astype(np.float64), compression="zlib"),
}
MILLIMETRE_WRITERS = {
    "a.png": write_png16,
    "b.tif": lambda path, metres: tifffile.imwrite(path, np.rint(metres * 1000).astype(np.uint16)),
}


@pytest.mark.parametrize("name", WRITERS)
def test_metres_come_in_as_inverse_depth(tmp_path, name):
    WRITERS[name](tmp_path / name, METRES)
    depth = read_depth(tmp_path / name)
    np.testing.assert_allclose(depth.inverse_depth, 1 / METRES, rtol=1e-6)
    assert depth.source == f"file {name}"


@pytest.mark.parametrize("name", WRITERS)
def test_infinity_is_zero_and_invalid_values_are_unknown(tmp_path, name):
    WRITERS[name](tmp_path / name, HOLES)
    inverse = read_depth(str(tmp_path / name)).inverse_depth
    assert np.isnan(inverse[0, 1:]).all() and inverse[1, 0] == 0
    assert np.isnan(inverse).sum() == 3


@pytest.mark.parametrize("name", MILLIMETRE_WRITERS)
def test_sixteen_bit_millimetres(tmp_path, name):
    MILLIMETRE_WRITERS[name](tmp_path / name, np.where(METRES == 2.0, 0, METRES))
    inverse = read_depth(tmp_path / name).inverse_depth
    assert np.isnan(inverse[0, 2])
    np.testing.assert_allclose(inverse[METRES != 2.0], 1 / METRES[METRES != 2.0], rtol=1e-6)


def test_half_float_exr(tmp_path):
    write_exr(tmp_path / "half.exr", Z=METRES.astype(np.float16))
    np.testing.assert_allclose(read_depth(tmp_path / "half.exr").inverse_depth, 1 / METRES, rtol=1e-3)


class Evil:
    """Running this while reading would leave a file behind."""

    def __reduce__(self):
        return (Path("evil").touch, ())


def npy_claiming(shape: tuple[int, ...], data: bytes = b"") -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f4", "fortran_order": False, "shape": shape})
    return stream.getvalue() + data


def zipped(name: str, data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return stream.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    chunks = {b"IHDR": struct.pack(">IIBBBBB", width, height, 16, 0, 0, 0, 0), b"IDAT": zlib.compress(b"0")}
    sealed = [
        struct.pack(">I", len(x)) + name + x + struct.pack(">I", zlib.crc32(name + x)) for name, x in chunks.items()
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(sealed)


def saved(name: str, write, *arrays) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / name, *arrays)
        return (Path(folder) / name).read_bytes()


def image_bytes(mode: str, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (4, 3)).save(stream, kind)
    return stream.getvalue()


COLOUR = np.ones((3, 4, 3), np.float32)
NOISE = np.random.default_rng(0).random((40, 50), dtype=np.float32) + 1
BROKEN = {
    "no_suffix": (b"x", "unknown kind"),
    "depth.bmp": (image_bytes("L", "BMP"), "unknown kind"),
    "grey8.jpg": (image_bytes("L", "JPEG"), "8-bit numbers without a unit"),
    **{f"empty.{kind}": (b"", "is empty") for kind in ("npz", "npy", "png", "exr", "pfm", "tif")},
    **{f"garbage.{kind}": (b"\x00garbage" * 40, "garbage") for kind in ("npz", "npy", "png", "exr", "pfm", "tif")},
    "cut.npz": (saved("x.npz", WRITERS["a.npz"], NOISE)[:3000], "truncated"),
    "cut.npy": (saved("x.npy", np.save, NOISE)[:3000], "truncated"),
    "cut.png": (saved("x.png", write_png16, NOISE)[:1500], "truncated"),
    "cut.exr": (saved("x.exr", WRITERS["h.exr"], NOISE)[:3000], "truncated"),
    "cut.pfm": (saved("x.pfm", write_pfm, NOISE)[:3000], "truncated"),
    "cut.tif": (saved("x.tif", tifffile.imwrite, NOISE)[:3000], "truncated"),
    "head.pfm": (b"Pf\n4", "PFM"),
    "colour.npy": (saved("x.npy", np.save, COLOUR), "shape"),
    "colour.png": (image_bytes("RGB"), "mode RGB"),
    "grey8.png": (image_bytes("L"), "8-bit numbers without a unit"),
    "colour.exr": (saved("x.exr", lambda path: write_exr(path, R=METRES, G=METRES, B=METRES)), "channels"),
    "colour.pfm": (b"PF\n4 3\n-1.0\n" + COLOUR.tobytes(), "three channels"),
    "colour.tif": (saved("x.tif", lambda path: tifffile.imwrite(path, COLOUR, photometric="rgb")), "shape"),
    "grey8.tif": (saved("x.tif", tifffile.imwrite, np.ones((3, 4), np.uint8)), "8-bit numbers without a unit"),
    "pages.npy": (saved("x.npy", np.save, np.ones(7, np.float32)), "shape"),
    "none.npy": (saved("x.npy", np.save, np.ones((0, 4), np.float32)), "shape"),
    "none.pfm": (b"Pf\n0 3\n-1.0\n", "shape"),
    "minus.pfm": (b"Pf\n-4 3\n-1.0\n", "shape"),
    "millimetres.npy": (saved("x.npy", np.save, np.ones((3, 4), np.uint16)), "uint16"),
    "pickle.npy": (saved("x.npy", np.save, np.array([[Evil()]], object)), "Python objects"),
    "pickle.npz": (zipped("depth.npy", saved("x.npy", np.save, np.array([[Evil()]], object))), "Python objects"),
    "keys.npz": (saved("x.npz", lambda path: np.savez(path, disparity=METRES, mask=METRES)), "disparity"),
    "bomb.npz": (zipped("depth.npy", npy_claiming((10**6, 10**6), b"\x00" * 10**6)), "megapixels"),
    "bomb.npy": (npy_claiming((2**31, 2**31)), "megapixels"),
    "bomb.png": (png_claiming(200_000, 200_000), "exceeds limit"),
    "bomb.pfm": (b"Pf\n99999999 99999999\n-1.0\n", "megapixels"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_named_in_one_line(tmp_path, name, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data, expected = BROKEN[name]
    (tmp_path / name).write_bytes(data)
    with warnings.catch_warnings(), pytest.raises(FileError) as caught:
        warnings.simplefilter("error")
        read_depth(tmp_path / name)
    message = str(caught.value)
    assert message.startswith(str(tmp_path / name)) and "\n" not in message and len(message) < 400
    garbled = expected == "garbage" and any(word in message for word in ("broken", "start", "header"))
    assert expected in message or garbled
    assert capfd.readouterr() == ("", "")
    assert not (tmp_path / "evil").exists()


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(FileError, match=r"gone\.exr: no such"):
        read_depth(tmp_path / "gone.exr")
    (tmp_path / "folder.npy").mkdir()
    with pytest.raises(FileError, match="is a folder"):
        read_depth(tmp_path / "folder.npy")


@pytest.mark.parametrize("value", [np.nan, 0.0, -2.0])
def test_a_file_with_nothing_known_is_an_error_that_names_it(tmp_path, value):
    np.save(tmp_path / "void.npy", np.full((3, 4), value, np.float32))
    with pytest.raises(ValueRangeError, match=r"void\.npy"):
        read_depth(tmp_path / "void.npy")


@pytest.mark.parametrize("name", [*WRITERS, *MILLIMETRE_WRITERS])
def test_a_file_cut_anywhere_reads_whole_or_fails_cleanly(tmp_path, name):
    """Trailing bytes may be spare in some formats, but a cut never gives another depth."""
    (WRITERS | MILLIMETRE_WRITERS)[name](tmp_path / name, METRES)
    whole = (tmp_path / name).read_bytes()
    truth = read_depth(tmp_path / name).inverse_depth
    for end in range(0, len(whole), max(1, len(whole) // 40)):
        (tmp_path / name).write_bytes(whole[:end])
        try:
            assert np.array_equal(read_depth(tmp_path / name).inverse_depth, truth)
        except RelensError as error:
            assert name in str(error)
