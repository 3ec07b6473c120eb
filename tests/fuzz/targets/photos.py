"""Photographs, and what their files say beside the pixels."""

import io
import struct
import zlib
from pathlib import Path
from random import Random

import numpy as np
import OpenEXR
import tifffile
from fuzz.mutate.containers import change_boxes, change_jpeg, change_png
from fuzz.mutate.numbers import change_number, change_tiff
from fuzz.mutate.text import change_text
from fuzz.target import ChangeBytes, Target
from google_depth_files import dynamic_depth_jpeg, gdepth_jpeg, grey, levels_of, packet, picture
from photo.conftest import _DEPTH_XMP, _MATTE_XMP, _XMP, _jpeg, _mpo
from PIL import Image, ImageCms

from relens.lens_preset import read_aperture_image
from relens.photo import read_photo
from relens.photo.colour_space import DISPLAY_P3
from relens.photo.icc import build_icc
from relens.photo.packets import find_packets
from relens.photo.png_chunks import png_chunk

_RGB = (np.linspace(0, 255, 24 * 16 * 3).reshape(16, 24, 3)).astype(np.uint8)
_SLOPE = (np.linspace(0.2, 1, 24 * 16).reshape(16, 24)).astype(np.float32)


def _read(data: bytes, folder: Path) -> None:
    file = folder / "photo"
    file.write_bytes(data)
    read_photo(file)


def _saved(image: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def exif_block() -> bytes:
    """Make, model, lens, time, place and orientation, as a camera writes them."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Maker", "Model 3", 6
    exif.get_ifd(0x8769).update({0x920A: 26.0, 0xA405: 26, 0x829D: 1.8, 0x9003: "2024:05:01 10:00:00", 0xA002: 24})
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 1.0)})
    return exif.tobytes()


def _jpegs() -> list[bytes]:
    rgb = Image.fromarray(_RGB)
    p3 = build_icc("P3", DISPLAY_P3)
    return [
        _saved(rgb, "JPEG", exif=exif_block(), icc_profile=p3),
        _saved(rgb, "JPEG", progressive=True, quality=40),
        _saved(rgb.convert("L"), "JPEG"),
        _saved(rgb.convert("CMYK"), "JPEG"),
    ]


def phone_jpegs() -> list[bytes]:
    """Picture, depth and matte as frames of one file, as iPhones write them."""
    matrix = "".join(f"<rdf:li>{number}</rdf:li>" for number in (30, 0, 0, 0, 30, 0, 12, 8, 1))
    depth = _DEPTH_XMP.format(
        kind="disparity", low=0.5, high=3.05, accuracy="absolute", width=24, height=16, matrix=matrix
    )
    bent = (
        "<depthData:LensDistortionCenterOffsetX>12</depthData:LensDistortionCenterOffsetX>"
        "<depthData:LensDistortionCenterOffsetY>8</depthData:LensDistortionCenterOffsetY>"
        "<depthData:PixelSize>0.004</depthData:PixelSize><depthData:LensDistortionCoefficients><rdf:Seq>"
        + "".join(f"<rdf:li>{number}</rdf:li>" for number in (0.1, -0.2, 0.01, 0, 0, 0, 0, 0))
        + "</rdf:Seq></depthData:LensDistortionCoefficients>"
    )
    rgb, map_ = Image.fromarray(_RGB), Image.fromarray((_SLOPE * 255).astype(np.uint8))
    whole = [
        _jpeg(rgb, exif=exif_block()),
        _jpeg(map_, xmp=_XMP.format(depth + bent).encode()),
        _jpeg(map_, xmp=_XMP.format(_MATTE_XMP).encode()),
    ]
    return [_mpo(whole), _mpo(whole[:2])]


def google_jpegs() -> list[bytes]:
    """GDepth, standard and extended, and Dynamic Depth."""
    metres = 1 + 2 * _SLOPE.astype(np.float64)
    map_ = grey(levels_of(metres, 1.0, 4.0, True))
    facts = {"Format": "RangeInverse", "Near": "1", "Far": "4", "Units": "Meters", "MeasureType": "OpticRay"}
    small = picture(24, 16)
    return [
        gdepth_jpeg(small, map_, 1, 4, more={"Units": "m", "ImageWidth": "24", "ImageHeight": "16"}),
        gdepth_jpeg(small, map_, 1, 4, inverse=False, extended=200),
        dynamic_depth_jpeg(small, map_, facts, {"FocalLengthX": "30"}, grey((_SLOPE * 255).astype(np.uint8)), 4, b"x"),
    ]


def pngs() -> list[bytes]:
    """8 and 16 bits, grey, palette and alpha, with profiles and code points."""
    rgb, alpha = Image.fromarray(_RGB), Image.fromarray(np.dstack([_RGB, _RGB[..., :1]]))
    deep = _saved(Image.fromarray((_SLOPE * 65535).astype(np.uint16)), "PNG")
    coded = b"".join((deep[:33], png_chunk(b"cICP", b"\x0c\x0d\0\1"), deep[33:]))
    gamma = png_chunk(b"gAMA", struct.pack(">I", 50000)) + png_chunk(
        b"cHRM", struct.pack(">8I", *range(30000, 38000, 1000))
    )
    plain = _saved(rgb, "PNG")
    return [
        _saved(rgb, "PNG", icc_profile=build_icc("P3", DISPLAY_P3), exif=exif_block()),
        _saved(alpha, "PNG"),
        _saved(rgb.quantize(8), "PNG", transparency=0),
        _saved(rgb.convert("1"), "PNG"),
        deep,
        coded,
        plain[:33] + gamma + plain[33:],
    ]


def tiffs() -> list[bytes]:
    """Integers and floats, strips and tiles, plain and packed."""
    deep, floats = (np.dstack([_SLOPE] * 3) * 65535).astype(np.uint16), np.dstack([_SLOPE] * 3)
    made = []
    for array, options in (
        (_RGB, {}),
        (deep, {"compression": "zlib", "predictor": True}),
        (floats, {"rowsperstrip": 4}),
        (deep[..., 0], {"photometric": "miniswhite"}),
        (_SLOPE, {}),
        (np.dstack([deep, deep[..., :1]]), {"extrasamples": ["assocalpha"], "compression": "lzma"}),
        (np.pad(floats, ((0, 16), (0, 8), (0, 0))), {"tile": (16, 16), "planarconfig": "contig"}),
    ):
        file = io.BytesIO()
        tifffile.imwrite(file, array, **options)
        made.append(file.getvalue())
    made.append(_saved(Image.fromarray(_RGB), "TIFF", compression="tiff_lzw"))
    made.append(_saved(Image.fromarray(_RGB), "TIFF", exif=exif_block()))
    made.append(_saved(Image.fromarray(_RGB[..., 0]), "TIFF", compression="packbits"))
    made.append(_saved(Image.fromarray(_RGB).convert("1"), "TIFF", compression="group4"))
    return made


def webps() -> list[bytes]:
    """Lossy, lossless, and with alpha."""
    rgb, alpha = Image.fromarray(_RGB), Image.fromarray(np.dstack([_RGB, _RGB[..., :1]]))
    lossless = {"lossless": True, "exif": exif_block(), "icc_profile": build_icc("P3", DISPLAY_P3)}
    return [_saved(rgb, "WEBP"), _saved(alpha, "WEBP", **lossless)]


def exr_bytes(planes: dict[str, np.ndarray], **header) -> bytes:
    """An OpenEXR file."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        file = Path(folder, "a.exr")
        OpenEXR.File({"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage} | header, planes).write(
            str(file)
        )
        return file.read_bytes()


def exrs() -> list[bytes]:
    """Half and float, colour, grey and alpha; scan lines and tiles; packed in several ways."""
    colour = np.dstack([_SLOPE] * 3)
    made = [
        exr_bytes({"RGB": colour}),
        exr_bytes({"RGBA": np.dstack([colour, _SLOPE]).astype(np.float16)}, compression=OpenEXR.PIZ_COMPRESSION),
        exr_bytes({"Y": _SLOPE}, compression=OpenEXR.RLE_COMPRESSION),
        exr_bytes({"Z": _SLOPE}, compression=OpenEXR.NO_COMPRESSION),
        exr_bytes({"RGB": colour.astype(np.float16)}, compression=OpenEXR.DWAA_COMPRESSION),
        exr_bytes({"RGB": colour}, type=OpenEXR.tiledimage, tiles=OpenEXR.TileDescription()),
    ]
    return made


def heics() -> list[bytes]:
    """A picture with depth and matte; the depth's own items are as phones have them."""
    from relens.export.heif_file import HeifItem, box, full_box, heif_file
    from relens.export.hevc_still import encode_still

    still, kinds = encode_still(np.repeat(np.repeat(_RGB, 2, 0), 2, 1)), []
    size = full_box(b"ispe", struct.pack(">II", still.width_px, still.height_px))
    for urn in (b"urn:mpeg:hevc:2015:auxid:2", b"urn:com:apple:photo:2018:aux:portraiteffectsmatte"):
        kinds.append(full_box(b"auxC", urn + b"\0"))
    shown = (box(b"hvcC", still.configuration), size)
    turned = box(b"irot", b"\1")
    clean = box(b"clap", struct.pack(">IIIIiIiI", 40, 1, 28, 1, 0, 2, 0, 2))
    colours = box(b"colr", b"nclx" + struct.pack(">HHHB", 12, 13, 6, 0x80))
    depth = _DEPTH_XMP.format(kind="disparity", low=0.5, high=3.05, accuracy="absolute", width=48, height=32, matrix="")
    items = [
        HeifItem(b"hvc1", still.picture, (*shown, colours, clean, turned)),
        HeifItem(b"hvc1", still.picture, (*shown, kinds[0], turned), (1,)),
        HeifItem(b"hvc1", still.picture, (*shown, kinds[1], clean, turned), (1,)),
        HeifItem(b"Exif", struct.pack(">I", 6) + exif_block(), (), (1,)),
        HeifItem(b"mime", _XMP.format(depth).encode(), (), (2,)),
    ]
    whole, plain = heif_file(items, []), heif_file(items[:1], [])
    # Auxiliary pictures refer to theirs by another name than metadata does.
    for _ in range(2):
        whole = whole.replace(b"cdsc", b"auxl", 1)
    return [whole, plain]


def _read_exif(data: bytes, folder: Path) -> None:
    head = b"Exif\0\0" + data[:65000]
    plain = _saved(Image.fromarray(_RGB[:2, :2]), "JPEG")
    _read(plain[:2] + b"\xff\xe1" + struct.pack(">H", len(head) + 2) + head + plain[2:], folder)


def _read_icc(data: bytes, folder: Path) -> None:
    deep = bool(data[:1] and data[0] & 1)
    pixels = (_SLOPE[:2, :2] * 65535).astype(np.uint16) if deep else _RGB[:2, :2]
    plain = _saved(Image.fromarray(pixels), "PNG")
    _read(plain[:33] + png_chunk(b"iCCP", b"a\0\0" + zlib.compress(data[1:])) + plain[33:], folder)


def _iccs() -> list[bytes]:
    table = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Without the time of its making.
    table = table[:24] + bytes(12) + table[36:]
    profiles = [build_icc("P3", DISPLAY_P3), build_icc("g", gamma=1.8), table]
    return [bytes([at]) + profile for at in (0, 1) for profile in profiles]


def _read_xmp(data: bytes, folder: Path) -> None:
    packets = find_packets(data)
    assert all(isinstance(packet, dict) for packet in packets)


def _xmps() -> list[bytes]:
    return [packet('xmlns:a="b" a:c="1"', "<a:d><rdf:Seq><rdf:li>1</rdf:li></rdf:Seq></a:d>"), google_jpegs()[1][:3000]]


def _read_aperture(data: bytes, folder: Path) -> None:
    file = folder / "aperture"
    file.write_bytes(data)
    read_aperture_image(file)


def _change_maps(data: bytes, random: Random, change: ChangeBytes) -> bytes:
    """Metadata more than pixels; at times what is behind the first picture."""
    return change_text(data, random, change) if random.random() < 0.15 else change_jpeg(data, random, change)


TARGETS = (
    Target("jpeg", _read, _jpegs, change_jpeg),
    Target("phone-jpeg", _read, phone_jpegs, _change_maps),
    Target("google-depth", _read, google_jpegs, _change_maps),
    Target("png", _read, pngs, change_png),
    Target("tiff", _read, tiffs, change_tiff, packages=("tifffile",)),
    Target("webp", _read, webps, change_number),
    Target("heic", _read, heics, change_boxes),
    Target("exr", _read, exrs, change_number),
    Target("exif", _read_exif, lambda: [exif_block()[6:]], change_tiff, 4096),
    Target("icc", _read_icc, _iccs, change_number, 8192),
    Target("xmp", _read_xmp, _xmps, change_text, 8192),
    Target("aperture-image", _read_aperture, lambda: [*pngs()[3:5], webps()[1], exrs()[0]], change_png),
)
